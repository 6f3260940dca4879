//! Any schedule of transient faults ends in the same content; any schedule with a permanent one ends in an error, and the
//! output is what it was. The schedules are drawn from seeds, which a failure prints.

use std::cell::RefCell;
use std::path::Path;
use std::sync::LazyLock;

use clockify_api::RetryPolicy;
use clockify_sim::{Action, Endpoint, Fault, Schedule, Simulator};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use sync_trials::{Expected, dump};
use tokio::runtime::{Builder, Runtime};

use crate::crew::crew;
use crate::trial::{Setup, Trial};

/// What is drawn.
#[derive(Clone, Debug)]
struct Case {
    seed: u64,
    faults: usize,
    /// How often the client tries before it gives up: what it cannot overcome is left to the next run.
    attempts: u32,
    concurrency: usize,
    /// Whether there is a sealed sync before.
    has_output: bool,
}

fn cases(faults: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Case> {
    let settings = (any::<u64>(), faults, select(vec![1, 2, 6]), select(vec![1, 4]), any::<bool>());
    settings.prop_map(|(seed, faults, attempts, concurrency, has_output)| Case {
        seed,
        faults,
        attempts,
        concurrency,
        has_output,
    })
}

/// Few enough for every change; more with `PROPTEST_CASES`.
fn runner() -> TestRunner {
    let asked = Config::default();
    let cases = if asked.cases == 256 { 48 } else { asked.cases };
    TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 100, ..asked })
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A sync without faults: its file and its rows.
static CALM: LazyLock<(Vec<u8>, String)> = LazyLock::new(|| {
    runtime().block_on(async {
        let trial = Trial::start(Simulator::builder(crew()), Setup::default()).await;
        let report = trial.run().await.unwrap();
        trial.holds(&report.sync_id, &Expected::of(&crew(), true));
        let rows = dump::canonical(&trial.output(), &report.sync_id);
        (std::fs::read(trial.output()).unwrap(), rows)
    })
});

async fn start(case: &Case, faults: Vec<Fault>) -> Trial {
    let setup = Setup {
        concurrency: case.concurrency,
        retry: RetryPolicy::default().with_seed(case.seed).with_max_attempts(case.attempts),
        ..Setup::default()
    };
    let trial = Trial::start(Simulator::builder(crew()).faults(faults), setup).await;
    if case.has_output {
        std::fs::copy(calm_file().path(), trial.output()).unwrap();
    }
    trial
}

fn calm_file() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, &CALM.0).unwrap();
    file
}

/// What the cases of a test did, so that a test of nothing is noticed.
#[derive(Debug, Default)]
struct Tally {
    cases: usize,
    /// In which no fault fired.
    calm: usize,
    /// Which took more than one run.
    resumed: usize,
    fired: usize,
    runs: usize,
}

/// Faults that every sync meets, and some that none does: behind the last page, and where a sync asks for nothing.
fn transient(case: &Case) -> (Vec<Fault>, Vec<Fault>) {
    let mut schedule = Schedule::seeded(case.seed).pages(3);
    let met = schedule.transient(case.faults);
    let unasked = [(Endpoint::Workspaces, 1), (Endpoint::UserGroups, 4), (Endpoint::Projects, 4)];
    let unmet = unasked.map(|(endpoint, page)| Fault::on(endpoint, Action::Html).page(page)).to_vec();
    (met, unmet)
}

#[test]
fn transient_faults_of_any_kind_end_in_the_same_content() {
    let tally = RefCell::new(Tally::default());
    let runtime = runtime();
    LazyLock::force(&CALM);
    let outcome = runner().run(&cases(0..=10), |case| {
        runtime.block_on(overcomes(&case, &mut tally.borrow_mut()));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    let tally = tally.into_inner();
    assert!(tally.calm * 4 <= tally.cases, "too little happened: {tally:?}");
    assert!(tally.resumed * 10 >= tally.cases, "too few were resumed: {tally:?}");
    assert!(tally.fired >= tally.cases * 2, "too few faults: {tally:?}");
}

async fn overcomes(case: &Case, tally: &mut Tally) {
    let (met, unmet) = transient(case);
    let trial = start(case, met.iter().chain(&unmet).cloned().collect()).await;
    let mut first_id = None;
    let mut runs = 0;
    let report = loop {
        runs += 1;
        // A fault ends one run; one that resets a connection late may take another request with it.
        assert!(runs <= 2 * case.faults + 1, "the sync does not get on");
        match trial.run().await {
            Ok(report) => break report,
            Err(error) => {
                assert!(error.class().is_transient(), "{error:?}");
                first_id = first_id.or_else(|| dump::working_id(&trial.output()));
            }
        }
    };
    for (number, (fault, times)) in trial.simulator.faults_fired().into_iter().enumerate() {
        assert_eq!(times, u32::from(number < met.len()), "{fault:?}");
    }
    // No place has more than three faults that need another attempt.
    assert!(case.attempts < 6 || runs == 1, "a patient client gave up");
    assert!(first_id.is_none_or(|id| id == report.sync_id), "the sync changed its id");
    assert!(report.completeness.verified);
    assert!(dump::canonical(&trial.output(), &report.sync_id) == CALM.1, "other rows than without faults");
    tally.cases += 1;
    tally.calm += usize::from(met.is_empty());
    tally.resumed += usize::from(runs > 1);
    tally.fired += met.len();
    tally.runs += runs;
}

#[test]
fn a_permanent_fault_ends_in_an_error_and_leaves_the_output_as_it_was() {
    let tally = RefCell::new(Tally::default());
    let runtime = runtime();
    LazyLock::force(&CALM);
    let outcome = runner().run(&cases(0..=6), |case| {
        runtime.block_on(fails(&case, &mut tally.borrow_mut()));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    let tally = tally.into_inner();
    assert!(tally.fired > tally.cases, "only permanent faults: {tally:?}");
}

async fn fails(case: &Case, tally: &mut Tally) {
    let mut schedule = Schedule::seeded(case.seed).pages(3);
    // In front: a slow answer in its place would be an answer.
    let mut faults = vec![schedule.permanent()];
    faults.extend(schedule.transient(case.faults));
    let trial = start(case, faults).await;
    let fired = || trial.simulator.faults_fired()[0].1;
    // Transient faults may end the first runs; then the permanent one ends every further one.
    let mut runs = 0;
    loop {
        let before = fired();
        let error = trial.run().await.unwrap_err();
        assert!(!error.to_string().is_empty());
        untouched(&trial.output(), case.has_output);
        runs += 1;
        if before > 0 && fired() > before {
            break;
        }
        assert!(runs <= 2 * case.faults + 3, "the permanent fault is not met");
    }
    tally.cases += 1;
    tally.runs += runs;
    tally.fired += trial.simulator.faults_fired().iter().filter(|(_, times)| *times > 0).count();
}

/// What a reader sees is what was there before.
#[track_caller]
fn untouched(output: &Path, has_output: bool) {
    if has_output {
        assert!(std::fs::read(output).unwrap() == CALM.0, "the output was touched");
    }
    let names = std::fs::read_dir(output.parent().unwrap()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let visible: Vec<_> = names.filter(|name| !name.starts_with('.')).collect();
    assert_eq!(visible, if has_output { vec!["sync.c1z"] } else { vec![] });
}
