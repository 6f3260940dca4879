//! The client-side rate limit, on a clock that stands still until somebody waits.

use std::num::NonZeroU32;
use std::time::Duration;

use clockify_api::{Client, Clock as _, Pace, PaceError, TokioClock};

use super::support::{ManualClock, Reply, Server, builder};

const ME: &str = r#"{"id":"66b0c1d2e4f5a6978812aa0c"}"#;

/// The moments at which requests leave when as many as possible do.
async fn departures(pace: Pace, requests: usize) -> Vec<Duration> {
    let clock = ManualClock::new();
    let server = Server::start((0..requests).map(|_| Reply::json(ME))).await;
    let client = builder(&server).clock(clock.clone()).pace(pace).build().unwrap();
    let mut departures = Vec::new();
    for _ in 0..requests {
        client.me().await.unwrap();
        departures.push(clock.now());
    }
    departures
}

#[tokio::test]
async fn a_pace_spreads_requests_evenly() {
    let seconds = |list: &[u64]| list.iter().map(|s| Duration::from_secs(*s)).collect::<Vec<_>>();
    let hourly = Pace::new(30, Duration::from_secs(3600)).unwrap();
    assert_eq!(departures(hourly, 4).await, seconds(&[0, 120, 240, 360]));
    let burst = hourly.with_burst(NonZeroU32::new(3).unwrap());
    assert_eq!(departures(burst, 5).await, seconds(&[0, 0, 0, 120, 240]));
    assert_eq!(departures(Pace::unlimited(), 5).await, seconds(&[0; 5]));
}

#[tokio::test]
async fn a_quota_holds_in_every_period_whenever_it_begins() {
    let hour = Duration::from_secs(3600);
    for quota in [1_u32, 2, 3, 7, 30] {
        let one_more = quota as usize + 1;
        let departures = departures(Pace::within(quota, hour).unwrap(), 3 * one_more).await;
        for window in departures.windows(one_more) {
            let length = window[one_more - 1].saturating_sub(window[0]);
            assert!(length >= hour, "{one_more} requests in {length:?} with a quota of {quota} an hour");
        }
    }
    let free = departures(Pace::free_plan(), 15).await;
    assert_eq!(free[14], Duration::ZERO, "half the quota leaves at once");
}

#[tokio::test]
async fn a_pause_is_not_saved_up_beyond_the_burst() {
    let clock = ManualClock::new();
    let server = Server::start((0..3).map(|_| Reply::json(ME))).await;
    let client = builder(&server).clock(clock.clone()).pace("1/s".parse().unwrap()).build().unwrap();
    client.me().await.unwrap();
    clock.advance(Duration::from_secs(60));
    client.me().await.unwrap();
    client.me().await.unwrap();
    assert_eq!(clock.waits(), [Duration::from_secs(1)]);
}

#[tokio::test]
async fn callers_side_by_side_share_one_pace() {
    let clock = ManualClock::new();
    let server = Server::start((0..6).map(|_| Reply::json(ME))).await;
    let client = builder(&server).clock(clock.clone()).pace("2/s".parse().unwrap()).build().unwrap();
    let clones: Vec<_> = (0..6).map(|_| client.clone()).collect();
    futures_util::future::join_all(clones.iter().map(Client::me)).await;
    assert_eq!(clock.now(), Duration::from_millis(2500));
    assert_eq!(client.usage().requests, 6);
}

#[test]
fn a_pace_is_read_from_text() {
    let second = Duration::from_secs(1);
    assert_eq!("10/s".parse(), Ok(Pace::default()));
    assert_eq!(" 90/m ".parse(), Pace::new(90, 60 * second));
    assert_eq!("30/h".parse(), Ok(Pace::free_plan()));
    assert_eq!("1/h".parse(), Pace::new(1, 3600 * second));
    assert_eq!("unlimited".parse(), Ok(Pace::unlimited()));
    assert_eq!("0/s".parse::<Pace>(), Err(PaceError::Zero));
    for text in ["", "10", "/s", "10/", "10/d", "-1/s", "1.5/s", "10 / s", "99999999999/s"] {
        assert_eq!(text.parse::<Pace>(), Err(PaceError::Format(text.to_owned())), "{text:?}");
    }
    assert_eq!(Pace::new(0, second), Err(PaceError::Zero));
    assert_eq!(Pace::new(1, Duration::ZERO), Err(PaceError::Zero));
    assert_eq!(Pace::within(0, second), Err(PaceError::Zero));
}

#[test]
fn a_pace_prints_what_it_does() {
    assert_eq!(Pace::default().to_string(), "10 in 1s");
    assert_eq!(Pace::free_plan().to_string(), "15 at once, then 15 in 3600s");
    assert_eq!(Pace::unlimited().to_string(), "unlimited");
}

#[tokio::test(start_paused = true)]
async fn the_real_clock_follows_a_paused_runtime() {
    let clock = TokioClock::new();
    clock.sleep(Duration::from_secs(3600)).await;
    let now = clock.now();
    assert!(now >= Duration::from_secs(3600) && now < Duration::from_secs(3601), "{now:?}");
}
