//! A user group.

use serde::Deserialize;

use super::Told;
use super::lenient::{self, Shape};
use super::rows::Record;

/// A user group (clockify reference 3.9).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct UserGroup {
    /// The identifier. Never empty in what a client returns.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The name, unique in the workspace.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The workspace.
    #[serde(deserialize_with = "lenient::text")]
    pub workspace_id: Option<String>,
    /// The members. Some may be missing from the list of users.
    #[serde(deserialize_with = "lenient::told_texts")]
    pub user_ids: Told<String>,
    /// The team managers of the group. Older groups may lack the list (clockify reference 3.9).
    #[serde(deserialize_with = "lenient::told")]
    pub team_managers: Told<TeamManager>,
}

impl Shape for UserGroup {}

impl Record for UserGroup {
    fn id(&self) -> &str {
        &self.id
    }
}

/// A team manager of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TeamManager {
    /// The user.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// The user's name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
}

impl Shape for TeamManager {}
