//! Roles of a user and what they cover.
//!
//! The published schema does not know `roles`, so several shapes are accepted and become one (clockify reference
//! 4.2).

use serde::Deserialize;

use super::lenient::{self, Shape};
use super::open_enum::open_enum;
use super::{Text, Told};

open_enum! {
    /// A role. A user without any is a regular user.
    pub enum Role {
        /// Owner of the workspace. Filters spell it `OWNER`.
        Owner = "WORKSPACE_OWN" | "OWNER",
        /// Administrator of the workspace.
        WorkspaceAdmin = "WORKSPACE_ADMIN",
        /// Manager of users or of user groups.
        TeamManager = "TEAM_MANAGER",
        /// Manager of projects.
        ProjectManager = "PROJECT_MANAGER",
    }
}

/// A role of a user, with what it covers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "WireRole")]
#[non_exhaustive]
pub struct UserRole {
    /// The role. Nothing when the server named none.
    pub role: Option<Role>,
    /// How Clockify's pages call it. For display only: the owner reads "Admin" as well.
    pub label: Option<Text>,
    /// What it covers: a workspace, projects, users or groups, depending on the role.
    pub entities: Vec<RoleEntity>,
    /// Entities that could not be read or have no identifier.
    pub unreadable: usize,
}

impl Shape for UserRole {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self { role: Some(Role::from(text)), label: None, entities: Vec::new(), unreadable: 0 })
    }
}

/// Something a role covers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RoleEntity {
    /// The workspace, project, user or group. Its kind follows from the role, it is not sent.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Text,
    /// Its name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<Text>,
    /// Where the role comes from, when it was not given for this entity itself.
    #[serde(deserialize_with = "lenient::one")]
    pub source: Option<RoleSource>,
}

impl RoleEntity {
    /// The user group through which the role was given. It is then the real target, whatever `id` is (clockify
    /// reference 4.2).
    pub fn group_id(&self) -> Option<&str> {
        let source = self.source.as_ref()?;
        if source.is_user_group() { source.id.as_deref() } else { None }
    }
}

impl Shape for RoleEntity {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self { id: text.into(), ..Self::default() })
    }
}

/// Where a role comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RoleSource {
    /// The identifier of the source.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<Text>,
    /// The kind of the source; `USER_GROUP` is the only one known.
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<Text>,
}

impl RoleSource {
    fn is_user_group(&self) -> bool {
        self.kind.as_deref() == Some("USER_GROUP")
    }
}

impl Shape for RoleSource {}

/// Every shape of a role that was seen or is tolerated.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireRole {
    #[serde(deserialize_with = "lenient::one")]
    role: Option<WireRoleName>,
    #[serde(deserialize_with = "lenient::text")]
    formatter_role_name: Option<Text>,
    #[serde(deserialize_with = "lenient::told")]
    entities: Told<RoleEntity>,
    #[serde(deserialize_with = "lenient::one")]
    entity: Option<RoleEntity>,
    #[serde(deserialize_with = "lenient::text")]
    entity_id: Option<Text>,
    #[serde(deserialize_with = "lenient::text")]
    source_type: Option<Text>,
}

/// A role's code as a string, or inside an object together with the entity, as answers to a role being given
/// have it (clockify reference 3.10).
#[derive(Default, Deserialize)]
#[serde(default)]
struct WireRoleName {
    #[serde(deserialize_with = "lenient::text")]
    code: Option<Text>,
    #[serde(deserialize_with = "lenient::text")]
    role: Option<Text>,
    #[serde(deserialize_with = "lenient::text")]
    name: Option<Text>,
    #[serde(deserialize_with = "lenient::text")]
    id: Option<Text>,
    #[serde(deserialize_with = "lenient::one")]
    source: Option<RoleSource>,
}

impl Shape for WireRoleName {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self { name: Some(text.into()), ..Self::default() })
    }
}

impl From<WireRole> for UserRole {
    fn from(wire: WireRole) -> Self {
        let name = wire.role.unwrap_or_default();
        let mut unreadable = wire.entities.unreadable();
        let mut entities = wire.entities.into_items();
        entities.extend(wire.entity);
        if let Some(id) = wire.entity_id {
            let source = wire.source_type.map(|kind| RoleSource { id: Some(id.clone()), kind: Some(kind) });
            entities.push(RoleEntity { id, name: None, source });
        }
        if let Some(id) = name.id.filter(|_| entities.is_empty()) {
            entities.push(RoleEntity { id, name: None, source: name.source });
        }
        let sent = entities.len();
        entities.retain(|entity| !entity.id.is_empty());
        unreadable += sent - entities.len();
        let code = name.code.or(name.role).or(name.name);
        Self { role: code.as_deref().map(Role::from), label: wire.formatter_role_name, entities, unreadable }
    }
}
