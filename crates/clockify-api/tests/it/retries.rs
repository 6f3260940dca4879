//! How often, how long and why a request is sent again.

use std::time::Duration;

use clockify_api::{Client, Error, ErrorKind, Jitter, RetryPolicy};

use super::support::{ManualClock, Reply, Server, builder};

const ME: &str = r#"{"id":"66b0c1d2e4f5a6978812aa0c"}"#;

fn millis(list: &[u64]) -> Vec<Duration> {
    list.iter().map(|ms| Duration::from_millis(*ms)).collect()
}

/// Fails as often as a policy allows, and returns the waits, the error and the client.
async fn exhaust(policy: RetryPolicy, failures: usize, reply: Reply) -> (Vec<Duration>, Error, Client) {
    let clock = ManualClock::new();
    let server = Server::start(vec![reply; failures]).await;
    let client = builder(&server).clock(clock.clone()).retry(policy).build().unwrap();
    let error = client.me().await.unwrap_err();
    (clock.waits(), error, client)
}

#[tokio::test]
async fn without_jitter_waits_double_up_to_the_longest() {
    let policy = RetryPolicy::default().with_jitter(Jitter::None).with_max_delay(Duration::from_secs(3));
    let (waits, error, client) = exhaust(policy, 6, Reply::status(503)).await;
    assert_eq!(waits, millis(&[500, 1000, 2000, 3000, 3000]));
    assert_eq!((error.attempts(), error.retries_spent()), (6, true));
    assert_eq!((client.usage().requests, client.usage().retries), (6, 5));
    assert_eq!(client.usage().rate_limit_wait, Duration::ZERO, "no rate limit was involved");
}

#[tokio::test]
async fn full_jitter_is_uniform_below_the_doubled_base_and_repeats_with_its_seed() {
    let policy = || RetryPolicy::default().with_seed(7);
    let (waits, ..) = exhaust(policy(), 6, Reply::status(500)).await;
    let mut rng = fastrand::Rng::with_seed(7);
    let expected: Vec<_> = [500_000, 1_000_000, 2_000_000, 4_000_000, 8_000_000]
        .map(|ceiling| Duration::from_micros(rng.u64(0..=ceiling)))
        .to_vec();
    assert_eq!(waits, expected);
    assert_eq!(exhaust(policy(), 6, Reply::status(500)).await.0, expected);
    assert_ne!(exhaust(policy().with_seed(8), 6, Reply::status(500)).await.0, expected);
}

#[tokio::test]
async fn decorrelated_jitter_is_between_the_base_and_three_times_the_wait_before() {
    let base = Duration::from_millis(100);
    let longest = Duration::from_millis(1500);
    let policy = RetryPolicy::default()
        .with_jitter(Jitter::Decorrelated)
        .with_base_delay(base)
        .with_max_delay(longest)
        .with_max_attempts(40);
    let (waits, ..) = exhaust(policy.with_seed(1), 40, Reply::status(502)).await;
    assert_eq!(waits.len(), 39);
    let mut before = base;
    for wait in waits {
        assert!(wait >= base && wait <= longest && wait <= before * 3, "{wait:?} after {before:?}");
        before = wait;
    }
}

#[tokio::test]
async fn no_attempt_begins_after_the_total_time() {
    let policy = RetryPolicy::default()
        .with_jitter(Jitter::None)
        .with_base_delay(Duration::from_secs(10))
        .with_max_delay(Duration::from_secs(10))
        .with_total_time(Duration::from_secs(25))
        .with_max_attempts(100);
    let (waits, error, _) = exhaust(policy, 3, Reply::status(504)).await;
    assert_eq!(waits, millis(&[10_000, 10_000]), "a third wait would end after 30 seconds");
    assert!(error.retries_spent());
}

