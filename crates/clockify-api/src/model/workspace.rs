//! A workspace.

use serde::Deserialize;

use super::lenient::{self, Shape};
use super::rows::Record;
use super::{Members, Text, members};

/// A workspace (clockify reference 3.4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Workspace {
    /// The identifier. Never empty in what a client returns.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Text,
    /// The name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<Text>,
    /// One membership per member of any status: the cheapest complete list of members.
    #[serde(deserialize_with = "members::told")]
    pub memberships: Members,
    /// The features of the plan. Open set.
    #[serde(deserialize_with = "lenient::texts")]
    pub features: Vec<Text>,
    /// The plan. Open set: `FREE`, `BUNDLE_YEAR_2024`.
    #[serde(deserialize_with = "lenient::text")]
    pub feature_subscription_type: Option<Text>,
    /// The subdomain under which the workspace lives.
    #[serde(deserialize_with = "lenient::one")]
    pub subdomain: Option<Subdomain>,
    /// The CAKE.com organisation above the workspace.
    #[serde(deserialize_with = "lenient::text")]
    pub cake_organization_id: Option<Text>,
    /// Settings.
    #[serde(rename = "workspaceSettings", deserialize_with = "lenient::one")]
    pub settings: Option<WorkspaceSettings>,
}

impl Workspace {
    /// Whether the plan has a feature, such as `SCIM`. False also when no features were sent.
    pub fn has_feature(&self, feature: &str) -> bool {
        self.features.iter().any(|name| name == feature)
    }
}

impl Shape for Workspace {}

impl Record for Workspace {
    fn id(&self) -> &str {
        &self.id
    }
}

/// The subdomain of a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Subdomain {
    /// The label in front of `clockify.me`.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<Text>,
    /// Whether it is in use.
    #[serde(deserialize_with = "lenient::flag")]
    pub enabled: Option<bool>,
}

impl Shape for Subdomain {}

/// The part of a workspace's settings that limits what a key sees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct WorkspaceSettings {
    /// Pages hidden from regular users. With `TEAM` among them such a key may be refused the list of users
    /// (clockify reference 2.3).
    #[serde(deserialize_with = "lenient::texts")]
    pub admin_only_pages: Vec<Text>,
}

impl Shape for WorkspaceSettings {}
