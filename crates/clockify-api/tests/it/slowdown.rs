//! The pace that a server makes slower: halved by 429, given back by successes, never above the configured one.

use std::num::NonZeroU32;
use std::time::Duration;

use clockify_api::{Client, Clock as _, Jitter, Pace, RetryPolicy};
use futures_util::future::join_all;
use proptest::prelude::*;

use super::support::{Departures, ManualClock, Reply, Server, SteppedClock, builder, until};

const ME: &str = r#"{"id":"66b0c1d2e4f5a6978812aa0c"}"#;
const MINUTE: Duration = Duration::from_secs(60);

fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn ten_a_second() -> Pace {
    Pace::default()
}

/// Retries that never wait on their own account and never end, so that nothing but the pace decides.
fn at_once() -> RetryPolicy {
    let policy = RetryPolicy::default().with_jitter(Jitter::None).with_base_delay(Duration::ZERO);
    policy.with_max_attempts(1_000).with_total_time(Duration::from_secs(1 << 40))
}

fn reply(status: u16) -> Reply {
    if status == 200 { Reply::json(ME) } else { Reply::status(status) }
}

/// Asks one thing after the other until the server has answered with each of the statuses; the last must be 200.
async fn walk(pace: Pace, statuses: &[u16]) -> (Departures<ManualClock>, Client) {
    let clock = ManualClock::new();
    let notes = Departures::new(clock.clone());
    let server = Server::start(statuses.iter().map(|status| reply(*status))).await;
    let client =
        builder(&server).clock(clock).pace(pace).retry(at_once()).observer(notes.clone()).build().unwrap();
    for _ in statuses.iter().filter(|status| **status == 200) {
        client.me().await.unwrap();
    }
    (notes, client)
}

#[tokio::test]
async fn a_refusal_halves_the_pace_and_each_success_gives_back_a_32nd() {
    let mut statuses = vec![200, 200, 429];
    statuses.extend([200; 18]);
    let (notes, client) = walk(ten_a_second(), &statuses).await;
    let mut expected = vec![millis(100), millis(100), millis(200)];
    // From 17/32 of ten requests a second to 31/32 of it; nanoseconds rounded up, so never too early.
    expected.extend((17..32).map(|share| Duration::from_nanos(3_200_000_000_u64.div_ceil(share))));
    expected.extend([millis(100), millis(100)]);
    assert_eq!(notes.gaps(), expected);
    assert_eq!(client.pace_now(), ten_a_second());
    assert_eq!(client.usage().rate_limited, 1);

    let changes = notes.changes();
    assert_eq!(changes.len(), 17);
    let halved = Pace::new(1, millis(200)).unwrap();
    assert_eq!((changes[0].before, changes[0].now), (ten_a_second(), halved));
    assert!(changes[0].is_slower() && changes[1..].iter().all(|change| !change.is_slower()));
    assert!(changes.windows(2).all(|pair| pair[0].now == pair[1].before));
    assert!(changes.iter().all(|change| change.configured == ten_a_second()));
    assert!(changes[16].is_recovered() && !changes[15].is_recovered());
}

#[tokio::test]
async fn refusals_in_a_row_go_down_to_one_request_a_minute() {
    let mut statuses = vec![429; 12];
    statuses.extend([200; 33]);
    let (notes, client) = walk(ten_a_second(), &statuses).await;
    let gaps = notes.gaps();
    let doubled = [200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000, 60_000, 60_000];
    assert_eq!(gaps[..12], doubled.map(millis));
    // One a minute and a 32nd of ten a second: 0.3291 requests a second.
    assert!((3_037..3_039).contains(&gaps[12].as_millis()), "{:?}", gaps[12]);
    assert_eq!(client.pace_now(), ten_a_second(), "32 successes mend everything");
    assert_eq!(
        notes.changes().iter().filter(|change| change.is_slower()).count(),
        10,
        "further ones change nothing"
    );
    assert!(notes.waits().iter().all(|(wait, _)| *wait <= MINUTE));
}

