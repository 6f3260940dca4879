//! Syncs that are cut off: they go on under the same id, and end as if nothing had happened.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use governance_model::Timestamp;
use sync_engine::{
    C1zStores, Clock, Event, NoObserver, Observer, Options, Phase, Stop, SyncError, SystemClock,
};
use sync_trials::cut::{CutStores, Fuse};
use sync_trials::dump;

use crate::scripted::Scripted;

/// Keeps what a sync says.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Observer for Heard {
    fn event(&self, event: &Event<'_>) {
        let text = match event {
            Event::Resumed { pages, .. } => format!("resumed after {} pages", pages.values().sum::<u64>()),
            Event::Discarded { reason } => format!("discarded: {reason}"),
            Event::Started { .. } => "started".to_owned(),
            _ => return,
        };
        self.0.lock().unwrap().push(text);
    }
}

/// Fails the answer with every possible number, once; the next run must end with the content of an uncut sync, under
/// the id of the cut one, and ask for nothing that is stored.
#[tokio::test]
async fn a_failure_at_any_answer_loses_nothing() {
    let (reference, total) = {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("sync.c1z");
        let source = Scripted::workspace(10);
        let stores = C1zStores::lock(&output).unwrap();
        let (report, _) = sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver)
            .await
            .unwrap();
        (dump::canonical(&output, &report.sync_id), source.questions().len())
    };
    assert_eq!(total, 1 + 4 + 2 + 1);
    for cut in 0..total {
        for concurrency in [1, 4] {
            cut_at(cut, concurrency, &reference, total).await;
        }
    }
}

async fn cut_at(cut: usize, concurrency: usize, reference: &str, total: usize) {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let options = Options { concurrency, ..Options::default() };

    let mut failing = Scripted::workspace(10);
    failing.fail_at = Some(cut as u64);
    let stores = C1zStores::lock(&output).unwrap();
    let error = sync_engine::sync(&failing, &stores, &SystemClock, &options, &NoObserver).await.unwrap_err();
    assert_eq!(error.to_string(), "the planned failure", "cut {cut}");
    assert!(!output.exists(), "an unfinished sync must not be visible");
    drop(stores);
    let kept = unfinished_id(folder.path());

    let source = Scripted::workspace(10);
    let stores = C1zStores::lock(&output).unwrap();
    let heard = Heard::default();
    let (report, _) = sync_engine::sync(&source, &stores, &SystemClock, &options, &heard).await.unwrap();
    assert_eq!(dump::canonical(&output, &report.sync_id), reference, "cut {cut}, concurrency {concurrency}");
    if cut == 0 {
        assert_eq!(kept, None);
        assert_eq!(heard.0.lock().unwrap()[..], ["started"]);
        return;
    }
    assert_eq!(kept.as_deref(), Some(report.sync_id.as_str()), "the sync id stays");
    assert_eq!(report.runs, 2);
    assert!(heard.0.lock().unwrap()[0].starts_with("resumed after"));
    // What the first run was told and stored is not asked for again: at most the failed answer is repeated.
    let first = failing.questions();
    let repeated: Vec<_> = source.questions().into_iter().filter(|q| first.contains(q)).collect();
    assert_eq!(repeated.len(), 1, "cut {cut}, concurrency {concurrency}: {repeated:?}");
    assert_eq!(first.len() + source.questions().len(), total + 1);
    assert_eq!(report.usage.requests, total as u64 + 1, "the cost of both runs is added up");
}

