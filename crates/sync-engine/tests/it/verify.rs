//! Completeness, integrity, and the refusal to call everybody gone.

use governance_model::{Entitlement, ErrorClass, Page, Purpose, ResourceId, ResourceTypeId};
use sync_engine::{
    C1zStores, Event, NoObserver, Observer, Options, Phase, Sealed, SyncError, SyncReport, SystemClock,
};
use sync_trials::dump;

use crate::scripted::{Scripted, USER, cursor, inventory, member};

async fn run(
    source: &Scripted,
    output: &std::path::Path,
    allow_shrink: bool,
) -> Result<(SyncReport, Sealed), SyncError> {
    let stores = C1zStores::lock(output).unwrap();
    let options = Options { allow_shrink, ..Options::default() };
    sync_engine::sync(source, &stores, &SystemClock, &options, &NoObserver).await
}

#[tokio::test]
async fn a_listed_member_that_no_page_returned_becomes_a_stand_in_and_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut source = Scripted::workspace(3);
    source.before = Some(inventory(&["u000", "u001", "u002", "gone", "hidden"]));
    source.after = Some(inventory(&["u000", "u001", "u002", "hidden", "new"]));
    let (report, _) = run(&source, &output, false).await.unwrap();
    let found = report.completeness;
    assert!(!found.verified);
    assert_eq!(found.missing, ["hidden", "new"]);
    assert_eq!(found.reasons, ["2 of 5 listed user resources were not returned by the source"]);
    assert_eq!((found.joined, found.left, found.read, found.unlisted), (1, 1, 3, 0));
    let resources = dump::ids(&output, "v1_resources");
    assert!(resources.contains(&"user:hidden".to_owned()) && resources.contains(&"user:new".to_owned()));
    assert!(!resources.contains(&"user:gone".to_owned()));
}

#[tokio::test]
async fn a_doubt_of_the_source_keeps_a_sync_from_being_called_complete() {
    let folder = tempfile::tempdir().unwrap();
    let mut source = Scripted::workspace(3);
    source.pages.get_mut(&cursor("users", 0)).unwrap().doubts.push("the key sees little".to_owned());
    let (report, _) = run(&source, &folder.path().join("sync.c1z"), false).await.unwrap();
    assert!(!report.completeness.verified);
    assert_eq!(report.completeness.reasons, ["the key sees little"]);
}

#[tokio::test]
async fn a_grant_to_somebody_nobody_returned_is_kept_with_a_stand_in() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut source = Scripted::workspace(2);
    let ghost = ResourceId::new(USER, "ghost");
    source.pages.get_mut(&cursor("groups", 0)).unwrap().facts.grants.push(member("g0", &ghost));
    let (report, _) = run(&source, &output, false).await.unwrap();
    assert_eq!(report.integrity.stand_ins, [ghost]);
    assert_eq!(report.integrity.removed_grants, 0);
    assert!(dump::ids(&output, "v1_grants").contains(&"group:g0:member:user:ghost".to_owned()));
    assert!(dump::ids(&output, "v1_resources").contains(&"user:ghost".to_owned()));
}

#[tokio::test]
async fn what_has_no_stand_in_is_removed_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut source = Scripted::workspace(2);
    let page: &mut Page = source.pages.get_mut(&cursor("groups", 0)).unwrap();
    let robot = ResourceId::new(ResourceTypeId::new("robot"), "r1");
    let person = ResourceId::new(USER, "u000");
    let nowhere = ResourceId::new(ResourceTypeId::new("group"), "nowhere");
    // A principal of a kind that has no stand-ins; a grant on a group that is not there; an entitlement of it.
    page.facts.grants.push(member("g0", &robot));
    page.facts.grants.push(member("absent", &person));
    page.facts.grants.push(member("nowhere", &person));
    page.facts.entitlements.push(Entitlement::new(nowhere, "member", Purpose::Assignment));
    let (report, _) = run(&source, &output, false).await.unwrap();
    assert_eq!(report.integrity.removed_grants, 3);
    assert_eq!(report.integrity.removed_entitlements, 1);
    let grants = dump::ids(&output, "v1_grants");
    assert!(
        grants.iter().all(|id| !id.contains("robot") && !id.contains("absent") && !id.contains("nowhere"))
    );
    assert_eq!(dump::ids(&output, "v1_entitlements"), ["group:g0:member", "group:g1:member"]);
}

