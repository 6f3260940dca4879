//! `status` when what the status file tells is not the whole truth.

use std::fs;
use std::io::Write;

use clockify_sim::{SeededWorkspace, Simulator};
use serde_json::Value;

use crate::program::{KEY, Program, Ran};
use crate::schedule::{Running, STATUS, idle};

/// A schedule that has sealed a sync and was stopped.
async fn sealed() -> Program {
    let simulator = Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator);
    let mut running = Running::start(&program, &["--every", "6h"]);
    running.until("waiting", idle).await;
    assert_eq!(running.stop("TERM").await, Some(0));
    program.run(&["status"]).succeeded();
    program
}

#[track_caller]
fn is_unhealthy(ran: &Ran, says: &str) {
    assert_eq!(ran.code, Some(76), "{}", ran.transcript());
    assert!(ran.stdout.starts_with("Health    STALE: ") && ran.stdout.contains(says), "{}", ran.transcript());
    assert!(ran.stderr.contains("error: ") && ran.stderr.contains(says), "{}", ran.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_is_gone_or_damaged_is_not_healthy_however_young_its_sync_was() {
    let program = sealed().await;
    let file = program.output();
    let content = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    is_unhealthy(&program.run(&["status"]), "the sealed sync is gone: there is no sync.c1z");
    let ran = program.run(&["status", "-o", "json"]);
    let status: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &status["health"]), (Some(76), &"stale".into()), "{status:#}");
    assert_eq!(status["problems"], serde_json::json!(["the sealed sync is gone: there is no sync.c1z"]));

    for damaged in [&b""[..], b"not a sync", &content[..20]] {
        fs::File::create(&file).unwrap().write_all(damaged).unwrap();
        is_unhealthy(&program.run(&["status"]), "the sealed sync cannot be read: ");
    }
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    is_unhealthy(&program.run(&["status"]), "the sealed sync cannot be read: ");
    fs::remove_dir(&file).unwrap();
    fs::File::create(&file).unwrap().write_all(&content).unwrap();
    program.run(&["status"]).succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_file_alone_says_where_the_output_is() {
    let program = sealed().await;
    let elsewhere = Program::bare();
    let status_file = program.folder().join(STATUS);
    let arguments = ["status", "--status-file", status_file.to_str().unwrap()];
    elsewhere.run(&arguments).succeeded();
    fs::remove_file(program.output()).unwrap();
    let told = format!(
        "the sealed sync is gone: there is no {}",
        program.output().canonicalize().unwrap_or(program.output()).display()
    );
    is_unhealthy(&elsewhere.run(&arguments), &told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_died_in_a_run_is_noticed() {
    let program = sealed().await;
    let path = program.folder().join(STATUS);
    let mut status: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let ago = |minutes: i64| (jiff::Timestamp::now() - jiff::SignedDuration::from_mins(minutes)).to_string();
    status["stopped_at"] = Value::Null;
    for (minutes, code) in [(10, 0), (20, 76)] {
        status["progress"] =
            serde_json::json!({ "since": ago(30), "updated_at": ago(minutes), "phase": "read", "pages": 7 });
        fs::File::create(&path).unwrap().write_all(status.to_string().as_bytes()).unwrap();
        let ran = program.run(&["status"]);
        assert_eq!(ran.code, Some(code), "{}", ran.transcript());
        assert_eq!(
            ran.stdout.contains("FAILING: the present run has been silent for long"),
            code == 76,
            "{}",
            ran.stdout
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_machines_time_zone_is_that_of_a_cron_expression() {
    let program = sealed().await.set("TZ", "Asia/Tokyo");
    let mut running = Running::start(&program, &["--cron", "30 2 1 1 *"]);
    let status = running.until("waiting", idle).await;
    assert_eq!(running.stop("TERM").await, Some(0));
    assert_eq!(status["schedule"], "cron 30 2 1 1 * (Asia/Tokyo)");
    let next = status["next_run"].as_str().unwrap();
    assert!(next.ends_with("-12-31T17:30:00Z"), "{next}");
}
