//! A server that says when to come back is obeyed by everybody, and nobody sits out a wait that is too long.

use std::time::Duration;

use clockify_api::{Clock as _, ErrorKind, Jitter, Pace, RetryPolicy, WaitReason};

use super::support::{Departures, ManualClock, Reply, Server, SteppedClock, builder, until};

const ME: &str = r#"{"id":"66b0c1d2e4f5a6978812aa0c"}"#;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn come_back(status: u16, seconds: u64) -> Reply {
    Reply::status(status).header("Retry-After", &seconds.to_string())
}

#[tokio::test]
async fn nobody_sends_before_the_moment_that_the_server_named() {
    for (status, reason) in [(429, WaitReason::RateLimited), (503, WaitReason::ServerError)] {
        let clock = ManualClock::new();
        let notes = Departures::new(clock.clone());
        let server = Server::start([come_back(status, 30), Reply::json(ME), Reply::json(ME)]).await;
        let client = builder(&server).clock(clock.clone()).retry(RetryPolicy::none());
        let client = client.observer(notes.clone()).build().unwrap();
        let error = client.me().await.unwrap_err();
        assert_eq!((error.status(), error.retry_after()), (Some(status), Some(secs(30))));
        clock.advance(secs(4));
        let clone = client.clone();
        clone.me().await.unwrap();
        client.me().await.unwrap();
        assert_eq!(notes.times(), [secs(0), secs(30), secs(30)]);
        assert_eq!(notes.waits(), [(secs(26), reason)]);
        assert_eq!(client.usage().rate_limit_wait, secs(26));
    }
}

#[tokio::test]
async fn a_wait_that_is_too_long_fails_every_call_at_once_until_it_is_over() {
    let clock = ManualClock::new();
    let server = Server::start([come_back(429, 3_600), Reply::json(ME)]).await;
    let client = builder(&server).clock(clock.clone()).retry(RetryPolicy::default()).build().unwrap();
    let error = client.me().await.unwrap_err();
    assert_eq!((error.attempts(), error.retries_spent()), (1, true));
    assert_eq!(error.retry_after(), Some(secs(3_600)));

    clock.advance(secs(600));
    let error = client.clone().me().await.unwrap_err();
    assert_eq!(server.requests().len(), 1, "nothing was sent");
    assert_eq!((error.attempts(), error.maybe_sent(), error.retries_spent()), (0, false, true));
    assert_eq!((error.kind(), error.status()), (&ErrorKind::Api, Some(429)));
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!(error.retry_after(), Some(secs(3_000)), "counted from now");
    let text = error.to_string();
    assert!(text.contains("nothing was sent") && text.contains("3000 s"), "{text}");
    assert_eq!((clock.waits(), client.usage().requests), (vec![], 1));

    clock.advance(secs(2_999));
    client.me().await.unwrap();
    assert_eq!(clock.waits(), [secs(1)], "what is left is short enough to be waited for");
}

#[tokio::test]
async fn a_wait_as_long_as_the_total_time_is_waited_for() {
    let clock = ManualClock::new();
    let server = Server::start([come_back(429, 61), Reply::json(ME)]).await;
    let client = builder(&server).clock(clock.clone()).retry(RetryPolicy::default()).build().unwrap();
    client.me().await.unwrap_err();
    clock.advance(Duration::from_millis(999));
    assert_eq!(client.me().await.unwrap_err().retry_after(), Some(Duration::from_millis(60_001)));
    clock.advance(Duration::from_millis(1));
    client.me().await.unwrap();
    assert_eq!(clock.waits(), [secs(60)]);
}

#[tokio::test]
async fn who_waits_for_as_long_as_told_finds_the_server_open() {
    let clock = ManualClock::new();
    let server = Server::start([come_back(429, 3_600), Reply::json(ME)]).await;
    let client = builder(&server).clock(clock.clone()).retry(RetryPolicy::default()).build().unwrap();
    let told = client.me().await.unwrap_err().retry_after().unwrap();
    clock.advance(told);
    client.me().await.unwrap();
    assert_eq!(clock.waits(), []);
}