/// Looking through what is there takes time when there is much; the source is asked meanwhile, and what it says waits.
#[tokio::test]
async fn the_source_is_asked_while_an_unfinished_sync_is_looked_through() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let mut failing = Scripted::workspace(10);
    failing.fail_at = Some(4);
    let stores = C1zStores::lock(&output).unwrap();
    sync_engine::sync(&failing, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap_err();

    let source = Arc::new(Scripted::workspace(10));
    let asked = Arc::clone(&source);
    let (seen, rows) = (Arc::new(AtomicBool::new(false)), folder.path().join(".sync.c1z.work"));
    let noted = Arc::clone(&seen);
    let count = move || -> i64 {
        let database = rusqlite::Connection::open(&rows).unwrap();
        database.query_row("select count(*) from v1_resources", (), |row| row.get(0)).unwrap()
    };
    let stores = CutStores::new(stores, Fuse::never()).before_check(move || {
        let before = count();
        let begun = std::time::Instant::now();
        while asked.questions().is_empty() && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        // Long enough to write what has come.
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(count(), before, "nothing is written before the verdict");
        noted.store(!asked.questions().is_empty(), Ordering::SeqCst);
    });
    let (report, _) =
        sync_engine::sync(&*source, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap();
    assert!(seen.load(Ordering::SeqCst), "nothing was asked meanwhile");
    assert_eq!(report.runs, 2);
    assert_eq!(dump::ids(&output, "v1_resources").len(), 12);
}

fn unfinished_id(folder: &std::path::Path) -> Option<String> {
    let working = folder.join(".sync.c1z.work");
    if !working.exists() {
        return None;
    }
    let database = rusqlite::Connection::open(working).unwrap();
    Some(database.query_row("select sync_id from v1_sync_runs", (), |row| row.get(0)).unwrap())
}

#[tokio::test]
async fn a_checkpoint_of_other_settings_is_not_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let stores = C1zStores::lock(&output).unwrap();
    let mut source = Scripted::workspace(10);
    source.fail_at = Some(3);
    sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap_err();
    let cut = unfinished_id(folder.path()).unwrap();

    let mut source = Scripted::workspace(10);
    source.fingerprint = "other".to_owned();
    let heard = Heard::default();
    let (report, _) =
        sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &heard).await.unwrap();
    assert_ne!(report.sync_id, cut);
    assert_eq!(report.runs, 1);
    let heard = heard.0.lock().unwrap();
    assert_eq!(heard[..], ["discarded: it was begun with other settings", "started"]);
}

#[tokio::test]
async fn a_damaged_working_database_is_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), folder.path().join(".sync.c1z.work"))
        .unwrap();
    let stores = C1zStores::lock(&output).unwrap();
    let heard = Heard::default();
    sync_engine::sync(&Scripted::workspace(3), &stores, &SystemClock, &Options::default(), &heard)
        .await
        .unwrap();
    assert_eq!(heard.0.lock().unwrap()[..], ["discarded: its working database is damaged", "started"]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_obeyed_while_the_source_hangs_and_the_sync_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let stores = C1zStores::lock(&output).unwrap();
    let mut hanging = Scripted::workspace(30);
    hanging.delay = Duration::from_secs(3600);
    let (stopper, stop) = Stop::pair();
    // One answer for validation, then it hangs in the middle of pages.
    let begun = tokio::time::Instant::now();
    let asking = async {
        tokio::time::sleep(Duration::from_secs(3700)).await;
        stopper.stop();
    };
    let options = Options { stop, ..Options::default() };
    let (outcome, ()) =
        tokio::join!(sync_engine::sync(&hanging, &stores, &SystemClock, &options, &NoObserver), asking);
    assert!(matches!(outcome, Err(SyncError::Stopped)), "{outcome:?}");
    assert!(begun.elapsed() < Duration::from_secs(3705), "it took {:?}", begun.elapsed());

    let (report, _) =
        sync_engine::sync(&Scripted::workspace(30), &stores, &SystemClock, &Options::default(), &NoObserver)
            .await
            .unwrap();
    assert_eq!(report.runs, 2);
    assert_eq!(dump::ids(&output, "v1_resources").len(), 32);
}

/// Takes the place of the output when sealing begins, so that it fails.
struct Saboteur(std::path::PathBuf);

impl Observer for Saboteur {
    fn event(&self, event: &Event<'_>) {
        if matches!(event, Event::Phase(Phase::Seal)) {
            std::fs::create_dir(&self.0).unwrap();
        }
    }
}

