//! Grants: who has which entitlement.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Annotation, EntitlementId, GrantId, Profile, ResourceId, ResourceTypeId};

/// Marks a grant to a collection: whoever holds one of `entitlements` also holds what this grant gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expandable {
    /// The entitlements whose holders inherit; each belongs to the grant's principal.
    pub entitlements: Vec<EntitlementId>,
    /// Whether only direct holders inherit, and not those who inherited themselves.
    pub shallow: bool,
    /// Types of the principals that inherit; empty means all.
    pub resource_types: Vec<ResourceTypeId>,
}

/// The fact that a principal has an entitlement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// The id; for grants made here always [`GrantId::new`] of entitlement and principal.
    pub id: GrantId,
    /// What is granted.
    pub entitlement: EntitlementId,
    /// The resource that the entitlement belongs to.
    pub resource: ResourceId,
    /// Who has it.
    pub principal: ResourceId,
    /// Through which entitlements it came, and whether directly; empty for a grant that stands by itself.
    pub sources: BTreeMap<EntitlementId, bool>,
    /// Set when the principal is a collection whose members inherit.
    pub expandable: Option<Expandable>,
    /// Whether it cannot be revoked where it stands.
    pub immutable: bool,
    /// Further facts, such as the scope of a role.
    pub metadata: Profile,
    /// Annotations this model does not interpret.
    pub annotations: Vec<Annotation>,
}

impl Grant {
    /// The plain fact, under the id rule.
    pub fn new(entitlement: EntitlementId, resource: ResourceId, principal: ResourceId) -> Self {
        Self {
            id: GrantId::new(&entitlement, &principal),
            entitlement,
            resource,
            principal,
            sources: BTreeMap::new(),
            expandable: None,
            immutable: false,
            metadata: Profile::new(),
            annotations: Vec::new(),
        }
    }

    /// Whether every id in it is present and within bounds. A grant that fails this must never be stored: readers
    /// would meet empty identity columns.
    pub fn is_valid(&self) -> bool {
        self.id.is_valid()
            && self.entitlement.is_valid()
            && self.resource.is_valid()
            && self.principal.is_valid()
    }
}
