//! The cut sweep on the real source: stopped before and after every operation of the store, and at every answer, every third
//! time once more. Each time the end is the uncut sync, under the id of the first run, and nothing that was stored is asked
//! for again.

use std::collections::BTreeMap;

use clockify_api::RetryPolicy;
use clockify_sim::{Action, Endpoint, Fault, Simulator};
use serde_json::Value;
use sync_engine::{C1zStores, NoObserver, SyncError, SyncReport};
use sync_trials::cut::{Cut, CutStores, Fuse, Moment};
use sync_trials::{database, dump};

use crate::crew;
use crate::trial::{Setup, Trial, served};

/// Where a first run ends.
#[derive(Clone, Debug)]
enum Place {
    Operation(u64, Moment),
    Answer(Fault),
}

/// The uncut sync.
struct Uncut {
    rows: String,
    report: Value,
    /// How often each page was asked for.
    asked: BTreeMap<(Endpoint, u32), usize>,
    operations: u64,
    /// The requests, each as a place for a fault.
    answers: Vec<(Endpoint, u32, u32)>,
}

/// What a sweep did.
#[derive(Debug, Default)]
struct Tally {
    cases: usize,
    cuts: usize,
    /// Cases that were cut a second time.
    again: usize,
    /// Cases whose second run went on with the first one's sync.
    resumes: usize,
    /// Cases whose file was in place although the run was cut.
    sealed: usize,
    /// Pages that later runs did not ask for because they were stored.
    spared: usize,
    /// Cases whose run was over before the operation at which it was to be cut.
    too_short: usize,
    /// The most changes that were made durable together.
    most_together: usize,
}

/// Pages of four: three of users, two of groups, two of projects.
async fn trial(concurrency: usize, place: Option<&Place>) -> Trial {
    let mut builder = Simulator::builder(crew::crew_with_an_unlisted_member());
    if let Some(Place::Answer(fault)) = place {
        builder = builder.fault(fault.clone());
    }
    // One attempt, so that a failure is the end of the run.
    let setup = Setup { page_size: 4, concurrency, retry: RetryPolicy::none(), ..Setup::default() };
    Trial::start(builder, setup).await
}

/// The report without what may differ: times, cost and the number of runs.
fn comparable(file: &std::path::Path) -> Value {
    let mut report: Value = serde_json::from_str(&dump::report(file)).unwrap();
    let fields = report.as_object_mut().unwrap();
    // The address of the look-alike has another port each time.
    for field in ["sync_id", "started_at", "ended_at", "runs", "usage", "fingerprint"] {
        assert!(fields.remove(field).is_some(), "{field}");
    }
    report
}

async fn uncut(concurrency: usize) -> Uncut {
    let trial = trial(concurrency, None).await;
    let fuse = Fuse::never();
    let report = run(&trial, fuse.clone()).await.unwrap();
    let mut expected = served(&trial.simulator);
    expected.resources.insert(format!("user:{}", crew::unlisted()));
    trial.holds(&report.sync_id, &expected);
    let mut asked = BTreeMap::new();
    for place in trial.asked(0) {
        *asked.entry(place).or_default() += 1;
    }
    let requests = trial.simulator.requests().into_iter();
    Uncut {
        rows: dump::canonical(&trial.output(), &report.sync_id),
        report: comparable(&trial.output()),
        asked,
        operations: fuse.operations(),
        answers: requests.map(|asked| (asked.endpoint, asked.page.unwrap(), asked.attempt)).collect(),
    }
}

async fn run(trial: &Trial, fuse: Fuse) -> Result<SyncReport, SyncError> {
    let stores = CutStores::new(C1zStores::lock(&trial.output()).unwrap(), fuse);
    trial.run_on(&stores, &NoObserver).await
}

