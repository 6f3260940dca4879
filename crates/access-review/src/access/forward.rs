//! What a principal holds, and what follows from it: a grant to a collection that is expandable gives the same to whoever
//! holds the entitlement that it names. Only what this principal can reach is kept in memory.

use std::collections::{BTreeMap, VecDeque};

use c1z::GrantFilter;
use governance_model::{EntitlementId, Grant, ResourceId};

use super::AccessRow;
use super::chain::Chains;
use super::upstream::is_direct;
use crate::rows::Principal;
use crate::{Error, Snapshot};

/// What a principal holds, and what follows from it.
pub(super) struct Forward {
    /// Its own grants.
    own: Vec<Grant>,
    /// Expandable grants to collections that give it what it has no grant of its own for.
    inherited: BTreeMap<EntitlementId, Grant>,
    pub(super) chains: Chains,
}

impl Forward {
    pub(super) fn of(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<Self, Error> {
        let mut own = Vec::new();
        let mut chains = Chains::default();
        let mut waiting = VecDeque::new();
        for grant in held_by(snapshot, id) {
            let grant = grant?;
            chains.hold(&grant.entitlement, is_direct(&grant));
            waiting.push_back((grant.entitlement.clone(), grant.resource.clone()));
            own.push(grant);
        }
        let mut inherited = BTreeMap::new();
        while let Some((held, collection)) = waiting.pop_front() {
            for grant in held_by(snapshot, &collection) {
                let grant = grant?;
                let Some(expandable) = &grant.details().expandable else { continue };
                let admitted = expandable.resource_types.is_empty()
                    || expandable.resource_types.contains(&id.resource_type);
                let named = expandable.entitlements.contains(&held);
                // A shallow one passes on only what is held in its own right.
                if !admitted || !named || (expandable.shallow && !chains.is_direct(&held)) {
                    continue;
                }
                let is_new = !chains.knows(&grant.entitlement);
                chains.lead(&held, &grant.entitlement, expandable.shallow);
                if is_new {
                    waiting.push_back((grant.entitlement.clone(), grant.resource.clone()));
                    inherited.insert(grant.entitlement.clone(), grant);
                }
            }
        }
        // What was recorded counts, too, where the file no longer says how it came about.
        for grant in &own {
            for source in grant.details().sources.keys() {
                if *source == grant.entitlement || chains.explain(source, &grant.entitlement) {
                    continue;
                }
                if !chains.knows(source) {
                    chains.hold(source, true);
                }
                chains.lead(source, &grant.entitlement, false);
            }
        }
        Ok(Self { own, inherited, chains })
    }

    pub(super) fn rows(
        self,
        snapshot: &Snapshot<'_>,
        principal: &Principal,
    ) -> Result<Vec<AccessRow>, Error> {
        let Self { own, inherited, chains } = self;
        let mut rows = Vec::with_capacity(own.len() + inherited.len());
        for grant in &own {
            let row = AccessRow::of_grant(snapshot, grant)?;
            rows.push(row.with_paths(snapshot, &chains, &grant.entitlement)?);
        }
        for grant in inherited.values() {
            let row = AccessRow::inherited(snapshot, grant, principal.clone())?;
            rows.push(row.with_paths(snapshot, &chains, &grant.entitlement)?);
        }
        Ok(rows)
    }
}

fn held_by<'s>(
    snapshot: &'s Snapshot<'_>,
    id: &ResourceId,
) -> impl Iterator<Item = Result<Grant, Error>> + use<'s> {
    let filter = GrantFilter { principal: Some(id.clone()), ..GrantFilter::default() };
    snapshot.view().grants(&filter).by_id().map(|record| Ok(record?.value))
}
