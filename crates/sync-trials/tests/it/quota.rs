//! A quota of 30 requests an hour and a workspace that needs more, in no time: the client, the engine and the look-alike are
//! on one virtual clock.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clockify_api::Pace;
use clockify_sim::{Action, Endpoint, Fault, Quota, SeededWorkspace, Simulator};
use sync_engine::{C1zStores, Event, Observer, SyncError, SyncReport};

use crate::crew::crew;
use crate::trial::{Setup, Trial};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// The key's own account, two lists of members, 40 pages of users, 20 of groups and 5 of projects.
const NEEDED: usize = 1 + 2 + 40 + 20 + 5;

/// A workspace that needs three hours.
async fn trial(retry_after: bool, setup: Setup) -> Trial {
    let workspace = SeededWorkspace::new(11).users(400).groups(200).projects(50);
    let quota = Quota { retry_after, ..Quota::free_plan() };
    let setup = Setup { page_size: 10, ..setup };
    Trial::start(Simulator::builder(workspace).quota(quota), setup).await
}

/// Everything was answered once and refused never more than so many times, and the file holds what it must.
#[track_caller]
fn nothing_twice(trial: &Trial, report: &SyncReport, refusals: usize) {
    let mut answered: BTreeMap<(Endpoint, u32), usize> = BTreeMap::new();
    let mut refused = 0;
    for request in trial.simulator.requests() {
        match request.status {
            Some(200) => *answered.entry((request.endpoint, request.page.unwrap())).or_default() += 1,
            Some(429) => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(answered.values().sum::<usize>(), NEEDED);
    answered.retain(|_, times| *times > 1);
    assert_eq!(answered, BTreeMap::from([((Endpoint::Workspace, 1), 2)]), "before and after");
    assert!((1..=refusals).contains(&refused), "{refused} refusals");
    assert!(report.completeness.verified, "{:?}", report.completeness);
    trial.holds_what_is_served(&report.sync_id);
}

/// Keeps what people are told of waits: how long, and until when as seconds since the first request.
#[derive(Default)]
struct Waits(Mutex<Vec<u64>>);

impl Observer for Waits {
    fn event(&self, event: &Event<'_>) {
        if let Event::Waiting { seconds, .. } = event {
            self.0.lock().unwrap().push(*seconds);
        }
    }
}

async fn run_and_listen(trial: &Trial) -> (SyncReport, Vec<u64>) {
    let waits = Waits::default();
    let stores = C1zStores::lock(&trial.output()).unwrap();
    let report = trial.run_on(&stores, &waits).await.unwrap();
    (report, waits.0.into_inner().unwrap())
}

#[tokio::test]
async fn one_run_waits_for_the_quota_as_long_as_it_may() {
    let begun = Instant::now();
    let setup = Setup { max_wait: 3 * HOUR, ..Setup::default() };
    let trial = trial(true, setup).await;
    let (report, waits) = run_and_listen(&trial).await;
    // Two periods are not enough; each begins with its first request and lasts an hour.
    assert_eq!(waits.len(), 2, "{waits:?}");
    assert!(waits.iter().all(|seconds| (3_500..=3_600).contains(seconds)), "{waits:?}");
    assert!((2 * HOUR..2 * HOUR + HOUR / 10).contains(&trial.clock.elapsed()), "{:?}", trial.clock.elapsed());
    assert_eq!(report.runs, 1);
    // Each time the four that are under way are refused, or stay away because the first was.
    nothing_twice(&trial, &report, 2 * 4);
    assert!(begun.elapsed() < Duration::from_secs(60), "real time passed");
}

#[tokio::test]
async fn one_run_outlasts_a_quota_that_does_not_say_how_long() {
    let setup = Setup { max_wait: 3 * HOUR, ..Setup::default() };
    let trial = trial(false, setup).await;
    let (report, waits) = run_and_listen(&trial).await;
    // Ever longer, and afresh once the source has answered: twice, because two periods are not enough.
    let starts: Vec<_> = waits.iter().enumerate().filter(|(_, seconds)| **seconds == 60).collect();
    let [(0, _), (second, _)] = starts[..] else { panic!("{waits:?}") };
    for hour in waits.chunks(second) {
        assert_eq!(hour[..5], [60, 120, 240, 480, 900], "{waits:?}");
        assert!(hour[5..].iter().all(|seconds| *seconds == 900), "{waits:?}");
    }
    assert_eq!(report.runs, 1);
    // Nobody comes back later than a quarter of an hour after the time, and the tries before that are slow.
    assert!((2 * HOUR..3 * HOUR).contains(&trial.clock.elapsed()), "{:?}", trial.clock.elapsed());
    // Before each wait of the engine every request in flight has been tried six times within a minute.
    nothing_twice(&trial, &report, 2 * 8 * 4 * 6);
}

#[tokio::test]
async fn without_waiting_each_run_stops_resumable_and_says_when_to_come_back() {
    let trial = trial(true, Setup::default()).await;
    let mut stopped = 0;
    let report = loop {
        let asked = trial.simulator.requests().len();
        let outcome = trial.run().await;
        assert!(trial.simulator.requests().len() - asked <= 30 + 4, "a run went on after a refusal");
        match outcome {
            Ok(report) => break report,
            Err(SyncError::Connector(error)) => {
                stopped += 1;
                assert!(stopped <= 2, "the sync does not get on");
                assert!(error.rate_limited, "{error:?}");
                let wait = error.retry_after.expect("the source said how long");
                assert!((3_540..=3_600).contains(&wait.as_secs()), "{wait:?}");
                assert!(!trial.output().exists(), "half a sync is visible");
                // Too early by more than the client waits on its own: refused again, and nothing is lost.
                let early = Duration::from_secs(120);
                trial.clock.advance(wait.checked_sub(early).unwrap());
                let error = trial.run().await.unwrap_err();
                assert!(matches!(error, SyncError::Connector(error) if error.rate_limited));
                trial.clock.advance(early);
            }
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!((stopped, report.runs), (2, 5));
    nothing_twice(&trial, &report, 4 * 4);
}

#[tokio::test]
async fn a_quota_that_does_not_say_how_long_stops_the_run_resumable_too() {
    let trial = trial(false, Setup::default()).await;
    let mut runs = 1;
    let report = loop {
        match trial.run().await {
            Ok(report) => break report,
            Err(SyncError::Connector(error)) => {
                assert!(error.rate_limited && error.retry_after.is_none(), "{error:?}");
                assert!(error.to_string().contains("30 requests an hour"), "{error}");
                runs += 1;
                assert!(runs <= 3, "the sync does not get on");
                trial.clock.advance(HOUR);
            }
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!((runs, report.runs), (3, 3));
    nothing_twice(&trial, &report, 2 * 4 * 6);
}

#[tokio::test]
async fn at_the_pace_of_the_quota_nothing_is_ever_refused() {
    let setup = Setup { pace: "30/h".parse::<Pace>().unwrap(), ..Setup::default() };
    let trial = trial(false, setup).await;
    let report = trial.run().await.unwrap();
    let refused = trial.simulator.requests().iter().filter(|request| request.status == Some(429)).count();
    assert_eq!((refused, trial.simulator.requests().len()), (0, NEEDED));
    // Half of them at once after the start, the others one every four minutes.
    assert!(trial.clock.elapsed() > 3 * HOUR, "{:?}", trial.clock.elapsed());
    trial.holds_what_is_served(&report.sync_id);
}

/// One refusal near the beginning: nobody sends before the time that it names, and the sync is the same.
#[tokio::test]
async fn a_refusal_that_names_a_time_is_obeyed_by_every_request() {
    for (concurrency, under_way) in [(1, 0), (4, 3)] {
        let refusal = Fault::on(Endpoint::UserGroups, Action::too_many_requests(Some(20))).page(1).times(1);
        let setup = Setup { concurrency, ..Setup::default() };
        let trial = Trial::start(Simulator::builder(crew()).fault(refusal), setup).await;
        let report = trial.run().await.unwrap();
        trial.all_fired();
        trial.holds_what_is_served(&report.sync_id);
        let requests = trial.simulator.requests();
        let refused = requests.iter().find(|request| request.status == Some(429)).unwrap().at;
        let within = |request: &&clockify_sim::RequestRecord| {
            request.at > refused && request.at < refused + Duration::from_secs(20)
        };
        let within: Vec<_> = requests.iter().filter(within).collect();
        assert!(within.len() <= under_way, "{within:?}");
        assert!(requests.last().unwrap().at >= refused + Duration::from_secs(20));
        assert_eq!((report.runs, report.usage.retries), (1, 1));
    }
}

#[tokio::test]
async fn a_refusal_that_names_no_time_is_tried_again_soon_and_slows_the_run_down() {
    let refusals =
        [1, 2, 3].map(|page| Fault::on(Endpoint::Users, Action::too_many_requests(None)).page(page).times(1));
    let setup = Setup { concurrency: 1, ..Setup::default() };
    let trial = Trial::start(Simulator::builder(crew()).faults(refusals), setup).await;
    let report = trial.run().await.unwrap();
    trial.all_fired();
    trial.holds_what_is_served(&report.sync_id);
    assert_eq!((report.runs, report.usage.retries), (1, 3));
    let times: Vec<_> = trial.simulator.requests().iter().map(|request| request.at).collect();
    let pauses: Vec<_> = times.windows(2).map(|pair| pair[1].checked_sub(pair[0]).unwrap()).collect();
    let usual = Duration::from_millis(100);
    assert_eq!(pauses[..8], [usual; 8], "before the first refusal");
    assert!(pauses[pauses.len() - 2..].iter().all(|pause| *pause > 4 * usual), "after the third: {pauses:?}");
    assert!(pauses.iter().all(|pause| *pause < Duration::from_secs(5)), "{pauses:?}");
}
