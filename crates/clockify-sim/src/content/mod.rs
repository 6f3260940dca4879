//! What a simulated workspace contains, as plain facts.
//!
//! Nothing here knows how the facts look on the wire; that is the `wire` module's business.

mod fixed;
mod people;
mod places;
mod status;

pub use fixed::FixedWorkspace;
pub use people::{RoleCode, SimCustomField, SimMembership, SimRate, SimRole, SimScope, SimSettings, SimUser};
pub use places::{ApiKey, KeyRights, OtherWorkspace, SimGroup, SimProject, SimProjectMember, SimWorkspace};
pub use status::{AccountStatus, CustomFieldType, MembershipStatus, MembershipType};

/// The facts a simulator serves. A content never changes: to change what is served, give the simulator another one
/// ([`Simulator::replace_content`](crate::Simulator::replace_content) or
/// [`Action::ReplaceContent`](crate::Action::ReplaceContent)).
///
/// Users, groups and projects are addressed by index. Ids must be unique, and must sort ascending by index when the
/// content is large, because then a page sorted by id costs no more than its own rows.
pub trait Content: Send + Sync + 'static {
    /// The workspace itself.
    fn workspace(&self) -> SimWorkspace;

    /// The number of members of any status.
    fn user_count(&self) -> usize;

    /// The member at `index`, which is below [`Content::user_count`].
    fn user(&self, index: usize) -> SimUser;

    /// The number of user groups.
    fn group_count(&self) -> usize;

    /// The user group at `index`, which is below [`Content::group_count`].
    fn group(&self, index: usize) -> SimGroup;

    /// The number of projects, archived ones included.
    fn project_count(&self) -> usize;

    /// The project at `index`, which is below [`Content::project_count`].
    fn project(&self, index: usize) -> SimProject;

    /// The index of the member whose key [`SimulatorBuilder::api_key`](crate::SimulatorBuilder::api_key) stands for.
    fn key_owner(&self) -> usize;

    /// The keys that the content itself brings along, beside those given to the simulator.
    fn api_keys(&self) -> Vec<ApiKey> {
        Vec::new()
    }

    /// Workspaces of the key's owner other than the one that is simulated.
    fn other_workspaces(&self) -> Vec<OtherWorkspace> {
        Vec::new()
    }

    /// Whether ids sort ascending by index, so that a page sorted by id can be addressed directly.
    fn ids_ascend(&self) -> bool {
        false
    }

    /// The id of the member at `index`.
    fn user_id(&self, index: usize) -> String {
        self.user(index).id
    }

    /// The account status and the status in this workspace of the member at `index`.
    fn user_statuses(&self, index: usize) -> (AccountStatus, MembershipStatus) {
        let user = self.user(index);
        (user.account_status, user.membership_status)
    }

    /// The index of the member with this id.
    fn user_index(&self, id: &str) -> Option<usize> {
        (0..self.user_count()).find(|&index| self.user_id(index) == id)
    }

    /// The index of the group with this id.
    fn group_index(&self, id: &str) -> Option<usize> {
        (0..self.group_count()).find(|&index| self.group(index).id == id)
    }

    /// The index of the project with this id.
    fn project_index(&self, id: &str) -> Option<usize> {
        (0..self.project_count()).find(|&index| self.project(index).id == id)
    }
}

/// The facts of a [`Content`] in sequence, for tests that compute what a correct reader must find.
pub trait Truth: Content {
    /// Every member, in order of index.
    fn all_users(&self) -> impl Iterator<Item = SimUser> + '_ {
        (0..self.user_count()).map(|index| self.user(index))
    }

    /// Every group, in order of index.
    fn all_groups(&self) -> impl Iterator<Item = SimGroup> + '_ {
        (0..self.group_count()).map(|index| self.group(index))
    }

    /// Every project, in order of index.
    fn all_projects(&self) -> impl Iterator<Item = SimProject> + '_ {
        (0..self.project_count()).map(|index| self.project(index))
    }
}

impl<C: Content + ?Sized> Truth for C {}
