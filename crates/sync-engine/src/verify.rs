//! Is everybody in it, and does every reference lead somewhere?
//!
//! Pages are numbered, not a snapshot: rows shift while they are read. So the ids read are compared with the source's
//! own list, taken before and after, and what is left over becomes a stand-in and is reported. Nothing dangling is
//! sealed, nothing is dropped silently.

use std::collections::BTreeSet;

use governance_model::{Connector, Facts, Inventory, Missing, Resource, ResourceId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::checkpoint::{COMPLETENESS, INTEGRITY, decode};
use crate::read::Reading;
use crate::report::{Completeness, Integrity};
use crate::store::{Change, SyncStore, SyncStores};
use crate::{Clock, SyncError};

/// Compares what was read with the inventories, and makes stand-ins for what is missing. The findings are stored with the
/// stand-ins: a run that goes on after them would take them for what was read.
///
/// # Errors
/// When the store fails.
pub(crate) fn completeness<C: Connector, S: SyncStore>(
    reading: &Reading<'_, C>,
    store: &mut S,
    after: Option<&Inventory>,
) -> Result<Completeness, SyncError> {
    if let Some(found) = noted(store, COMPLETENESS)? {
        return Ok(found);
    }
    let of = &reading.baseline.inventory_type;
    let mut found = Completeness::default();
    if !reading.scope.includes(of) {
        found.reasons.push(format!("{of} resources were not asked for"));
        return Ok(found);
    }
    let (Some(before), Some(after)) = (&reading.baseline.inventory, after) else {
        store.for_each_id(of, &mut |_| found.read += 1).map_err(SyncError::store)?;
        found.reasons.push("the source has no list to compare with".to_owned());
        put(store, Vec::new(), note(COMPLETENESS, &found)?, reading.clock)?;
        return Ok(found);
    };
    let (before, after) = (&before.entries, &after.entries);
    found.listed_before = before.len() as u64;
    found.listed_after = after.len() as u64;
    let (mut earlier, mut later) = (before.finder(), after.finder());
    found.joined = after.keys().filter(|id| earlier.find(id).is_none()).count() as u64;
    found.left = before.keys().filter(|id| later.find(id).is_none()).count() as u64;

    let mut missing = vec![true; after.len()];
    let mut gone = Vec::new();
    store
        .for_each_id(of, &mut |id| {
            found.read += 1;
            if let Some((place, _)) = later.find(id) {
                missing[place] = false;
            } else if before.contains_key(id) {
                gone.push(ResourceId::new(of.clone(), id));
            } else {
                found.unlisted += 1;
            }
        })
        .map_err(SyncError::store)?;
    let missing = after.keys().zip(missing).filter(|(_, missing)| *missing);
    found.missing = missing.map(|(id, _)| id.to_string()).collect();

    let mut resources = Vec::new();
    for id in &found.missing {
        let status = after.get(id).cloned().unwrap_or_default();
        let resource = ResourceId::new(of.clone(), id.as_str());
        resources.extend(reading.connector.stand_in(&resource, &Missing::Inventory(status)));
    }
    if is_plausible(before.len() as u64, found.left) {
        for id in gone {
            let resource = store.resource(&id).map_err(SyncError::store)?;
            resources.extend(resource.map(|resource| reading.connector.departed(resource)));
        }
    } else {
        found.reasons.push(format!("{} {of} resources left the source's own list at once", found.left));
    }
    if after.is_empty() {
        found.reasons.push("the source's own list is empty".to_owned());
    }
    if !found.missing.is_empty() {
        found.reasons.push(format!(
            "{} of {} listed {of} resources were not returned by the source",
            found.missing.len(),
            found.listed_after,
        ));
    }
    found.verified = found.reasons.is_empty();
    put(store, resources, note(COMPLETENESS, &found)?, reading.clock)?;
    Ok(found)
}

/// Whether so many can have left while the pages were read. A list that was cut short must not mark people as gone.
fn is_plausible(listed: u64, gone: u64) -> bool {
    gone <= 5 || gone * 5 <= listed
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
    // Usually there is nothing amiss but people whom nobody returned, and each of them has a stand-in now.
    let mended = dangling.grants.is_empty()
        && dangling.entitlements.is_empty()
        && resources.iter().map(|resource| &resource.id).eq(&dangling.principals);
    put(store, resources, note(INTEGRITY, &found)?, clock)?;
    if mended {
        return Ok(found);
    }

    // What is still loose has no stand-in: it goes, and is counted. An entitlement that goes may loosen its grants.
    loop {
        let mut dangling = store.dangling().map_err(SyncError::store)?;
        dangling.grants.append(&mut dangling.orphans);
        if dangling.grants.is_empty() && dangling.entitlements.is_empty() {
            break;
        }
        let (grants, entitlements) = (dangling.grants.len() as u64, dangling.entitlements.len() as u64);
        found.removed_grants = found.removed_grants.saturating_add(grants);
        found.removed_entitlements = found.removed_entitlements.saturating_add(entitlements);
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

/// Refuses a sync that would say that everybody, or everything of a kind, is gone (promise 2: partial is never deletion).
///
/// # Errors
/// [`SyncError::SuspiciousShrink`], saying what is missing; or when a store fails.
pub(crate) fn shrink<C: Connector, T: SyncStores>(
    reading: &Reading<'_, C>,
    stores: &T,
    store: &T::Store,
    completeness: &Completeness,
) -> Result<(), SyncError> {
    let suspicious = |what: String, hint| Err(SyncError::SuspiciousShrink { what, hint });
    let people = &reading.baseline.inventory_type;
    let now = store.counts().map_err(SyncError::store)?;
    if reading.scope.includes(people) {
        // Stand-ins are there by now; what counts is who was read.
        if completeness.read == 0 {
            return suspicious(format!("it holds no {people} at all"), None);
        }
        if let Some(operator) = &reading.baseline.operator
            && (completeness.missing.iter().any(|id| *id == operator.resource)
                || !store.contains(operator).map_err(SyncError::store)?)
        {
            return suspicious("the key's own account is not in it".to_owned(), None);
        }
    }
    // The output is not the store, and its faults are not those of what was read.
    let previous = stores.previous().map_err(|error| SyncError::Output(Box::new(error)))?;
    let Some(previous) = previous.map(|previous| previous.counts) else { return Ok(()) };
    let offered: BTreeSet<_> =
        reading.connector.resource_types().into_iter().map(|offered| offered.id).collect();
    for of in offered.iter().filter(|of| reading.scope.includes(of)) {
        let resources = ("no", &previous.resources, &now.resources);
        // What was not asked for cannot be missed.
        let grants =
            (!reading.leave_out.all_grants()).then_some(("no grants on any", &previous.grants, &now.grants));
        for (none, previous, now) in [Some(resources), grants].into_iter().flatten() {
            let had = previous.get(of.as_str()).copied().unwrap_or_default();
            let has = now.get(of.as_str()).copied().unwrap_or_default();
            if had > 0 && has == 0 {
                let what = format!("it holds {none} {of}, where the previous sync held {had}");
                return suspicious(what, reading.connector.why_none(reading.baseline, of));
            }
        }
    }
    Ok(())
}

type Note = (String, Vec<u8>);

/// A note with findings.
pub(crate) fn note(key: &str, findings: &impl Serialize) -> Result<Note, SyncError> {
    let value = serde_json::to_vec(findings).map_err(|error| SyncError::Checkpoint(error.to_string()))?;
    Ok((key.to_owned(), value))
}

/// What an earlier run noted.
pub(crate) fn noted<S: SyncStore, T: DeserializeOwned>(store: &S, key: &str) -> Result<Option<T>, SyncError> {
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
