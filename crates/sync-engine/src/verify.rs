//! Is everybody in it, and does every reference lead somewhere?
//!
//! Pages are numbered, not a snapshot: rows shift while they are read. So the ids read are compared with the source's
//! own list, taken before and after, and what is left over becomes a stand-in and is reported. Nothing dangling is
//! sealed, nothing is dropped silently.

use std::collections::BTreeSet;

use governance_model::{Baseline, Connector, Facts, Inventory, Missing, Resource, ResourceId, Scope};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::checkpoint::{COMPLETENESS, INTEGRITY, decode};
use crate::report::{Completeness, Integrity};
use crate::store::{Change, SyncStore};
use crate::{Clock, SyncError};

/// Compares what was read with the inventories, and makes stand-ins for what is missing. The findings are stored with the
/// stand-ins: a run that goes on after them would take them for what was read.
///
/// # Errors
/// When the store fails.
pub(crate) fn completeness<C: Connector, S: SyncStore>(
    connector: &C,
    store: &mut S,
    baseline: &Baseline,
    after: Option<&Inventory>,
    scope: &Scope,
    clock: &dyn Clock,
) -> Result<Completeness, SyncError> {
    if let Some(found) = noted(store, COMPLETENESS)? {
        return Ok(found);
    }
    let mut found = Completeness::default();
    if !scope.includes(&baseline.inventory_type) {
        found.reasons.push(format!("{} resources were not asked for", baseline.inventory_type));
        return Ok(found);
    }
    let (Some(before), Some(after)) = (&baseline.inventory, after) else {
        found.reasons.push("the source has no list to compare with".to_owned());
        return Ok(found);
    };
    found.listed_before = before.entries.len() as u64;
    found.listed_after = after.entries.len() as u64;
    found.joined = after.entries.keys().filter(|id| !before.entries.contains_key(*id)).count() as u64;
    found.left = before.entries.keys().filter(|id| !after.entries.contains_key(*id)).count() as u64;

    let mut missing: BTreeSet<&str> = after.entries.keys().map(String::as_str).collect();
    store
        .for_each_id(&baseline.inventory_type, &mut |id| {
            found.read += 1;
            missing.remove(id);
            if !after.entries.contains_key(id) && !before.entries.contains_key(id) {
                found.unlisted += 1;
            }
        })
        .map_err(SyncError::store)?;
    found.missing = missing.into_iter().map(str::to_owned).collect();

    let stand_ins: Vec<_> = found
        .missing
        .iter()
        .filter_map(|id| {
            let status = after.entries.get(id).cloned().unwrap_or_default();
            let resource = ResourceId::new(baseline.inventory_type.clone(), id.as_str());
            connector.stand_in(&resource, &Missing::Inventory(status))
        })
        .collect();
    if !found.missing.is_empty() {
        found.reasons.push(format!(
            "{} of {} listed {} resources were not returned by the source",
            found.missing.len(),
            found.listed_after,
            baseline.inventory_type
        ));
    }
    found.verified = found.reasons.is_empty();
    put(store, stand_ins, note(COMPLETENESS, &found)?, clock)?;
    Ok(found)
}

/// Mends or removes references that lead nowhere (interop reference 5.9, I3, I7, I8 and I9).
///
/// # Errors
/// When the store fails.
pub(crate) fn integrity<C: Connector, S: SyncStore>(
    connector: &C,
    store: &mut S,
    clock: &dyn Clock,
) -> Result<Integrity, SyncError> {
    let mut found: Integrity = noted(store, INTEGRITY)?.unwrap_or_default();
    let dangling = store.dangling().map_err(SyncError::store)?;
    let resources: Vec<_> = dangling
        .principals
        .iter()
        .filter_map(|id| connector.stand_in(id, &Missing::GrantPrincipal))
        .collect();
    found.stand_ins.extend(resources.iter().map(|resource| resource.id.clone()));
    put(store, resources, note(INTEGRITY, &found)?, clock)?;

    // What is still loose has no stand-in: it goes, and is counted. An entitlement that goes may loosen its grants.
    loop {
        let mut dangling = store.dangling().map_err(SyncError::store)?;
        dangling.grants.append(&mut dangling.orphans);
        if dangling.grants.is_empty() && dangling.entitlements.is_empty() {
            break;
        }
        found.removed_grants += dangling.grants.len() as u64;
        found.removed_entitlements += dangling.entitlements.len() as u64;
        let change = Change {
            remove_grants: &dangling.grants,
            remove_entitlements: &dangling.entitlements,
            put_notes: vec![note(INTEGRITY, &found)?],
            ..Change::default()
        };
        store.commit(&change).map_err(SyncError::store)?;
    }
    Ok(found)
}

/// Refuses a sync that would say that everybody is gone (promise 2: partial is never deletion).
///
/// # Errors
/// [`SyncError::SuspiciousShrink`], saying what is missing; or when the store fails.
pub(crate) fn shrink<S: SyncStore>(store: &S, baseline: &Baseline, scope: &Scope) -> Result<(), SyncError> {
    if !scope.includes(&baseline.inventory_type) {
        return Ok(());
    }
    let counts = store.counts().map_err(SyncError::store)?;
    if counts.get(baseline.inventory_type.as_str()).copied().unwrap_or_default() == 0 {
        return Err(SyncError::SuspiciousShrink(format!("it holds no {} at all", baseline.inventory_type)));
    }
    if let Some(operator) = &baseline.operator
        && !store.contains(operator).map_err(SyncError::store)?
    {
        return Err(SyncError::SuspiciousShrink("the key's own account is not in it".to_owned()));
    }
    Ok(())
}

type Note = (String, Vec<u8>);

fn note(key: &str, findings: &impl Serialize) -> Result<Note, SyncError> {
    let value = serde_json::to_vec(findings).map_err(|error| SyncError::Checkpoint(error.to_string()))?;
    Ok((key.to_owned(), value))
}

fn noted<S: SyncStore, T: DeserializeOwned>(store: &S, key: &str) -> Result<Option<T>, SyncError> {
    store.note(key).map_err(SyncError::store)?.map(|value| decode(key, &value)).transpose()
}

fn put<S: SyncStore>(
    store: &mut S,
    resources: Vec<Resource>,
    note: Note,
    clock: &dyn Clock,
) -> Result<(), SyncError> {
    let facts = Facts { resources, ..Facts::default() };
    let change = Change {
        facts: Some(&facts),
        discovered_at: Some(clock.now()),
        put_notes: vec![note],
        ..Change::default()
    };
    store.commit(&change).map_err(SyncError::store)?;
    Ok(())
}