#[tokio::test]
async fn other_failures_leave_the_pace_alone() {
    let (notes, client) = walk(ten_a_second(), &[500, 502, 503, 504, 200]).await;
    assert_eq!(notes.gaps(), [millis(100); 4]);
    assert_eq!((notes.changes(), client.usage().rate_limited), (vec![], 0));

    let (notes, _) = walk(ten_a_second(), &[429, 503, 200]).await;
    assert_eq!(notes.gaps(), [millis(200); 2], "and a failure mends nothing");
}

#[tokio::test]
async fn a_refusal_voids_the_burst_until_the_pace_is_whole_again() {
    let pace = ten_a_second().with_burst(NonZeroU32::new(3).unwrap());
    let mut statuses = vec![429];
    statuses.extend([200; 19]);
    let (notes, _) = walk(pace, &statuses).await;
    let gaps = notes.gaps();
    assert_eq!(gaps[0], millis(200));
    assert!(gaps[1..16].iter().all(|gap| *gap > millis(100)), "{gaps:?}");
    assert_eq!(gaps[16..], [Duration::ZERO, Duration::ZERO, millis(100)]);
}

#[tokio::test]
async fn a_pace_below_one_a_minute_is_not_lowered() {
    let mut statuses = vec![429; 3];
    statuses.extend([200; 12]);
    let (notes, client) = walk(Pace::free_plan(), &statuses).await;
    assert_eq!(notes.gaps(), [Duration::ZERO; 14], "half the quota leaves at once, as ever");
    assert_eq!((client.pace_now(), notes.changes()), (Pace::free_plan(), vec![]));

    let (notes, client) = walk(Pace::unlimited(), &[429, 429, 200, 200]).await;
    assert_eq!(notes.gaps(), [Duration::ZERO; 3]);
    assert_eq!((client.pace_now(), notes.changes()), (Pace::unlimited(), vec![]));

    // Of a pace above one a minute as much is lost as that allows: 60 seconds, and then a 32nd of one in 40 is back.
    let (notes, _) = walk(Pace::new(3, 2 * MINUTE).unwrap(), &[429, 200, 200]).await;
    let gaps = notes.gaps();
    assert_eq!(gaps[0], MINUTE);
    let expected = 1.0 / (1.0 / 60.0 + 1.0 / 32.0 / 40.0);
    assert!((gaps[1].as_secs_f64() - expected).abs() < 0.001, "{gaps:?}");
}

#[tokio::test]
async fn several_refusals_at_once_halve_the_pace_once() {
    let clock = ManualClock::new();
    let notes = Departures::new(clock.clone());
    let server = Server::start((0..4).map(|_| Reply::status(429))).await;
    let pace = ten_a_second().with_burst(NonZeroU32::new(4).unwrap());
    let client = builder(&server)
        .clock(clock.clone())
        .pace(pace)
        .retry(RetryPolicy::none())
        .observer(notes.clone())
        .build()
        .unwrap();
    let clones: Vec<_> = (0..4).map(|_| client.clone()).collect();
    let results = join_all(clones.iter().map(Client::me)).await;
    assert!(results.iter().all(Result::is_err));
    assert_eq!(notes.times(), [Duration::ZERO; 4], "they left before the first answer");
    assert_eq!(client.pace_now(), Pace::new(1, millis(200)).unwrap());
    assert_eq!(notes.changes().len(), 1);
    assert_eq!(client.usage().rate_limited, 4);
}

#[tokio::test]
async fn a_success_from_before_the_refusal_mends_nothing() {
    let clock = ManualClock::new();
    // The refusal is there long before the success, whichever of the two requests gets which.
    let server = Server::start([Reply::json(ME).drip(millis(5)), Reply::status(429)]).await;
    let pace = ten_a_second().with_burst(NonZeroU32::new(2).unwrap());
    let client = builder(&server).clock(clock).pace(pace).retry(RetryPolicy::none()).build().unwrap();
    let other = client.clone();
    let (one, two) = tokio::join!(client.me(), other.me());
    assert!(one.is_ok() != two.is_ok());
    assert_eq!(client.pace_now(), Pace::new(1, millis(200)).unwrap());
    assert_eq!(other.pace_now(), client.pace_now(), "clones share it");
}

