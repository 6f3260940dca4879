//! What leads to the entitlements of one resource, by the expandable grants in a file.

use std::collections::{BTreeMap, BTreeSet};

use c1z::GrantFilter;
use governance_model::{EntitlementId, Grant, ResourceId};

use super::chain::Edge;
use super::forward::Forward;
use crate::{Error, Snapshot};

/// What leads to the entitlements of a resource, by the expandable grants in the file.
#[derive(Debug, Default)]
pub(super) struct Upstream {
    edges: BTreeMap<EntitlementId, Vec<Edge>>,
    /// For each entitlement of the resource a grant that passes it on.
    grants: BTreeMap<EntitlementId, Grant>,
    is_carried_out: bool,
}

impl Upstream {
    pub(super) fn of(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<Self, Error> {
        let mut found = Self::default();
        let mut waiting = Vec::new();
        let of_resource = GrantFilter { resource: Some(id.clone()), ..GrantFilter::default() };
        for grant in snapshot.view().grants(&of_resource).by_id() {
            let grant = grant?.value;
            found.add(&grant, &mut waiting);
            if grant.details().expandable.is_some() {
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
        found.is_carried_out = !found.goes_round() && found.carried_out(snapshot)?;
        Ok(found)
    }

    /// What leads to an entitlement.
    pub(super) fn to(&self, entitlement: &EntitlementId) -> impl Iterator<Item = &Edge> {
        self.edges.get(entitlement).into_iter().flatten()
    }

    /// A grant that passes an entitlement of the resource on.
    pub(super) fn grant(&self, entitlement: &EntitlementId) -> Option<&Grant> {
        self.grants.get(entitlement)
    }

    /// Whether the file holds a grant for whoever inherits something, with where it comes from.
    pub(super) fn is_carried_out(&self) -> bool {
        self.is_carried_out
    }

    /// Whether one entitlement leads to another one.
    pub(super) fn leads(&self, from: &EntitlementId, to: &EntitlementId) -> bool {
        self.to(to).any(|edge| edge.from == *from)
    }

    /// Whether only those come from one entitlement to another one who hold the first in their own right.
    pub(super) fn is_shallow(&self, from: &EntitlementId, to: &EntitlementId) -> bool {
        self.leads(from, to) && self.to(to).filter(|edge| edge.from == *from).all(|edge| edge.shallow)
    }

    fn add(&mut self, grant: &Grant, waiting: &mut Vec<EntitlementId>) {
        let Some(expandable) = &grant.details().expandable else { return };
        for from in &expandable.entitlements {
            let edge = Edge { from: from.clone(), shallow: expandable.shallow };
            self.edges.entry(grant.entitlement.clone()).or_default().push(edge);
            waiting.push(from.clone());
        }
    }

    /// Whether entitlements lead to each other in a circle. Expansion takes those for one, and writes no grants inside.
    fn goes_round(&self) -> bool {
        let mut left: BTreeSet<&EntitlementId> = self.edges.keys().collect();
        loop {
            let before = left.len();
            let ends: Vec<_> = left
                .iter()
                .filter(|to| !self.to(to).any(|edge| left.contains(&edge.from)))
                .copied()
                .collect();
            for end in ends {
                left.remove(end);
            }
            if left.len() == before {
                return !left.is_empty();
            }
        }
    }

    /// Looks at the first principal who should inherit something.
    fn carried_out(&self, snapshot: &Snapshot<'_>) -> Result<bool, Error> {
        for (to, from) in self.pairs() {
            let of_source = GrantFilter { entitlement: Some(from.clone()), ..GrantFilter::default() };
            for grant in snapshot.view().grants(&of_source) {
                let principal = grant?.value.principal;
                let Forward { chains, .. } = Forward::of(snapshot, &principal)?;
                if !chains.to(to).chains.is_empty() {
                    return Ok(held(snapshot, to, &principal)?
                        .is_some_and(|grant| !grant.details().sources.is_empty()));
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

/// Whether a principal has something in its own right.
pub(super) fn is_direct(grant: &Grant) -> bool {
    grant.details().sources.is_empty() || grant.details().sources.contains_key(&grant.entitlement)
}
