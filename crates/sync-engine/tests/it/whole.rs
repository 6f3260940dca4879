//! Syncs that nothing cuts off.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use governance_model::{Dropped, ErrorClass, Page, ResourceId, ResourceTypeId, Scope, Timestamp};
use sync_engine::{C1zStores, Clock, LockError, NoObserver, Options, SyncError, SyncReport, SystemClock};
use sync_trials::dump;

use crate::scripted::{GROUP, Scripted, USER, cursor, group_page, member, set};

#[tokio::test]
async fn everything_read_is_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let source = Scripted::workspace(7);
    let stores = C1zStores::lock(&output).unwrap();
    let (report, sealed) =
        sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap();

    let resources = dump::ids(&output, "v1_resources");
    let expected = ["group:g0", "group:g1", "user:u000", "user:u001", "user:u002", "user:u003", "user:u004"];
    assert_eq!(resources[..7], expected);
    assert_eq!(resources.len(), 9);
    // Seven members of g0; g1 has g0, one deferred member, and g0's members by expansion (u000 is there already).
    assert_eq!(dump::ids(&output, "v1_grants").len(), 7 + 1 + 7);
    assert_eq!(report.expanded_grants, 6);
    assert_eq!(dump::syncs(&output), [(report.sync_id.clone(), true)]);
    assert!(report.completeness.verified, "{:?}", report.completeness);
    assert_eq!(report.pages["users"], 3);
    assert_eq!(report.pages["groups"], 2);
    assert_eq!(report.usage.requests, 7);
    assert_eq!(report.runs, 1);
    assert_eq!(sealed.path, output);
    assert_eq!(sealed.bytes, std::fs::metadata(&output).unwrap().len());
    let kept: SyncReport = serde_json::from_str(&dump::report(&output)).unwrap();
    assert_eq!(kept, report);
    drop(stores);
    let left: BTreeSet<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left, set(["sync.c1z"]));
}

#[tokio::test]
async fn pages_are_fetched_side_by_side_up_to_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
    let mut source = Scripted::workspace(60);
    source.delay = Duration::from_millis(5);
    let options = Options { concurrency: 4, ..Options::default() };
    sync_engine::sync(&source, &stores, &SystemClock, &options, &NoObserver).await.unwrap();
    assert_eq!(source.most_at_once.load(Ordering::SeqCst), 4);
    // Each question once: nothing is asked again for a fact already held.
    let mut questions = source.questions();
    let total = questions.len();
    questions.sort_unstable();
    questions.dedup();
    assert_eq!(questions.len(), total);
    assert_eq!(total, 20 + 2 + 2);
}

#[tokio::test]
async fn the_previous_sync_stays_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut ids = Vec::new();
    for _ in 0..3 {
        let stores = C1zStores::lock(&output).unwrap();
        let source = Scripted::workspace(4);
        let (report, _) = sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver)
            .await
            .unwrap();
        ids.push(report.sync_id);
    }
    let held: Vec<_> = dump::syncs(&output).into_iter().map(|(id, _)| id).collect();
    assert_eq!(held, ids[1..]);
}

#[tokio::test]
async fn a_scope_keeps_other_types_out() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let stores = C1zStores::lock(&output).unwrap();
    let scope = Scope { resource_types: Some([GROUP].into_iter().collect()) };
    let options = Options { scope, ..Options::default() };
    let (report, _) =
        sync_engine::sync(&Scripted::workspace(4), &stores, &SystemClock, &options, &NoObserver)
            .await
            .unwrap();
    assert_eq!(dump::ids(&output, "v1_resource_types"), ["group"]);
    assert_eq!(dump::ids(&output, "v1_resources"), ["group:g0", "group:g1"]);
    // Only the grant between groups touches no other type.
    assert_eq!(dump::ids(&output, "v1_grants"), ["group:g1:member:group:g0"]);
    assert!(!report.completeness.verified);
    assert_eq!(report.completeness.reasons, ["user resources were not asked for"]);
}

#[tokio::test]
async fn an_unknown_type_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
    let source = Scripted::workspace(1);
    let scope = Scope { resource_types: Some([ResourceTypeId::new("nosuch")].into_iter().collect()) };
    let options = Options { scope, ..Options::default() };
    let error = sync_engine::sync(&source, &stores, &SystemClock, &options, &NoObserver).await.unwrap_err();
    assert_eq!(error.to_string(), "invalid resource type 'nosuch' in filter");
    assert_eq!(error.class(), ErrorClass::InvalidArgument);
    assert!(source.questions().is_empty());
}