#[tokio::test]
async fn none_is_one_attempt() {
    let (waits, error, client) = exhaust(RetryPolicy::none(), 1, Reply::status(503)).await;
    assert_eq!((waits, error.attempts(), client.usage().retries), (vec![], 1, 0));
    assert!(error.retries_spent(), "an outer layer may still want to know");
    let (_, error, _) = exhaust(RetryPolicy::default().with_max_attempts(0), 1, Reply::status(503)).await;
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn the_policy_for_tests_takes_no_time_whatever_the_server_asks() {
    let reply = Reply::status(429).header("Retry-After", "10");
    let (waits, error, _) = exhaust(RetryPolicy::for_tests(), 6, reply).await;
    assert_eq!(waits, []);
    assert_eq!(error.attempts(), 6);
}

/// The first wait after one answer at a known moment.
async fn wait_after(reply: Reply) -> Duration {
    let clock = ManualClock::at("2026-11-24T04:00:00Z");
    let server = Server::start([reply, Reply::json(ME)]).await;
    let policy = RetryPolicy::default()
        .with_jitter(Jitter::None)
        .with_base_delay(Duration::from_secs(1))
        .with_total_time(Duration::from_secs(24 * 3600));
    let client = builder(&server).clock(clock.clone()).retry(policy).build().unwrap();
    client.me().await.unwrap();
    clock.waits()[0]
}

#[tokio::test]
async fn the_server_says_when_to_come_back() {
    // 2026-11-24T04:00:00Z is 1795492800 seconds after 1970, by `date -u -d 2026-11-24T04:00:00Z +%s`.
    let cases = [
        (429, "Retry-After", "42", 42),
        (503, "Retry-After", " 42 ", 42),
        (429, "Retry-After", "Tue, 24 Nov 2026 04:01:30 GMT", 90),
        (429, "Retry-After", "Tue, 24 Nov 2026 03:59:00 GMT", 1),
        (429, "Retry-After", "0", 1),
        (429, "Retry-After", "soon", 1),
        (429, "Retry-After", "-5", 1),
        (429, "X-RateLimit-Reset", "42", 42),
        (429, "X-RateLimit-Reset", "1795492842", 42),
        (429, "X-RateLimit-Reset", "1795492842000", 42),
        (429, "X-RateLimit-Reset", "1795492000", 1),
        (429, "X-RateLimit-Reset", "", 1),
        (503, "X-RateLimit-Reset", "42", 1),
    ];
    for (status, name, value, seconds) in cases {
        let wait = wait_after(Reply::status(status).header(name, value)).await;
        assert_eq!(wait, Duration::from_secs(seconds), "for {status} with {name}: {value}");
    }
    let both = Reply::status(429).header("X-RateLimit-Reset", "600").header("Retry-After", "42");
    assert_eq!(wait_after(both).await, Duration::from_secs(42));
}

#[tokio::test]
async fn a_wait_that_cannot_end_in_time_is_not_begun() {
    for value in ["301", "99999999999999999999", "18446744073709551615"] {
        let server = Server::start([Reply::status(429).header("Retry-After", value)]).await;
        let clock = ManualClock::new();
        // A number too large to be read is no advice, so only the computed wait is left; it is set too long as well.
        let policy = RetryPolicy::default()
            .with_jitter(Jitter::None)
            .with_base_delay(Duration::from_secs(3600))
            .with_max_delay(Duration::from_secs(3600));
        let client = builder(&server).clock(clock.clone()).retry(policy).build().unwrap();
        let error = client.me().await.unwrap_err();
        assert_eq!(clock.waits(), [], "for {value}");
        assert!(error.retries_spent() && error.is_rate_limited(), "for {value}");
    }
}

#[tokio::test]
async fn waits_for_a_quota_are_counted() {
    let clock = ManualClock::new();
    let script = [Reply::status(429).header("Retry-After", "12"), Reply::status(500), Reply::json(ME)];
    let server = Server::start(script).await;
    let client = builder(&server).clock(clock).retry(RetryPolicy::default()).build().unwrap();
    client.me().await.unwrap();
    let usage = client.usage();
    assert_eq!((usage.requests, usage.retries), (3, 2));
    assert_eq!(usage.rate_limit_wait, Duration::from_secs(12), "the wait after 500 is not a quota's");
    assert_eq!(usage.bytes, ME.len() as u64);
}

#[tokio::test]
async fn an_answer_that_is_wrong_is_not_asked_for_again() {
    let script = [Reply::json(""), Reply::json("{"), Reply::json("<html>")];
    let server = Server::start(script).await;
    let client = builder(&server).build().unwrap();
    for _ in 0..3 {
        let error = client.me().await.unwrap_err();
        assert_eq!((error.attempts(), error.is_retryable(), error.retries_spent()), (1, false, false));
        assert_eq!(error.status(), Some(200));
        assert_ne!(error.kind(), &ErrorKind::Api);
    }
}
