//! The loop, driven through days and years of virtual time.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;

use governance_model::{ErrorClass, Timestamp};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use sync_engine::schedule::{
    Backoff, Jitter, JobFailure, Outcome, Plan, ScheduleEnd, ScheduleStatus, StatusBoard, run_schedule,
};
use sync_engine::{Clock, Event, Observer, Phase, Stop};

use crate::world::{Published, VirtualClock, at, board, cron, every, hours, minutes, plan};

/// What a run does: how long it takes, and how it ends.
type Run = (Duration, Result<(), JobFailure>);

struct Told {
    /// When each run began and ended.
    runs: Vec<(Timestamp, Timestamp)>,
    published: Published,
    end: ScheduleEnd,
}

/// Runs a schedule until `until`; `run` says what the nth run does.
async fn drive(plan: Plan, start: &str, until: Duration, run: impl Fn(usize) -> Run) -> Told {
    let clock = VirtualClock::starting(start);
    let (board, published) = board(&clock);
    let (stopper, stop) = Stop::pair();
    let runs = RefCell::new(Vec::new());
    let running = Cell::new(false);
    let job = || async {
        assert!(!running.replace(true), "two runs at once");
        let begun = clock.now();
        let nth = runs.borrow().len();
        let (takes, result) = run(nth);
        tokio::time::sleep(takes).await;
        runs.borrow_mut().push((begun, clock.now()));
        running.set(false);
        result.map(|()| Outcome { sync_id: format!("sync-{nth}"), ..Outcome::default() })
    };
    let end = async {
        tokio::join!(run_schedule(&board, plan, stop, job), async {
            tokio::time::sleep(until).await;
            stopper.stop();
        })
        .0
    };
    let end = end.await;
    Told { runs: runs.into_inner(), published, end }
}

fn quick(_: usize) -> Run {
    (Duration::from_secs(90), Ok(()))
}

fn broken(class: ErrorClass) -> impl Fn(usize) -> Run {
    move |_| (Duration::from_secs(1), Err(JobFailure::new(class, "no luck")))
}

impl Told {
    fn starts(&self) -> Vec<Timestamp> {
        self.runs.iter().map(|(begun, _)| *begun).collect()
    }