/// The pages whose rows are in the working database: what must not be asked for again.
fn stored(trial: &Trial) -> BTreeMap<(Endpoint, u32), usize> {
    let mut stored = BTreeMap::new();
    let Some(database) =
        dump::working(&trial.output()).filter(|_| dump::working_id(&trial.output()).is_some())
    else {
        return stored;
    };
    let rows = database::ids(&database, "v1_resources");
    stored.insert((Endpoint::CurrentUser, 1), 1);
    let sql = "select key from v1_connector_sessions where key = 'inventory-after'";
    stored.insert((Endpoint::Workspace, 1), 1 + database::texts(&database, sql).len());
    let lists = [
        (Endpoint::Users, "user", ids(crew::USERS, crew::user)),
        (Endpoint::UserGroups, "group", ids(crew::GROUPS, crew::group)),
        (Endpoint::Projects, "project", ids(crew::PROJECTS, crew::project)),
    ];
    for (endpoint, kind, ids) in lists {
        for (page, ids) in (1..).zip(ids.chunks(trial.setup.page_size as usize)) {
            let held = ids.iter().filter(|id| rows.contains(&format!("{kind}:{id}"))).count();
            assert!(held == 0 || held == ids.len(), "page {page} of {kind} is stored in part");
            if held > 0 {
                stored.insert((endpoint, page), 1);
            }
        }
    }
    stored
}

fn ids(count: u32, id: fn(u32) -> String) -> Vec<String> {
    (0..count).map(id).collect()
}

/// Ends one sync at a place, lets it go on, and compares.
async fn case(uncut: &Uncut, concurrency: usize, place: &Place, again: bool, tally: &mut Tally) {
    let name = format!("{place:?}, again {again}, {concurrency} at a time");
    let trial = trial(concurrency, Some(place)).await;
    tally.cases += 1;
    let fuse = match place {
        Place::Operation(number, moment) => Fuse::at(*number, *moment),
        Place::Answer(_) => Fuse::never(),
    };
    let outcome = run(&trial, fuse.clone()).await;
    tally.most_together = tally.most_together.max(fuse.most_together());
    let error = match (outcome, place) {
        // What arrives at the same time is written at once, so that some runs have fewer operations than others.
        (Ok(_), Place::Operation(number, _)) if concurrency > 1 && fuse.operations() <= *number => {
            tally.too_short += 1;
            assert!(is_sealed(&trial, uncut, &name), "{name}: there is no file");
            return;
        }
        (outcome, _) => outcome.expect_err(&name),
    };
    match place {
        Place::Operation(..) => assert!(Cut::ended(&error), "{name}: {error:?}"),
        Place::Answer(_) => assert!(error.class().is_transient(), "{name}: {error:?}"),
    }
    trial.all_fired();
    tally.cuts += 1;
    if is_sealed(&trial, uncut, &name) {
        tally.sealed += 1;
        return;
    }
    let first_id = dump::working_id(&trial.output());
    tally.resumes += usize::from(first_id.is_some());
    let (mut held, mut from) = (stored(&trial), trial.simulator.requests().len());
    if again {
        // At the first thing that the resumed run stores, which is lost or not in turns.
        let moment = if tally.cases.is_multiple_of(2) { Moment::Before } else { Moment::After };
        let error = run(&trial, Fuse::at(0, moment)).await.expect_err(&name);
        assert!(Cut::ended(&error), "{name}: {error:?}");
        (tally.cuts, tally.again) = (tally.cuts + 1, tally.again + 1);
        no_repeats(&trial, from, uncut, &held, &name, tally);
        if is_sealed(&trial, uncut, &name) {
            tally.sealed += 1;
            return;
        }
        (held, from) = (stored(&trial), trial.simulator.requests().len());
    }
    let report = run(&trial, Fuse::never()).await.expect(&name);
    no_repeats(&trial, from, uncut, &held, &name, tally);
    assert!(is_sealed(&trial, uncut, &name), "{name}: there is no file");
    assert!(first_id.is_none_or(|id| id == report.sync_id), "{name}: the sync has another id");
}

