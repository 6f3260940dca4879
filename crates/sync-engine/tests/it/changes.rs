//! The source changes while it is read, asks to wait, or has lost a whole kind of thing since the last sync.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use governance_model::{ErrorClass, Facts, Page, Timestamp};
use sync_engine::{
    C1zStores, Clock, Event, NoObserver, Observer, Options, Sealed, Stop, SyncError, SyncReport, SystemClock,
};
use sync_trials::dump;

use crate::scripted::{Quota, Scripted, cursor, inventory, person};

async fn run(source: &Scripted, output: &Path, options: &Options) -> Result<(SyncReport, Sealed), SyncError> {
    let stores = C1zStores::lock(output).unwrap();
    sync_engine::sync(source, &stores, &SystemClock, options, &NoObserver).await
}

fn people(ids: &[&str]) -> Page {
    let resources = ids.iter().map(|id| person(id)).collect();
    Page { facts: Facts { resources, ..Facts::default() }, ..Page::default() }
}

#[tokio::test]
async fn a_member_whom_the_pages_skipped_is_read_again_from_where_they_are_now() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut source = Scripted::workspace(7);
    // Somebody left while pages were read, the rows moved up, and u003 fell between two pages.
    source.pages.insert(cursor("users", 1), people(&["u004", "u005"]));
    source.before = Some(inventory(&["gone", "u000", "u001", "u002", "u003", "u004", "u005", "u006"]));
    source.pages.insert(cursor("again", 1), people(&["u003", "u004", "u005"]));
    let (report, _) = run(&source, &output, &Options::default()).await.unwrap();

    assert!(report.completeness.verified, "{:?}", report.completeness);
    assert_eq!(report.drift.reread, 1);
    assert_eq!(report.drift.repeated_resources, 0, "rows that are read again on purpose are no drift");
    assert_eq!(report.completeness.left, 1);
    assert!(dump::ids(&output, "v1_resources").contains(&"user:u003".to_owned()));
    let again: Vec<_> = source.questions().into_iter().filter(|asked| asked.starts_with("again")).collect();
    assert_eq!(again, ["again 1"], "only the page where the missing person is now");
}

#[tokio::test]
async fn a_changed_status_is_taken_from_a_later_reading() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut source = Scripted::workspace(3);
    let after = &mut source.after.as_mut().unwrap().entries;
    *after = [("u000", "ACTIVE"), ("u001", "INACTIVE"), ("u002", "ACTIVE")]
        .map(|(id, status)| (id.into(), status.into()))
        .into();
    let mut later = person("u001");
    later.display_name = "as read later".into();
    let resources = vec![person("u000"), later, person("u002")];
    let page = Page { facts: Facts { resources, ..Facts::default() }, ..Page::default() };
    source.pages.insert(cursor("again", 0), page);
    let (report, _) = run(&source, &output, &Options::default()).await.unwrap();
    assert_eq!(report.drift.reread, 1);
    // The name stands in the row as it is: "as read later" in hexadecimal.
    assert!(dump::canonical(&output, &report.sync_id).contains("61732072656164206C61746572"));
}

#[tokio::test]
async fn somebody_who_was_read_and_left_is_marked_as_gone() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut source = Scripted::workspace(3);
    source.after = Some(inventory(&["u000", "u002"]));
    let (report, _) = run(&source, &output, &Options::default()).await.unwrap();
    assert!(report.completeness.verified);
    assert_eq!(report.completeness.left, 1);
    let row = dump::canonical(&output, &report.sync_id);
    let row = row.lines().find(|row| row.starts_with("v1_resources|user|user:u001|")).unwrap();
    // Field 11 (the status) with state 3 and the word "left".
    assert!(row.ends_with("5A08080312046C656674"), "{row}");
}

/// Cuts the sync at each answer again, now with pages that are read again: the end is the same.
#[tokio::test]
async fn reading_again_survives_being_cut_off() {
    let source = || {
        let mut source = Scripted::workspace(7);
        source.pages.insert(cursor("users", 1), people(&["u004", "u005"]));
        source.pages.insert(cursor("again", 1), people(&["u003", "u004", "u005"]));
        source
    };
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let whole = source();
    let (report, _) = run(&whole, &output, &Options::default()).await.unwrap();
    let reference = dump::canonical(&output, &report.sync_id);
    for cut in 1..whole.questions().len() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("sync.c1z");
        let mut failing = source();
        failing.fail_at = Some(cut as u64);
        run(&failing, &output, &Options::default()).await.unwrap_err();
        let (report, _) = run(&source(), &output, &Options::default()).await.unwrap();
        assert_eq!(dump::canonical(&output, &report.sync_id), reference, "cut {cut}");
        assert!(report.completeness.verified);
        assert_eq!(report.drift.reread, 1);
    }
}

