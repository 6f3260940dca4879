//! The configuration file: where it is, what is wrong with it, and what is said of names that nobody knows.

use super::{complete, demo};
use crate::program::{KEY, Program};

#[tokio::test(flavor = "multi_thread")]
async fn its_name_ends_as_yaml_does() {
    let program = complete();
    let path = program.put("baton.json", "{}");
    let ran = program.set("BATON_CONFIG_PATH", path.to_str().unwrap()).run(&[]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.error().ends_with("expected config file to have .yaml or .yml extension"), "{}", ran.error());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_named_and_missing_is_a_warning() {
    let simulator = demo().await;
    let program = Program::against(&simulator).set("BATON_CONFIG_PATH", "no/such.yaml");
    let ran = program.run(&[]).succeeded();
    assert!(
        ran.stderr.contains("There is no configuration file no/such.yaml, which BATON_CONFIG_PATH names."),
        "{}",
        ran.stderr
    );
    let quiet = Program::against(&simulator).run(&[]).succeeded();
    assert!(!quiet.stderr.contains("configuration file"), "{}", quiet.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_cannot_be_read_is_an_error() {
    let program = complete();
    std::fs::create_dir(program.folder().join(".baton.yaml")).unwrap();
    program.run(&[]).failed(3, "cannot read the configuration file .baton.yaml: it is a folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_malformed_is_told_with_its_line() {
    for (text, says) in [
        ("page-size: 5\nfile: [a\n", "the configuration file .baton.yaml, line "),
        ("page-size: 5\npage-size: 6\n", "the configuration file .baton.yaml, line 2 cannot be used: "),
        ("just words\n", "it must hold names of flags with their values, such as `page-size: 200`"),
        ("- page-size\n", "the configuration file .baton.yaml"),
        ("page-size: [1, 2]\n", "field page-size: value must be one text, not a list (.baton.yaml, line 1)"),
        (
            "\nsync-resource-types: {a: b}\n",
            "field sync-resource-types: value must be a list, not a mapping (.baton.yaml, line 2)",
        ),
    ] {
        let program = complete();
        program.put(".baton.yaml", text);
        let ran = program.run(&[]);
        assert_eq!(ran.code, Some(3), "{text}: {}", ran.stderr);
        assert!(ran.error().contains(says), "{text}: {}", ran.error());
        // A question is not answered with half a configuration either.
        assert_eq!(program.run(&["users"]).code, Some(3), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_knows_is_a_warning_with_what_was_meant() {
    let simulator = demo().await;
    let program = Program::against(&simulator);
    program.put(".baton.yaml", "page_size: 5\ncolour: blue\nevery: 6h\n");
    let stderr = program.run(&["--log-format", "console"]).succeeded().stderr;
    for says in [
        r#".baton.yaml, line 1: there is no setting "page_size". Is it meant to be "page-size"?"#,
        r#".baton.yaml, line 2: there is no setting "colour"."#,
        r#".baton.yaml, line 3: there is no setting "every". Is it meant to be "schedule-every"?"#,
    ] {
        assert!(stderr.contains(says), "{says} is not in {stderr}");
    }
    assert!(!stderr.contains("blue"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_of_digits_stays_what_it_is() {
    let program = complete().unset("BATON_CLOCKIFY_WORKSPACE_ID");
    program.put(".baton.yaml", "clockify-workspace-id: 66001122334455667788990\n");
    let ran = program.run(&[]);
    ran.failed(
        3,
        "errors found:\nfield clockify-workspace-id: an id has 24 hexadecimal digits, this text has 23 characters \
         (from .baton.yaml)",
    );
}

/// The key is in the environment, and the folder may be anybody's.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_only_lies_there_does_not_say_who_is_sent_the_key() {
    let says = |field: &str, line: u32, variable: &str| {
        format!(
            "field {field}: who is sent keys and who is believed is not taken from .baton.yaml (line {line}), which \
             may be anybody's: set {variable}, or name the file with BATON_CONFIG_PATH"
        )
    };
    for (text, field, line) in [
        ("page-size: 9\nclockify-base-url: http://127.0.0.1:1/api/v1\n", "clockify-base-url", 2),
        ("clockify-trusted-host: clockify.invalid\n", "clockify-trusted-host", 1),
        ("c1-api-host: c1.invalid\n", "c1-api-host", 1),
        ("ca-cert: roots.pem\n", "ca-cert", 1),
        ("otel-collector-endpoint: collector.invalid\n", "otel-collector-endpoint", 1),
    ] {
        let program = Program::bare()
            .set("BATON_CLOCKIFY_API_KEY", KEY)
            .set("BATON_CLOCKIFY_WORKSPACE_ID", "66b0c1d2e4f5a6978812aa00");
        let file = program.put(".baton.yaml", text);
        let refused = says(field, line, &format!("BATON_{}", field.to_uppercase().replace('-', "_")));
        for command in [&[][..], &["schedule", "--every", "1h"]] {
            let ran = program.run(command);
            let told = [ran.stdout, ran.stderr].concat();
            assert!(told.contains(&refused), "{command:?}: {told}");
        }
        // What sends no key does not care.
        assert!(!program.run(&["users"]).stderr.contains(&refused), "{text}");
        // Named, it is the operator's own. It fails for other reasons, if it fails.
        let ran = program.set("BATON_CONFIG_PATH", file.to_str().unwrap()).run(&["--page-size", "0"]);
        assert!(!ran.stderr.contains("who is sent keys"), "{}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_trusted_that_is_named_by_hand_or_in_a_named_file() {
    let program = Program::bare()
        .set("BATON_CLOCKIFY_API_KEY", KEY)
        .set("BATON_CLOCKIFY_WORKSPACE_ID", "66b0c1d2e4f5a6978812aa00");
    let file = program.put(
        ".baton.yaml",
        "clockify-base-url: https://clockify.invalid/api/v1\nclockify-trusted-host: clockify.invalid\n",
    );
    assert_eq!(program.run(&[]).code, Some(3));
    // Allowed, it fails because there is no such host.
    program.put(
        ".baton.yaml",
        "clockify-base-url: https://clockify.invalid/api/v1\nclockify-trusted-host: ''\n",
    );
    let empty = program.run(&["--clockify-trusted-host", "clockify.invalid"]);
    assert_eq!(empty.code, Some(14), "{}", empty.stderr);
    program.put(
        ".baton.yaml",
        "clockify-base-url: https://clockify.invalid/api/v1\nclockify-trusted-host: clockify.invalid\n",
    );
    let named = program.set("BATON_CONFIG_PATH", file.to_str().unwrap()).run(&[]);
    assert_eq!(named.code, Some(14), "{}", named.stderr);
}
