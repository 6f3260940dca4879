//! The lock of an output: left behind, damaged, or held by a run that lives.

use std::fs::{self, File};
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use clockify_sim::{SeededWorkspace, Simulator};
use serde_json::Value;

use crate::program::{KEY, Program};
use crate::schedule::Running;

const LOCK: &str = ".sync.c1z.lock";

async fn demo() -> (Simulator, Program) {
    let simulator = Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator);
    (simulator, program)
}

/// The lock as another process would hold it.
fn held(program: &Program) -> File {
    let lock = File::create(program.folder().join(LOCK)).unwrap();
    lock.lock().unwrap();
    lock
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_process_left_blocks_nobody() {
    let (_simulator, program) = demo().await;
    File::create(program.folder().join(LOCK)).unwrap();
    program.run(&[]).succeeded();
    File::create(program.folder().join(LOCK)).unwrap().write_all(b"\xff\x00 4711 somebody else's").unwrap();
    program.run(&[]).succeeded();
    assert_eq!(program.files(), ["sync.c1z"]);
    // One whose file is gone while its holder lives holds nothing either.
    let holder = held(&program);
    fs::remove_file(program.folder().join(LOCK)).unwrap();
    program.run(&[]).succeeded();
    drop(holder);
    assert_eq!(program.files(), ["sync.c1z"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_cannot_be_made_is_told() {
    let (simulator, program) = demo().await;
    program.run(&[]).succeeded();
    let (before, asked) = (fs::read(program.output()).unwrap(), simulator.requests().len());
    fs::create_dir(program.folder().join(LOCK)).unwrap();
    let ran = program.run(&[]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert!(ran.stderr.contains("error: cannot lock sync.c1z with "), "{}", ran.transcript());
    assert!(ran.stderr.contains("/.sync.c1z.lock: Is a directory"), "{}", ran.transcript());
    assert_eq!(simulator.requests().len(), asked);
    assert_eq!(fs::read(program.output()).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_for_another_says_so_and_gives_up_in_time() {
    let (simulator, program) = demo().await;
    let holder = held(&program);
    let begun = Instant::now();
    let ran = program.run(&["--wait-lock", "1s"]);
    assert!((1.0..4.0).contains(&begun.elapsed().as_secs_f64()), "it took {:?}", begun.elapsed());
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert!(ran.stderr.contains("error: another run is working on sync.c1z\n"), "{}", ran.transcript());
    let waits = "another run is working on the file: waiting for its end, for 0:01 at most";
    assert!(ran.stderr.contains(waits), "{}", ran.stderr);
    assert!(simulator.requests().is_empty());

    let ran = program.run(&[]);
    assert_eq!(ran.code, Some(9));
    assert!(!ran.stderr.contains("waiting"), "{}", ran.stderr);
    drop(holder);
    program.run(&[]).succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_for_another_can_be_stopped() {
    let (simulator, program) = demo().await;
    let holder = held(&program);
    for signal in ["TERM", "INT"] {
        let log = program.folder().join("log");
        let mut child = program
            .command(&["--wait-lock", "1h"])
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while !fs::read_to_string(&log).unwrap().contains("waiting for its end") {
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not wait");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let begun = Instant::now();
        let kill = format!("kill -{signal} {}", child.id());
        assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let code = tokio::task::block_in_place(|| child.wait().unwrap()).code();
        assert_eq!(code, Some(75), "{signal}: {}", fs::read_to_string(&log).unwrap());
        assert!(begun.elapsed() < Duration::from_secs(2), "it took {:?}", begun.elapsed());
    }
    assert!(simulator.requests().is_empty());
    drop(holder);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_beside_a_schedule_is_no_failure_that_somebody_has_to_look_at() {
    let (_simulator, program) = demo().await;
    program.run(&[]).succeeded();
    let holder = held(&program);
    let mut running = Running::start(&program, &["--every", "1s"]);
    let failed = |status: &Value| status["consecutive_failures"] == 1 && status["next_run"].is_string();
    let status = running.until("a failure", failed).await;
    let failure = &status["last_failure"];
    assert_eq!(
        (&failure["class"], &failure["transient"]),
        (&"unavailable".into(), &true.into()),
        "{failure}"
    );
    assert_eq!(failure["reason"], "another run is working on sync.c1z");
    program.run(&["status"]).succeeded();
    drop(holder);
    running
        .until("a success", |status| {
            status["consecutive_failures"] == 0 && status["last_success"].is_object()
        })
        .await;
    assert_eq!(running.stop("TERM").await, Some(0));
}