    /// From the end of each run to the beginning of the next, in whole seconds.
    fn pauses(&self) -> Vec<i64> {
        self.runs.windows(2).map(|pair| pair[1].0.duration_since(pair[0].1).as_secs()).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_year_of_nights_in_berlin() {
    let mut plan = plan(cron("0 2 * * *", "Europe/Berlin"));
    plan.last_success = Some(at("2026-01-01T01:30:00Z"));
    let told = drive(plan, "2026-01-01T12:00:00Z", hours(24 * 365), quick).await;
    assert_eq!(told.runs.len(), 365);
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let mut day = jiff::civil::date(2026, 1, 2);
    for start in told.starts() {
        let local = start.to_zoned_datetime(zone.clone()).datetime();
        // 2026-03-29 has no two o'clock.
        let hour = if day == jiff::civil::date(2026, 3, 29) { 3 } else { 2 };
        assert_eq!(local, day.at(hour, 0, 0, 0));
        day = day.tomorrow().unwrap();
    }
    assert_eq!(told.end, ScheduleEnd::Idle);
    let status = told.published.last();
    assert_eq!(status.last_success.unwrap().sync_id, "sync-364");
    assert_eq!((status.consecutive_failures, status.last_failure, status.progress), (0, None, None));
    assert_eq!(status.stopped_at, Some(at("2027-01-01T12:00:00Z")));
}

#[tokio::test(start_paused = true)]
async fn a_run_longer_than_its_interval_is_not_overtaken() {
    let told = drive(plan(every(hours(1))), "2026-11-24T00:00:00Z", hours(100), |_| (hours(7), Ok(()))).await;
    assert_eq!(told.runs.len(), 13);
    assert!(told.pauses().iter().all(|pause| *pause == 3600), "{:?}", told.pauses());

    // A day and a half at work: the night in between is left out, not made up for.
    let nightly = plan(cron("0 2 * * *", "UTC"));
    let told = drive(nightly, "2026-11-24T02:00:00Z", hours(24 * 10), |_| (hours(36), Ok(()))).await;
    let expected: Vec<_> =
        ["2026-11-24", "2026-11-26", "2026-11-28", "2026-11-30", "2026-12-02", "2026-12-04"]
            .map(|day| at(&format!("{day}T02:00:00Z")))
            .into();
    assert_eq!(told.starts()[..5], expected[..5]);
}

#[tokio::test(start_paused = true)]
async fn when_the_first_run_is_due() {
    let now = "2026-11-24T12:00:00Z";
    let first = async |schedule, last: Option<&str>, unfinished| {
        let plan = Plan { last_success: last.map(at), unfinished, ..plan(schedule) };
        drive(plan, now, hours(30), quick).await.starts()[0]
    };
    let six = || every(hours(6));
    assert_eq!(first(six(), None, false).await, at(now), "there is none");
    assert_eq!(first(six(), Some("2026-11-24T05:59:00Z"), false).await, at(now), "it is too old");
    assert_eq!(first(six(), Some("2026-11-24T06:00:00Z"), false).await, at(now), "it is just old enough");
    assert_eq!(
        first(six(), Some("2026-11-24T10:00:00Z"), false).await,
        at("2026-11-24T16:00:00Z"),
        "it is young"
    );
    assert_eq!(first(six(), Some("2026-11-24T10:00:00Z"), true).await, at(now), "one is unfinished");
    assert_eq!(
        first(six(), Some("2031-01-01T00:00:00Z"), false).await,
        at("2026-11-24T18:00:00Z"),
        "a wrong clock"
    );

    let nightly = || cron("0 2 * * *", "UTC");
    assert_eq!(
        first(nightly(), Some("2026-11-24T02:01:00Z"), false).await,
        at("2026-11-25T02:00:00Z"),
        "done"
    );
    assert_eq!(first(nightly(), Some("2026-11-24T01:59:00Z"), false).await, at(now), "last night was missed");
}

#[tokio::test(start_paused = true)]
async fn failures_are_retried_ever_more_slowly() {
    let told =
        drive(plan(every(hours(24 * 7))), "2026-11-24T00:00:00Z", hours(7), broken(ErrorClass::Unavailable))
            .await;
    assert_eq!(told.pauses(), [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600]);
    let status = told.published.last();
    assert_eq!(status.consecutive_failures, 12);
    let failure = status.last_failure.unwrap();
    assert_eq!(
        (failure.class.as_str(), failure.reason.as_str(), failure.transient),
        ("unavailable", "no luck", true)
    );
    assert_eq!(told.end, ScheduleEnd::Idle);
}

#[tokio::test(start_paused = true)]
async fn a_retry_never_waits_beyond_the_next_regular_run() {
    let often = plan(every(minutes(5)));
    let told = drive(often, "2026-11-24T00:00:00Z", hours(1), broken(ErrorClass::Unavailable)).await;
    assert_eq!(told.pauses()[..6], [60, 120, 240, 300, 300, 300]);

    // The last success was yesterday, and 02:00 comes while the third retry would still be waited for.
    let nightly = Plan {
        last_success: Some(at("2026-11-24T01:59:00Z")),
        unfinished: true,
        ..plan(cron("0 2 * * *", "UTC"))
    };
    let told = drive(nightly, "2026-11-24T01:55:00Z", minutes(30), broken(ErrorClass::Internal)).await;
    assert!(told.starts().contains(&at("2026-11-24T02:00:00Z")), "{:?}", told.starts());
}

#[tokio::test(start_paused = true)]
async fn a_source_that_says_when_to_come_back_is_obeyed() {
    let busy = |_| {
        let mut failure = JobFailure::new(ErrorClass::Unavailable, "come back later");
        failure.retry_after = Some(minutes(40));
        (Duration::from_secs(1), Err(failure))
    };
    let told = drive(plan(every(minutes(10))), "2026-11-24T00:00:00Z", hours(4), busy).await;
    assert_eq!(told.pauses(), [2400; 5]);
}

#[tokio::test(start_paused = true)]
async fn a_success_ends_the_backoff() {
    let flaky = |nth| match nth {
        0 | 1 | 3 => broken(ErrorClass::DeadlineExceeded)(nth),
        _ => (Duration::ZERO, Ok(())),
    };
    let told = drive(plan(every(hours(6))), "2026-11-24T00:00:00Z", hours(20), flaky).await;
    assert_eq!(told.pauses()[..4], [60, 120, 21_600, 60]);
    let status = told.published.last();
    assert_eq!(status.consecutive_failures, 0);
    assert_eq!(status.last_failure.unwrap().class, "deadline_exceeded", "history is kept");
}

#[tokio::test(start_paused = true)]
async fn what_only_a_person_can_put_right_is_tried_again_too() {
    for (class, name) in [
        (ErrorClass::InvalidArgument, "invalid_argument"),
        (ErrorClass::Unauthenticated, "unauthenticated"),
        (ErrorClass::PermissionDenied, "permission_denied"),
    ] {
        let told = drive(plan(every(hours(6))), "2026-11-24T00:00:00Z", minutes(5), broken(class)).await;
        assert_eq!(told.runs.len(), 3);
        let failure = told.published.last().last_failure.unwrap();
        assert_eq!((failure.class.as_str(), failure.transient), (name, false));
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_like_others() {
    let clock = VirtualClock::starting("2026-11-24T00:00:00Z");
    let (board, published) = board(&clock);
    let (stopper, stop) = Stop::pair();
    let count = Cell::new(0);
    let job = || {
        count.set(count.get() + 1);
        // The second panics before there is a future at all.
        assert!(count.get() != 2, "no future {}", count.get());
        let nth = count.get();
        async move {
            assert!(nth != 1, "in the future");
            Ok(Outcome::default())
        }
    };
    let run = run_schedule(&board, plan(every(hours(6))), stop, job);
    let end = async {
        tokio::join!(run, async {
            tokio::time::sleep(hours(1)).await;
            stopper.stop();
        })
        .0
    };
    assert_eq!(end.await, ScheduleEnd::Idle);
    assert_eq!(count.get(), 3);
    let status = published.last();
    assert_eq!(status.consecutive_failures, 0);
    let failure = status.last_failure.unwrap();
    assert_eq!(
        (failure.class.as_str(), failure.reason.as_str()),
        ("internal", "the run panicked: no future 2")
    );
}

/// A run that ends when it is asked to, as a sync does.
async fn stopped_while_running(result: Result<Outcome, JobFailure>) -> (ScheduleEnd, ScheduleStatus) {
    let clock = VirtualClock::starting("2026-11-24T00:00:00Z");
    let (board, published) = board(&clock);
    let (stopper, stop) = Stop::pair();
    let heard = stop.clone();
    let job = || {
        let (mut heard, result) = (heard.clone(), result.clone());
        async move {
            heard.asked().await;
            result
        }
    };
    let run = run_schedule(&board, plan(every(hours(6))), stop, job);
    let end = async {
        tokio::join!(run, async {
            tokio::time::sleep(minutes(3)).await;
            stopper.stop();
        })
        .0
    };
    (end.await, published.last())
}

#[tokio::test(start_paused = true)]
async fn a_stop_in_a_run_is_no_failure() {
    let (end, status) = stopped_while_running(Err(JobFailure::new(ErrorClass::Cancelled, "stopped"))).await;
    assert_eq!(end, ScheduleEnd::Interrupted);
    assert_eq!((status.consecutive_failures, status.last_failure, status.progress), (0, None, None));
    assert_eq!(status.stopped_at, Some(at("2026-11-24T00:03:00Z")));

    let (end, status) = stopped_while_running(Err(JobFailure::new(ErrorClass::Internal, "broke"))).await;
    assert_eq!(end, ScheduleEnd::Interrupted);
    assert_eq!(status.last_failure.unwrap().reason, "broke");

    let (end, status) = stopped_while_running(Ok(Outcome::default())).await;
    assert_eq!(end, ScheduleEnd::Idle, "it finished all the same");
    assert!(status.last_success.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_run_may_hear_of_the_stop_before_the_schedule_does() {
    let clock = VirtualClock::starting("2026-11-24T00:00:00Z");
    let (board, published) = board(&clock);
    let (stopper, stop) = Stop::pair();
    let job = || async { Err(JobFailure::new(ErrorClass::Cancelled, "stopped")) };
    let run = run_schedule(&board, plan(every(hours(6))), stop, job);
    let end = async {
        tokio::join!(run, async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            stopper.stop();
        })
        .0
    };
    assert_eq!(end.await, ScheduleEnd::Interrupted);
    let status = published.last();
    assert_eq!((status.consecutive_failures, status.last_failure), (0, None));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_due_is_not_begun_after_a_stop() {
    let clock = VirtualClock::starting("2026-11-24T00:00:00Z");
    let (board, published) = board(&clock);
    let (stopper, stop) = Stop::pair();
    stopper.stop();
    let job = || async { panic!("nobody may run") };
    assert_eq!(run_schedule(&board, plan(every(hours(6))), stop, job).await, ScheduleEnd::Idle);
    assert_eq!(published.last().last_failure, None);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_is_noticed_within_a_minute() {
    let clock = VirtualClock::starting("2026-11-24T00:00:00Z");
    let (board, _published) = board(&clock);
    let (stopper, stop) = Stop::pair();
    let runs = RefCell::new(Vec::new());
    let job = || async {
        runs.borrow_mut().push(clock.now());
        Ok(Outcome::default())
    };
    let run = run_schedule(&board, plan(every(hours(6))), stop, job);
    tokio::join!(run, async {
        tokio::time::sleep(minutes(10)).await;
        clock.jump(SignedDuration::from_hours(8));
        tokio::time::sleep(minutes(2)).await;
        stopper.stop();
    });
    let runs = runs.into_inner();
    assert_eq!(runs.len(), 2);
    assert!(runs[1] <= at("2026-11-24T08:11:00Z"), "{runs:?}");
}

#[tokio::test(start_paused = true)]
async fn an_earlier_process_is_remembered() {
    let told =
        drive(plan(every(hours(6))), "2026-11-20T00:00:00Z", minutes(5), broken(ErrorClass::Unavailable))
            .await;
    let earlier = told.published.last();
    assert_eq!(earlier.consecutive_failures, 3);
    let clock = VirtualClock::starting("2026-11-24T00:00:00Z");
    let status = ScheduleStatus::new("2.0.0", 5, clock.now(), "again").continuing(earlier.clone());
    assert_eq!(status.stopped_at, None);
    let published = Published::default();
    let board = StatusBoard::new(clock.clone(), Box::new(published.clone()), status);
    let (stopper, stop) = Stop::pair();
    let job = || async { Err(JobFailure::new(ErrorClass::Unavailable, "still not")) };
    let run = run_schedule(&board, plan(every(hours(6))), stop, job);
    tokio::join!(run, async {
        tokio::time::sleep(minutes(1)).await;
        stopper.stop();
    });
    let waiting = published.0.lock().unwrap()[2].clone();
    assert_eq!(waiting.consecutive_failures, 4);
    assert_eq!(waiting.next_run, Some(at("2026-11-24T00:08:00Z")), "the fourth wait, not the first");
    assert_eq!(published.last().last_success, earlier.last_success);
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_at_most_once_a_second() {
    let clock = VirtualClock::starting("2026-11-24T00:00:00Z");
    let (board, published) = board(&clock);
    let board = Arc::new(board);
    let (stopper, stop) = Stop::pair();
    let job = || async {
        board.event(&Event::Phase(Phase::Read));
        for page in 1..=1_000 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            board.event(&Event::PageStored { stream: "users", resources: 200, pages: page });
        }
        Ok(Outcome::default())
    };
    let run = run_schedule(&board, plan(every(hours(6))), stop, job);
    tokio::join!(run, async {
        tokio::time::sleep(minutes(1)).await;
        stopper.stop();
    });
    let published = published.0.lock().unwrap();
    let told: Vec<_> = published.iter().filter_map(|status| status.progress.clone()).collect();
    // The beginning, then the first event at once, then one a second for ten seconds.
    assert!((10..=13).contains(&told.len()), "{}", told.len());
    assert!(told.windows(2).all(|pair| pair[0].pages <= pair[1].pages));
    let last = told.last().unwrap();
    assert_eq!((last.phase.as_str(), last.since), ("read", at("2026-11-24T00:00:00Z")));
    assert!(last.pages > 800, "{}", last.pages);
}

#[tokio::test(start_paused = true)]
async fn the_last_word_before_a_long_silence_is_heard() {
    let clock = VirtualClock::starting("2026-11-24T00:00:00Z");
    let (board, published) = board(&clock);
    let (stopper, stop) = Stop::pair();
    let heard = stop.clone();
    let job = || async {
        board.event(&Event::Phase(Phase::Validate));
        board.event(&Event::Phase(Phase::Read));
        for pages in 1..=3 {
            board.event(&Event::PageStored { stream: "users", resources: 200, pages });
        }
        heard.clone().asked().await;
        Ok(Outcome::default())
    };
    let run = run_schedule(&board, plan(every(hours(6))), stop, job);
    tokio::join!(run, async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let progress = published.last().progress.unwrap();
        assert_eq!((progress.phase.as_str(), progress.pages), ("read", 3));
        assert_eq!(progress.updated_at, at("2026-11-24T00:00:00Z"), "nothing has happened since");
        stopper.stop();
    });
}

/// Drives a plan for two days with runs that fail as told, and checks every wait that was published.
fn check_waits(plan: Plan, fails: &[bool], spread: Duration) -> Result<(), TestCaseError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let (schedule, longest) = (plan.schedule.clone(), plan.backoff.longest);
    let start = "2026-10-24T20:00:00Z";
    let told = runtime.block_on(drive(plan, start, hours(48), |nth| {
        let fails = fails[nth % fails.len()];
        (Duration::from_secs(7), if fails { broken(ErrorClass::Unavailable)(0).1 } else { Ok(()) })
    }));
    let spread = SignedDuration::try_from(spread).unwrap();
    for (nth, pair) in told.runs.windows(2).enumerate() {
        let (ended, next) = (pair[0].1, pair[1].0);
        let regular = schedule.next_after(ended).unwrap();
        prop_assert!(next > ended || fails[nth % fails.len()]);
        prop_assert!(next <= regular + spread, "{next} is later than {regular}");
        if fails[nth % fails.len()] {
            prop_assert!(next.duration_since(ended) <= SignedDuration::try_from(longest).unwrap());
        } else {
            prop_assert!(next >= regular);
            // Never as late as the run after it.
            prop_assert!(next < schedule.next_after(regular).unwrap());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn waits_keep_their_bounds(
        choice in 0..4_usize,
        fails in prop::collection::vec(any::<bool>(), 1..8),
        spread in 0_u64..3_000,
        seed in any::<u64>(),
        first in 1_u64..600,
    ) {
        let schedule = match choice {
            0 => every(hours(6)),
            1 => every(minutes(20)),
            2 => cron("*/20 * * * *", "Europe/Berlin"),
            _ => cron("30 2,14 * * *", "Europe/Berlin"),
        };
        let spread = Duration::from_secs(spread);
        let plan = Plan {
            jitter: Jitter::new(spread, seed),
            backoff: Backoff { first: Duration::from_secs(first), longest: hours(1) },
            ..plan(schedule)
        };
        check_waits(plan, &fails, spread)?;
    }
}

#[tokio::test(start_paused = true)]
async fn a_spread_is_random_and_the_same_for_a_seed() {
    let starts = async |seed| {
        let plan = Plan { jitter: Jitter::new(minutes(30), seed), ..plan(cron("0 2 * * *", "UTC")) };
        drive(plan, "2026-11-24T00:00:00Z", hours(24 * 40), quick).await.starts()
    };
    let (one, again, two) = (starts(1).await, starts(1).await, starts(2).await);
    assert_eq!(one, again);
    assert_ne!(one, two);
    let late: Vec<_> = one[1..].iter().map(|start| (start.as_second() - 7200) % 86_400).collect();
    assert!(late.iter().all(|seconds| (0..1800).contains(seconds)), "{late:?}");
    assert!(late.iter().max() > Some(&1200) && late.iter().min() < Some(&600), "{late:?}");
}
