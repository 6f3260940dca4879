//! The things people belong to: the workspace, its groups and projects, and the keys that open it.

use super::{MembershipStatus, RoleCode, SimMembership, SimRate};

/// The facts about the simulated workspace that do not follow from its members.
#[derive(Clone, Debug, PartialEq)]
pub struct SimWorkspace {
    /// The workspace's id, 24 hexadecimal digits.
    pub id: String,
    /// The workspace's name.
    pub name: String,
    /// The code of the default currency.
    pub currency: String,
    /// The plan, such as `FREE` or `BUNDLE_YEAR_2024`; null in old workspaces.
    pub plan: Option<String>,
    /// The features that the plan includes.
    pub features: Vec<String>,
    /// The subdomain, for workspaces that have one.
    pub subdomain: Option<String>,
    /// The id of the CAKE.com organisation.
    pub cake_organization_id: String,
    /// The pages that only admins see: `PROJECT`, `TEAM`, `REPORTS`.
    pub admin_only_pages: Vec<String>,
    /// The HTTP status that requests to this workspace get because it is suspended: 401, 403 or 406 were seen. `None` for
    /// a workspace in good standing.
    pub suspended: Option<u16>,
    /// Entries of the membership list beyond one for each member, such as an account that the users list never shows.
    pub extra_memberships: Vec<SimMembership>,
}

impl SimWorkspace {
    /// A workspace on a paid plan, in euros, with every feature that matters to identity governance.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        let features = [
            "TIME_TRACKING",
            "MANAGER_ROLE",
            "GRANT_PROJECT_MANAGER_ROLE",
            "LIMITED_USERS",
            "PRIVATE_PROJECT_ACCESS",
            "USER_CUSTOM_FIELDS",
            "AUDIT_LOG",
            "SSO",
            "SCIM",
            "CUSTOM_SUBDOMAIN",
            "UNLIMITED_USER_SEATS",
            "HIDE_PAGES",
            "EDIT_MEMBER_PROFILE",
        ];
        Self {
            id: id.into(),
            name: name.into(),
            currency: "EUR".to_owned(),
            plan: Some("BUNDLE_YEAR_2024".to_owned()),
            features: features.map(str::to_owned).to_vec(),
            subdomain: None,
            cake_organization_id: "5f0e3c9a1b2c3d4e5f60ca4e".to_owned(),
            admin_only_pages: Vec::new(),
            suspended: None,
            extra_memberships: Vec::new(),
        }
    }
}

/// A workspace that the key's owner also belongs to. It appears in lists of workspaces and can be read; its members
/// cannot be listed.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherWorkspace {
    /// The facts about it; `extra_memberships` is its whole membership list.
    pub workspace: SimWorkspace,
    /// The roles that the key's owner holds in it.
    pub roles: Vec<RoleCode>,
}

/// One user group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimGroup {
    /// The group's id.
    pub id: String,
    /// The group's name, unique in a workspace.
    pub name: String,
    /// The ids that the group lists; not all of them need to be members of the workspace.
    pub user_ids: Vec<String>,
    /// The ids of the members who are team managers of this group.
    pub team_managers: Vec<String>,
}

impl SimGroup {
    /// A group without team managers.
    pub fn new<I: Into<String>>(
        id: impl Into<String>,
        name: impl Into<String>,
        user_ids: impl IntoIterator<Item = I>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            user_ids: user_ids.into_iter().map(Into::into).collect(),
            team_managers: Vec::new(),
        }
    }
}

/// One project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimProject {
    /// The project's id.
    pub id: String,
    /// The project's name.
    pub name: String,
    /// Whether everyone in the workspace has access, whatever the members say.
    pub public: bool,
    /// Whether the project is archived.
    pub archived: bool,
    /// Whether time on it is billable.
    pub billable: bool,
    /// The client's id, empty when there is none.
    pub client_id: String,
    /// The client's name, empty when there is none.
    pub client_name: String,
    /// A free note.
    pub note: String,
    /// The members; a group with access stands here as a pseudo-member under the group's id.
    pub members: Vec<SimProjectMember>,
}

impl SimProject {
    /// A private, billable project without a client, with active members.
    pub fn new<I: Into<String>>(
        id: impl Into<String>,
        name: impl Into<String>,
        member_ids: impl IntoIterator<Item = I>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            public: false,
            archived: false,
            billable: true,
            client_id: String::new(),
            client_name: String::new(),
            note: String::new(),
            members: member_ids.into_iter().map(SimProjectMember::active).collect(),
        }
    }
}

/// One member of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimProjectMember {
    /// The id of a member of the workspace, or of a user group.
    pub id: String,
    /// The status of the membership in the project.
    pub status: MembershipStatus,
    /// The billable rate on this project.
    pub hourly_rate: Option<SimRate>,
}

impl SimProjectMember {
    /// An active member without a rate of their own.
    pub fn active(id: impl Into<String>) -> Self {
        Self { id: id.into(), status: MembershipStatus::Active, hourly_rate: None }
    }
}

/// A key for the `X-Api-Key` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The key itself.
    pub key: String,
    /// The index of the member it belongs to.
    pub user: usize,
    /// What it may see.
    pub rights: KeyRights,
}

/// What a key may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRights {
    /// Everything, as the key of an owner or an admin.
    Admin,
    /// Everything but the list of users, which is refused.
    Regular,
}