#[tokio::test]
async fn without_the_header_nobody_is_held_and_nothing_is_claimed() {
    let clock = ManualClock::new();
    let server = Server::start([Reply::status(429), Reply::json(ME)]).await;
    let client = builder(&server).clock(clock.clone()).retry(RetryPolicy::none()).build().unwrap();
    assert_eq!(client.me().await.unwrap_err().retry_after(), None);
    client.me().await.unwrap();
    assert_eq!(clock.waits(), []);
}

#[tokio::test]
async fn a_refusal_that_is_final_holds_nobody() {
    let clock = ManualClock::new();
    let server = Server::start([come_back(403, 30), Reply::json(ME)]).await;
    let client = builder(&server).clock(clock.clone()).retry(RetryPolicy::none()).build().unwrap();
    client.me().await.unwrap_err();
    client.me().await.unwrap();
    assert_eq!(clock.waits(), []);
}

#[tokio::test]
async fn the_longest_wait_counts() {
    let clock = ManualClock::new();
    let notes = Departures::new(clock.clone());
    let server = Server::start([come_back(429, 30), come_back(429, 5), Reply::json(ME)]).await;
    let client = builder(&server).clock(clock.clone()).retry(RetryPolicy::none());
    let client = client.observer(notes.clone()).build().unwrap();
    let (one, two) = tokio::join!(client.me(), client.me());
    assert!(one.is_err() && two.is_err());
    client.me().await.unwrap();
    assert_eq!(notes.times()[2], secs(30));
}

#[tokio::test]
async fn who_waits_for_the_pace_hears_of_it_as_well() {
    let clock = SteppedClock::default();
    let notes = Departures::new(clock.clone());
    let server = Server::start([come_back(429, 20), Reply::json(ME)]).await;
    let client = builder(&server)
        .clock(clock.clone())
        .retry(RetryPolicy::none())
        .pace(Pace::new(1, secs(1)).unwrap())
        .observer(notes.clone())
        .build()
        .unwrap();
    let other = client.clone();
    let waiting = async {
        until(|| !notes.times().is_empty()).await;
        other.me().await
    };
    let refused = async {
        let error = client.me().await.unwrap_err();
        clock.advance(secs(1));
        until_waiting(&notes, 2).await;
        clock.advance(secs(19));
        error
    };
    let (waited, _) = tokio::join!(waiting, refused);
    waited.unwrap();
    assert_eq!(notes.waits(), [(secs(1), WaitReason::Pace), (secs(19), WaitReason::RateLimited)]);
    assert_eq!(notes.times(), [secs(0), secs(20)]);
}

#[tokio::test]
async fn a_retry_is_not_sent_when_the_server_has_asked_others_for_too_long_a_wait() {
    let clock = SteppedClock::default();
    let notes = Departures::new(clock.clone());
    let server = Server::start([Reply::status(500), come_back(429, 3_600)]).await;
    let policy = RetryPolicy::default().with_jitter(Jitter::None);
    let client = builder(&server).clock(clock.clone()).retry(policy).observer(notes.clone()).build().unwrap();
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.me().await }
    });
    until_waiting(&notes, 1).await;
    assert_eq!(client.me().await.unwrap_err().retry_after(), Some(secs(3_600)));
    clock.advance(Duration::from_millis(500));
    let error = first.await.unwrap().unwrap_err();
    assert_eq!((error.status(), error.attempts(), error.retries_spent()), (Some(500), 1, true));
    assert_eq!(error.retry_after(), Some(Duration::from_millis(3_599_500)));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_failure_ends_a_call_at_once_when_the_server_has_asked_others_for_too_long_a_wait() {
    let clock = ManualClock::new();
    // The refusal is there long before the failure, whichever of the two requests gets which.
    let slow = Reply::status(500).body("failed").drip(Duration::from_millis(5));
    let server = Server::start([slow, come_back(429, 3_600)]).await;
    let client = builder(&server).clock(clock.clone()).retry(RetryPolicy::default()).build().unwrap();
    let (one, two) = tokio::join!(client.me(), client.me());
    for error in [one.unwrap_err(), two.unwrap_err()] {
        assert_eq!((error.attempts(), error.retries_spent()), (1, true), "{error}");
        assert_eq!(error.retry_after(), Some(secs(3_600)), "{error}");
    }
    assert_eq!(clock.waits(), []);
}

