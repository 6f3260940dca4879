//! Asks a c1z everything that can be asked of it.

use std::fmt::Debug;

use c1z::{C1zFile, EntitlementFilter, Error, GrantFilter, Record, ResourceFilter, SyncChoice, SyncView};
use governance_model::{EntitlementId, ResourceId};

use crate::facts;

/// More rows than a database within the limits can hold: a row takes some bytes, and a reader that goes round in
/// circles is caught here.
const MOST_ROWS: usize = 2_000_000;
/// How many rows are looked up one by one, per kind.
const LOOKED_UP: usize = 8;

/// Reads all syncs, finished or not, and returns how many rows there were.
pub(super) fn everything(file: &C1zFile) -> usize {
    for choice in [SyncChoice::Newest, SyncChoice::NewestOrUnfinished] {
        if let Err(error) = file.sync(&choice) {
            facts::error_holds(&error, "");
        }
    }
    let syncs = match file.syncs() {
        Ok(syncs) => syncs,
        Err(error) => {
            facts::error_holds(&error, "");
            return 0;
        }
    };
    let mut rows = 0;
    for run in syncs.iter().take(LOOKED_UP) {
        let finished = file.sync(&SyncChoice::Id(run.sync_id.clone()));
        assert_eq!(finished.is_ok(), first(&syncs, &run.sync_id).ended_at.is_some(), "{}", run.sync_id);
        rows += sync(&file.sync(&SyncChoice::IdOrUnfinished(run.sync_id.clone())).unwrap());
    }
    rows
}

/// Damage may leave several rows with one id; the first one is taken.
fn first<'a>(syncs: &'a [c1z::SyncRun], id: &str) -> &'a c1z::SyncRun {
    syncs.iter().find(|run| run.sync_id == id).unwrap()
}

fn sync(view: &SyncView<'_>) -> usize {
    if let Err(error) = view.stats() {
        facts::error_holds(&error, "");
    }
    if let Err(error) = view.asset(sync_engine::REPORT_ASSET) {
        facts::error_holds(&error, "");
    }
    let types = read(view.resource_types());
    for found in types.first.iter().take(LOOKED_UP) {
        answers(view.resource_type(&found.value.id));
    }
    let resources = read(view.resources(&ResourceFilter::default()));
    for found in &resources.first {
        answers(view.resource(&found.value.id));
        let parent = found.value.parent.clone();
        let of = Some(found.value.id.resource_type.clone());
        read(view.resources(&ResourceFilter { resource_type: of, parent }));
    }
    let entitlements = read(view.entitlements(&EntitlementFilter::default()));
    for found in &entitlements.first {
        answers(view.entitlement(&found.value.id));
        read(view.entitlements(&entitlements_on(&found.value.resource)));
    }
    let grants = read(view.grants(&GrantFilter::default()));
    for found in &grants.first {
        answers(view.grant(&found.value.id()));
        let grant = &found.value;
        read(view.grants(&grants_of(&grant.entitlement, &grant.resource, &grant.principal)));
    }
    glanced(view.states_of_accounts(|_, _, _| ()));
    glanced(view.resources_with_grants().map(drop));
    for grant in &grants.first {
        glanced(view.glance_at_grants(&grant.value.resource, |_| Ok(())));
    }
    types.rows + resources.rows + entitlements.rows + grants.rows
}

/// What glances at rows may fail, and says why.
fn glanced(result: Result<(), c1z::Error>) {
    if let Err(error) = result {
        facts::error_holds(&error, "");
    }
}

fn entitlements_on(resource: &ResourceId) -> EntitlementFilter {
    EntitlementFilter {
        resource_type: Some(resource.resource_type.clone()),
        resource: Some(resource.clone()),
    }
}

fn grants_of(entitlement: &EntitlementId, resource: &ResourceId, principal: &ResourceId) -> GrantFilter {
    GrantFilter {
        entitlement: Some(entitlement.clone()),
        resource_type: Some(resource.resource_type.clone()),
        resource: Some(resource.clone()),
        principal: Some(principal.clone()),
        principal_type: Some(principal.resource_type.clone()),
    }
}

/// Rows that came, and the first of them that could be decoded.
struct Rows<T> {
    rows: usize,
    first: Vec<Record<T>>,
}

fn read<T: Debug>(records: impl Iterator<Item = Result<Record<T>, Error>>) -> Rows<T> {
    let mut read = Rows { rows: 0, first: Vec::new() };
    for record in records {
        read.rows += 1;
        assert!(read.rows <= MOST_ROWS, "there is no end of rows");
        match record {
            Ok(record) if read.first.len() < LOOKED_UP => read.first.push(record),
            Ok(_) => {}
            Err(error) => facts::error_holds(&error, ""),
        }
    }
    read
}

/// A row that is asked for by its id may be missing, because the id in its columns need not be the one in its message.
fn answers<T>(looked_up: Result<Option<T>, Error>) {
    if let Err(error) = looked_up {
        facts::error_holds(&error, "");
    }
}
