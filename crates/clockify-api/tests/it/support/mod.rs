//! The scripted server, the manual clock, and short cuts to a client of them.

mod clock;
mod departures;
mod reply;
mod server;

use std::process::Command;
use std::time::{Duration, Instant};

use clockify_api::{ApiKey, BaseUrl, Client, ClientBuilder, Pace, RetryPolicy, WorkspaceId};

pub(crate) use clock::{ManualClock, SteppedClock};
pub(crate) use departures::Departures;
pub(crate) use reply::Reply;
pub(crate) use server::{Recorded, Server};

/// A key that is found in no other text.
pub(crate) const KEY: &str = "c2VjcmV0LWtleS1aOTk5";

pub(crate) const WORKSPACE: &str = "66b0c1d2e4f5a6978812aa00";

pub(crate) fn workspace() -> WorkspaceId {
    WORKSPACE.parse().unwrap()
}

/// A client of the server that does not wait: not for its pace, not between retries, and not long for silence.
pub(crate) fn builder(server: &Server) -> ClientBuilder {
    Client::builder(ApiKey::new(KEY).unwrap())
        .base_url(BaseUrl::parse(&server.url()).unwrap())
        .pace(Pace::unlimited())
        .retry(RetryPolicy::for_tests())
        .connect_timeout(Duration::from_secs(2))
        .read_timeout(Duration::from_secs(2))
}

pub(crate) fn client(server: &Server) -> Client {
    builder(server).build().unwrap()
}

/// Runs one ignored test of this binary in a process of its own.
pub(crate) fn run_alone(name: &str, prepare: impl FnOnce(&mut Command) -> &mut Command) {
    let mut process = Command::new(std::env::current_exe().unwrap());
    let output = prepare(process.args(["--ignored", "--exact", name])).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

/// Lets other tasks go on until something is so.
pub(crate) async fn until(so: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(10);
    while !so() {
        assert!(Instant::now() < patience, "it does not happen");
        tokio::task::yield_now().await;
    }
}

/// A sample body.
pub(crate) fn fixture(name: &str) -> String {
    let path = format!("{}/../../fixtures/clockify/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A list of users that have nothing but an identifier, which ends in the given numbers.
pub(crate) fn users(numbers: impl IntoIterator<Item = u32>) -> String {
    let users: Vec<String> = numbers.into_iter().map(|n| format!(r#"{{"id":"{}"}}"#, user_id(n))).collect();
    format!("[{}]", users.join(","))
}

pub(crate) fn user_id(number: u32) -> String {
    format!("{number:024x}")
}
