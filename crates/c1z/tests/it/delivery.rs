//! A sealed file that has to get somewhere else: the working database stays until it is there.

use std::cell::Cell;
use std::error::Error as StdError;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use c1z::{Error, SealStep, WorkingDatabase};

use crate::support::{Bench, content, opened, sync_id, texts};

type Outcome = Result<(), Box<dyn StdError + Send + Sync>>;

fn refuse(_: &Path) -> Outcome {
    Err("nobody takes it".into())
}

#[test]
fn the_file_is_delivered_whole_before_the_working_database_goes() {
    let bench = Bench::new();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let (working, there) = (bench.working.clone(), taken.clone());
    let deliver = move |path: &Path| -> Outcome {
        assert!(working.exists());
        *there.lock().unwrap() = fs::read(path)?;
        Ok(())
    };
    let steps = Cell::new(Vec::new());
    let mut note = |step| {
        let mut seen = steps.take();
        seen.push(step);
        steps.set(seen);
    };
    bench.filled(0, 3).seal_and_deliver(&bench.options(0), &mut note, &mut |_| {}, Some(&deliver)).unwrap();
    assert_eq!(*taken.lock().unwrap(), fs::read(&bench.output).unwrap());
    assert!(!bench.working.exists());
    let steps = steps.take();
    let end = &steps[steps.len() - 4..];
    assert_eq!(end, [SealStep::Publish, SealStep::Deliver, SealStep::Clean, SealStep::Done]);
}

#[test]
fn what_was_not_delivered_is_sealed_again_with_the_same_content() {
    let bench = Bench::new();
    bench.seal(bench.filled(0, 3), 0);
    let error = bench
        .filled(10, 5)
        .seal_and_deliver(&bench.options(10), &mut |_| {}, &mut |_| {}, Some(&refuse))
        .unwrap_err();
    assert!(
        matches!(&error, Error::Delivery { source } if source.to_string() == "nobody takes it"),
        "{error}"
    );
    let first = content(&opened(&bench.output, bench.folder.path()));

    let database = WorkingDatabase::open(&bench.working).unwrap().unwrap();
    assert!(database.sync().ended_at.is_some());
    database
        .seal_and_deliver(&bench.options(10), &mut |_| {}, &mut |_| {}, Some(&|_: &Path| Ok(())))
        .unwrap();
    assert_eq!(content(&opened(&bench.output, bench.folder.path())), first);
    assert!(!bench.working.exists());
}

/// Another writer delivered in between: its sync is at the output now, and stays in the file.
#[test]
fn what_came_to_the_output_meanwhile_is_kept() {
    let bench = Bench::new();
    bench
        .filled(0, 3)
        .seal_and_deliver(&bench.options(0), &mut |_| {}, &mut |_| {}, Some(&refuse))
        .unwrap_err();
    let other = Bench::new();
    other.seal(other.filled(10, 4), 10);
    fs::copy(&other.output, &bench.output).unwrap();

    let database = WorkingDatabase::open(&bench.working).unwrap().unwrap();
    database.seal_and_deliver(&bench.options(0), &mut |_| {}, &mut |_| {}, None).unwrap();
    let file = opened(&bench.output, bench.folder.path());
    assert_eq!(texts(&file, "select sync_id from v1_sync_runs order by 1"), [sync_id(0), sync_id(10)]);
}
