//! A small workspace with one of everything that a sync must understand, made by hand.

use clockify_sim::{
    AccountStatus, CustomFieldType, FixedWorkspace, MembershipStatus, MembershipType, RoleCode,
    SimCustomField, SimGroup, SimMembership, SimProject, SimProjectMember, SimScope, SimUser, SimWorkspace,
};

pub(crate) const WORKSPACE: &str = "64b0000000000000000000ff";
/// Known to no list, and all the same a member of a group.
const GHOST: &str = "64b00000000000000000dead";
/// Known to no list, and all the same a member of a project.
const STRANGER: &str = "64b00000000000000000beef";

pub(crate) const USERS: u32 = 11;
pub(crate) const GROUPS: u32 = 8;
pub(crate) const PROJECTS: u32 = 7;

/// The id of a user; ids ascend with their numbers.
pub(crate) fn user(number: u32) -> String {
    format!("64a0{:020x}", number * 16)
}

/// An id that sorts between that of this user and that of the next one.
pub(crate) fn after_user(number: u32) -> String {
    format!("64a0{:020x}", number * 16 + 8)
}

/// The id of a group, as for users.
pub(crate) fn group(number: u32) -> String {
    format!("64c0{:020x}", number * 16)
}

/// As for users.
pub(crate) fn after_group(number: u32) -> String {
    format!("64c0{:020x}", number * 16 + 8)
}

/// The id of a project, as for users.
pub(crate) fn project(number: u32) -> String {
    format!("64d0{:020x}", number * 16)
}

/// A regular member with nothing special.
pub(crate) fn regular(id: &str) -> SimUser {
    SimUser::new(id, format!("Person {id}"), format!("{id}@crew.example"))
}

/// Eleven people, eight groups and seven projects. The owner has the key.
pub(crate) fn crew() -> FixedWorkspace {
    let mut users: Vec<SimUser> = (0..USERS).map(|number| regular(&user(number))).collect();
    let owner = users.remove(0);
    let mut crew = FixedWorkspace::with_owner(SimWorkspace::new(WORKSPACE, "Crew"), owner);
    crew.users.extend(users);
    people(&mut crew.users);
    crew.groups = groups();
    crew.projects = projects();
    crew
}

/// The crew, and somebody whom the list of members names and the list of users never shows.
pub(crate) fn crew_with_an_unlisted_member() -> FixedWorkspace {
    let mut crew = crew();
    crew.workspace.extra_memberships.push(SimMembership {
        user_id: unlisted(),
        target_id: WORKSPACE.to_owned(),
        kind: MembershipType::Workspace,
        status: MembershipStatus::Active,
    });
    crew
}

/// Whom [`crew_with_an_unlisted_member`] adds.
pub(crate) fn unlisted() -> String {
    after_user(5)
}

fn people(users: &mut [SimUser]) {
    use {AccountStatus as A, MembershipStatus as M, RoleCode as R, SimScope as S};
    let mut holds =
        |number: usize, role, scope| users[number].roles.push(clockify_sim::SimRole { role, scope });
    holds(1, R::Admin, S::Workspace);
    holds(2, R::TeamManager, S::User(user(3)));
    holds(4, R::TeamManager, S::Group(group(0)));
    holds(5, R::ProjectManager, S::Project(project(0)));
    for (number, account, membership) in [
        (6, A::Active, M::Inactive),
        (7, A::Deleted, M::Inactive),
        (8, A::NotRegistered, M::Pending),
        (9, A::Limited, M::Active),
    ] {
        (users[number].account_status, users[number].membership_status) = (account, membership);
    }
    (users[8].name, users[8].settings) = (None, None);
    users[9].email = None;
    users[10].custom_fields = vec![SimCustomField {
        id: "64e000000000000000000001".to_owned(),
        name: "Cost centre".to_owned(),
        kind: CustomFieldType::Text,
        value: "4711".into(),
    }];
}

fn groups() -> Vec<SimGroup> {
    let members: [Vec<String>; GROUPS as usize] = [
        vec![user(3), user(9), user(6), GHOST.to_owned()],
        vec![],
        vec![user(1), user(2)],
        vec![],
        vec![user(10)],
        vec![user(0), user(10)],
        vec![user(5)],
        vec![user(7), user(10)],
    ];
    let mut groups: Vec<_> = (0..)
        .zip(members)
        .map(|(number, members)| SimGroup::new(group(number), format!("Group {number}"), members))
        .collect();
    groups[0].team_managers = vec![user(4)];
    // Only the list of groups tells of this one: a scope is shown by its people, and there are none.
    groups[3].team_managers = vec![user(3)];
    groups
}

fn projects() -> Vec<SimProject> {
    let members: [Vec<String>; PROJECTS as usize] = [
        vec![user(3), user(5), group(0)],
        vec![],
        vec![STRANGER.to_owned()],
        vec![group(5), user(10)],
        vec![],
        vec![group(7), group(2)],
        vec![user(1)],
    ];
    let mut projects: Vec<_> = (0..)
        .zip(members)
        .map(|(number, members)| SimProject::new(project(number), format!("Project {number}"), members))
        .collect();
    let inactive =
        SimProjectMember { status: MembershipStatus::Inactive, ..SimProjectMember::active(user(6)) };
    projects[1].members.push(inactive);
    (projects[1].archived, projects[1].public) = (true, true);
    projects
}
