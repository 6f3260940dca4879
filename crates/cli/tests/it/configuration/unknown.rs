//! Flags and commands that do not exist, flags that are given twice, or that belong to a sync and stand behind another command.

use super::complete;

#[tokio::test(flavor = "multi_thread")]
async fn every_flag_that_does_not_exist_is_told_with_what_else_is_wrong() {
    let ran = complete().run(&["--nope", "--page-size=0", "--also-nope=3"]);
    ran.failed(
        3,
        "unknown flag: --nope\nunknown flag: --also-nope\nerrors found:\nfield page-size: value must be greater than or equal to 1 but got 0",
    );
    let ran = complete().run(&["--page-sise=7"]);
    ran.failed(3, "unknown flag: --page-sise");
    assert!(ran.stderr.contains("hint: is --page-size meant in place of --page-sise?"), "{}", ran.stderr);
    for command in [&["users", "--nope"][..], &["schedule", "--every=1h", "--nope"], &["doctor", "--nope"]] {
        let ran = complete().run(command);
        // The doctor tells it in its table.
        let told = format!("{}{}", ran.stderr, ran.stdout);
        assert!(told.contains("unknown flag: --nope"), "{command:?}: {told}");
        assert_eq!(ran.code, Some(3), "{command:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_flag_that_is_given_twice_the_last_one_counts() {
    complete()
        .run(&["--page-size=7", "--page-size=5001"])
        .failed(3, "errors found:\nfield page-size: value must be less than or equal to 5000 but got 5001");
    // The last one is right, so the run goes on to where nobody listens.
    let ran = complete().run(&["--page-size=5001", "--page-size=7"]);
    assert_eq!(ran.code, Some(14), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_of_the_go_sdk_are_known_behind_a_command_too() {
    for command in [&["schedule", "--every=1h"][..], &["users"], &["doctor"]] {
        let ran = complete().run(&[command, &["--create-ticket", "--ticket-template-path=t"]].concat());
        assert_eq!(ran.code, Some(12), "{command:?}: {}", ran.stderr);
        let told = format!("{}{}", ran.stderr, ran.stdout);
        assert!(told.contains("\"create-ticket\""), "{command:?}: {told}");
    }
    let ran = complete().run(&["doctor", "--storage-engine=sqlite"]);
    assert!(!ran.stderr.contains("storage-engine"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_could_not_be_written_is_told_before_the_sync() {
    complete()
        .run(&["--report-file=gone/report.json"])
        .failed(3, "errors found:\nfield report-file: there is no folder gone");
    complete().run(&["--report-file=s3://bucket/report.json"]).failed(
        3,
        "errors found:\nfield report-file: the report is written to a path, not to an address in an object store",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_of_the_go_sdk_are_answered_with_why_not() {
    for (command, why, hint) in [
        ("_connector-service", "a sync and the connector are one process here", "run it without a command"),
        ("lambda", "this program does not run inside AWS Lambda", "docs/scheduling.md"),
        ("setup", "registers nothing with a service manager of Windows", "docs/service-mode.md"),
        ("start", "registers nothing with a service manager of Windows", "docs/service-mode.md"),
        ("stop", "registers nothing with a service manager of Windows", "docs/service-mode.md"),
        ("remove", "registers nothing with a service manager of Windows", "docs/service-mode.md"),
    ] {
        for arguments in
            [&[command][..], &[command, "--log-level=info"], &["--nope", command, "--lambda-client-id=x"]]
        {
            let ran = complete().run(arguments);
            assert_eq!(ran.code, Some(12), "{arguments:?}: {}", ran.stderr);
            assert!(
                ran.error().starts_with(&format!("command \"{command}\" cannot be used: ")),
                "{}",
                ran.stderr
            );
            assert!(ran.error().contains(why), "{}", ran.stderr);
            let told = ran.stderr.split("\nhint: ").nth(1).unwrap();
            assert!(told.contains(hint), "{}", ran.stderr);
        }
    }
    let ran = complete().run(&["lambada"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("unrecognized subcommand 'lambada'"), "{}", ran.stderr);
}
