//! A project.

use serde::Deserialize;

use super::lenient::{self, Shape};
use super::rows::Record;
use super::{Membership, Text, Told};

/// A project (clockify reference 3.12).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Project {
    /// The identifier. Never empty in what a client returns.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Text,
    /// The name, unique in the workspace.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<Text>,
    /// The workspace.
    #[serde(deserialize_with = "lenient::text")]
    pub workspace_id: Option<Text>,
    /// The client, Clockify's word for a customer.
    #[serde(deserialize_with = "lenient::text")]
    pub client_id: Option<Text>,
    /// The client's name.
    #[serde(deserialize_with = "lenient::text")]
    pub client_name: Option<Text>,
    /// Who may work on it. A `user_id` in it may be a group.
    #[serde(deserialize_with = "lenient::told")]
    pub memberships: Told<Membership>,
    /// Whether everybody in the workspace may work on it, whatever the memberships say.
    #[serde(deserialize_with = "lenient::flag")]
    pub public: Option<bool>,
    /// Whether it is closed.
    #[serde(deserialize_with = "lenient::flag")]
    pub archived: Option<bool>,
    /// Whether it only serves as a model for others.
    #[serde(deserialize_with = "lenient::flag")]
    pub template: Option<bool>,
    /// Whether its time is billed.
    #[serde(deserialize_with = "lenient::flag")]
    pub billable: Option<bool>,
    /// A note.
    #[serde(deserialize_with = "lenient::text")]
    pub note: Option<Text>,
    /// A colour such as `#03A9F4`.
    #[serde(deserialize_with = "lenient::text")]
    pub color: Option<Text>,
}

impl Shape for Project {}

impl Record for Project {
    fn id(&self) -> &str {
        &self.id
    }
}