#[tokio::test]
async fn a_kind_of_thing_that_vanished_since_the_last_sync_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    run(&Scripted::workspace(3), &output, &Options::default()).await.unwrap();
    let before = std::fs::read(&output).unwrap();

    let mut source = Scripted::workspace(3);
    source.starts.retain(|start| start.stream != "groups");
    let error = run(&source, &output, &Options::default()).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::FailedPrecondition);
    assert_eq!(
        error.to_string(),
        "the sync looks wrong and was not sealed: it holds no group, where the previous sync held 2"
    );
    let SyncError::SuspiciousShrink { hint, .. } = error else { panic!("{error:?}") };
    assert_eq!(hint.as_deref(), Some("groups come and go"));
    assert_eq!(std::fs::read(&output).unwrap(), before);

    let options = Options { allow_shrink: true, ..Options::default() };
    run(&source, &output, &options).await.unwrap();
    // Now it is the truth, and nothing is suspicious any more.
    run(&source, &output, &Options::default()).await.unwrap();
}

#[tokio::test]
async fn grants_that_all_vanished_are_not_believed_either() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    run(&Scripted::workspace(3), &output, &Options::default()).await.unwrap();
    let mut source = Scripted::workspace(3);
    for page in source.pages.values_mut() {
        page.facts.grants.clear();
        page.deferred.clear();
    }
    let error = run(&source, &output, &Options::default()).await.unwrap_err();
    assert!(
        error.to_string().contains("it holds no grants on any group, where the previous sync held"),
        "{error}"
    );
}

/// Keeps the waits.
#[derive(Default)]
struct Waits(Mutex<Vec<u64>>);

impl Observer for Waits {
    fn event(&self, event: &Event<'_>) {
        if let Event::Waiting { seconds, .. } = event {
            self.0.lock().unwrap().push(*seconds);
        }
    }
}

/// The time of day that tokio's paused clock gives.
struct Paused(tokio::time::Instant);

impl Clock for Paused {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.0.elapsed()
    }
}

