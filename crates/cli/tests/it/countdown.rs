//! What is seen while a run waits for Clockify's quota: a countdown on a terminal, log lines where there is none, and the
//! status of a schedule.

use std::fs::File;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clockify_sim::{Action, Endpoint, Fault, SeededWorkspace, Simulator};

use crate::program::{KEY, Program};
use crate::schedule::Running;

/// The third page of users is refused once, with so many seconds to wait.
async fn simulator(retry_after: u64) -> Simulator {
    let workspace = SeededWorkspace::new(5).users(300).groups(10);
    let refusal = Fault::on(Endpoint::Users, Action::too_many_requests(Some(retry_after))).page(3).times(1);
    Simulator::builder(workspace).api_key(KEY).fault(refusal).start().await.unwrap()
}

fn program(simulator: &Simulator) -> Program {
    Program::against(simulator).set("BATON_PAGE_SIZE", "100").set("BATON_MAX_WAIT", "1h").set("TZ", "UTC")
}

/// The program under a pseudo-terminal.
struct Terminal {
    script: Child,
    shown: Arc<Mutex<String>>,
}

impl Terminal {
    /// `None` where util-linux' script is not installed. The program's process id will be in the file `pid`.
    #[expect(clippy::print_stderr, reason = "a test that is left out says so")]
    fn start(program: &Program) -> Option<Self> {
        let known = Command::new("script").arg("--version").output().is_ok_and(|said| said.status.success());
        if !known {
            eprintln!("script is not installed: what a terminal shows is not tested");
            return None;
        }
        let binary = env!("CARGO_BIN_EXE_baton-clockify");
        let inner = format!("stty cols 100; echo $$ > pid; exec '{binary}'");
        // The same folder and environment.
        let plain = program.command(&[]);
        let mut script = Command::new("script");
        script
            .args(["-qfec", &inner, "/dev/null"])
            .env_clear()
            .env("TERM", "xterm")
            .env("PATH", "/usr/bin:/bin");
        for (name, value) in plain.get_envs() {
            script.env(name, value.unwrap());
        }
        script
            .current_dir(program.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut script = script.spawn().unwrap();
        let shown = Arc::new(Mutex::new(String::new()));
        let (mut output, into) = (script.stdout.take().unwrap(), shown.clone());
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut piece) {
                into.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..length]));
            }
        });
        Some(Self { script, shown })
    }

    fn shown(&self) -> String {
        self.shown.lock().unwrap().clone()
    }

    /// Waits until it has shown something.
    async fn until(&self, what: &str) {
        let begun = Instant::now();
        while !self.shown().contains(what) {
            assert!(begun.elapsed() < Duration::from_secs(60), "never shown: {what}\n{}", self.shown());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits for its end; the exit code, and all that was shown.
    fn end(mut self) -> (Option<i32>, String) {
        let code = tokio::task::block_in_place(|| self.script.wait().unwrap()).code();
        // The reader ends with the pipe.
        std::thread::sleep(Duration::from_millis(100));
        (code, self.shown())
    }
}

#[track_caller]
fn in_this_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some(at) = rest.find(part) else { panic!("{part:?} is missing, or out of order, in\n{text}") };
        rest = &rest[at + part.len()..];
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_counts_the_seconds_down_and_the_sync_goes_on() {
    let simulator = simulator(3).await;
    let program = program(&simulator);
    let Some(terminal) = Terminal::start(&program) else { return };
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown}");
    let used_up = "Clockify's quota is used up: going on in";
    let lines = ["0:03", "0:02", "0:01"].map(|left| format!("{used_up} {left} (at "));
    in_this_order(&shown, &[&lines[0], &lines[1], &lines[2], "Workspace"]);
    assert!(!shown.contains("INFO") && !shown.contains("WARN"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_wait_counts_down_until_a_signal_and_the_next_run_says_where_it_goes_on() {
    let simulator = simulator(2467).await;
    let program = program(&simulator);
    let Some(terminal) = Terminal::start(&program) else { return };
    let used_up = "Clockify's quota is used up: going on in";
    // A slow machine may draw the first one late.
    for left in ["41:0", "41:05 (at ", "41:04 (at "] {
        terminal.until(&format!("{used_up} {left}")).await;
    }
    let begun = Instant::now();
    let interrupt = ["-c", "kill -INT $(cat pid)"];
    assert!(Command::new("sh").args(interrupt).current_dir(program.folder()).status().unwrap().success());
    let (code, shown) = terminal.end();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(code, Some(75), "{shown}");
    in_this_order(
        &shown,
        &["Stopping; a second signal", "error: stopped before the end", "hint: run the same"],
    );

    let asked = simulator.requests().len();
    let Some(terminal) = Terminal::start(&program) else { return };
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown}");
    in_this_order(
        &shown,
        &[
            "Resuming sync ",
            " from its checkpoint of ",
            ": 4 pages are stored (groups 1, roles 1, users 2)",
            "Workspace",
        ],
    );
    // The refused page, and the list of members afterwards.
    assert_eq!(simulator.requests().len() - asked, 2);
}

/// What was logged so far: level and message.
fn logged(program: &Program) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(program.folder().join("log")).unwrap();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    lines.map(|line| (text(&line["level"]), text(&line["message"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_tells_of_a_wait_when_it_begins() {
    let used_up = "Waiting: Clockify's quota is used up: going on in ";
    let simulator = simulator(3).await;
    let program = program(&simulator);
    let log = || File::create(program.folder().join("log")).unwrap();
    let ran = tokio::task::block_in_place(|| program.command(&[]).stderr(log()).status().unwrap());
    assert!(ran.success());
    let told: Vec<_> =
        logged(&program).into_iter().filter(|(_, message)| message.starts_with(used_up)).collect();
    assert!(
        matches!(&told[..], [(level, message)] if level == "INFO" && message.contains("in 0:03 (at 2")),
        "{told:?}"
    );

    let simulator = self::simulator(2467).await;
    let program = self::program(&simulator);
    let log = || File::create(program.folder().join("log")).unwrap();
    let mut child = program.command(&[]).stderr(log()).spawn().unwrap();
    let begun = Instant::now();
    let told = loop {
        let told = logged(&program).into_iter().find(|(_, message)| message.starts_with(used_up));
        if let Some(told) = told {
            break told;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{:#?}", logged(&program));
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    // It holds the run up for long, so it is a warning.
    assert_eq!(told.0, "WARN");
    assert!(told.1.contains("in 41:07 (at 2"), "{told:?}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_a_schedule_says_what_it_waits_for_and_until_when() {
    let simulator = simulator(2467).await;
    let program = program(&simulator);
    let mut running = Running::start(&program, &["--every", "1h"]);
    let status = running.until("a wait", |status| status["progress"]["waiting"].is_object()).await;
    let wait = &status["progress"]["waiting"];
    assert_eq!(wait["for"], "quota", "{status:#}");
    let until: jiff::Timestamp = wait["until"].as_str().unwrap().parse().unwrap();
    let left = until.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((2400..=2467).contains(&left), "{left} s left\n{status:#}");
    let ran = program.run(&["status"]);
    let told = "waiting for Clockify's quota: 41 min ";
    let shown = ran.stdout.lines().map(str::trim).find(|line| line.starts_with("waiting"));
    assert!(
        shown.is_some_and(|line| line.starts_with(told) && line.contains(" left, until 2")),
        "{}",
        ran.stdout
    );
    assert_eq!(running.stop("TERM").await, Some(75));
    let ran = program.run(&["status"]);
    assert!(!ran.stdout.contains("waiting for"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pace_that_was_set_is_no_silence() {
    let simulator = Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap();
    // One request in two hours at most: the second one is far off.
    let program = program(&simulator).set("BATON_CLOCKIFY_RATE_LIMIT", "1/h");
    let mut running = Running::start(&program, &["--every", "1h"]);
    let status = running.until("a wait", |status| status["progress"]["waiting"].is_object()).await;
    assert_eq!(status["progress"]["waiting"]["for"], "pace", "{status:#}");
    let ran = program.run(&["status"]);
    assert!(ran.stdout.contains("waiting for the next request that the pace allows: "), "{}", ran.stdout);
    assert_eq!(running.stop("TERM").await, Some(75));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_beyond_the_end_of_the_calendar_is_told_as_others_are() {
    let simulator = simulator(u64::MAX).await;
    let program = program(&simulator);
    let ran = program.run(&[]);
    assert_eq!(ran.code, Some(75), "{}", ran.transcript());
    assert!(
        ran.stderr.contains("hint: run the same command again after 9999-12-30T"),
        "{}",
        ran.transcript()
    );
    program.run(&[]).succeeded();
}
