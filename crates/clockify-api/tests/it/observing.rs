//! The hook for progress and metrics.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clockify_api::{Finished, Jitter, Observer, Pace, PaceChange, PageCursor, Request, RetryPolicy, Wait};

use super::support::{ManualClock, Reply, Server, builder, users, workspace};

#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

impl Observer for Diary {
    fn request_started(&self, request: &Request) {
        self.note(format!("{} #{}", request.operation, request.attempt));
    }

    fn request_finished(&self, request: &Request, outcome: &Finished<'_>) {
        let endpoint = request.operation.endpoint().as_str();
        self.note(format!(
            "{endpoint} -> {:?}, {} bytes, {:?}",
            outcome.status, outcome.bytes, outcome.error
        ));
    }

    fn waiting(&self, request: &Request, wait: &Wait) {
        self.note(format!(
            "waiting {:?} ({}) before #{}",
            wait.duration,
            wait.reason.as_str(),
            request.attempt
        ));
    }

    fn pace_changed(&self, change: &PaceChange) {
        self.note(format!("pace: {}", change.now));
    }
}

#[tokio::test]
async fn an_observer_sees_every_attempt_and_every_wait() {
    let diary = Diary::default();
    let body = users([1]);
    let script = [
        Reply::status(429).header("Retry-After", "12"),
        Reply::status(502),
        Reply::reset(),
        Reply::json(body.clone()),
    ];
    let server = Server::start(script).await;
    let client = builder(&server)
        .clock(ManualClock::new())
        .retry(RetryPolicy::default().with_jitter(Jitter::None))
        .pace(Pace::new(1, Duration::from_secs(5)).unwrap())
        .observer(diary.clone())
        .build()
        .unwrap();
    client.users(&workspace()).page(&PageCursor::at(3)).await.unwrap();
    let expected = [
        "list users, page 3 #1",
        "users -> Some(429), 0 bytes, Some(Api)",
        "pace: 1 in 10s",
        "waiting 12s (rate-limit) before #2",
        "list users, page 3 #2",
        "users -> Some(502), 0 bytes, Some(Api)",
        "waiting 1s (server-error) before #3",
        "waiting 9s (pace) before #3",
        "list users, page 3 #3",
        "users -> None, 0 bytes, Some(Transport)",
        "waiting 2s (transport) before #4",
        "waiting 8s (pace) before #4",
        "list users, page 3 #4",
        &format!("users -> Some(200), {} bytes, None", body.len()),
        "pace: 1 in 9.411764706s",
    ];
    assert_eq!(*diary.0.lock().unwrap(), expected);
}