#[tokio::test(start_paused = true)]
async fn a_quota_is_waited_for_as_long_as_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut source = Scripted::workspace(60);
    // Ten answers, then a pause of 20 minutes, again and again: 24 answers need two pauses.
    source.quota = Some(Quota { answers: 10, pause: Duration::from_secs(1200), says_how_long: true });
    let clock = Paused(tokio::time::Instant::now());
    let stores = C1zStores::lock(&output).unwrap();
    let waits = Waits::default();
    let options = Options { concurrency: 1, max_wait: Duration::from_secs(3000), ..Options::default() };
    let (report, _) = sync_engine::sync(&source, &stores, &clock, &options, &waits).await.unwrap();
    assert_eq!(waits.0.lock().unwrap()[..], [1200, 1200]);
    assert_eq!(report.runs, 1);
    assert_eq!(dump::ids(&output, "v1_resources").len(), 62);
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_would_take_too_long_ends_the_run_resumable() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let clock = Paused(tokio::time::Instant::now());
    let quota = Quota { answers: 10, pause: Duration::from_secs(1200), says_how_long: true };
    let options = Options { concurrency: 1, max_wait: Duration::from_secs(1199), ..Options::default() };
    let mut asked = 0;
    let report = loop {
        let stores = C1zStores::lock(&output).unwrap();
        let mut source = Scripted::workspace(60);
        source.quota = Some(quota.clone());
        let outcome = sync_engine::sync(&source, &stores, &clock, &options, &NoObserver).await;
        asked += source.questions().len();
        match outcome {
            Ok((report, _)) => break report,
            Err(SyncError::Connector(error)) => {
                assert!(error.rate_limited);
                assert_eq!(error.retry_after, Some(Duration::from_secs(1200)));
            }
            Err(other) => panic!("{other:?}"),
        }
        tokio::time::sleep(Duration::from_secs(1200)).await;
    };
    assert_eq!(report.runs, 3);
    // 24 answers and two refusals: nothing that was stored is asked for again.
    assert_eq!(asked, 26);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_does_not_say_how_long_is_asked_ever_more_rarely() {
    let folder = tempfile::tempdir().unwrap();
    let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
    let mut source = Scripted::workspace(60);
    source.quota = Some(Quota { answers: 10, pause: Duration::from_secs(1000), says_how_long: false });
    let waits = Waits::default();
    let clock = Paused(tokio::time::Instant::now());
    let options = Options { concurrency: 1, max_wait: Duration::from_secs(7200), ..Options::default() };
    sync_engine::sync(&source, &stores, &clock, &options, &waits).await.unwrap();
    assert_eq!(waits.0.lock().unwrap()[..], [60, 120, 240, 480, 900, 60, 120, 240, 480, 900]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_obeyed_while_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
    let mut source = Scripted::workspace(60);
    source.quota = Some(Quota { answers: 10, pause: Duration::from_secs(3600), says_how_long: true });
    let (stopper, stop) = Stop::pair();
    let options = Options { max_wait: Duration::from_secs(86_400), stop, ..Options::default() };
    let begun = tokio::time::Instant::now();
    let asking = async {
        tokio::time::sleep(Duration::from_secs(100)).await;
        stopper.stop();
    };
    let clock = Paused(begun);
    let (outcome, ()) =
        tokio::join!(sync_engine::sync(&source, &stores, &clock, &options, &NoObserver), asking);
    assert!(matches!(outcome, Err(SyncError::Stopped)), "{outcome:?}");
    assert!(begun.elapsed() < Duration::from_secs(101));
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_that_is_too_old_is_not_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let clock = Paused(tokio::time::Instant::now());
    let stores = C1zStores::lock(&output).unwrap();
    for (age, runs) in [(3599, 2), (3601, 1)] {
        let mut source = Scripted::workspace(6);
        source.fail_at = Some(3);
        sync_engine::sync(&source, &stores, &clock, &Options::default(), &NoObserver).await.unwrap_err();
        tokio::time::sleep(Duration::from_secs(age)).await;
        let options = Options { resume_max_age: Duration::from_secs(3600), ..Options::default() };
        let source = Scripted::workspace(6);
        let (report, _) = sync_engine::sync(&source, &stores, &clock, &options, &NoObserver).await.unwrap();
        assert_eq!(report.runs, runs, "age {age}");
    }
}

#[tokio::test]
async fn somebody_on_two_pages_is_read_again_so_that_the_order_of_pages_does_not_decide() {
    let mut dumps = Vec::new();
    for delay in [0, 1] {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("sync.c1z");
        let mut source = Scripted::workspace(6);
        let mut other = person("u001");
        other.display_name = format!("as page 2 had it {delay}").into();
        source.pages.get_mut(&cursor("users", 1)).unwrap().facts.resources.push(other);
        source.pages.insert(cursor("again", 0), people(&["u000", "u001", "u002"]));
        let (report, _) = run(&source, &output, &Options::default()).await.unwrap();
        assert_eq!(report.drift.repeated_resources, 1);
        assert_eq!(report.drift.reread, 1);
        dumps.push(dump::canonical(&output, &report.sync_id));
    }
    assert_eq!(dumps[0], dumps[1]);
}

#[tokio::test]
async fn a_list_that_was_cut_short_marks_nobody_as_gone() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut source = Scripted::workspace(30);
    source.after = Some(inventory(&["u000"]));
    let (report, _) = run(&source, &output, &Options::default()).await.unwrap();
    assert_eq!(report.completeness.reasons, ["29 user resources left the source's own list at once"]);
    // The status with state 3 (deleted) is in no row.
    assert!(!dump::canonical(&output, &report.sync_id).contains("5A0808031204"));
}

#[tokio::test]
async fn an_empty_list_of_people_is_not_sealed_although_stand_ins_could_be_made() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut source = Scripted::workspace(3);
    source.pages.insert(cursor("users", 0), Page::default());
    let error = run(&source, &output, &Options::default()).await.unwrap_err();
    assert!(error.to_string().ends_with("it holds no user at all"), "{error}");
    source.pages.insert(cursor("users", 0), people(&["u001", "u002"]));
    let error = run(&source, &output, &Options::default()).await.unwrap_err();
    assert!(error.to_string().ends_with("the key's own account is not in it"), "{error}");
}
