//! Flags of the Go SDK that mean something here, each seen to have its effect.

use std::time::{Duration, Instant};

use clockify_sim::{Action, Endpoint, Fault, SeededWorkspace, Simulator};
use sync_trials::database::{texts, with};

use super::{complete, demo};
use crate::program::{KEY, Program};

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_of_resources_only_says_nothing_of_access() {
    let simulator = demo().await;
    let program = Program::against(&simulator);
    let printed = program.run(&["--skip-entitlements-and-grants"]).succeeded().stdout;
    assert!(printed.contains("Grants     not asked for"), "{printed}");
    assert!(!printed.contains("Who holds administrative access"), "{printed}");
    with(&program.output(), |database| {
        assert_eq!(texts(database, "select sync_type from v1_sync_runs"), ["resources_only"]);
        assert_eq!(texts(database, "select external_id from v1_entitlements"), [""; 0]);
        assert_eq!(texts(database, "select external_id from v1_grants"), [""; 0]);
        assert!(texts(database, "select external_id from v1_resources").len() > 60);
    });
    let asked = program.run(&["users", "--admin"]).succeeded();
    assert!(asked.stderr.contains("without entitlements and grants"), "{}", asked.stderr);
    // A whole sync is what later questions ask.
    program.run(&[]).succeeded();
    program.run(&["--skip-entitlements-and-grants"]).succeeded();
    let asked = program.run(&["users", "--admin"]).succeeded();
    assert!(
        asked.stdout.contains("Henrike Aldous") && !asked.stderr.contains("entitlements"),
        "{}",
        asked.stdout
    );
}

