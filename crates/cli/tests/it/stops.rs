//! Runs that end before the sync does, and what the next one makes of it.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use clockify_sim::{Action, Endpoint, Fault, SeededWorkspace, Simulator};
use insta::{assert_snapshot, with_settings};

use crate::program::{KEY, Program};
use sync_trials::database::{ids, with};
use sync_trials::{Expected, same};

async fn simulator(fault: Fault) -> Simulator {
    let workspace = SeededWorkspace::new(5).users(600).groups(20);
    Simulator::builder(workspace).api_key(KEY).fault(fault).start().await.unwrap()
}

/// The file holds what the workspace holds, and the second run asked for nothing that the first one had.
#[track_caller]
fn ends_complete(program: &Program, simulator: &Simulator, asked_before: usize, expected_after: usize) {
    let expected = Expected::of(&*simulator.content(), false);
    with(&program.output(), |database| {
        same(&ids(database, "v1_resources"), &expected.resources);
        same(&ids(database, "v1_grants"), &expected.grants);
    });
    assert_eq!(simulator.requests().len() - asked_before, expected_after);
    assert_eq!(program.files(), ["sync.c1z"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_is_used_up_stops_the_run_resumable_and_says_when_to_come_back() {
    let fault = Fault::on(Endpoint::Users, Action::too_many_requests(Some(1800))).page(4).times(1);
    let simulator = simulator(fault).await;
    let program = Program::against(&simulator);
    // One page at a time would be slower; the pace alone decides which pages were read before the refusal.
    let ran = program.run(&["--page-size", "100"]);
    with_settings!({ filters => [(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME")] }, {
        assert_snapshot!(ran.transcript());
    });
    assert!(!program.output().exists());

    let asked = simulator.requests().len();
    let ran = program.run(&["--page-size", "100"]).succeeded();
    assert!(ran.stdout.contains("in 2 runs"), "{}", ran.stdout);
    let refused = 1;
    let needed = 1 + 2 + 6 + 1;
    ends_complete(&program, &simulator, asked, needed + refused - asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_refusal_is_waited_for_when_that_is_allowed() {
    let fault = Fault::on(Endpoint::Users, Action::too_many_requests(Some(1))).page(4).times(1);
    let simulator = simulator(fault).await;
    let program = Program::against(&simulator);
    program.run(&["--page-size", "100", "--max-wait", "1m"]).succeeded();
    ends_complete(&program, &simulator, 0, 1 + 2 + 6 + 1 + 1);
}

fn hang_on_page_6() -> Fault {
    Fault::on(Endpoint::Users, Action::Delay(Duration::from_secs(600))).page(6).times(1)
}

async fn start_and_hang(program: &Program, simulator: &Simulator) -> Child {
    let child = program.start(&["--page-size", "100"]);
    let begun = Instant::now();
    // Everything but the hanging page has been asked for and answered.
    while simulator.requests().len() < 9 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the program does not get on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    child
}

fn signal(child: &Child, name: &str) {
    let command = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success());
}

async fn stops_on(name: &str) {
    let simulator = simulator(hang_on_page_6()).await;
    let program = Program::against(&simulator);
    let mut child = start_and_hang(&program, &simulator).await;
    let begun = Instant::now();
    signal(&child, name);
    let code = tokio::task::block_in_place(|| child.wait().unwrap()).code();
    assert_eq!(code, Some(75), "{name}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{name} took {:?}", begun.elapsed());
    let asked = simulator.requests().len();
    program.run(&["--page-size", "100"]).succeeded();
    // The page that hung, and the list of members afterwards.
    ends_complete(&program, &simulator, asked, 2);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn sigterm_stops_within_five_seconds_while_the_server_hangs() {
    stops_on("TERM").await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn sigint_stops_within_five_seconds_while_the_server_hangs() {
    stops_on("INT").await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_the_program_at_once_and_still_resumable() {
    let simulator = simulator(hang_on_page_6()).await;
    let program = Program::against(&simulator);
    let mut child = start_and_hang(&program, &simulator).await;
    let begun = Instant::now();
    signal(&child, "TERM");
    tokio::time::sleep(Duration::from_millis(300)).await;
    signal(&child, "TERM");
    let code = tokio::task::block_in_place(|| child.wait().unwrap()).code();
    assert_eq!(code, Some(75));
    assert!(begun.elapsed() < Duration::from_secs(2), "it took {:?}", begun.elapsed());
    let asked = simulator.requests().len();
    program.run(&["--page-size", "100"]).succeeded();
    ends_complete(&program, &simulator, asked, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_on_the_same_file_fails_or_waits_as_it_is_told() {
    let pause = Fault::on(Endpoint::Users, Action::Delay(Duration::from_secs(3))).page(6).times(1);
    let simulator = simulator(pause).await;
    let program = Program::against(&simulator);
    let mut first = start_and_hang(&program, &simulator).await;

    let ran = program.run(&[]);
    assert_snapshot!(ran.transcript());
    program.run(&["--page-size", "100", "--wait-lock", "30s"]).succeeded();
    assert!(tokio::task::block_in_place(|| first.wait().unwrap()).success());
    with(&program.output(), |database| {
        assert_eq!(sync_trials::database::texts(database, "select sync_id from v1_sync_runs").len(), 2);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_says_how_the_sync_went() {
    let simulator = Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator);
    program.run(&["--report-file", "report.json"]).succeeded();
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(program.folder().join("report.json")).unwrap()).unwrap();
    assert_eq!(report["source_id"], simulator.workspace_id());
    assert_eq!(report["pages"], serde_json::json!({ "groups": 1, "roles": 1, "users": 1 }));
    assert_eq!(report["usage"]["requests"], 5);
    assert_eq!(report["usage"]["retries"], 0);
    assert_eq!(report["completeness"]["verified"], true);
    assert_eq!(report["completeness"]["listed_after"], 60);
    assert_eq!(report["rows"]["resources"]["group"], 9);
    assert_eq!(report["runs"], 1);
    with(&program.output(), |database| {
        let kept = sync_trials::database::texts(database, "select cast(data as text) from v1_assets");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&kept[0]).unwrap(), report);
    });
}
