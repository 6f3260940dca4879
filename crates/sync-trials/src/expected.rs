//! What a file must hold, computed from the look-alike's content by the rules of the Clockify and interop references.

use std::collections::{BTreeMap, BTreeSet};

use clockify_sim::{Content, RoleCode, SimScope, SimUser, Truth};

/// External ids that must be in the file, no more and no fewer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Of resources, `type:id`.
    pub resources: BTreeSet<String>,
    /// Of entitlements, `type:id:slug`.
    pub entitlements: BTreeSet<String>,
    /// Of grants, `entitlement:type:id`.
    pub grants: BTreeSet<String>,
}

impl Expected {
    /// What a sync of this content must hold; `projects` says whether projects were asked for.
    pub fn of(content: &dyn Content, projects: bool) -> Self {
        let mut expected = Self::default();
        for role in ["owner", "workspace-admin", "team-manager", "project-manager"] {
            expected.resources.insert(format!("role:{role}"));
            expected.entitlements.insert(format!("role:{role}:assigned"));
        }
        let groups: BTreeMap<_, _> = content.all_groups().map(|group| (group.id.clone(), group)).collect();
        for group in groups.values() {
            expected.thing("group", &group.id);
            for member in &group.user_ids {
                expected.has(&format!("group:{}:member", group.id), "user", member);
            }
            for manager in &group.team_managers {
                expected.has(&format!("group:{}:manager", group.id), "user", manager);
                // The list of users may be silent about it, and the person is a team manager all the same.
                expected.has("role:team-manager:assigned", "user", manager);
            }
        }
        for user in content.all_users() {
            expected.resources.insert(format!("user:{}", user.id));
            expected.roles(&user, &groups, projects);
        }
        if projects {
            for project in content.all_projects() {
                expected.thing("project", &project.id);
                let member_of = format!("project:{}:member", project.id);
                for member in &project.members {
                    if let Some(group) = groups.get(&member.id) {
                        expected.grants.insert(format!("{member_of}:group:{}", group.id));
                        for inherits in &group.user_ids {
                            expected.has(&member_of, "user", inherits);
                        }
                    } else {
                        expected.has(&member_of, "user", &member.id);
                    }
                }
            }
        }
        expected
    }

    fn thing(&mut self, kind: &str, id: &str) {
        self.resources.insert(format!("{kind}:{id}"));
        self.entitlements.insert(format!("{kind}:{id}:member"));
        self.entitlements.insert(format!("{kind}:{id}:manager"));
    }

    /// A grant, and whoever has it: somebody the list of users does not know is a resource all the same.
    fn has(&mut self, entitlement: &str, kind: &str, who: &str) {
        self.resources.insert(format!("{kind}:{who}"));
        self.grants.insert(format!("{entitlement}:{kind}:{who}"));
    }

    fn roles(&mut self, user: &SimUser, groups: &BTreeMap<String, clockify_sim::SimGroup>, projects: bool) {
        for held in &user.roles {
            let role = match held.role {
                RoleCode::Owner => "owner",
                // The owner is listed as admin too, and counts once.
                RoleCode::Admin if user.has_role(RoleCode::Owner) => continue,
                RoleCode::Admin => "workspace-admin",
                RoleCode::TeamManager => "team-manager",
                RoleCode::ProjectManager => "project-manager",
            };
            self.has(&format!("role:{role}:assigned"), "user", &user.id);
            match &held.scope {
                SimScope::Group(group) if groups.contains_key(group) => {
                    self.has(&format!("group:{group}:manager"), "user", &user.id);
                }
                SimScope::Project(project) if projects => {
                    self.has(&format!("project:{project}:manager"), "user", &user.id);
                }
                _ => {}
            }
        }
    }
}

/// Fails with the differences of two sets, not with the sets.
#[track_caller]
pub fn same(found: &BTreeSet<String>, expected: &BTreeSet<String>) {
    let missing: Vec<_> = expected.difference(found).collect();
    let surplus: Vec<_> = found.difference(expected).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing: {missing:?}\nsurplus: {surplus:?}");
}