#[tokio::test]
async fn an_output_that_is_something_else_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), &output).unwrap();
    let before = std::fs::read(&output).unwrap();
    let stores = C1zStores::lock(&output).unwrap();
    let source = Scripted::workspace(1);
    let error = sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver)
        .await
        .unwrap_err();
    assert!(matches!(error, SyncError::Output(_)), "{error:?}");
    assert!(source.questions().is_empty());
    assert_eq!(std::fs::read(&output).unwrap(), before);
}

#[tokio::test]
async fn two_runs_on_one_output_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let first = C1zStores::lock(&output).unwrap();
    assert!(matches!(C1zStores::lock(&output), Err(LockError::Held { .. })));
    drop(first);
    C1zStores::lock(&output).unwrap();
}

#[tokio::test]
async fn facts_without_ids_are_dropped_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let stores = C1zStores::lock(&output).unwrap();
    let mut source = Scripted::workspace(1);
    let page = source.pages.get_mut(&cursor("groups", 0)).unwrap();
    page.facts.grants.push(member("g0", &ResourceId::new(USER, "")));
    page.facts.grants.push(member("g0", &ResourceId::new(USER, "x".repeat(2000))));
    let (report, _) =
        sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap();
    assert_eq!(report.dropped["missing or oversized id"], 2);
    assert!(dump::ids(&output, "v1_grants").iter().all(|id| id.len() < 100));
}

/// A clock that stands still.
struct Fixed(Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[tokio::test]
async fn the_same_source_at_the_same_time_gives_the_same_rows() {
    let clock = Fixed("2026-11-24T10:00:00Z".parse().unwrap());
    let mut dumps = Vec::new();
    for concurrency in [1, 3, 8] {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("sync.c1z");
        let stores = C1zStores::lock(&output).unwrap();
        let options = Options { concurrency, ..Options::default() };
        let (report, _) = sync_engine::sync(&Scripted::workspace(20), &stores, &clock, &options, &NoObserver)
            .await
            .unwrap();
        assert_eq!(report.started_at, clock.0);
        dumps.push(dump::canonical(&output, &report.sync_id));
    }
    assert!(dumps[0].lines().count() > 60);
    assert_eq!(dumps[0], dumps[1]);
    assert_eq!(dumps[0], dumps[2]);
}

#[tokio::test]
async fn rows_that_come_twice_are_kept_once_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let stores = C1zStores::lock(&output).unwrap();
    let mut source = Scripted::workspace(6);
    let again: Page = group_page("g0", &[]);
    source.starts.push(cursor("groups", 9));
    source.pages.insert(cursor("groups", 9), again);
    let (report, _) =
        sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap();
    assert_eq!(report.drift.repeated_resources, 1);
    assert_eq!(dump::ids(&output, "v1_resources").iter().filter(|id| *id == "group:g0").count(), 1);
}

#[tokio::test]
async fn pages_that_go_round_in_circles_are_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
    let mut source = Scripted::workspace(3);
    for (at, next) in [(1, 2), (2, 1)] {
        let page = source.pages.entry(cursor("groups", at)).or_insert_with(|| group_page("g2", &[]));
        page.next = Some(cursor("groups", next));
    }
    let error = sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "the pages of groups bring nothing new any more and do not end");
    assert!(source.questions().len() < 20);
}

/// A service has one connector for all its syncs.
#[tokio::test]
async fn a_sync_costs_what_it_asked_itself() {
    let source = Scripted::workspace(6);
    for _ in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        let asked = source.questions().len() as u64;
        let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
        let (report, _) = sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver)
            .await
            .unwrap();
        assert_eq!(report.usage.requests, source.questions().len() as u64 - asked);
    }
}

/// The checkpoint is written with every page, and reasons may quote the source.
#[tokio::test]
async fn reasons_without_number_are_counted_together() {
    let mut source = Scripted::workspace(6);
    let folder = tempfile::tempdir().unwrap();
    let page = source.pages.get_mut(&cursor("users", 1)).unwrap();
    let reasons = (0..1000).map(|number| Dropped { reason: format!("unknown role {number:03}"), count: 2 });
    page.dropped = reasons.collect();
    page.doubts = (0..1000).map(|number| format!("doubt {number}")).collect();
    let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
    let (report, _) =
        sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap();
    assert_eq!(report.dropped.values().sum::<u64>(), 2000);
    assert_eq!((report.dropped.len(), report.dropped["other reasons"]), (65, 2 * (1000 - 64)));
    assert_eq!(report.completeness.reasons.len(), 64);
}
