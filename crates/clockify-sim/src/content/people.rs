//! A member of the simulated workspace and everything that hangs on one: settings, roles, memberships, custom fields.

use serde_json::Value;

use super::{AccountStatus, CustomFieldType, MembershipStatus, MembershipType};

/// One member of the workspace.
#[derive(Clone, Debug, PartialEq)]
pub struct SimUser {
    /// The account's id, 24 hexadecimal digits in real data.
    pub id: String,
    /// The e-mail address; `None` is sent as null. Limited members have none, or an empty one.
    pub email: Option<String>,
    /// The display name; null for people who were invited and never came.
    pub name: Option<String>,
    /// The status of the account in all of Clockify.
    pub account_status: AccountStatus,
    /// The status of the membership in the simulated workspace.
    pub membership_status: MembershipStatus,
    /// The roles in the simulated workspace; regular users have none.
    pub roles: Vec<SimRole>,
    /// The person's settings; null for people who were invited and never came.
    pub settings: Option<SimSettings>,
    /// The values of user custom fields.
    pub custom_fields: Vec<SimCustomField>,
    /// The address of the picture, often empty.
    pub profile_picture: String,
    /// The workspace the person looked at last, which may be another one.
    pub active_workspace: Option<String>,
    /// The person's default workspace, which may be another one.
    pub default_workspace: Option<String>,
    /// The billable rate in the workspace.
    pub hourly_rate: Option<SimRate>,
    /// The cost rate in the workspace.
    pub cost_rate: Option<SimRate>,
    /// Whether the person's own object lists the membership in this workspace when asked for it. The real service always
    /// did; a reader must have a fallback.
    pub lists_own_membership: bool,
    /// Membership entries beyond those that follow from the groups and projects of the content: other workspaces,
    /// duplicates, groups that are gone.
    pub extra_memberships: Vec<SimMembership>,
}

impl SimUser {
    /// A regular, active member with a name, an e-mail address and default settings.
    pub fn new(id: impl Into<String>, name: impl Into<String>, email: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            email: Some(email.into()),
            name: Some(name.into()),
            account_status: AccountStatus::Active,
            membership_status: MembershipStatus::Active,
            roles: Vec::new(),
            settings: Some(SimSettings::default()),
            custom_fields: Vec::new(),
            profile_picture: String::new(),
            active_workspace: None,
            default_workspace: None,
            hourly_rate: None,
            cost_rate: None,
            lists_own_membership: true,
            extra_memberships: Vec::new(),
        }
    }

    /// The same member with other statuses.
    #[must_use]
    pub fn with_statuses(mut self, account: AccountStatus, membership: MembershipStatus) -> Self {
        self.account_status = account;
        self.membership_status = membership;
        self
    }

    /// The same member with one more role.
    #[must_use]
    pub fn with_role(mut self, role: RoleCode, scope: SimScope) -> Self {
        self.roles.push(SimRole { role, scope });
        self
    }

    /// Whether the member holds `role` over anything.
    pub fn has_role(&self, role: RoleCode) -> bool {
        self.roles.iter().any(|held| held.role == role)
    }
}

/// A role code as Clockify sends it (clockify reference 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RoleCode {
    /// The owner: `WORKSPACE_OWN` in data, `OWNER` in filters.
    Owner,
    /// An administrator of the workspace.
    Admin,
    /// A manager of people or of user groups.
    TeamManager,
    /// A manager of projects.
    ProjectManager,
}

impl RoleCode {
    /// The code as it stands in a user's `roles`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "WORKSPACE_OWN",
            Self::Admin => "WORKSPACE_ADMIN",
            Self::TeamManager => "TEAM_MANAGER",
            Self::ProjectManager => "PROJECT_MANAGER",
        }
    }
}

/// One role over one thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SimRole {
    /// The role.
    pub role: RoleCode,
    /// What it is held over.
    pub scope: SimScope,
}

/// What a role is held over.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SimScope {
    /// The whole workspace.
    Workspace,
    /// The member with this id.
    User(String),
    /// The user group with this id.
    Group(String),
    /// The project with this id.
    Project(String),
}

/// The parts of a person's settings that vary; the rest of the real object is constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimSettings {
    /// An IANA time zone.
    pub time_zone: String,
    /// A language code; the real service sends it in upper case.
    pub language: String,
    /// Whether a second factor is set up.
    pub multi_factor_enabled: bool,
}

impl Default for SimSettings {
    fn default() -> Self {
        Self { time_zone: "Europe/Berlin".to_owned(), language: "EN".to_owned(), multi_factor_enabled: false }
    }
}

/// The value of one user custom field.
#[derive(Clone, Debug, PartialEq)]
pub struct SimCustomField {
    /// The field's id.
    pub id: String,
    /// The field's name.
    pub name: String,
    /// The field's type.
    pub kind: CustomFieldType,
    /// The value; any JSON, or null.
    pub value: Value,
}

/// An amount per hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimRate {
    /// In minor units of the currency.
    pub amount: i64,
    /// A currency code, which may be any text.
    pub currency: String,
}

/// One membership entry as a user or a workspace lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimMembership {
    /// The member's id.
    pub user_id: String,
    /// The id of the workspace, project or group.
    pub target_id: String,
    /// What `target_id` names.
    pub kind: MembershipType,
    /// The status of this membership.
    pub status: MembershipStatus,
}