#[tokio::test]
async fn a_source_without_a_list_of_its_people_is_sealed_and_not_called_complete() {
    for (before, after) in
        [(None, None), (Some(inventory(&["u000"])), None), (None, Some(inventory(&["u000"])))]
    {
        let folder = tempfile::tempdir().unwrap();
        let mut source = Scripted::workspace(3);
        (source.before, source.after) = (before, after);
        let (report, _) = run(&source, &folder.path().join("sync.c1z"), false).await.unwrap();
        assert_eq!(report.completeness.reasons, ["the source has no list to compare with"]);
        assert_eq!((report.completeness.verified, report.completeness.read), (false, 3));
    }
}

#[tokio::test]
async fn a_sync_without_people_is_not_sealed_unless_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut full = Scripted::workspace(3);
    let (first, _) = run(&full, &output, false).await.unwrap();
    let sealed = std::fs::read(&output).unwrap();

    full = Scripted::empty();
    full.before = Some(inventory(&[]));
    full.after = Some(inventory(&[]));
    let error = run(&full, &output, false).await.unwrap_err();
    assert_eq!(error.to_string(), "the sync looks wrong and was not sealed: it holds no user at all");
    assert_eq!(error.class(), ErrorClass::FailedPrecondition);
    assert_eq!(std::fs::read(&output).unwrap(), sealed, "the previous file is untouched");

    // The refused sync is gone: a healthy source is read afresh.
    let (healthy, _) = run(&Scripted::workspace(3), &output, false).await.unwrap();
    assert_eq!(healthy.runs, 1);
    assert_eq!(dump::syncs(&output)[0].0, first.sync_id);

    run(&full, &output, true).await.unwrap();
    let held = dump::syncs(&output);
    assert_eq!(held.len(), 2);
    assert_eq!(held[0].0, healthy.sync_id);
}

#[tokio::test]
async fn a_sync_without_the_keys_own_account_is_not_sealed_unless_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut source = Scripted::workspace(3);
    source.operator = Some(ResourceId::new(USER, "somebody-else"));
    let error = run(&source, &output, false).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the sync looks wrong and was not sealed: the key's own account is not in it"
    );
    assert!(!output.exists());
    run(&source, &output, true).await.unwrap();
    assert!(output.exists());
}

/// Fails once everything is verified, just before sealing.
struct Stumble(std::path::PathBuf);

impl Observer for Stumble {
    fn event(&self, event: &Event<'_>) {
        if matches!(event, Event::Phase(Phase::Expand)) {
            // A folder where the output should go: sealing fails before the sync is ended.
            std::fs::create_dir(&self.0).unwrap();
        }
    }
}

#[tokio::test]
async fn what_was_found_missing_is_not_forgotten_by_a_run_that_goes_on_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut source = Scripted::workspace(2);
    source.after = Some(inventory(&["u000", "u001", "hidden"]));
    let ghost = ResourceId::new(USER, "ghost");
    source.pages.get_mut(&cursor("groups", 0)).unwrap().facts.grants.push(member("g0", &ghost));
    let stores = C1zStores::lock(&output).unwrap();
    let outcome =
        sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &Stumble(output.clone()))
            .await;
    assert!(matches!(outcome, Err(SyncError::Store(_))), "{outcome:?}");
    std::fs::remove_dir(&output).unwrap();
    drop(stores);

    let (report, _) = run(&source, &output, false).await.unwrap();
    assert_eq!(report.completeness.missing, ["hidden"]);
    assert!(!report.completeness.verified);
    assert_eq!(report.integrity.stand_ins, [ghost]);
}