#[tokio::test]
async fn a_sync_that_could_not_be_sealed_is_sealed_by_the_next_run_without_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let stores = C1zStores::lock(&output).unwrap();
    let source = Scripted::workspace(5);
    let saboteur = Saboteur(output.clone());
    let outcome = sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &saboteur).await;
    assert!(matches!(outcome, Err(SyncError::Store(_))), "{outcome:?}");
    std::fs::remove_dir(&output).unwrap();

    let again = Scripted::workspace(5);
    let (report, _) =
        sync_engine::sync(&again, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap();
    assert!(again.questions().is_empty(), "{:?}", again.questions());
    assert_eq!(dump::ids(&output, "v1_resources").len(), 7);
    assert_eq!(dump::syncs(&output), [(report.sync_id, true)]);
}

#[tokio::test]
async fn an_ended_sync_of_other_settings_is_not_passed_off_as_the_one_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let stores = C1zStores::lock(&output).unwrap();
    let saboteur = Saboteur(output.clone());
    let source = Scripted::workspace(5);
    sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &saboteur).await.unwrap_err();
    std::fs::remove_dir(&output).unwrap();

    let mut other = Scripted::workspace(2);
    other.fingerprint = "another source".to_owned();
    let (report, _) =
        sync_engine::sync(&other, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap();
    assert_eq!(other.questions().len(), 1 + 1 + 2 + 1, "the other source is really read");
    assert_eq!(report.fingerprint.split(';').next(), Some("another source"));
    assert_eq!(dump::ids(&output, "v1_resources").len(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_ended_sync_that_is_too_old_is_not_passed_off_as_a_new_one() {
    for (age, runs_of_pages) in [(3_599, 0), (3_601, 1)] {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("sync.c1z");
        let stores = C1zStores::lock(&output).unwrap();
        let ended: Timestamp = "2026-11-24T10:00:00Z".parse().unwrap();
        let saboteur = Saboteur(output.clone());
        let options = Options { resume_max_age: Duration::from_secs(3_600), ..Options::default() };
        let source = Scripted::workspace(5);
        sync_engine::sync(&source, &stores, &At(ended), &options, &saboteur).await.unwrap_err();
        std::fs::remove_dir(&output).unwrap();

        let later = At(ended + Duration::from_secs(age));
        let (again, heard) = (Scripted::workspace(5), Heard::default());
        let (report, _) = sync_engine::sync(&again, &stores, &later, &options, &heard).await.unwrap();
        assert_eq!(again.questions().len(), runs_of_pages * (1 + 2 + 2 + 1), "{age} s later");
        if runs_of_pages > 0 {
            assert_eq!(report.ended_at, later.0);
            let why = "discarded: it was cut off 3601 s ago, and 3600 s are allowed";
            assert_eq!(heard.0.lock().unwrap()[..], [why, "started"]);
        }
    }
}

#[tokio::test]
async fn what_differs_from_the_conditions_of_a_sync_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
    for (before, now, why) in [
        ("a;size=1;key=k", "a;size=2;key=k", "it was begun with another size"),
        ("a;size=1;key=k", "a;size=2;key=l", "it was begun with another key, size"),
        ("a;size=1;key=k", "a;size=1;key=k;more=1", "it was begun with other settings"),
        ("a;size=1;key=k", "b;size=1;key=k", "it was begun with other settings"),
        ("a;size=1;key=k", "", "it was begun with other settings"),
    ] {
        let mut source = Scripted::workspace(10);
        (source.fingerprint, source.fail_at) = (before.to_owned(), Some(3));
        sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver)
            .await
            .unwrap_err();
        let (mut source, heard) = (Scripted::workspace(10), Heard::default());
        source.fingerprint = now.to_owned();
        sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &heard).await.unwrap();
        assert_eq!(heard.0.lock().unwrap()[0], format!("discarded: {why}"), "{before} and {now}");
    }
}

