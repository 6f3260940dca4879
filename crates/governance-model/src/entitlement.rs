//! Entitlements: what can be granted on a resource.

use serde::{Deserialize, Serialize};

use crate::{Annotation, EntitlementId, ResourceId, ResourceType};

/// What holding an entitlement amounts to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Purpose {
    /// Not said.
    #[default]
    Unspecified,
    /// Belonging to the resource.
    Assignment,
    /// Being allowed to do something with it.
    Permission,
    /// Owning it.
    Ownership,
}

/// Something that can be granted on a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entitlement {
    /// The id; for entitlements made here always [`EntitlementId::new`] of resource and slug.
    pub id: EntitlementId,
    /// The resource it belongs to.
    pub resource: ResourceId,
    /// The short stable name, unique on its resource.
    pub slug: String,
    /// What people call it.
    pub display_name: String,
    /// A sentence about it.
    pub description: String,
    /// What holding it amounts to.
    pub purpose: Purpose,
    /// Types of the principals that can hold it.
    pub grantable_to: Vec<ResourceType>,
    /// Whether it cannot be granted or revoked by anybody.
    pub immutable: bool,
    /// Annotations this model does not interpret.
    pub annotations: Vec<Annotation>,
}

impl Entitlement {
    /// An entitlement under the id rule, with no description and no principal types yet.
    pub fn new(resource: ResourceId, slug: &str, purpose: Purpose) -> Self {
        Self {
            id: EntitlementId::new(&resource, slug),
            resource,
            slug: slug.to_owned(),
            display_name: String::new(),
            description: String::new(),
            purpose,
            grantable_to: Vec::new(),
            immutable: false,
            annotations: Vec::new(),
        }
    }
}
