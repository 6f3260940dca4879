//! Which members a list of users holds, and what comes with each of them.

use crate::model::AccountStatus;

/// Every account status. The server's default leaves out the last three (clockify reference 3.5).
const ACCOUNT_STATUSES: [AccountStatus; 6] = [
    AccountStatus::Active,
    AccountStatus::PendingEmailVerification,
    AccountStatus::NotRegistered,
    AccountStatus::Limited,
    AccountStatus::LimitedDeleted,
    AccountStatus::Deleted,
];

/// Which members to list, by the status of their membership.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusFilter {
    /// Of any status.
    #[default]
    All,
    /// In force.
    Active,
    /// Deactivated.
    Inactive,
    /// Invited.
    Pending,
    /// Invited and refused.
    Declined,
}

impl StatusFilter {
    fn as_str(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
            Self::Pending => "PENDING",
            Self::Declined => "DECLINED",
        }
    }
}

/// Which memberships to send with each user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MembershipScope {
    /// Those of the workspace: what a status needs, about 2 KB per user.
    #[default]
    Workspace,
    /// Those of every workspace, project and group: up to 70 KB per user.
    All,
    /// Those of projects.
    Project,
    /// Those of user groups.
    UserGroup,
    /// None.
    None,
}

impl MembershipScope {
    fn as_str(self) -> &'static str {
        match self {
            Self::Workspace => "WORKSPACE",
            Self::All => "ALL",
            Self::Project => "PROJECT",
            Self::UserGroup => "USERGROUP",
            Self::None => "NONE",
        }
    }
}

/// What a caller chose for a list of users.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    pub(super) status: StatusFilter,
    pub(super) memberships: MembershipScope,
    pub(super) email: Option<String>,
}

impl UserFilter {
    pub(super) fn parameters(&self, narrowed: &[AccountStatus]) -> Vec<(&'static str, String)> {
        let accounts: Vec<&str> = ACCOUNT_STATUSES
            .iter()
            .filter(|status| !narrowed.contains(status))
            .map(AccountStatus::as_str)
            .collect();
        let mut parameters = vec![
            ("status", self.status.as_str().to_owned()),
            ("account-statuses", accounts.join(",")),
            ("memberships", self.memberships.as_str().to_owned()),
            ("include-roles", "true".to_owned()),
        ];
        parameters.extend(self.email.clone().map(|email| ("email", email)));
        parameters
    }
}
