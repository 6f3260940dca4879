//! The cut sweep: a sync is stopped at every transaction and at every answer, every third time once more, and each time
//! the end must be the uncut one: the same sync id as the first run, the same rows byte for byte.

use std::cell::Cell;
use std::rc::Rc;

use governance_model::{Facts, Page, ResourceId};
use sync_engine::{C1zStores, NoObserver, Options, SyncError, SyncReport, SystemClock};
use sync_trials::cut::{Cut, CutStores, Fuse, Moment};
use sync_trials::dump;

use crate::scripted::{Scripted, cursor, inventory, person};

/// Users, groups, a nested membership that expands, a deferred statement, somebody whom the pages skipped, somebody who
/// stays missing, somebody who left, a member nobody returned and a grant that leads nowhere.
fn source() -> Scripted {
    let mut source = Scripted::workspace(8);
    let people = |ids: &[&str]| Page {
        facts: Facts { resources: ids.iter().map(|id| person(id)).collect(), ..Facts::default() },
        ..Page::default()
    };
    source.pages.insert(cursor("users", 1), people(&["u004", "u005"]));
    source.pages.insert(cursor("again", 1), people(&["u003", "u004", "u005"]));
    source.after = Some(inventory(&["u000", "u001", "u002", "u003", "u004", "u005", "u006", "x"]));
    let groups = source.pages.get_mut(&cursor("groups", 0)).unwrap();
    let ghost = ResourceId::new(crate::scripted::USER, "ghost");
    groups.facts.grants.push(crate::scripted::member("g0", &ghost));
    groups.facts.grants.push(crate::scripted::member("nowhere", &ghost));
    source
}

/// One run; `Ok` if it sealed, `Err` if the planned cut ended it. Anything else fails the test.
async fn run(
    output: &std::path::Path,
    concurrency: usize,
    operation: Option<(u64, Moment)>,
    answer: Option<u64>,
    counted: &Rc<Cell<(u64, u64)>>,
) -> Result<SyncReport, ()> {
    let fuse = operation.map_or_else(Fuse::never, |(at, moment)| Fuse::at(at, moment));
    let mut source = source();
    source.fail_at = answer;
    let stores = CutStores::new(C1zStores::lock(output).unwrap(), fuse.clone());
    let options = Options { concurrency, ..Options::default() };
    let outcome = sync_engine::sync(&source, &stores, &SystemClock, &options, &NoObserver).await;
    counted.set((fuse.operations(), source.questions().len() as u64));
    match outcome {
        Ok((report, _)) => Ok(report),
        Err(error) if Cut::ended(&error) => Err(()),
        Err(SyncError::Connector(error)) if error.to_string() == "the planned failure" => Err(()),
        Err(other) => panic!("another failure than the planned one: {other:?}"),
    }
}

/// How a case went wrong, or how many times it was cut.
async fn case(
    reference: &str,
    concurrency: usize,
    operation: Option<(u64, Moment)>,
    answer: Option<u64>,
    again: bool,
) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let counted = Rc::new(Cell::new((0, 0)));
    let name = format!("{operation:?} {answer:?} again {again} concurrency {concurrency}");
    let mut cuts = 0;
    let mut report = run(&output, concurrency, operation, answer, &counted).await;
    let mut first_id = None;
    if report.is_err() {
        cuts += 1;
        first_id = dump::working_id(&output).or_else(|| dump_id(&output));
        if again {
            // The resumed run dies at its first write.
            report = run(&output, concurrency, Some((0, Moment::After)), None, &counted).await;
            cuts += u64::from(report.is_err());
        }
        if report.is_err() {
            report = run(&output, concurrency, None, None, &counted).await;
        }
    }
    let report = report.unwrap_or_else(|()| panic!("{name}: the last run was not to be cut"));
    assert_eq!(dump::canonical(&output, &report.sync_id), reference, "{name}");
    if let Some(id) = first_id {
        let held: Vec<_> = dump::syncs(&output).into_iter().map(|(id, _)| id).collect();
        assert!(held.contains(&id), "{name}: the sync id changed");
    }
    cuts
}

/// The sealed sync, when the cut came after the file was in place.
fn dump_id(output: &std::path::Path) -> Option<String> {
    output.exists().then(|| dump::syncs(output).pop().unwrap().0)
}

#[tokio::test]
async fn a_cut_at_every_transaction_and_every_answer_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sync.c1z");
    let counted = Rc::new(Cell::new((0, 0)));
    let report = run(&output, 1, None, None, &counted).await.unwrap();
    let reference = dump::canonical(&output, &report.sync_id);
    let (operations, answers) = counted.get();
    assert!(operations >= 15 && answers >= 8, "{operations} operations, {answers} answers");
    assert!(!report.completeness.verified && report.integrity.removed_grants == 1, "{report:?}");

    let mut cases = 0;
    let mut cuts = 0;
    for concurrency in [1, 4] {
        for at in 0..operations {
            for moment in [Moment::Before, Moment::After] {
                cuts += case(&reference, concurrency, Some((at, moment)), None, cases % 3 == 0).await;
                cases += 1;
            }
        }
        for answer in 0..answers {
            cuts += case(&reference, concurrency, None, Some(answer), cases % 3 == 0).await;
            cases += 1;
        }
    }
    // Guards against a sweep that never cuts.
    assert!(cuts > cases, "{cuts} cuts in {cases} cases");
}

/// Whoever came twice is looked at again, also when the run ended between the two: which reading was the later one is not
/// known, and only the source can say.
#[tokio::test]
async fn whoever_came_twice_is_read_again_wherever_the_run_was_cut_off() {
    let source = || {
        let mut source = Scripted::workspace(6);
        let second = source.pages.get_mut(&cursor("users", 1)).unwrap();
        second.facts.resources.push(person("u001"));
        source.pages.insert(cursor("again", 0), Page::default());
        source
    };
    let mut cuts = 0;
    for moment in [Moment::Before, Moment::After] {
        for operation in 0.. {
            let folder = tempfile::tempdir().unwrap();
            let output = folder.path().join("sync.c1z");
            let options = Options { concurrency: 1, ..Options::default() };
            let stores = CutStores::new(C1zStores::lock(&output).unwrap(), Fuse::at(operation, moment));
            let cut = sync_engine::sync(&source(), &stores, &SystemClock, &options, &NoObserver).await;
            drop(stores);
            let (report, again) = match cut {
                Ok((report, _)) => (report, false),
                Err(error) => {
                    assert!(Cut::ended(&error), "{error:?}");
                    let stores = C1zStores::lock(&output).unwrap();
                    let (report, _) =
                        sync_engine::sync(&source(), &stores, &SystemClock, &options, &NoObserver)
                            .await
                            .unwrap();
                    (report, true)
                }
            };
            let drift = (report.drift.repeated_resources, report.drift.reread);
            assert_eq!(drift, (1, 1), "cut {moment:?} operation {operation}");
            if !again {
                break;
            }
            cuts += 1;
        }
    }
    assert!(cuts > 10, "{cuts}");
}
