//! A user group.

use serde::Deserialize;

use super::lenient::{self, Shape};
use super::rows::Record;
use super::{Text, Told};

/// A user group (clockify reference 3.9).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct UserGroup {
    /// The identifier. Never empty in what a client returns.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Text,
    /// The name, unique in the workspace.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<Text>,
    /// The workspace.
    #[serde(deserialize_with = "lenient::text")]
    pub workspace_id: Option<Text>,
    /// The members. Some may be missing from the list of users.
    #[serde(deserialize_with = "lenient::told_texts")]
    pub user_ids: Told<Text>,
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
    pub id: Option<Text>,
    /// The user's name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<Text>,
}

impl Shape for TeamManager {}
