//! What a person reads after a sync.

use clockify_sim::{SeededWorkspace, Simulator};
use insta::{assert_snapshot, with_settings};

use crate::program::{KEY, Program};

const FILTERS: [(&str, &str); 8] = [
    (r"/[^ ]*/baton-clockify", "baton-clockify"),
    // The column is as wide as the path of the program.
    (r"(baton-clockify (demo --keep-running|--help)) +", "$1   "),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r"Time +\d+\.\d\d s", "Time       SECONDS"),
    (r"\d+(\.\d)? (KiB|B)", "SIZE"),
    (r"\b[0-9A-Za-z]{27}\b", "SYNC-ID"),
    (r"127\.0\.0\.1:\d+", "LOOPBACK"),
    (r"WORKSPACE_ID=[0-9a-f]{24}", "WORKSPACE_ID=ID"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_demo() {
    let program = Program::bare();
    let ran = program.run(&["demo"]).succeeded();
    with_settings!({ filters => FILTERS }, { assert_snapshot!(ran.stdout) });
    assert_eq!(program.files(), ["sync.c1z"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sync_with_projects() {
    let simulator = Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator);
    program.run(&[]).succeeded();
    let ran = program.run(&["--sync-projects"]).succeeded();
    with_settings!({ filters => FILTERS }, { assert_snapshot!(ran.stdout) });
}

#[tokio::test(flavor = "multi_thread")]
async fn help() {
    let program = Program::bare();
    let ran = program.run(&["--help"]).succeeded();
    assert_snapshot!(ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_asked_for_is_not_called_empty() {
    let simulator = Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap();
    let ran = Program::against(&simulator).run(&["--sync-resource-types", "group"]).succeeded();
    with_settings!({ filters => FILTERS }, { assert_snapshot!(ran.stdout) });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_sync_takes_the_place_of_the_demonstration() {
    let simulator =
        Simulator::builder(SeededWorkspace::new(4).users(20).groups(2)).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator);
    program.run(&["demo"]).succeeded();
    program.run(&[]).succeeded();
    sync_trials::database::with(&program.output(), |database| {
        assert_eq!(sync_trials::database::texts(database, "select sync_id from v1_sync_runs").len(), 1);
    });
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_summary_that_cannot_be_printed_does_not_undo_the_sync() {
    let simulator = Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator).set("TMPDIR", "/nonexistent");
    let ran = program.run_into("/dev/full", &["--log-level", "debug"]);
    assert_eq!(ran, Some(0));
    assert!(program.output().exists());
}
