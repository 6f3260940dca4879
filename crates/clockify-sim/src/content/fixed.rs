//! A content whose every member, group and project a test states by hand.

use std::cmp::Ordering;

use super::{
    ApiKey, Content, OtherWorkspace, RoleCode, SimGroup, SimProject, SimScope, SimUser, SimWorkspace, Truth,
};

/// A workspace held in vectors. To change it between requests, clone it, edit the clone, and hand that to
/// [`Simulator::replace_content`](crate::Simulator::replace_content).
#[derive(Clone, Debug)]
pub struct FixedWorkspace {
    /// The workspace itself.
    pub workspace: SimWorkspace,
    /// The members.
    pub users: Vec<SimUser>,
    /// The groups.
    pub groups: Vec<SimGroup>,
    /// The projects.
    pub projects: Vec<SimProject>,
    /// The index of the member that owns the simulator's key.
    pub key_owner: usize,
    /// Further keys.
    pub api_keys: Vec<ApiKey>,
    /// Further workspaces of the key's owner.
    pub other_workspaces: Vec<OtherWorkspace>,
}

impl FixedWorkspace {
    /// A workspace with one member, who owns it and the key.
    pub fn with_owner(workspace: SimWorkspace, owner: SimUser) -> Self {
        let owner = owner
            .with_role(RoleCode::Admin, SimScope::Workspace)
            .with_role(RoleCode::Owner, SimScope::Workspace);
        Self {
            workspace,
            users: vec![owner],
            groups: Vec::new(),
            projects: Vec::new(),
            key_owner: 0,
            api_keys: Vec::new(),
            other_workspaces: Vec::new(),
        }
    }

    /// A copy of any content, to be edited. Holds everything in memory, so mind the size.
    pub fn copy_of<C: Content + ?Sized>(content: &C) -> Self {
        Self {
            workspace: content.workspace(),
            users: content.all_users().collect(),
            groups: content.all_groups().collect(),
            projects: content.all_projects().collect(),
            key_owner: content.key_owner(),
            api_keys: content.api_keys(),
            other_workspaces: content.other_workspaces(),
        }
    }

    /// Removes the member with this id, and keeps the indexes of the key's owner and of further keys on their members.
    /// Groups, projects and roles go on naming the member, as Clockify's own lists were seen to do. A key whose owner is
    /// removed is refused from then on.
    pub fn remove_user(&mut self, id: &str) -> Option<SimUser> {
        let gone = self.user_index(id)?;
        let moved = |index: &mut usize| match (*index).cmp(&gone) {
            Ordering::Less => {}
            Ordering::Equal => *index = usize::MAX,
            Ordering::Greater => *index -= 1,
        };
        moved(&mut self.key_owner);
        self.api_keys.iter_mut().for_each(|key| moved(&mut key.user));
        Some(self.users.remove(gone))
    }
}

impl Content for FixedWorkspace {
    fn workspace(&self) -> SimWorkspace {
        self.workspace.clone()
    }

    fn user_count(&self) -> usize {
        self.users.len()
    }

    fn user(&self, index: usize) -> SimUser {
        self.users[index].clone()
    }

    fn group_count(&self) -> usize {
        self.groups.len()
    }

    fn group(&self, index: usize) -> SimGroup {
        self.groups[index].clone()
    }

    fn project_count(&self) -> usize {
        self.projects.len()
    }

    fn project(&self, index: usize) -> SimProject {
        self.projects[index].clone()
    }

    fn key_owner(&self) -> usize {
        self.key_owner
    }

    fn api_keys(&self) -> Vec<ApiKey> {
        self.api_keys.clone()
    }

    fn other_workspaces(&self) -> Vec<OtherWorkspace> {
        self.other_workspaces.clone()
    }

    fn user_id(&self, index: usize) -> String {
        self.users[index].id.clone()
    }

    fn user_index(&self, id: &str) -> Option<usize> {
        self.users.iter().position(|user| user.id == id)
    }

    fn group_index(&self, id: &str) -> Option<usize> {
        self.groups.iter().position(|group| group.id == id)
    }

    fn project_index(&self, id: &str) -> Option<usize> {
        self.projects.iter().position(|project| project.id == id)
    }
}