#[tokio::test]
async fn a_mistyped_key_does_not_cost_what_has_been_read() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let stores = C1zStores::lock(&output).unwrap();
    let mut source = Scripted::workspace(10);
    source.fail_at = Some(4);
    sync_engine::sync(&source, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap_err();

    let mut mistyped = Scripted::workspace(10);
    mistyped.fingerprint = "mistyped".to_owned();
    mistyped.fail_at = Some(0);
    sync_engine::sync(&mistyped, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap_err();

    let (report, _) =
        sync_engine::sync(&Scripted::workspace(10), &stores, &SystemClock, &Options::default(), &NoObserver)
            .await
            .unwrap();
    assert_eq!(report.runs, 2);
}

#[tokio::test]
async fn a_file_of_another_source_is_not_pushed_out_unless_it_is_a_demonstration() {
    for demonstration in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("sync.c1z");
        let stores = C1zStores::lock(&output).unwrap();
        let options = Options { demonstration, ..Options::default() };
        let first = Scripted::workspace(3);
        sync_engine::sync(&first, &stores, &SystemClock, &options, &NoObserver).await.unwrap();
        drop(stores);
        let before = std::fs::read(&output).unwrap();

        let stores = C1zStores::lock(&output).unwrap();
        let mut second = Scripted::workspace(3);
        second.id = "s2".to_owned();
        let outcome =
            sync_engine::sync(&second, &stores, &SystemClock, &Options::default(), &NoObserver).await;
        if demonstration {
            let (report, _) = outcome.unwrap();
            assert_eq!(dump::syncs(&output), [(report.sync_id, true)]);
        } else {
            assert!(matches!(outcome, Err(SyncError::OtherSource { .. })), "{outcome:?}");
            assert_eq!(std::fs::read(&output).unwrap(), before);
            assert_eq!(second.questions(), ["validate"]);
        }
    }
}

/// Counts what is committed in the working database, page by page, while it is open.
struct Commits {
    database: std::path::PathBuf,
    seen: Mutex<Vec<u32>>,
}

impl Observer for Commits {
    fn event(&self, event: &Event<'_>) {
        if !matches!(event, Event::PageStored { .. }) {
            return;
        }
        // SQLite's file format, 1.3.7: a counter that each transaction adds one to.
        let header = std::fs::read(&self.database).unwrap();
        self.seen.lock().unwrap().push(u32::from_be_bytes(header[24..28].try_into().unwrap()));
    }
}

#[tokio::test]
async fn a_page_and_its_checkpoint_are_one_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let stores = C1zStores::lock(&output).unwrap();
    let commits = Commits { database: folder.path().join(".sync.c1z.work"), seen: Mutex::default() };
    let source = Scripted::workspace(30);
    let one_by_one = Options { concurrency: 1, ..Options::default() };
    sync_engine::sync(&source, &stores, &SystemClock, &one_by_one, &commits).await.unwrap();
    let seen = commits.seen.into_inner().unwrap();
    assert_eq!(seen.len(), 12);
    for pair in seen.windows(2) {
        assert_eq!(pair[1] - pair[0], 1, "{seen:?}");
    }
}

/// A clock that stands where it is put.
struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_a_little_costs_nothing_and_old_syncs_are_not_continued() {
    let begun: Timestamp = "2026-11-24T10:00:00Z".parse().unwrap();
    let day = 24 * 60 * 60;
    // The last one is as far as the calendar goes.
    let cases = [(-5, 2), (0, 2), (7 * day, 2), (7 * day + 1, 1), (-2 * 60 * 60, 1), (251_000_000_000, 1)];
    for (seconds, runs) in cases {
        let folder = tempfile::tempdir().unwrap();
        let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
        let options = Options { resume_max_age: Duration::from_secs(1_000_000), ..Options::default() };
        let mut source = Scripted::workspace(10);
        source.fail_at = Some(4);
        sync_engine::sync(&source, &stores, &At(begun), &options, &NoObserver).await.unwrap_err();
        let later = At(Timestamp::from_second(begun.as_second() + seconds).unwrap());
        let source = Scripted::workspace(10);
        let (report, _) = sync_engine::sync(&source, &stores, &later, &options, &NoObserver).await.unwrap();
        assert_eq!(report.runs, runs, "{seconds} s later");
    }
}
