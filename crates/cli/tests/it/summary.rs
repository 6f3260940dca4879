//! What a person reads after a sync.

use clockify_sim::{SeededWorkspace, Simulator};
use insta::{assert_snapshot, with_settings};

use crate::program::{KEY, Program};

const FILTERS: [(&str, &str); 7] = [
    (r"/[^ ]*/baton-clockify", "baton-clockify"),
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