#[tokio::test]
async fn a_queue_gets_faster_when_the_pace_recovers() {
    let clock = SteppedClock::default();
    let notes = Departures::new(clock.clone());
    let mut script = vec![Reply::status(429); 10];
    script.extend([Reply::json(ME), Reply::json(ME)]);
    let server = Server::start(script).await;
    let client = builder(&server)
        .clock(clock.clone())
        .pace(ten_a_second())
        .retry(RetryPolicy::none())
        .observer(notes.clone())
        .build()
        .unwrap();
    for _ in 0..10 {
        client.me().await.unwrap_err();
        clock.advance(MINUTE);
    }
    assert_eq!(client.pace_now(), Pace::new(1, MINUTE).unwrap());
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.me().await }
    });
    let second = tokio::spawn({
        let client = client.clone();
        async move { client.me().await }
    });
    first.await.unwrap().unwrap();
    // The second was about to wait for a minute; the success of the first makes it about three seconds.
    until(|| notes.waits().len() == 2).await;
    let waits = notes.waits();
    assert_eq!(waits[0].0, MINUTE);
    assert!(waits[1].0 < millis(3_100), "{waits:?}");
    clock.advance(waits[1].0);
    second.await.unwrap().unwrap();
    assert_eq!(notes.gaps()[10], waits[1].0);
}

#[tokio::test]
async fn a_pace_too_slow_for_the_total_time_ends_a_call() {
    let clock = ManualClock::new();
    let notes = Departures::new(clock.clone());
    let server = Server::start(vec![Reply::status(429); 9]).await;
    let policy = RetryPolicy::default().with_jitter(Jitter::None).with_base_delay(Duration::ZERO);
    let client = builder(&server)
        .clock(clock.clone())
        .pace(ten_a_second())
        .retry(policy)
        .observer(notes.clone())
        .build()
        .unwrap();
    let error = client.me().await.unwrap_err();
    assert_eq!((error.attempts(), clock.now()), (6, millis(6_200)));
    let error = client.me().await.unwrap_err();
    // It leaves 6.4 seconds later; retries follow after 12.8 and 25.6 seconds, and one after 51.2 would end too late.
    assert_eq!((error.attempts(), clock.now()), (3, millis(6_200 + 6_400 + 12_800 + 25_600)));
    assert!(error.retries_spent() && error.is_rate_limited());
    assert_eq!(error.retry_after(), None, "the server asked for nothing");
}

/// Departures, whatever the server answers and however long the caller pauses in between.
async fn wander(pace: Pace, steps: &[(u16, u64)]) -> Vec<Duration> {
    let clock = ManualClock::new();
    let notes = Departures::new(clock.clone());
    let server = Server::start(steps.iter().map(|(status, _)| reply(*status))).await;
    let client = builder(&server)
        .clock(clock.clone())
        .pace(pace)
        .retry(RetryPolicy::none())
        .observer(notes.clone())
        .build()
        .unwrap();
    for (_, pause) in steps {
        let _ = client.me().await;
        clock.advance(millis(*pause));
    }
    notes.times()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_answers_make_a_client_faster_than_its_pace_or_slower_than_needed(
        requests in 1_u32..40,
        seconds in 1_u64..100,
        burst in 1_u32..5,
        steps in prop::collection::vec(
            (prop_oneof![2 => Just(200_u16), 1 => Just(429), 1 => Just(503)], prop_oneof![3 => Just(0_u64), 1 => 0_u64..200_000]),
            1..40,
        ),
    ) {
        let per = Duration::from_secs(seconds);
        let pace = Pace::new(requests, per).unwrap().with_burst(NonZeroU32::new(burst).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let times = runtime.block_on(wander(pace, &steps));
        prop_assert_eq!(times.len(), steps.len());
        let interval = per / requests;
        for (first, from) in times.iter().enumerate() {
            for (last, to) in times.iter().enumerate().skip(first) {
                // In any stretch of time no more than the burst and what the interval allows.
                let paid = u32::try_from(last - first + 1).unwrap().saturating_sub(burst);
                prop_assert!(*to >= *from + interval * paid, "{times:?}");
            }
        }
        let slowest = interval.max(MINUTE);
        for (pair, (_, pause)) in times.windows(2).zip(&steps) {
            prop_assert!(pair[1] <= pair[0] + slowest.max(millis(*pause)), "{times:?}");
        }
    }
}