/// How many requests the look-alike had at a time, at most.
async fn at_a_time(arguments: &[&str]) -> usize {
    let slow = Fault::on(Endpoint::Users, Action::Delay(Duration::from_millis(150)));
    let workspace = SeededWorkspace::new(7).users(600).groups(5);
    let simulator = Simulator::builder(workspace).api_key(KEY).fault(slow).start().await.unwrap();
    let program = Program::against(&simulator).set("BATON_PAGE_SIZE", "50");
    program.run(arguments).succeeded();
    let times: Vec<_> = simulator
        .requests()
        .iter()
        .filter(|request| request.endpoint == Endpoint::Users)
        .map(|request| request.at)
        .collect();
    times
        .iter()
        .map(|begin| {
            times.iter().filter(|at| **at >= *begin && **at < *begin + Duration::from_millis(100)).count()
        })
        .max()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_are_requests_at_a_time() {
    assert_eq!(at_a_time(&["--workers", "1"]).await, 1);
    assert_eq!(at_a_time(&["--workers", "0"]).await, 1);
    assert!(at_a_time(&["--workers=8"]).await > 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_may_take_as_long_as_it_is_told() {
    let slow = Fault::on(Endpoint::CurrentUser, Action::Delay(Duration::from_secs(30)));
    let simulator =
        Simulator::builder(SeededWorkspace::demo()).api_key(KEY).fault(slow).start().await.unwrap();
    let program = Program::against(&simulator);
    let begun = Instant::now();
    let child = program.run(&["--http-timeout-seconds", "1"]);
    assert_ne!(child.code, Some(3), "{}", child.stderr);
    assert!(begun.elapsed() < Duration::from_secs(29), "{:?}", begun.elapsed());
    for (value, problem) in [
        ("0", "value must be greater than or equal to 1 but got 0"),
        ("1801", "value must be less than or equal to 1800 but got 1801"),
        ("soon", "value must be a number from 1 to 1800 but got \"soon\""),
    ] {
        let ran = complete().run(&["--http-timeout-seconds", value]);
        ran.failed(3, &format!("errors found:\nfield http-timeout-seconds: {problem}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_go_where_they_are_told() {
    let simulator = demo().await;
    let program = Program::against(&simulator);
    let ran = program.run(&["--log-path", "one.log,stderr", "--log-path", "two.log"]).succeeded();
    let read = |name: &str| std::fs::read_to_string(program.folder().join(name)).unwrap();
    assert!(read("one.log").contains("Page stored."), "{}", read("one.log"));
    assert_eq!(read("one.log"), read("two.log"));
    assert_eq!(read("one.log"), ran.stderr);
    let ran = program.run(&["--log-path", "one.log", "--log-format", "console"]).succeeded();
    assert_eq!(ran.stderr, "");
    assert!(read("one.log").starts_with(&read("two.log")), "lines are added");
    assert!(read("one.log").contains(" INFO Page stored.") && !read("one.log").contains('\u{1b}'));
    let ran = program.run(&["--log-path", "stdout"]).succeeded();
    assert!(ran.stdout.contains("Page stored.") && ran.stderr.is_empty());
    let ran = complete().run(&["--log-path", "no/such/folder/log"]);
    assert_eq!(ran.code, Some(3));
    assert!(
        ran.error().starts_with("errors found:\nfield log-path: cannot open no/such/folder/log: "),
        "{}",
        ran.error()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_debug_level_ends() {
    let simulator = demo().await;
    let has_debug = |arguments: &[&str]| {
        let stderr = Program::against(&simulator).run(arguments).succeeded().stderr;
        stderr.lines().any(|line| line.contains(r#""level":"DEBUG""#))
    };
    assert!(has_debug(&["--log-level", "debug"]));
    assert!(has_debug(&["--log-level", "debug", "--log-level-debug-expires-at", "2999-01-31T12:00:00Z"]));
    assert!(!has_debug(&[
        "--log-level",
        "debug",
        "--log-level-debug-expires-at",
        "2020-01-31T12:00:00+02:00"
    ]));
    complete().run(&["--log-level-debug-expires-at", "tomorrow"]).failed(
        3,
        "errors found:\nfield log-level-debug-expires-at: value must be a time such as 2026-01-31T12:00:00Z but got 'tomorrow'",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_for_copies_must_be_there() {
    let ran = complete().run(&["--c1z-temp-dir", "no/such/folder"]);
    ran.failed(3, "the specified c1z temp dir does not exist: no/such/folder");
    let simulator = demo().await;
    let program = Program::against(&simulator).set("BATON_TMPDIR", "no/such/folder");
    assert_eq!(program.run(&[]).code, Some(3));
    // The flag outweighs the variable, and nothing else is used: a system's folder that is not there is not missed.
    let program = program.set("TMPDIR", "/nonexistent");
    std::fs::create_dir(program.folder().join("copies")).unwrap();
    program.run(&["--c1z-temp-dir", "copies"]).succeeded();
    program.run(&["--c1z-temp-dir", "copies"]).succeeded();
    program.run(&["users", "--c1z-temp-dir", "copies"]).succeeded();
    assert_eq!(std::fs::read_dir(program.folder().join("copies")).unwrap().count(), 0, "copies go away");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_difference_is_taken_and_what_is_old_or_elsewhere_is_told() {
    let simulator = demo().await;
    let program = Program::against(&simulator);
    let ran = program.run(&["--storage-engine", "sqlite"]).succeeded();
    assert!(!ran.stderr.contains(r#""level":"WARN""#), "{}", ran.stderr);
    let ran =
        program.run(&["--keep-previous-sync-c1z", "--session-store-maximum-size", "15728640"]).succeeded();
    assert!(
        ran.stderr.contains("[keep-previous-sync-c1z session-store-maximum-size] makes no difference here"),
        "{}",
        ran.stderr
    );
    let ran = program.run(&["--parallel-sync"]).succeeded();
    assert!(ran.stderr.contains("--parallel-sync is the old name of --workers -1."), "{}", ran.stderr);
    let ran = program.run(&["--skip-full-sync", "--health-check"]).succeeded();
    assert!(
        ran.stderr.contains("Only service mode looks at [skip-full-sync health-check]"),
        "{}",
        ran.stderr
    );
    complete()
        .run(&["--session-store-maximum-size", "large"])
        .failed(3, "errors found:\nfield session-store-maximum-size: value must be a number but got 'large'");
}
