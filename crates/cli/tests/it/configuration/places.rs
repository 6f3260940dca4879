//! Where a value stands: in front of a command or behind it, in a file of another shape, behind a space.

use super::{complete, demo};
use crate::program::Program;

#[tokio::test(flavor = "multi_thread")]
async fn the_value_of_a_switch_stands_behind_an_equals_sign() {
    let ran = complete().run(&["--sync-projects", "true", "--page-size=0"]);
    ran.failed(
        3,
        "--sync-projects takes its value behind an equals sign, and \"true\" stands alone\n\
         errors found:\nfield page-size: value must be greater than or equal to 1 but got 0",
    );
    assert!(ran.stderr.contains("hint: write --sync-projects=true"), "{}", ran.stderr);
    let ran = complete().run(&["--event-feed", "true"]);
    assert!(ran.stderr.contains("write --event-feed=true"), "{}", ran.stderr);
    let ran = complete().run(&["-p", "False", "users"]);
    ran.failed(3, "-p takes its value behind an equals sign, and \"False\" stands alone");
    // A command's own, which takes no value, and the value of another flag.
    let ran = complete().run(&["users", "--file", "true"]);
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_shape_is_told_with_its_line() {
    for (text, line) in [("- hush\n", 1), ("# x\n---\nhush\n", 3), ("7\n", 1)] {
        let program = complete();
        program.put(".baton.yaml", text);
        program.run(&[]).failed(
            3,
            &format!(
                "the configuration file .baton.yaml, line {line} cannot be used: it must hold names of flags with their \
                 values, such as `page-size: 200`"
            ),
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_says_where_a_wrong_value_stands() {
    let program = Program::bare();
    program.put(".baton.yaml", "page-size: 9999\n");
    program.run(&["demo"]).failed(
        3,
        "errors found:\nfield page-size: value must be less than or equal to 5000 but got 9999 (from .baton.yaml)",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_of_the_service_are_checked_wherever_they_stand() {
    let limit = "errors found:\nfield task-concurrency: value must be greater than or equal to 1 but got 0";
    complete().run(&["--task-concurrency=0"]).failed(3, limit);
    let by_variable = complete().set("BATON_TASK_CONCURRENCY", "0").run(&[]);
    by_variable.failed(3, &format!("{limit} (from BATON_TASK_CONCURRENCY)"));
    complete().run(&["schedule", "--every=1h", "--task-concurrency=0"]).failed(3, limit);
    let ran = complete().run(&["doctor", "--client-id=nobody", "--client-secret=x", "--shutdown-grace=soon"]);
    for field in ["field client-id: ", "field client-secret: ", "field shutdown-grace: "] {
        assert!(ran.stdout.contains(field), "{}", ran.stdout);
    }
    assert_eq!(ran.code, Some(3), "{}", ran.stdout);
    let ran = complete().run(&["doctor", "--client-id=nobody"]);
    assert!(ran.stdout.contains("missing [client-secret]"), "{}", ran.stdout);
    // Taken behind a command as all flags are, and told where it makes no difference.
    let ran = complete().run(&["schedule", "--every=1h", "--skip-full-sync", "--page-size=0"]);
    ran.failed(3, "errors found:\nfield page-size: value must be greater than or equal to 1 but got 0");
    assert!(ran.stderr.contains("Only service mode looks at [skip-full-sync]"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_says_which_flags_it_does_not_look_at() {
    let program = complete().set("BATON_CLIENT_ID", "nobody").set("BATON_CLIENT_SECRET", "x");
    let ran = program.run(&["--file=here.c1z", "--wait-lock=5s"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("Service mode does not look at [file wait-lock]"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_without_effect_is_told() {
    let simulator = demo().await;
    let program = Program::against(&simulator).set("BATON_SESSION_STORE_MAXIMUM_SIZE", "1000");
    let ran = program.run(&["--keep-previous-sync-c1z"]).succeeded();
    let told = "[keep-previous-sync-c1z session-store-maximum-size] makes no difference here";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_no_address_is_told_with_what_else_is_wrong() {
    let ran = complete().run(&["--otel-collector-endpoint=collector:port", "--page-size=0"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(
        ran.error().contains("field otel-collector-endpoint: ") && ran.error().contains("field page-size: ")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_c1z_and_a_place_that_is_none_have_a_hint() {
    let program = complete();
    program.put("other.c1z", "no c1z");
    let ran = program.run(&["grants", "-f", "other.c1z"]);
    assert_eq!(ran.code, Some(9), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: name a c1z file"), "{}", ran.stderr);
    for command in ["create", "verify"] {
        let ran = program.run(&["evidence", command, "s3://bucket/pack"]);
        assert_eq!(ran.code, Some(3), "{}", ran.stderr);
        assert!(ran.error().starts_with("s3://bucket/pack is no folder on this disk"), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: name a folder here"), "{}", ran.stderr);
    }
    let ran = program.run(&["--ca-cert=gone.pem"]);
    assert!(ran.stderr.contains("hint: --ca-cert and BATON_CA_CERT name a file"), "{}", ran.stderr);
}