/// Whether the file is in place; then it must hold one sync, which is the uncut one.
fn is_sealed(trial: &Trial, uncut: &Uncut, name: &str) -> bool {
    if !trial.output().exists() {
        return false;
    }
    let [(id, true)] = &dump::syncs(&trial.output())[..] else { panic!("{name}: not one sync that ended") };
    assert_eq!(dump::canonical(&trial.output(), id), uncut.rows, "{name}");
    assert_eq!(comparable(&trial.output()), uncut.report, "{name}");
    assert_eq!(dump::working_id(&trial.output()), None, "{name}: something is left over");
    true
}

/// A run asked for nothing that was stored before it.
fn no_repeats(
    trial: &Trial,
    from: usize,
    uncut: &Uncut,
    held: &BTreeMap<(Endpoint, u32), usize>,
    name: &str,
    tally: &mut Tally,
) {
    let mut asked: BTreeMap<(Endpoint, u32), usize> = BTreeMap::new();
    for place in trial.asked(from) {
        *asked.entry(place).or_default() += 1;
    }
    for (place, times) in &uncut.asked {
        let held = held.get(place).copied().unwrap_or_default();
        let asked = asked.remove(place).unwrap_or_default();
        assert!(
            asked + held <= *times,
            "{name}: {place:?} was stored {held} times and asked for {asked} times"
        );
        tally.spared += held;
    }
    assert!(asked.is_empty(), "{name}: nobody needs {asked:?}");
}

/// How an answer fails, in turns.
fn failure(number: usize) -> Action {
    match number % 4 {
        0 => Action::Reset,
        1 => Action::plain(503, "service unavailable"),
        2 => Action::ResetDuringBody(30),
        _ => Action::Truncate(1),
    }
}

async fn sweep(concurrency: usize) {
    let uncut = uncut(concurrency).await;
    let moments = [Moment::Before, Moment::After];
    // Side by side, one run has a few operations more or less than another.
    let operations = uncut.operations + if concurrency > 1 { 4 } else { 0 };
    let mut places: Vec<_> =
        (0..operations).flat_map(|number| moments.map(|moment| Place::Operation(number, moment))).collect();
    places.extend(uncut.answers.iter().enumerate().map(|(number, &(endpoint, page, attempt))| {
        Place::Answer(Fault::on(endpoint, failure(number)).page(page).attempt(attempt).times(1))
    }));
    let mut tally = Tally::default();
    for (number, place) in places.iter().enumerate() {
        case(&uncut, concurrency, place, number % 3 == 0, &mut tally).await;
    }
    // Who has the key; two lists of members; 3 pages of users, one of them twice; 2 of groups; 2 of projects.
    assert_eq!(uncut.answers.len(), 1 + 2 + 4 + 2 + 2);
    let least = if concurrency == 1 { 18 } else { 12 };
    assert!(uncut.operations >= least, "{} operations", uncut.operations);
    assert_eq!(tally.most_together > 1, concurrency > 1, "{tally:?}");
    assert!(tally.too_short <= tally.cases * 2 / 3, "{tally:?}");
    assert_eq!(tally.cases, 2 * usize::try_from(operations).unwrap() + uncut.answers.len());
    assert_eq!(tally.cuts + tally.too_short, tally.cases + tally.again);
    assert!(
        (tally.sealed >= 1 || concurrency > 1)
            && tally.again + tally.sealed + tally.too_short >= tally.cases.div_ceil(3),
        "{tally:?}"
    );
    // All but what was cut while the sync began (twice by the source, three times by the store), or when it was over.
    let over = tally.sealed + tally.too_short;
    assert!(tally.resumes + over >= tally.cases - 5, "{tally:?}");
    assert!(tally.spared >= 5 * (tally.cases - tally.too_short), "{tally:?}");
}

#[tokio::test]
async fn a_cut_anywhere_changes_nothing_one_request_at_a_time() {
    sweep(1).await;
}

#[tokio::test]
async fn a_cut_anywhere_changes_nothing_four_requests_at_a_time() {
    sweep(4).await;
}
