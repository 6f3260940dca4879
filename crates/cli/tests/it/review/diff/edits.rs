//! The demonstration workspace before and after a day on which much happened.

use clockify_sim::{
    AccountStatus, FixedWorkspace, MembershipStatus, RoleCode, SeededWorkspace, SimGroup, SimRole, SimScope,
    SimUser,
};

pub(crate) const NEWCOMER: &str = "6700000000000000000000a1";
pub(crate) const RETURNED: &str = "6700000000000000000000a2";
/// Turns the text around and would colour a terminal.
pub(crate) const RENAMED: &str = "Rosalind \u{202e}Mbeki \u{1b}[31mFarrow";
pub(crate) const OLD_GROUP: &str = "6700000000000000000000b0";
pub(crate) const NEW_GROUP: &str = "6700000000000000000000b1";

/// Who and what was edited, by id.
pub(crate) struct Day {
    pub(crate) before: FixedWorkspace,
    pub(crate) after: FixedWorkspace,
    pub(crate) leaver: SimUser,
    pub(crate) renamed: String,
    pub(crate) promoted: String,
    pub(crate) demoted: String,
    pub(crate) moved: String,
    pub(crate) deactivated: String,
    pub(crate) owner: String,
    pub(crate) readdressed: String,
    pub(crate) project_manager: String,
    pub(crate) renamed_group: String,
}

impl Day {
    pub(crate) fn new() -> Self {
        let mut before = FixedWorkspace::copy_of(&SeededWorkspace::demo());
        let night: Vec<_> = before.users.iter().skip(10).take(2).map(|user| user.id.clone()).collect();
        before.groups.push(SimGroup::new(OLD_GROUP, "Night shift", night));
        let mut after = before.clone();
        // Active people without roles, who belong to some group.
        let mut plain = before.users.iter().filter(|user| {
            user.roles.is_empty()
                && user.name.is_some()
                && user.email.as_ref().is_some_and(|email| !email.is_empty())
                && (&user.account_status, &user.membership_status)
                    == (&AccountStatus::Active, &MembershipStatus::Active)
                && before.groups.iter().any(|group| group.user_ids.contains(&user.id))
        });
        let mut next = || plain.next().unwrap().clone();
        let (leaver, renamed, promoted, moved) = (next(), next().id, next().id, next().id);
        let (deactivated, pictured, readdressed) = (next().id, next().id, next().id);
        let holder = |role: RoleCode, but: RoleCode| {
            let found = before.users.iter().skip(1);
            let mut found = found.filter(|user| user.has_role(role) && !user.has_role(but));
            found.next().unwrap().id.clone()
        };
        let demoted = holder(RoleCode::Admin, RoleCode::Owner);
        let project_manager = holder(RoleCode::ProjectManager, RoleCode::Admin);
        let owner = before.users.iter().find(|user| user.has_role(RoleCode::Owner)).unwrap().id.clone();
        let renamed_group = before.groups[0].id.clone();

        remove(&mut after, &leaver.id);
        let mut newcomer = SimUser::new(NEWCOMER, "Imke Brand", "imke.brand@marrowstone.example")
            .with_role(RoleCode::Admin, SimScope::Workspace);
        newcomer.settings =
            Some(clockify_sim::SimSettings { multi_factor_enabled: true, ..Default::default() });
        after.users.push(newcomer);
        after
            .groups
            .iter_mut()
            .find(|group| group.id == renamed_group)
            .unwrap()
            .user_ids
            .push(NEWCOMER.to_owned());
        let address = leaver.email.as_ref().unwrap().to_uppercase();
        after.users.push(SimUser::new(RETURNED, leaver.name.clone().unwrap(), address));
        user(&mut after, &renamed).name = Some(RENAMED.to_owned());
        user(&mut after, &promoted).roles.push(SimRole { role: RoleCode::Admin, scope: SimScope::Workspace });
        user(&mut after, &demoted).roles.retain(|role| role.role != RoleCode::Admin);
        let left = after.groups.iter_mut().find(|group| group.user_ids.contains(&moved)).unwrap();
        left.user_ids.retain(|id| *id != moved);
        user(&mut after, &deactivated).membership_status = MembershipStatus::Inactive;
        user(&mut after, &owner).settings.as_mut().unwrap().multi_factor_enabled = false;
        user(&mut after, &readdressed).email = Some("new.address@elsewhere.example".to_owned());
        let covered: Vec<_> =
            user(&mut after, &project_manager).roles.iter().map(|role| role.scope.clone()).collect();
        let further = before
            .projects
            .iter()
            .map(|project| SimScope::Project(project.id.clone()))
            .find(|scope| !covered.contains(scope))
            .unwrap();
        user(&mut after, &project_manager)
            .roles
            .push(SimRole { role: RoleCode::ProjectManager, scope: further });
        let renamed_one = after.groups.iter_mut().find(|group| group.id == renamed_group).unwrap();
        "Engineering & QA".clone_into(&mut renamed_one.name);
        after.groups.retain(|group| group.id != OLD_GROUP);
        after.groups.push(SimGroup::new(NEW_GROUP, "=HYPERLINK(\"http://x\")", [promoted.clone()]));
        // What is no news.
        "https://avatar.cake.com/new.png".clone_into(&mut user(&mut after, &pictured).profile_picture);
        shuffle(&mut after);
        Self {
            before,
            after,
            leaver,
            renamed,
            promoted,
            demoted,
            moved,
            deactivated,
            owner,
            readdressed,
            project_manager,
            renamed_group,
        }
    }
}

/// Puts every list in another order.
pub(crate) fn shuffle(workspace: &mut FixedWorkspace) {
    for group in &mut workspace.groups {
        group.user_ids.reverse();
        group.team_managers.reverse();
    }
    for project in &mut workspace.projects {
        project.members.reverse();
    }
    for user in &mut workspace.users {
        user.roles.reverse();
        user.custom_fields.reverse();
    }
    workspace.groups.reverse();
    workspace.projects.reverse();
}

pub(crate) fn user<'w>(workspace: &'w mut FixedWorkspace, id: &str) -> &'w mut SimUser {
    workspace.users.iter_mut().find(|user| user.id == id).unwrap()
}

/// Removes somebody from everything.
pub(crate) fn remove(workspace: &mut FixedWorkspace, id: &str) {
    workspace.remove_user(id).unwrap();
    for group in &mut workspace.groups {
        group.user_ids.retain(|member| member != id);
        group.team_managers.retain(|manager| manager != id);
    }
    for project in &mut workspace.projects {
        project.members.retain(|member| member.id != id);
    }
    for user in &mut workspace.users {
        user.roles.retain(|role| role.scope != SimScope::User(id.to_owned()));
    }
}
