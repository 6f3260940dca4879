//! A disk that does not answer: a signal still ends the program in time, and the next run goes on.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use clockify_sim::{SeededWorkspace, Simulator};
use sync_trials::database::{texts, with};
use sync_trials::{Expected, same};

use crate::disk::library;
use crate::program::{KEY, Program};

/// An operation hangs for minutes, and a signal comes.
async fn stops_in_time(
    only: Option<&str>,
    at: u32,
    signals: &[&str],
    within: Duration,
) -> (Program, Simulator) {
    let workspace = SeededWorkspace::new(9).users(70).groups(4);
    let simulator = Simulator::builder(workspace).api_key(KEY).start().await.unwrap();
    let tools = tempfile::tempdir().unwrap();
    let mark = tools.path().join("mark");
    let program = Program::against(&simulator).set("BATON_PAGE_SIZE", "40");
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let mut program = program
        .set("LD_PRELOAD", &text(&library(tools.path())))
        .set("FAIL_AT", &at.to_string())
        .set("FAIL_SLEEP", "300")
        .set("FAIL_MARK", &text(&mark));
    let folder = program.folder().canonicalize().unwrap();
    program = program.set("FAIL_FOLDER", &text(&folder));
    if let Some(only) = only {
        program = program.set("FAIL_ONLY", only);
    }
    let mut child = program.start(&[]);
    let begun = Instant::now();
    while !mark.exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the disk never hung");
        assert!(child.try_wait().unwrap().is_none(), "the program ended before the disk hung");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let begun = Instant::now();
    for signal in signals {
        let kill = format!("kill -{signal} {}", child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let code = tokio::task::block_in_place(|| child.wait().unwrap()).code();
    assert_eq!(code, Some(75));
    assert!(begun.elapsed() < within, "it took {:?}", begun.elapsed());
    assert!(!program.output().exists());
    (program.unset("LD_PRELOAD"), simulator)
}

fn ends_whole(program: &Program, simulator: &Simulator) {
    program.run(&[]).succeeded();
    let expected = Expected::of(&*simulator.content(), false);
    with(&program.output(), |file| {
        assert_eq!(texts(file, "select sync_id from v1_sync_runs").len(), 1);
        same(&texts(file, "select external_id from v1_grants").into_iter().collect(), &expected.grants);
    });
    assert_eq!(program.files(), ["sync.c1z"]);
}

const PROMISED: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_the_program_in_time_while_a_page_cannot_be_written() {
    let (program, simulator) = stops_in_time(None, 30, &["TERM"], PROMISED).await;
    ends_whole(&program, &simulator);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_the_program_in_time_while_the_file_cannot_be_put_in_place() {
    let (program, simulator) = stops_in_time(Some("rename"), 1, &["INT"], PROMISED).await;
    let asked = simulator.requests().len();
    ends_whole(&program, &simulator);
    assert_eq!(simulator.requests().len(), asked, "all was read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_does_not_wait_for_the_disk() {
    let (program, simulator) = stops_in_time(None, 30, &["TERM", "TERM"], Duration::from_secs(2)).await;
    ends_whole(&program, &simulator);
}
