//! Memberships: a user (or, in a project, a group) belongs to a workspace, a project or a user group.

use serde::Deserialize;

use super::Text;
use super::lenient::{self, Shape};
use super::open_enum::open_enum;

open_enum! {
    /// Whether a membership is in force. This, not the account's status, says whether a member of a workspace is
    /// enabled there (clockify reference 5).
    pub enum MembershipStatus {
        /// Invited, not accepted.
        Pending = "PENDING",
        /// In force.
        Active = "ACTIVE",
        /// The invitation was refused.
        Declined = "DECLINED",
        /// Deactivated.
        Inactive = "INACTIVE",
    }
}

open_enum! {
    /// What a membership belongs to.
    pub enum MembershipType {
        /// A workspace.
        Workspace = "WORKSPACE",
        /// A project.
        Project = "PROJECT",
        /// A user group.
        UserGroup = "USERGROUP",
    }
}

/// One membership (clockify reference 6).
///
/// A list of them may hold other workspaces, duplicates, and targets that no longer exist.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Membership {
    /// The member. In a project's list it may be a group's identifier (clockify reference 3.12).
    #[serde(deserialize_with = "lenient::text")]
    pub user_id: Option<Text>,
    /// The workspace, project or group.
    #[serde(deserialize_with = "lenient::text")]
    pub target_id: Option<Text>,
    /// What the target is.
    #[serde(deserialize_with = "lenient::open")]
    pub membership_type: Option<MembershipType>,
    /// Whether it is in force.
    #[serde(deserialize_with = "lenient::open")]
    pub membership_status: Option<MembershipStatus>,
}

impl Shape for Membership {}