#[tokio::test]
async fn the_total_time_limits_how_long_others_are_waited_for() {
    // A wait that somebody else was told to keep, in milliseconds after the first attempt, and whether it fits.
    for (until, fits) in [(60_000, true), (60_001, false)] {
        let clock = SteppedClock::default();
        let notes = Departures::new(clock.clone());
        let script = [Reply::status(500), come_back(429, 60), Reply::json(ME)];
        let server = Server::start(script.into_iter().take(2 + usize::from(fits))).await;
        let policy = RetryPolicy::default().with_jitter(Jitter::None);
        let client =
            builder(&server).clock(clock.clone()).retry(policy).observer(notes.clone()).build().unwrap();
        let asking = client.clone();
        let first = tokio::spawn(async move { asking.me().await });
        until_waiting(&notes, 1).await;
        clock.advance(Duration::from_millis(until - 60_000));
        let asking = client.clone();
        let second = tokio::spawn(async move { asking.me().await });
        until_waiting(&notes, 2).await;
        second.abort();
        clock.advance(Duration::from_millis(500));
        if fits {
            until_waiting(&notes, 3).await;
            assert_eq!(notes.waits()[2], (Duration::from_millis(59_500), WaitReason::RateLimited));
            clock.advance(Duration::from_millis(59_500));
        }
        // On real time: a call that still waits for the stepped clock would wait for ever.
        let first = tokio::time::timeout(secs(10), first).await.expect("the call ends");
        assert_eq!(first.unwrap().is_ok(), fits);
    }
}

async fn until_waiting(notes: &Departures<SteppedClock>, times: usize) {
    until(|| notes.waits().len() == times).await;
}

#[tokio::test]
async fn the_default_total_time_is_a_minute() {
    for (seconds, waits) in [(60, vec![secs(60)]), (61, vec![])] {
        let clock = ManualClock::new();
        let script = [come_back(429, seconds), Reply::json(ME)];
        let server = Server::start(script.into_iter().take(1 + waits.len())).await;
        let client = builder(&server).clock(clock.clone()).retry(RetryPolicy::default()).build().unwrap();
        let result = client.me().await;
        assert_eq!((clock.waits(), result.is_ok()), (waits.clone(), !waits.is_empty()));
        if let Err(error) = result {
            assert_eq!(error.retry_after(), Some(secs(seconds)));
        }
    }
}

#[tokio::test]
async fn the_total_time_counts_from_the_first_attempt_not_from_the_queue() {
    let clock = ManualClock::new();
    let server = Server::start([Reply::json(ME), Reply::status(503), Reply::json(ME)]).await;
    let client =
        builder(&server).clock(clock.clone()).retry(RetryPolicy::default().with_jitter(Jitter::None));
    let client = client.pace(Pace::new(1, secs(240)).unwrap()).build().unwrap();
    client.me().await.unwrap();
    client.me().await.unwrap();
    assert_eq!(clock.now(), secs(480), "four minutes of waiting for the pace leave room for a retry");
}

#[tokio::test]
async fn the_policy_for_tests_is_held_by_nobody() {
    let clock = ManualClock::new();
    let script = vec![come_back(429, 10); 6].into_iter().chain([Reply::json(ME)]);
    let server = Server::start(script).await;
    let client = builder(&server).clock(clock.clone()).build().unwrap();
    assert_eq!(client.me().await.unwrap_err().retry_after(), Some(secs(10)), "it is said all the same");
    client.me().await.unwrap();
    assert_eq!(clock.waits(), []);
}
