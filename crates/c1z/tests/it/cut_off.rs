//! Sealing that is cut off at every step: by a panic in this process, and by the end of another one.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;

use c1z::{SealOptions, SealStep, WorkingDatabase};

use crate::support::{Bench, content, names, noon_and, opened, sync_id, texts};

const STEPS: [SealStep; 8] = [
    SealStep::ReadHistory,
    SealStep::CopyHistory,
    SealStep::BuildIndexes,
    SealStep::Finish,
    SealStep::Compress,
    SealStep::Publish,
    SealStep::Clean,
    SealStep::Done,
];

/// A folder with one sealed sync and a second one ready to seal.
fn ready() -> Bench {
    let bench = Bench::new();
    bench.seal(bench.filled(0, 3), 0);
    drop(bench.filled(10, 200));
    bench
}

/// Opens what the cut-off run left and seals it, then compares with a run that was not cut off. The second run asks
/// for other things than the first, and gets them only if the first had not completed the database.
fn recover_and_compare(bench: &Bench, step: SealStep) {
    let completed = STEPS.iter().position(|known| *known == step).unwrap() >= 4;
    if let Some(database) = WorkingDatabase::open(&bench.working).unwrap() {
        assert_eq!(database.sync().sync_id, sync_id(10));
        assert_eq!(database.sync().ended_at.is_some(), completed, "{step:?}");
        if !completed {
            // Nothing of the checkpoint is lost: the sync could just as well go on.
            assert_eq!(database.token().unwrap(), "half way");
            assert_eq!(database.session("cursor/users").unwrap().as_deref(), Some(&b"page 7"[..]));
        }
        let options = if completed {
            SealOptions {
                keep_syncs: 9,
                token: "other".to_owned(),
                ..SealOptions::new(&bench.output, noon_and(55))
            }
        } else {
            bench.options(10)
        };
        let sealed = database.seal(&options, &mut |_| {}).unwrap();
        assert_eq!(sealed.sync_id, sync_id(10));
        assert_eq!(sealed.syncs.len(), 2);
    } else {
        assert_eq!(step, SealStep::Done);
    }
    assert_eq!(names(bench.folder.path()), ["sync.c1z"], "{step:?}");

    let calm = ready();
    let database = WorkingDatabase::open(&calm.working).unwrap().unwrap();
    database.seal(&calm.options(10), &mut |_| {}).unwrap();
    let expected = content(&opened(&calm.output, calm.folder.path()));
    let found = opened(&bench.output, bench.folder.path());
    assert_eq!(content(&found), expected, "{step:?}");
    assert_eq!(texts(&found, "pragma integrity_check"), ["ok"]);
    assert_eq!(texts(&found, "select count(*) from sqlite_master where type = 'index'"), ["16"]);
}

#[test]
fn after_a_panic_at_any_step_sealing_again_gives_the_same() {
    for step in STEPS {
        let bench = ready();
        let before = fs::read(&bench.output).unwrap();
        let database = WorkingDatabase::open(&bench.working).unwrap().unwrap();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            database.seal(&bench.options(10), &mut |now| assert!(now != step, "cut off on purpose"))
        }));
        assert!(outcome.is_err());
        // Temporary files are gone, and until it is replaced the output is what it was.
        let replaced = matches!(step, SealStep::Clean | SealStep::Done);
        assert_eq!(fs::read(&bench.output).unwrap() == before, !replaced, "{step:?}");
        let strays: Vec<String> =
            names(bench.folder.path()).into_iter().filter(|name| name.contains("baton-")).collect();
        assert!(strays.is_empty(), "{step:?}: {strays:?}");
        recover_and_compare(&bench, step);
    }
}

#[test]
fn after_the_process_ended_at_any_step_sealing_again_gives_the_same() {
    for (number, step) in STEPS.into_iter().enumerate() {
        let bench = ready();
        let before = fs::read(&bench.output).unwrap();
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "cut_off::seal_and_abort", "--ignored", "--quiet"])
            .env("C1Z_TEST_FOLDER", bench.folder.path())
            .env("C1Z_TEST_STEP", number.to_string())
            .output()
            .unwrap()
            .status;
        assert!(!status.success(), "{step:?}");
        let replaced = matches!(step, SealStep::Clean | SealStep::Done);
        assert_eq!(fs::read(&bench.output).unwrap() == before, !replaced, "{step:?}");
        recover_and_compare(&bench, step);
    }
}

/// The other process: ends without a word at the step it is told.
#[test]
#[ignore = "run by the test above, in a process of its own"]
fn seal_and_abort() {
    let folder = std::env::var("C1Z_TEST_FOLDER").unwrap();
    let step = STEPS[std::env::var("C1Z_TEST_STEP").unwrap().parse::<usize>().unwrap()];
    let database = WorkingDatabase::open(&Path::new(&folder).join(".sync.c1z.working")).unwrap().unwrap();
    let options = SealOptions::new(Path::new(&folder).join("sync.c1z"), noon_and(11));
    let _ = database.seal(&options, &mut |now| {
        if now == step {
            std::process::abort();
        }
    });
}

#[test]
fn what_was_sealed_meanwhile_is_taken_in() {
    let bench = ready();
    // Complete, and cut off before its file was in place.
    let cut = catch_unwind(AssertUnwindSafe(|| {
        let database = WorkingDatabase::open(&bench.working).unwrap().unwrap();
        database.seal(&bench.options(10), &mut |step| assert_ne!(step, SealStep::Compress)).map(drop)
    }));
    assert!(cut.is_err());
    // Another file took the place of the output.
    let other = Bench::new();
    other.seal(other.filled(20, 4), 20);
    fs::copy(&other.output, &bench.output).unwrap();

    let database = WorkingDatabase::open(&bench.working).unwrap().unwrap();
    let sealed = database.seal(&bench.options(10), &mut |_| {}).unwrap();
    let ids: Vec<_> = sealed.syncs.iter().map(|run| run.sync_id.clone()).collect();
    assert!(ids.contains(&sync_id(20)), "{ids:?}");
    assert_eq!(ids.last(), Some(&sync_id(10)));
    let connection = opened(&bench.output, bench.folder.path());
    let rows = format!("select external_id from v1_resources where sync_id = '{}'", sync_id(20));
    assert_eq!(texts(&connection, &rows).len(), 4 + 2);
}

#[test]
fn a_sync_is_the_newest_even_after_the_clock_ran_ahead() {
    let bench = Bench::new();
    bench.seal(bench.filled(100, 3), 100);
    bench.seal(bench.filled(10, 3), 10);
    let connection = opened(&bench.output, bench.folder.path());
    let newest = "select sync_id from v1_sync_runs order by ended_at desc limit 1";
    assert_eq!(texts(&connection, newest), [sync_id(10)]);
}
