//! What leads to the entitlements of one resource, by the expandable grants in a file.

use std::collections::{BTreeMap, BTreeSet};

use c1z::GrantFilter;
use governance_model::{EntitlementId, Grant, ResourceId, ResourceTypeId};

use crate::{Error, Snapshot};

/// What leads to the entitlements of a resource, by the expandable grants in the file.
#[derive(Debug, Default)]
pub(super) struct Upstream {
    edges: BTreeMap<EntitlementId, Vec<Passage>>,
    /// For each entitlement of the resource a grant that passes it on.
    grants: BTreeMap<EntitlementId, Grant>,
    is_carried_out: bool,
}

/// Whoever holds one entitlement holds another one, if it is admitted.
#[derive(Debug)]
pub(super) struct Passage {
    pub(super) from: EntitlementId,
    pub(super) shallow: bool,
    types: Vec<ResourceTypeId>,
}

impl Passage {
    pub(super) fn admits(&self, principal: &ResourceId) -> bool {
        self.types.is_empty() || self.types.contains(&principal.resource_type)
    }
}

impl Upstream {
    pub(super) fn of(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<Self, Error> {
        let mut found = Self::default();
        let mut waiting = Vec::new();
        let of_resource = GrantFilter { resource: Some(id.clone()), ..GrantFilter::default() };
        for grant in snapshot.view().grants(&of_resource).by_id() {
            let grant = grant?.value;
            found.add(&grant, &mut waiting);
            if grant.expandable.is_some() {
                found.grants.entry(grant.entitlement.clone()).or_insert(grant);
            }
        }
        while let Some(to) = waiting.pop() {
            if found.edges.contains_key(&to) {
                continue;
            }
            found.edges.insert(to.clone(), Vec::new());
            let of_source = GrantFilter { entitlement: Some(to), ..GrantFilter::default() };
            for grant in snapshot.view().grants(&of_source).by_id() {
                found.add(&grant?.value, &mut waiting);
            }
        }
        found.is_carried_out = found.carried_out(snapshot)?;
        Ok(found)
    }

    /// What leads to an entitlement.
    pub(super) fn to(&self, entitlement: &EntitlementId) -> impl Iterator<Item = &Passage> {
        self.edges.get(entitlement).into_iter().flatten()
    }

    /// A grant that passes an entitlement of the resource on.
    pub(super) fn grant(&self, entitlement: &EntitlementId) -> Option<&Grant> {
        self.grants.get(entitlement)
    }

    /// Whether the file holds a grant for whoever inherits something.
    pub(super) fn is_carried_out(&self) -> bool {
        self.is_carried_out
    }

    /// Whether only those come from one entitlement to another one who hold the first in their own right.
    pub(super) fn is_shallow(&self, from: &EntitlementId, to: &EntitlementId) -> bool {
        let mut passages = self.to(to).filter(|passage| passage.from == *from).peekable();
        passages.peek().is_some() && passages.all(|passage| passage.shallow)
    }

    fn add(&mut self, grant: &Grant, waiting: &mut Vec<EntitlementId>) {
        let Some(expandable) = &grant.expandable else { return };
        for from in &expandable.entitlements {
            let types = expandable.resource_types.clone();
            let passage = Passage { from: from.clone(), shallow: expandable.shallow, types };
            self.edges.entry(grant.entitlement.clone()).or_default().push(passage);
            waiting.push(from.clone());
        }
    }

    /// Looks at the first principal who should inherit something.
    fn carried_out(&self, snapshot: &Snapshot<'_>) -> Result<bool, Error> {
        for to in self.grants.keys() {
            for edge in self.to(to) {
                let of_source =
                    GrantFilter { entitlement: Some(edge.from.clone()), ..GrantFilter::default() };
                for grant in snapshot.view().grants(&of_source) {
                    let grant = grant?.value;
                    let direct = grant.sources.is_empty() || grant.sources.contains_key(&edge.from);
                    if edge.admits(&grant.principal) && (direct || !edge.shallow) {
                        let inherits = held(snapshot, to, &grant.principal)?;
                        return Ok(inherits.is_some_and(|grant| grant.sources.contains_key(&edge.from)));
                    }
                }
            }
        }
        Ok(true)
    }

    /// Entitlements of the resource, each with every other one that leads to it.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&EntitlementId, &EntitlementId)> {
        self.grants.keys().flat_map(|to| {
            let (mut waiting, mut reached) = (vec![to], BTreeSet::new());
            while let Some(at) = waiting.pop() {
                for edge in self.to(at) {
                    if reached.insert(&edge.from) {
                        waiting.push(&edge.from);
                    }
                }
            }
            reached.into_iter().map(move |from| (to, from))
        })
    }
}

/// The grant by which a principal holds an entitlement.
pub(super) fn held(
    snapshot: &Snapshot<'_>,
    entitlement: &EntitlementId,
    principal: &ResourceId,
) -> Result<Option<Grant>, Error> {
    let filter = GrantFilter {
        entitlement: Some(entitlement.clone()),
        principal: Some(principal.clone()),
        ..GrantFilter::default()
    };
    Ok(snapshot.view().grants(&filter).next().transpose()?.map(|record| record.value))
}
