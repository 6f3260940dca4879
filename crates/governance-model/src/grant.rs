//! Grants: who has which entitlement.

use std::collections::BTreeMap;
use std::sync::Arc;

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
///
/// A page of large groups has tens of thousands of them at once, so a grant is small: its id is joined when somebody asks
/// for it, grants on one resource can share the resource's id, and what few grants have takes no room in the others.
///
/// ```
/// # use governance_model::{Entitlement, Grant, Purpose, ResourceId, ResourceTypeId};
/// # const USER: ResourceTypeId = ResourceTypeId::from_static("user");
/// # const GROUP: ResourceTypeId = ResourceTypeId::from_static("group");
/// # let pilots = ResourceId::new(GROUP, "t1");
/// # let member = Entitlement::new(pilots.clone(), "member", Purpose::Assignment);
/// let mut grant = Grant::new(member.id, pilots, ResourceId::new(USER, "p1"));
/// grant.details_mut().metadata.insert("since".into(), "2026".into());
///
/// assert_eq!(grant.id().as_str(), "group:t1:member:user:p1");
/// assert!(!grant.details().immutable);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Form", into = "Form")]
pub struct Grant {
    /// What is granted.
    pub entitlement: EntitlementId,
    /// The resource that the entitlement belongs to.
    pub resource: Arc<ResourceId>,
    /// Who has it.
    pub principal: ResourceId,
    rest: Option<Box<Rest>>,
}

/// What few grants have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GrantDetails {
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

#[derive(Clone, Debug, Default)]
struct Rest {
    /// The id, where it is not the joined one.
    id: Option<GrantId>,
    details: GrantDetails,
}

static NO_DETAILS: GrantDetails = GrantDetails {
    sources: BTreeMap::new(),
    expandable: None,
    immutable: false,
    metadata: Profile::new(),
    annotations: Vec::new(),
};

impl Grant {
    /// The plain fact, under the id rule. Where many grants are on one resource, all of them can be given the same `Arc`.
    pub fn new(
        entitlement: EntitlementId,
        resource: impl Into<Arc<ResourceId>>,
        principal: ResourceId,
    ) -> Self {
        Self { entitlement, resource: resource.into(), principal, rest: None }
    }

    /// The id: [`GrantId::new`] of entitlement and principal as they are now, unless it was read from elsewhere.
    pub fn id(&self) -> GrantId {
        self.own_id().cloned().unwrap_or_else(|| GrantId::new(&self.entitlement, &self.principal))
    }

    /// Gives it the id that somebody else gave it.
    pub fn set_id(&mut self, id: GrantId) {
        if !id.is_of(&self.entitlement, &self.principal) {
            self.rest.get_or_insert_default().id = Some(id);
        } else if let Some(rest) = &mut self.rest {
            rest.id = None;
        }
    }

    /// What else is known of it.
    pub fn details(&self) -> &GrantDetails {
        self.rest.as_ref().map_or(&NO_DETAILS, |rest| &rest.details)
    }

    /// What else is known of it, to be changed.
    pub fn details_mut(&mut self) -> &mut GrantDetails {
        &mut self.rest.get_or_insert_default().details
    }

    /// Whether every id in it is present and within bounds. A grant that fails this must never be stored: readers
    /// would meet empty identity columns.
    pub fn is_valid(&self) -> bool {
        let id = match self.own_id() {
            Some(id) => id.is_valid(),
            None => GrantId::can_be_of(&self.entitlement, &self.principal),
        };
        id && self.entitlement.is_valid() && self.resource.is_valid() && self.principal.is_valid()
    }

    fn own_id(&self) -> Option<&GrantId> {
        self.rest.as_ref()?.id.as_ref()
    }
}

/// No details and details that say nothing are the same.
impl PartialEq for Grant {
    fn eq(&self, other: &Self) -> bool {
        self.entitlement == other.entitlement
            && self.resource == other.resource
            && self.principal == other.principal
            && self.own_id() == other.own_id()
            && self.details() == other.details()
    }
}

