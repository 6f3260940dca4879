//! Bad input: each a clear error and hint, the right exit code, and nothing written.

use clockify_sim::{
    Action, ApiKey, Endpoint, Fault, KeyRights, SeededWorkspace, Simulator, SimulatorBuilder,
};
use insta::{assert_snapshot, with_settings};

use crate::program::{KEY, Program};

fn demo() -> SimulatorBuilder {
    Simulator::builder(SeededWorkspace::demo()).api_key(KEY)
}

/// Runs, compares what is shown, and makes sure that nothing but what was there before is there afterwards.
#[track_caller]
fn check(program: &Program, arguments: &[&str], snapshot: &str) {
    let before = program.files();
    let ran = program.run(arguments);
    let transcript = ran.transcript();
    assert_ne!(ran.code, Some(0), "{transcript}");
    assert!(!transcript.contains(KEY) && !ran.stderr.contains(KEY));
    with_settings!({ filters => [(r"127\.0\.0\.1:\d+", "LOOPBACK"), (r"/[^ ]*/\.tmp\w+", "FOLDER")] }, {
        assert_snapshot!(snapshot, transcript);
    });
    assert_eq!(program.files(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_set() {
    check(&Program::bare(), &[], "nothing_is_set");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_key_is_set() {
    check(&Program::bare().set("BATON_CLOCKIFY_API_KEY", KEY), &[], "only_the_key_is_set");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workspace_id_is_not_hexadecimal() {
    let program = Program::bare()
        .set("BATON_CLOCKIFY_API_KEY", KEY)
        .set("BATON_CLOCKIFY_WORKSPACE_ID", "66b0c1d2e4f5a6978812aaZZ");
    check(&program, &[], "the_workspace_id_is_not_hexadecimal");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_wrong_at_once() {
    let program = Program::bare().set("BATON_CLOCKIFY_WORKSPACE_ID", "abc");
    let arguments = [
        "--clockify-base-url",
        "https://clockify.example/api/v1",
        "--page-size",
        "5001",
        "--sync-resource-types",
        "user,nosuch,project",
        "--clockify-rate-limit",
        "fast",
    ];
    check(&program, &arguments, "everything_is_wrong_at_once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_flag() {
    check(&Program::bare(), &["--nope"], "an_unknown_flag");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_url_without_tls() {
    let program = Program::bare()
        .set("BATON_CLOCKIFY_API_KEY", KEY)
        .set("BATON_CLOCKIFY_WORKSPACE_ID", "66b0c1d2e4f5a6978812aa00");
    check(&program, &["--clockify-base-url", "http://api.clockify.me/api/v1"], "a_base_url_without_tls");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_refused() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator).set("BATON_CLOCKIFY_API_KEY", "another-key");
    check(&program, &[], "the_key_is_refused");
    assert_eq!(simulator.requests().len(), 1, "a refusal is not tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_may_not_see_members() {
    let key = ApiKey { key: KEY.to_owned(), user: 20, rights: KeyRights::Regular };
    let simulator = Simulator::builder(SeededWorkspace::demo()).key(key).start().await.unwrap();
    let program = Program::against(&simulator);
    check(&program, &[], "the_key_may_not_see_members");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workspace_is_unknown() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator).set("BATON_CLOCKIFY_WORKSPACE_ID", "66b0c1d2e4f5a6978812aaff");
    check(&program, &[], "the_workspace_is_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workspace_is_suspended() {
    let mut content = clockify_sim::FixedWorkspace::copy_of(&SeededWorkspace::demo());
    content.workspace.suspended = Some(406);
    let simulator = Simulator::builder(content).api_key(KEY).start().await.unwrap();
    check(&Program::against(&simulator), &[], "the_workspace_is_suspended");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_answers_with_a_web_page() {
    let simulator = demo().fault(Fault::on(Endpoint::CurrentUser, Action::Html)).start().await.unwrap();
    check(&Program::against(&simulator), &[], "the_server_answers_with_a_web_page");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens_at_the_base_url() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    simulator.shutdown().await.unwrap();
    let ran = program.run(&[]);
    assert_eq!(ran.code, Some(14), "{}", ran.transcript());
    assert!(
        ran.stderr.contains("error: ") && ran.stderr.contains("hint: check the network"),
        "{}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_folder_does_not_exist() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    check(&program, &["--file", "no/such/folder/sync.c1z"], "the_output_folder_does_not_exist");
    assert!(simulator.requests().is_empty(), "nothing is asked for a sync that cannot be kept");
}

#[tokio::test(flavor = "multi_thread")]
#[cfg(target_os = "linux")]
async fn the_output_folder_cannot_be_written() {
    let simulator = demo().start().await.unwrap();
    // Takes no files, not even from root.
    check(
        &Program::against(&simulator),
        &["--file", "/proc/sync.c1z"],
        "the_output_folder_cannot_be_written",
    );
    assert!(simulator.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_is_something_else() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), program.output()).unwrap();
    let before = std::fs::read(program.output()).unwrap();
    check(&program, &[], "the_output_is_something_else");
    assert_eq!(std::fs::read(program.output()).unwrap(), before);
    assert!(simulator.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_is_of_the_newer_format() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    let v3 = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors/tiny-v3.c1z");
    std::fs::copy(v3, program.output()).unwrap();
    check(&program, &[], "the_output_is_of_the_newer_format");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_belongs_to_another_workspace() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    program.run(&[]).succeeded();
    let before = std::fs::read(program.output()).unwrap();
    // The demonstration must not push out the history of a real workspace.
    check(&program, &["demo", "--users", "5"], "the_output_belongs_to_another_workspace");
    assert_eq!(std::fs::read(program.output()).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_is_a_pipe() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    let made = std::process::Command::new("mkfifo").arg(program.output()).status().unwrap();
    assert!(made.success());
    check(&program, &[], "the_output_is_a_pipe");
    assert!(simulator.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_is_in_an_object_store() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator)
        .set("AWS_EC2_METADATA_DISABLED", "true")
        .set("BATON_DATA_DIR", "/nonexistent/never-made");
    check(&program, &["--file", "s3://bucket/sync.c1z"], "the_output_is_in_an_object_store");
    check(&program, &["--file", "ftp://bucket/sync.c1z"], "the_output_is_in_an_unknown_kind_of_store");
    check(&program, &["users", "--file", "s3://bucket"], "the_address_has_no_key");
    assert!(simulator.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_gone() {
    let headers = [("Content-Type", "application/json"), ("Last-Page", "true")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let empty = Action::Status { code: 200, body: "[]".to_owned(), headers };
    let simulator = demo().fault(Fault::on(Endpoint::Users, empty)).start().await.unwrap();
    let program = Program::against(&simulator);
    check(&program, &[], "everybody_is_gone");
    program.run(&["--allow-shrink"]).succeeded();
}

/// Clockify deletes a workspace's groups when SCIM is switched on.
#[tokio::test(flavor = "multi_thread")]
async fn all_groups_are_gone() {
    let simulator = demo().start().await.unwrap();
    let program = Program::against(&simulator);
    program.run(&[]).succeeded();
    let before = std::fs::read(program.output()).unwrap();
    simulator.replace_content(SeededWorkspace::demo().groups(0));
    check(&program, &[], "all_groups_are_gone");
    assert!(std::fs::read(program.output()).unwrap() == before, "the output was touched");
    program.run(&["--allow-shrink"]).succeeded();
}
