//! Flags and variables that other tests do not set, each seen to have its effect.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use clockify_sim::{Endpoint, SeededWorkspace, Simulator};

use crate::program::{KEY, Program};

async fn demo() -> Simulator {
    Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_variables_count_as_not_set() {
    let simulator = demo().await;
    let mut program = Program::against(&simulator);
    for name in [
        "BATON_SYNC_PROJECTS",
        "BATON_ALLOW_SHRINK",
        "BATON_LOG_LEVEL",
        "BATON_LOG_FORMAT",
        "BATON_PAGE_SIZE",
        "BATON_CLOCKIFY_RATE_LIMIT",
        "BATON_MAX_WAIT",
        "BATON_REPORT_FILE",
    ] {
        program = program.set(name, "");
    }
    program.run(&[]).succeeded();
    assert!(!simulator.requests().iter().any(|request| request.endpoint == Endpoint::Projects));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_may_be_written_in_several_ways() {
    for (arguments, variable, on) in [
        (&["--sync-projects"][..], None, true),
        (&["--sync-projects=true"], None, true),
        (&["--sync-projects=false"], Some("true"), false),
        (&[], Some("1"), true),
        (&[], Some("false"), false),
    ] {
        let simulator = demo().await;
        let mut program = Program::against(&simulator);
        if let Some(value) = variable {
            program = program.set("BATON_SYNC_PROJECTS", value);
        }
        program.run(arguments).succeeded();
        let asked = simulator.requests().iter().any(|request| request.endpoint == Endpoint::Projects);
        assert_eq!(asked, on, "{arguments:?} {variable:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn log_lines_are_for_programs_or_for_people() {
    let simulator = demo().await;
    let program = Program::against(&simulator);
    let json = program.run(&["--log-format", "JSON", "--log-level", "Info"]).succeeded().stderr;
    assert!(json.lines().count() > 3);
    for line in json.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["level"], "INFO");
    }
    let console = program.run(&["--log-format", "console"]).succeeded().stderr;
    assert!(console.contains(" INFO Page stored.") && !console.contains('{'), "{console}");
    assert_eq!(program.run(&["--log-level", "error"]).succeeded().stderr, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_host_may_be_sent_the_key() {
    let program = Program::bare()
        .set("BATON_CLOCKIFY_API_KEY", KEY)
        .set("BATON_CLOCKIFY_WORKSPACE_ID", "66b0c1d2e4f5a6978812aa00")
        .set("BATON_CLOCKIFY_BASE_URL", "https://clockify.invalid/api/v1");
    let refused = program.run(&[]);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    // Allowed, it fails because there is no such host.
    let ran = program.run(&["--clockify-trusted-host", "Clockify.invalid"]);
    assert_eq!(ran.code, Some(14), "{}", ran.stderr);
    let other = program.run(&["--clockify-trusted-host", "another.invalid"]);
    assert_eq!(other.code, Some(3), "{}", other.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pace_is_kept() {
    let simulator = demo().await;
    let program = Program::against(&simulator).set("BATON_CLOCKIFY_RATE_LIMIT", "5/s");
    program.run(&[]).succeeded();
    let times: Vec<_> = simulator.requests().iter().map(|request| request.at).collect();
    let took = times.last().unwrap().saturating_sub(times[0]);
    assert!(took.as_millis() >= 750, "five requests at 5/s took {took:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_look_alike_keeps_running_until_a_signal_and_can_be_read() {
    for signal in ["INT", "TERM"] {
        let program = Program::bare();
        let mut child = program.command(&["demo", "--keep-running"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut other = Program::bare();
        let printed = BufReader::new(child.stdout.take().unwrap());
        for line in printed.lines() {
            let line = line.unwrap();
            if let Some((name, value)) =
                line.trim().strip_prefix("export ").and_then(|set| set.split_once('='))
            {
                other = other.set(name, value);
            }
            if line.contains("--file other.c1z") {
                break;
            }
        }
        other.run(&["--file", "other.c1z"]).succeeded();
        assert_eq!(other.files(), ["other.c1z"]);
        // The demonstration's own file is free, too.
        let demonstrated = program.output();
        other.run(&["--file", demonstrated.to_str().unwrap()]).succeeded();

        let command = format!("kill -{signal} {}", child.id());
        assert!(std::process::Command::new("sh").args(["-c", &command]).status().unwrap().success());
        let code = tokio::task::block_in_place(|| child.wait().unwrap()).code();
        assert_eq!(code, Some(0), "{signal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_decoder_keeps_the_limit_of_the_go_tools_variable() {
    let workspace = SeededWorkspace::new(2).users(1500).groups(10);
    let simulator = Simulator::builder(workspace).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator);
    program.run(&[]).succeeded();
    let program = program.set("BATON_DECODER_MAX_DECODED_SIZE_MB", "1");
    let ran = program.run(&[]);
    assert_eq!(ran.code, Some(9), "{}", ran.stderr);
    assert!(ran.stderr.contains("raise BATON_DECODER_MAX_DECODED_SIZE_MB"), "{}", ran.stderr);
    program.set("BATON_DECODER_MAX_DECODED_SIZE_MB", "100").run(&[]).succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn times_may_be_given_in_days() {
    let simulator = demo().await;
    Program::against(&simulator).run(&["--resume-max-age", "1d", "--max-wait", "1h30m"]).succeeded();
    let ran = Program::against(&simulator).run(&["--max-wait", "soon"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.stderr.contains("field max-wait: a time is written like 90s"), "{}", ran.stderr);
}

/// Probes made for the Go tools give a number of seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_probe_waits_as_long_as_it_is_told_in_both_ways_of_writing_it() {
    // Takes connections, and answers none.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let program = Program::bare().set("BATON_HEALTH_CHECK_PORT", &port);
    for timeout in ["1", "1s", "1000ms"] {
        let ran = program.run(&["health-check", "--endpoint=live", "--timeout", timeout]);
        assert_eq!(ran.code, Some(4), "{timeout}: {}", ran.stderr);
        assert!(ran.stderr.contains(" within 1s\n"), "{timeout}: {}", ran.stderr);
    }
    let ran = program.run(&["health-check", "--timeout", "soon"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("--timeout: a time is written like"), "{}", ran.stderr);
}

/// A value may be the name of a command: the help of all lists all commands all the same.
#[test]
fn help_lists_every_command_whatever_the_values() {
    let whole = Program::bare().run(&["--help"]).succeeded().stdout;
    assert!(whole.contains("\n  users ") && whole.contains("\n  schedule "));
    for line in
        [&["--file", "users", "--help"][..], &["-f", "status", "help"], &["--report-file", "export", "-h"]]
    {
        let shown = Program::bare().run(line).succeeded().stdout;
        let commands = |help: &str| help.split("\nOptions:").next().unwrap().matches("\n  ").count();
        assert_eq!(commands(&shown), commands(&whole), "{line:?}");
    }
}
