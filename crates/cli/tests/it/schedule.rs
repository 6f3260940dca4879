//! `schedule` and `status`, as people and service managers use them.

use std::process::Child;
use std::time::{Duration, Instant};

use clockify_sim::{Action, Endpoint, Fault, SeededWorkspace, Simulator, SimulatorBuilder};
use insta::{assert_snapshot, with_settings};
use serde_json::Value;

use crate::program::{KEY, Program};
use sync_trials::database::{texts, with};
use sync_trials::{Expected, same};

pub(crate) const STATUS: &str = ".sync.c1z.status.json";

/// What a service manager would kill it after, at the latest.
const PATIENCE: Duration = Duration::from_secs(5);

fn demo() -> SimulatorBuilder {
    Simulator::builder(SeededWorkspace::demo()).api_key(KEY)
}

/// A schedule that is running; killed when a test fails.
pub(crate) struct Running<'a> {
    program: &'a Program,
    child: Child,
}

impl<'a> Running<'a> {
    pub(crate) fn start(program: &'a Program, arguments: &[&str]) -> Self {
        let arguments: Vec<_> = ["schedule"].iter().chain(arguments).copied().collect();
        Self { program, child: program.start(&arguments) }
    }

    /// Waits for the status file to say something.
    pub(crate) async fn until(&mut self, what: &str, says: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let text = std::fs::read(self.program.folder().join(STATUS)).unwrap_or_default();
            // Written whole or not at all, so what is there can be read.
            let status = if text.is_empty() { Value::Null } else { serde_json::from_slice(&text).unwrap() };
            if status["pid"] == self.child.id() && says(&status) {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}\n{status:#}");
            assert_eq!(self.child.try_wait().unwrap(), None, "ended before: {what}\n{status:#}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends a signal, and returns the exit code.
    pub(crate) async fn stop(self, signal: &str) -> Option<i32> {
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        self.ends().await
    }

    /// Waits for its end, and returns the exit code.
    async fn ends(mut self) -> Option<i32> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(begun.elapsed() < PATIENCE, "still there after {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // Ended already, unless a test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn idle(status: &Value) -> bool {
    status["next_run"].is_string() && status["last_success"].is_object()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_runs_on_start_and_again_after_the_interval() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    let mut running = Running::start(&program, &["--every", "1s"]);
    let first = running.until("a first success", |status| status["last_success"].is_object()).await;
    let first = first["last_success"]["sync_id"].clone();
    let second = running.until("a second success", |status| status["last_success"]["sync_id"] != first).await;
    drop(running);
    let counts = &second["last_success"]["counts"];
    assert_eq!(counts["user"], 61, "{counts}");
    assert_eq!(second["last_success"]["verified"], true);
    assert_eq!((&second["consecutive_failures"], &second["last_failure"]), (&0.into(), &Value::Null));
    with(&program.output(), |database| {
        let syncs = texts(database, "select sync_id from v1_sync_runs order by id");
        assert!(syncs.len() == 2, "{syncs:?}");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_between_runs_is_a_success_and_a_young_sync_is_not_made_again() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    let mut running = Running::start(&program, &["--every", "1h", "--jitter", "5m"]);
    let status = running.until("waiting", idle).await;
    let at =
        |status: &Value| status["last_success"]["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let next: jiff::Timestamp = status["next_run"].as_str().unwrap().parse().unwrap();
    let wait = next.duration_since(at(&status)).as_secs();
    assert!((3600..3900).contains(&wait), "{status:#}");
    assert_eq!(running.stop("TERM").await, Some(0));
    let ran = program.run(&["status"]).succeeded();
    assert!(ran.stdout.contains("stopped at"), "{}", ran.stdout);
    let asked = simulator.requests().len();

    let mut running = Running::start(&program, &["--every", "1h"]);
    let again = running.until("waiting", idle).await;
    assert_eq!(again["last_success"], status["last_success"], "remembered");
    assert_eq!(running.stop("INT").await, Some(0));
    assert_eq!(simulator.requests().len(), asked);
    assert_eq!(program.files(), [STATUS, "sync.c1z"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_in_a_sync_is_resumable_and_the_next_schedule_resumes_at_once() {
    let workspace = SeededWorkspace::new(5).users(600).groups(20);
    let hang = Fault::on(Endpoint::Users, Action::Delay(Duration::from_secs(600))).page(6).attempt(2);
    let simulator = Simulator::builder(workspace).api_key(KEY).fault(hang).start().await.unwrap();
    let program = Program::against(&simulator).set("BATON_PAGE_SIZE", "100");
    // A sealed sync of this minute: nothing is due for an hour.
    program.run(&[]).succeeded();

    let mut running = Running::start(&program, &["--every", "1s"]);
    let status = running
        .until("pages while a server hangs", |status| status["progress"]["pages"].as_u64() >= Some(7))
        .await;
    assert_eq!((&status["progress"]["phase"], &status["next_run"]), (&"read".into(), &Value::Null));
    let ran = program.run(&["status"]).succeeded();
    assert!(ran.stdout.contains("read, "), "{}", ran.stdout);
    assert_eq!(running.stop("TERM").await, Some(75));
    let ran = program.run(&["status", "-o", "json"]).succeeded();
    let status: Value = serde_json::from_str(&ran.stdout).unwrap();
    let schedule = &status["schedule"];
    assert!(schedule["stopped_at"].is_string(), "{schedule:#}");
    assert_eq!((&schedule["last_failure"], &schedule["progress"]), (&Value::Null, &Value::Null));
    let work = rusqlite::Connection::open(program.folder().join(".sync.c1z.work")).unwrap();
    let unfinished = texts(&work, "select sync_id from v1_sync_runs").remove(0);
    drop(work);
    let asked = simulator.requests().len();

    let mut running = Running::start(&program, &["--every", "1h"]);
    let status = running.until("waiting", idle).await;
    assert_eq!(status["last_success"]["sync_id"], unfinished.as_str());
    assert_eq!(running.stop("TERM").await, Some(0));
    let repeated: Vec<_> =
        simulator.requests()[asked..].iter().map(|request| (request.endpoint, request.page)).collect();
    assert_eq!(repeated, [(Endpoint::Users, Some(6)), (Endpoint::Workspace, Some(1))]);
    let expected = Expected::of(&*simulator.content(), false);
    with(&program.output(), |database| {
        let sql = "select sync_id from v1_sync_runs order by ended_at desc limit 1";
        assert_eq!(texts(database, sql), std::slice::from_ref(&unfinished));
        let rows = |table: &str| {
            let sql = format!("select external_id from {table} where sync_id = '{unfinished}'");
            texts(database, &sql).into_iter().collect()
        };
        same(&rows("v1_resources"), &expected.resources);
        same(&rows("v1_grants"), &expected.grants);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_and_the_success_after_it_are_both_in_the_status() {
    let page = Fault::on(Endpoint::CurrentUser, Action::Html).times(1);
    let simulator = demo().fault(page).start().await.unwrap();
    let program = Program::against(&simulator);
    let mut running = Running::start(&program, &["--every", "1s"]);
    let failed = running.until("a failure", |status| status["consecutive_failures"] == 1).await;
    assert!(failed["last_failure"]["reason"].as_str().unwrap().len() > 10, "{failed:#}");
    let status = running.until("a success", |status| status["last_success"].is_object()).await;
    drop(running);
    assert_eq!(status["consecutive_failures"], 0);
    assert_eq!(status["last_failure"], failed["last_failure"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused_is_tried_again_and_seen() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator).set("BATON_CLOCKIFY_API_KEY", "another-key");
    let mut running = Running::start(&program, &["--every", "1s"]);
    running.until("failures", |status| status["consecutive_failures"].as_u64() >= Some(2)).await;
    let ran = program.run(&["status", "--max-age", "1d"]);
    assert_eq!(ran.code, Some(76), "{}", ran.transcript());
    assert!(ran.stdout.contains("unauthenticated: ") && ran.stdout.contains("hint: "), "{}", ran.stdout);
    assert!(!ran.stdout.contains("another-key"));
    drop(running);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_schedule_the_file_tells() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    let ran = program.run(&["status"]);
    assert_eq!((ran.code, ran.stdout.contains("never")), (Some(76), true), "{}", ran.transcript());
    program.run(&[]).succeeded();
    let bare = Program::bare();
    let file = program.output();
    // No key, no workspace: who watches needs neither.
    let of = |arguments: &[&str]| {
        let arguments: Vec<_> =
            ["status", "--file", file.to_str().unwrap()].iter().chain(arguments).copied().collect();
        bare.run(&arguments)
    };
    let ran = of(&["-o", "json"]).succeeded();
    let status: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&status["health"], &status["schedule"]), (&"healthy".into(), &Value::Null));
    with(&file, |database| {
        assert_eq!(
            texts(database, "select sync_id from v1_sync_runs"),
            [status["sealed"]["sync_id"].as_str().unwrap()]
        );
    });
    assert_eq!(status["sealed"]["verified"], true);
    let stale = of(&["--max-age", "0s"]);
    assert_eq!(stale.code, Some(76), "{}", stale.transcript());
    assert!(stale.stderr.contains("the last sealed sync is too old"), "{}", stale.stderr);
    assert!(bare.files().is_empty());
    // One writable folder is enough.
    let ran = program.set("TMPDIR", "/nonexistent").run(&["status"]).succeeded();
    assert!(ran.stdout.contains("complete; "), "{}", ran.stdout);
}

const FILTERS: [(&str, &str); 6] = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r"\b[0-9A-Za-z]{27}\b", "SYNC-ID"),
    (r"(ago|in|for) \d+ (s|min)( \d+ s)?", "$1 A-WHILE"),
    (r"\b\d+ s ago", "A-WHILE ago"),
    (r"in \d+ min \d+ s", "in A-WHILE"),
    (r"process \d+", "process PID"),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_sees() {
    let page = Fault::on(Endpoint::CurrentUser, Action::Html).attempt(1);
    let simulator = demo().fault(page).start().await.unwrap();
    let program = Program::against(&simulator);
    let mut running = Running::start(&program, &["--every", "1s"]);
    running.until("a success", |status| status["last_success"].is_object()).await;
    drop(running);
    let mut running = Running::start(&program, &["--cron", "0 2 1 1 *", "--timezone", "Europe/Berlin"]);
    running.until("waiting", idle).await;
    let ran = program.run(&["status"]).succeeded();
    assert_eq!(running.stop("TERM").await, Some(0));
    let filters = FILTERS.into_iter().chain([(r"in \d+ d( \d+ h)?", "in A-WHILE")]);
    with_settings!({ filters => filters }, { assert_snapshot!(ran.stdout) });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_sees_when_all_is_not_well() {
    let program = Program::bare();
    let told = r#"{"format":1,"version":"0.1.0","pid":4711,"started_at":"2026-01-01T00:00:00Z","schedule":"every 6h",
        "last_success":{"at":"2026-01-01T00:01:00Z","sync_id":"012345678901234567890123456","counts":{"user":3},
        "verified":false},"last_failure":{"at":"2026-01-02T00:00:00Z","class":"unauthenticated","transient":false,
        "reason":"the key\u001b[2J is not accepted","hint":"make a new one"},"consecutive_failures":7,
        "next_run":"2026-01-02T01:00:00Z","progress":null,"stopped_at":null}"#;
    let put = |text: &str| c1z::atomic::write(&program.folder().join(STATUS), text.as_bytes()).unwrap();
    put(told);
    let ran = program.run(&["status"]);
    let filters = [(r"\d+ d \d+ h", "A-WHILE"), (r"\d+ d ago", "A-WHILE ago")];
    with_settings!({ filters => filters }, { assert_snapshot!(ran.transcript()) });
    put("{}");
    let ran = program.run(&["status"]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    put(r#"{"format":2}"#);
    let ran = program.run(&["status"]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert!(ran.stderr.contains("format 2"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_before_anything_is_scheduled() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    for (arguments, says) in [
        (&["--every", "soon"][..], "field every: a time is written like"),
        (&["--every", "0s"], "field every: the interval must be between 1 second and 366 days"),
        (&["--every", "5m", "--jitter", "5m"], "field jitter: the jitter must be shorter"),
        (&["--cron", "0 2 * *"], "field cron: \"0 2 * *\" is not a cron expression of five fields"),
        (&["--cron", "0 0 30 2 *"], "field cron: the cron expression \"0 0 30 2 *\" is never due"),
        (
            &["--cron", "0 2 * * *", "--timezone", "Europe/Nowhere"],
            "field timezone: \"Europe/Nowhere\" is not",
        ),
        (
            &["--every", "6h", "--cron", "0 2 * * *"],
            "if any flags in the group [every cron] are set none of the others can be; [every cron] were all set",
        ),
        (&["--every", "6h", "--timezone", "UTC"], "if any flags in the group [every timezone] are set none"),
        (&[], "at least one of the flags in the group [every cron] is required"),
        (&["--every", "6h", "--page-size", "0"], "field page-size"),
    ] {
        let arguments: Vec<_> = ["schedule"].iter().chain(arguments).copied().collect();
        let ran = program.run(&arguments);
        assert_eq!(ran.code, Some(3), "{arguments:?}: {}", ran.transcript());
        assert!(ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
    }
    let ran = program.run(&["schedule", "--every", "6h", "--file", "no/such/folder/sync.c1z"]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    let ran = program.run(&["schedule", "--every", "6h", "--status-file", "no/such/folder/status.json"]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert!(ran.stderr.contains("--status-file"), "{}", ran.stderr);
    assert!(program.files().is_empty(), "{:?}", program.files());

    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), program.output()).unwrap();
    let ran = program.run(&["schedule", "--every", "6h"]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert_eq!(program.files(), ["sync.c1z"]);
    assert!(simulator.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentation_names_flags_and_variables_that_exist() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/scheduling.md")).unwrap();
    let program = Program::bare();
    let help = [&["--help"][..], &["schedule", "--help"], &["status", "--help"]]
        .map(|arguments| program.run(arguments).succeeded().stdout)
        .concat();
    let known: Vec<_> = help.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).collect();
    let named: Vec<_> = page
        .split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)))
        .filter(|word| word.starts_with("BATON_") || word.starts_with("--") && word.len() > 3)
        .collect();
    assert!(named.len() > 20, "{named:?}");
    for word in named {
        assert!(known.contains(&word), "{word} is in the documentation only");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_up_quota_is_tried_again_when_clockify_says_so() {
    let fault = Fault::on(Endpoint::Users, Action::too_many_requests(Some(1800)));
    let simulator = demo().fault(fault).start().await.unwrap();
    let program = Program::against(&simulator);
    let mut running = Running::start(&program, &["--every", "1h"]);
    let refused = |status: &Value| {
        status["next_run"].is_string()
            && simulator.requests().iter().any(|request| request.status == Some(429))
    };
    let status = running.until("a refusal", refused).await;
    let next: jiff::Timestamp = status["next_run"].as_str().unwrap().parse().unwrap();
    let wait = next.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((1740..=1800).contains(&wait), "the next run is in {wait} s\n{status:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_schedule_for_the_same_output_is_refused() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    let mut first = Running::start(&program, &["--every", "1h"]);
    first.until("the first run is over", |status| status["last_success"].is_object()).await;
    let before = std::fs::read(program.folder().join(STATUS)).unwrap();
    let second = Running::start(&program, &["--every", "2h"]);
    assert_eq!(second.ends().await, Some(9));
    let unknown = program.run(&["schedule", "--every", "2h", "--jitter", "never"]);
    assert_eq!(unknown.code, Some(3), "what is wrong with the flags is told first");
    assert!(std::fs::read(program.folder().join(STATUS)).unwrap() == before, "the status was touched");
    assert_eq!(first.stop("TERM").await, Some(0));
    // Whoever comes after it may begin.
    let mut next = Running::start(&program, &["--every", "2h"]);
    next.until("it has begun", |_| true).await;
    assert_eq!(next.stop("TERM").await, Some(0));
}