/// A grant as it is written in JSON and the like, with its id and all in one level.
#[derive(Serialize, Deserialize)]
struct Form {
    id: GrantId,
    entitlement: EntitlementId,
    resource: ResourceId,
    principal: ResourceId,
    #[serde(flatten)]
    details: GrantDetails,
}

impl From<Form> for Grant {
    fn from(form: Form) -> Self {
        let mut grant = Self::new(form.entitlement, form.resource, form.principal);
        if form.details != NO_DETAILS {
            *grant.details_mut() = form.details;
        }
        grant.set_id(form.id);
        grant
    }
}

impl From<Grant> for Form {
    fn from(grant: Grant) -> Self {
        Self {
            id: grant.id(),
            entitlement: grant.entitlement,
            resource: Arc::unwrap_or_clone(grant.resource),
            principal: grant.principal,
            details: grant.rest.map(|rest| rest.details).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> Grant {
        let team = ResourceId::new(ResourceTypeId::from_static("team"), "t1");
        let person = ResourceId::new(ResourceTypeId::from_static("user"), "p1");
        Grant::new(EntitlementId::new(&team, "member"), team, person)
    }

    /// A page of 200 groups of 200 members has 40,000 of them, and that moment is the peak of a sync: every byte here is
    /// 40 kB there. It has nothing on the heap of its own when the ids of its principal are short.
    #[cfg(target_pointer_width = "64")]
    #[test]
    fn it_is_small() {
        assert_eq!(size_of::<Grant>(), 80);
    }

    #[test]
    fn the_id_follows_unless_it_is_its_own() {
        let mut moved = grant();
        moved.principal.resource = "p2".into();
        assert_eq!(moved.id().as_str(), "team:t1:member:user:p2");
        moved.set_id(GrantId::from_raw("another"));
        assert_eq!(moved.id().as_str(), "another");
        moved.set_id(GrantId::from_raw("team:t1:member:user:p2"));
        moved.principal.resource = "p1".into();
        assert_eq!(moved.id().as_str(), "team:t1:member:user:p1");
        assert_eq!(moved, grant());
    }

    #[test]
    fn an_id_of_its_own_makes_it_another() {
        let mut other = grant();
        other.set_id(GrantId::from_raw("another"));
        assert!(other != grant());
        other.set_id(GrantId::from_raw(""));
        assert!(!other.is_valid());
    }

    /// Each part is within the bounds here, and the joined id is not.
    #[test]
    fn the_joined_id_has_bounds_too() {
        let mut long = grant();
        let rest = "team:t1:member:user:".len();
        long.principal.resource = "p".repeat(crate::MAX_ID_BYTES - rest).into();
        assert!(long.is_valid() && long.id().is_valid());
        long.principal.resource.push('p');
        assert!(!long.is_valid() && !long.id().is_valid() && long.principal.is_valid());
    }

    #[test]
    fn saying_nothing_is_no_difference() {
        let mut silent = grant();
        silent.details_mut().immutable = false;
        assert_eq!(silent, grant());
        silent.details_mut().immutable = true;
        assert!(silent != grant());
    }

    #[test]
    fn it_is_written_as_one_object() {
        let mut told = grant();
        told.details_mut().metadata.insert("since".into(), "2026".into());
        for (id, grant) in [("team:t1:member:user:p1", grant()), ("team:t1:member:user:p1", told.clone())] {
            let written = serde_json::to_value(&grant).unwrap();
            assert_eq!(written["id"], id);
            assert_eq!(written["immutable"], false);
            assert_eq!(serde_json::from_value::<Grant>(written).unwrap(), grant);
        }
        told.set_id(GrantId::from_raw("another"));
        let written = serde_json::to_string(&told).unwrap();
        assert_eq!(serde_json::from_str::<Grant>(&written).unwrap(), told);
    }
}
