//! Resources of every type, also of those that have no listing of their own.

use c1z::ResourceFilter;
use governance_model::{Resource, ResourceTrait, ResourceType, ResourceTypeId, Timestamp, TraitKind};
use serde::Serialize;

use super::{Reference, StateName};
use crate::{Error, Snapshot};

/// A thing that exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResourceRow {
    /// The id that the source gave it.
    pub id: String,
    /// Its type.
    pub resource_type: String,
    /// What people call it.
    pub name: String,
    /// A sentence about it.
    pub description: String,
    /// What it is: `user`, `group`, `role`; none for what is none of these.
    pub traits: Vec<&'static str>,
    /// The resource it lives in.
    pub parent: Option<Reference>,
    /// Whether it is usable; nothing when that is not known.
    pub status: Option<StateName>,
    /// Why, in the source's own words.
    pub status_reason: String,
    /// When it came into being, if known.
    pub created_at: Option<Timestamp>,
    /// The type URLs of annotations that nobody here reads, as other connectors write them; left out when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<String>,
}

impl ResourceRow {
    /// The resources in a snapshot, by id; all types, or one.
    pub fn all<'s>(
        snapshot: &'s Snapshot<'_>,
        resource_type: Option<ResourceTypeId>,
    ) -> impl Iterator<Item = Result<Self, Error>> + use<'s> {
        let filter = ResourceFilter { resource_type, ..ResourceFilter::default() };
        snapshot.view().resources(&filter).by_id().map(move |record| Self::of(snapshot, record?.value))
    }

    fn of(snapshot: &Snapshot<'_>, resource: Resource) -> Result<Self, Error> {
        let parent = resource.parent.as_ref().map(|parent| Reference::find(snapshot, parent)).transpose()?;
        let (status, status_reason) = match resource.status {
            Some(status) => (Some(StateName(status.state)), status.details),
            None => (None, String::new()),
        };
        Ok(Self {
            id: resource.id.resource.to_string(),
            resource_type: resource.id.resource_type.as_str().to_owned(),
            name: resource.display_name.to_string(),
            description: resource.description,
            traits: resource.traits.iter().map(trait_name).collect(),
            created_at: resource.created_at,
            annotations: super::unread(&resource.annotations),
            parent,
            status,
            status_reason,
        })
    }
}

fn trait_name(found: &ResourceTrait) -> &'static str {
    match found {
        ResourceTrait::User(_) => "user",
        ResourceTrait::Group => "group",
        ResourceTrait::Role => "role",
    }
}

/// A kind of resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResourceTypeRow {
    /// The type's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// A sentence about it.
    pub description: String,
    /// What resources of the type are good for: `user`, `group`, `role`, `app`, `secret`, or the number of another trait.
    pub traits: Vec<String>,
}

impl ResourceTypeRow {
    /// The types in a snapshot, by id.
    pub fn all<'s>(snapshot: &'s Snapshot<'_>) -> impl Iterator<Item = Result<Self, Error>> + use<'s> {
        snapshot.view().resource_types().by_id().map(|record| Ok(Self::of(record?.value)))
    }

    fn of(found: ResourceType) -> Self {
        let name = |kind: &TraitKind| match kind {
            TraitKind::User => "user".to_owned(),
            TraitKind::Group => "group".to_owned(),
            TraitKind::Role => "role".to_owned(),
            TraitKind::App => "app".to_owned(),
            TraitKind::Secret => "secret".to_owned(),
            TraitKind::Other(number) => number.to_string(),
            _ => "other".to_owned(),
        };
        Self {
            traits: found.traits.iter().map(name).collect(),
            id: found.id.as_str().to_owned(),
            name: found.display_name,
            description: found.description,
        }
    }
}
