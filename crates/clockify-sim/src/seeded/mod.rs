//! A workspace of any size, computed member by member from a seed.

mod demo;
mod ids;
mod layout;
mod names;
mod people;
mod places;

use crate::content::{
    AccountStatus, Content, MembershipStatus, MembershipType, OtherWorkspace, RoleCode, SimGroup,
    SimMembership, SimProject, SimUser, SimWorkspace,
};
use ids::{Domain, MAX_COUNT, index_of, object_id};
use layout::Layout;

/// A workspace whose every member, group and project is a function of the seed and an index: it takes no time to start and
/// no memory to hold, however large. The first members after the owner and the admins are one of each odd kind; a workspace
/// of 30 members or more has them all.
#[derive(Clone, Debug)]
pub struct SeededWorkspace {
    seed: u64,
    users: usize,
    admins: Option<usize>,
    groups: usize,
    members_per_group: usize,
    projects: usize,
    members_per_project: usize,
    demo: bool,
}

impl SeededWorkspace {
    /// A workspace of 100 members, 10 groups of 8 and 6 projects.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            users: 100,
            admins: None,
            groups: 10,
            members_per_group: 8,
            projects: 6,
            members_per_project: 6,
            demo: false,
        }
    }

    /// A friendly workspace that never changes: 60 members, 9 groups, 12 projects, every odd case, and people with names of
    /// their own in the leading roles.
    pub fn demo() -> Self {
        Self { demo: true, ..Self::new(2_026) }
            .users(60)
            .admins(3)
            .groups(9)
            .members_per_group(7)
            .projects(12)
    }

    /// Sets the number of members of any status, at least 1 and at most 16,777,215.
    #[must_use]
    pub fn users(mut self, users: usize) -> Self {
        self.users = users.clamp(1, MAX_COUNT - 1);
        self
    }

    /// Sets the number of admins beside the owner; by default one for every 250 members and at least one.
    #[must_use]
    pub fn admins(mut self, admins: usize) -> Self {
        self.admins = Some(admins);
        self
    }

    /// Sets the number of groups, at most 16,777,215.
    #[must_use]
    pub fn groups(mut self, groups: usize) -> Self {
        self.groups = groups.min(MAX_COUNT - 1);
        self
    }

    /// Sets the number of members of an ordinary group; one group is empty and one has three strangers more.
    #[must_use]
    pub fn members_per_group(mut self, members: usize) -> Self {
        self.members_per_group = members;
        self
    }

    /// Sets the number of projects, at most 16,777,215.
    #[must_use]
    pub fn projects(mut self, projects: usize) -> Self {
        self.projects = projects.min(MAX_COUNT - 1);
        self
    }

    fn layout(&self) -> Layout {
        let admins = self.admins.unwrap_or_else(|| (self.users / 250).max(1)).min(self.users - 1);
        Layout { users: self.users, admins, groups: self.groups, projects: self.projects }
    }

    fn workspace_id(&self) -> String {
        object_id(self.seed, Domain::Workspace, 0, 1)
    }

    fn other_workspace_id(&self) -> String {
        object_id(self.seed, Domain::Workspace, 1, 2)
    }

    fn group_id(&self, index: usize) -> String {
        object_id(self.seed, Domain::Group, index, self.groups)
    }

    fn project_id(&self, index: usize) -> String {
        object_id(self.seed, Domain::Project, index, self.projects)
    }

    /// An id that belongs to nobody.
    fn stranger_id(&self, index: usize) -> String {
        object_id(self.seed, Domain::Stranger, index, MAX_COUNT)
    }

    /// The domain of everybody's e-mail address; names under `.example` can never be registered.
    fn mail_domain(&self) -> &'static str {
        if self.demo { demo::MAIL_DOMAIN } else { "seedling.example" }
    }
}

impl Content for SeededWorkspace {
    fn workspace(&self) -> SimWorkspace {
        let name =
            if self.demo { demo::WORKSPACE_NAME.to_owned() } else { format!("Seedling Works {}", self.seed) };
        SimWorkspace {
            cake_organization_id: object_id(self.seed, Domain::Workspace, 2, 3),
            ..SimWorkspace::new(self.workspace_id(), name)
        }
    }

    fn user_count(&self) -> usize {
        self.users
    }

    fn user(&self, index: usize) -> SimUser {
        people::user(self, index)
    }

    fn group_count(&self) -> usize {
        self.groups
    }

    fn group(&self, index: usize) -> SimGroup {
        places::group(self, index)
    }

    fn project_count(&self) -> usize {
        self.projects
    }

    fn project(&self, index: usize) -> SimProject {
        places::project(self, index)
    }

    /// The last admin: connectors run under a service account.
    fn key_owner(&self) -> usize {
        self.layout().admins
    }

    fn other_workspaces(&self) -> Vec<OtherWorkspace> {
        let id = self.other_workspace_id();
        let member = |user_id, status| SimMembership {
            user_id,
            target_id: id.clone(),
            kind: MembershipType::Workspace,
            status,
        };
        let workspace = SimWorkspace {
            plan: Some("FREE".to_owned()),
            currency: "USD".to_owned(),
            extra_memberships: vec![
                member(self.user_id(self.key_owner()), MembershipStatus::Active),
                member(self.stranger_id(1), MembershipStatus::Inactive),
            ],
            ..SimWorkspace::new(id.clone(), "Sandbox 🧪")
        };
        vec![OtherWorkspace { workspace, roles: vec![RoleCode::Owner] }]
    }

    fn ids_ascend(&self) -> bool {
        true
    }

    fn user_id(&self, index: usize) -> String {
        object_id(self.seed, Domain::User, index, self.users)
    }

    fn user_statuses(&self, index: usize) -> (AccountStatus, MembershipStatus) {
        self.layout().kind(index).statuses()
    }

    fn user_index(&self, id: &str) -> Option<usize> {
        index_of(self.seed, Domain::User, id, self.users)
    }

    fn group_index(&self, id: &str) -> Option<usize> {
        index_of(self.seed, Domain::Group, id, self.groups)
    }

    fn project_index(&self, id: &str) -> Option<usize> {
        index_of(self.seed, Domain::Project, id, self.projects)
    }
}
