//! A quota, on the real clock and on a clock of the test's.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clockify_sim::{Quota, Simulator};

use crate::crew::crew;
use crate::support::{get, get_in};

#[tokio::test]
async fn a_quota_runs_out_and_comes_back() {
    let period = Duration::from_millis(1_500);
    let quota = Quota { requests: 3, period, retry_after: true };
    let simulator = Simulator::builder(crew()).quota(quota).start().await.unwrap();
    let begun = Instant::now();
    for _ in 0..3 {
        assert_eq!(get(&simulator, "/user").await.status, 200);
    }
    let refused = get_in(&simulator, "/users").await;
    refused.assert_error(429, 429, "Too Many Requests");
    assert!(matches!(refused.header("retry-after"), Some("1" | "2")));
    tokio::time::sleep(period.saturating_sub(begun.elapsed()) + Duration::from_millis(50)).await;
    assert_eq!(get(&simulator, "/user").await.status, 200);

    let quota = Quota { requests: 1, ..Quota::free_plan() };
    let simulator = Simulator::builder(crew()).quota(quota).start().await.unwrap();
    get(&simulator, "/user").await;
    assert_eq!(get(&simulator, "/user").await.header("retry-after"), None);
}

#[tokio::test]
async fn thirty_requests_an_hour_on_a_virtual_clock() {
    let time = Arc::new(Mutex::new(Duration::from_secs(1_000)));
    let advance = |seconds| *time.lock().unwrap() += Duration::from_secs(seconds);
    let seen = Arc::clone(&time);
    let quota = Quota { retry_after: true, ..Quota::free_plan() };
    let builder = Simulator::builder(crew()).quota(quota).clock(move || *seen.lock().unwrap());
    let simulator = builder.start().await.unwrap();
    let status = async || get(&simulator, "/user").await.status;

    advance(500);
    for _ in 0..30 {
        assert_eq!(status().await, 200);
        advance(60);
    }
    // The hour began with the first request, 1,800 seconds ago.
    assert_eq!(get_in(&simulator, "").await.header("retry-after"), Some("1800"));
    advance(1_799);
    assert_eq!(get_in(&simulator, "/users").await.header("retry-after"), Some("1"));
    advance(1);
    for _ in 0..30 {
        assert_eq!(status().await, 200);
    }
    assert_eq!(status().await, 429);

    let log = simulator.requests();
    assert_eq!(log.len(), 63);
    assert_eq!(log[0].at, Duration::from_secs(500), "the log is on the same clock");
    assert_eq!(log[62].at, Duration::from_secs(500 + 3_600));
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_a_paused_runtime_moves_the_quota() {
    let quota = Quota { requests: 1, ..Quota::free_plan() };
    let simulator = Simulator::builder(crew()).quota(quota).start().await.unwrap();
    let status = async || get(&simulator, "/user").await.status;
    assert_eq!((status().await, status().await), (200, 429));
    tokio::time::advance(Duration::from_secs(3_600)).await;
    assert_eq!((status().await, status().await), (200, 429));
}
