//! Projects: how many belong to each, and who manages them.

use c1z::ResourceFilter;
use governance_model::{Resource, ResourceTypeId};
use serde::Serialize;

use super::group::Belonging;
use super::states::States;
use super::{Principal, Reference};
use crate::{Error, Snapshot};

/// The resource type of projects.
const PROJECT: ResourceTypeId = ResourceTypeId::from_static("project");

/// A project; in the file only when the sync was asked for projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Project {
    /// The id that the source gave it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The client it is for; empty when there is none.
    pub client: String,
    /// How many people belong to it, through groups or directly.
    pub members: u64,
    /// How many of those are enabled.
    pub enabled_members: u64,
    /// Groups that belong to it.
    pub groups: Vec<Reference>,
    /// Who manages it.
    pub managers: Vec<Principal>,
    /// Whether everybody in the workspace sees it; nothing when that is not known.
    pub public: Option<bool>,
    /// Whether it is archived; nothing when that is not known.
    pub archived: Option<bool>,
}

impl Project {
    /// The projects in a snapshot, by id.
    pub fn all<'s>(snapshot: &'s Snapshot<'_>) -> impl Iterator<Item = Result<Self, Error>> + 's {
        let filter = ResourceFilter { resource_type: Some(PROJECT), ..ResourceFilter::default() };
        let projects = snapshot.view().resources(&filter).by_id();
        let states = States::default();
        projects.map(move |record| Self::of(snapshot, &states, record?.value))
    }

    fn of(snapshot: &Snapshot<'_>, states: &States, resource: Resource) -> Result<Self, Error> {
        let belonging = Belonging::of(snapshot, states, &resource.id)?;
        Ok(Self {
            client: super::text(&resource.profile, "client_name"),
            public: super::flag(&resource.profile, "public"),
            archived: super::flag(&resource.profile, "archived"),
            members: belonging.members,
            enabled_members: belonging.enabled,
            groups: belonging.groups,
            managers: belonging.managers,
            name: resource.display_name.into_string(),
            id: resource.id.resource.into_string(),
        })
    }
}
