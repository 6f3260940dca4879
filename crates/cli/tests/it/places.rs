//! Where the output is: a folder that cannot be written, another file system, a name that is a link.

#![expect(clippy::print_stderr, reason = "a test that is left out says so")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use clockify_sim::{Action, Endpoint, Fault, SeededWorkspace, Simulator};
use sync_trials::database::{texts, with};
use sync_trials::{Expected, same};
use tempfile::TempDir;

use crate::program::{KEY, Program, Ran};
use crate::schedule::Running;

/// A workspace whose third page of users is refused, so that a run stops, in its nth reading.
async fn simulator(nth: u32) -> Simulator {
    let workspace = SeededWorkspace::new(5).users(300).groups(10);
    let refusal = Fault::on(Endpoint::Users, Action::too_many_requests(Some(1800))).page(3).attempt(nth);
    Simulator::builder(workspace).api_key(KEY).fault(refusal).start().await.unwrap()
}

fn program(simulator: &Simulator) -> Program {
    Program::against(simulator).set("BATON_PAGE_SIZE", "100")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[track_caller]
fn holds_everybody(file: &Path, simulator: &Simulator) {
    let expected = Expected::of(&*simulator.content(), false);
    with(file, |database| {
        let sync = texts(database, "select sync_id from v1_sync_runs order by ended_at desc").remove(0);
        let rows = format!("select external_id from v1_resources where sync_id = '{sync}'");
        same(&texts(database, &rows).into_iter().collect(), &expected.resources);
    });
}

/// Runs it as somebody who has no rights in folders of others: root is let in everywhere. `None` where that cannot be done.
fn run_as_nobody(program: &Program) -> Option<Ran> {
    let nobody = |arguments: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args([
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            env!("CARGO_BIN_EXE_baton-clockify"),
        ]);
        command.args(arguments).env_clear().env("PATH", "/usr/bin:/bin");
        for (name, value) in program.command(&[]).get_envs() {
            command.env(name, value.unwrap());
        }
        command.current_dir(program.folder());
        command
    };
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !is_root {
        return Some(program.run(&[]));
    }
    if !nobody(&["--version"]).output().is_ok_and(|said| said.status.success()) {
        eprintln!("nobody cannot run the program here: a folder without rights is not tested");
        return None;
    }
    let output = tokio::task::block_in_place(|| nobody(&[]).output().unwrap());
    Some(Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_became_read_only_is_told_and_nothing_in_it_is_touched() {
    let simulator = simulator(2).await;
    let program = program(&simulator);
    program.run(&[]).succeeded();
    assert_eq!(program.run(&[]).code, Some(75));
    let folder = program.folder();
    let content = |name: &String| fs::read(folder.join(name)).unwrap();
    let before: Vec<_> = program.files().iter().map(content).collect();
    assert_eq!(program.files(), [".sync.c1z.work", "sync.c1z"]);
    let asked = simulator.requests().len();

    fs::set_permissions(program.output(), Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(folder, Permissions::from_mode(0o555)).unwrap();
    let ran = run_as_nobody(&program);
    fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
    let Some(ran) = ran else { return };
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    let says = ran.stderr.contains("error: cannot write in the folder of sync.c1z: ")
        && ran.stderr.contains("hint: the folder must exist and be writable");
    assert!(says, "{}", ran.transcript());
    assert_eq!(simulator.requests().len(), asked);
    assert_eq!(program.files().iter().map(content).collect::<Vec<_>>(), before);

    // Writable again, it goes on.
    let ran = program.run(&[]).succeeded();
    assert!(ran.stdout.contains("in 2 runs"), "{}", ran.stdout);
    holds_everybody(&program.output(), &simulator);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_working_database_of_somebody_else_is_told_and_the_sealed_file_untouched() {
    let simulator = simulator(2).await;
    let program = program(&simulator);
    program.run(&[]).succeeded();
    assert_eq!(program.run(&[]).code, Some(75));
    let before = fs::read(program.output()).unwrap();
    let work = program.folder().join(".sync.c1z.work");
    fs::set_permissions(&work, Permissions::from_mode(0o400)).unwrap();
    fs::set_permissions(program.output(), Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(program.folder(), Permissions::from_mode(0o777)).unwrap();
    // Its owner may; somebody else may not.
    let Some(ran) = run_as_nobody(&program) else { return };
    if ran.code == Some(0) {
        return holds_everybody(&program.output(), &simulator);
    }
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert!(ran.stderr.contains(".sync.c1z.work") && ran.stderr.contains("hint: "), "{}", ran.transcript());
    assert_eq!(fs::read(program.output()).unwrap(), before);
    program.run(&[]).succeeded();
}

/// A folder on another file system than the usual temporary one, where there is one.
fn another_file_system() -> Option<TempDir> {
    let folder = tempfile::tempdir_in("/dev/shm").ok()?;
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    if device(folder.path()) == device(&std::env::temp_dir()) {
        eprintln!("there is one file system only: outputs on another one are not tested");
        return None;
    }
    Some(folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_on_another_file_system_is_written_there_through_a_link() {
    let Some(there) = another_file_system() else { return };
    let target = there.path().join("real.c1z");
    // First the link leads to nothing yet, then to a sealed file.
    let simulator = simulator(2).await;
    let program = program(&simulator);
    symlink(&target, program.output()).unwrap();
    program.run(&[]).succeeded();
    holds_everybody(&target, &simulator);
    assert_eq!(names(there.path()), ["real.c1z"]);

    let before = fs::read(&target).unwrap();
    assert_eq!(program.run(&[]).code, Some(75));
    assert_eq!(names(there.path()), [".real.c1z.work", "real.c1z"]);
    assert_eq!(program.files(), ["sync.c1z"]);
    assert_eq!(fs::read(&target).unwrap(), before);

    let ran = program.run(&[]).succeeded();
    assert!(ran.stdout.contains("in 2 runs"), "{}", ran.stdout);
    holds_everybody(&target, &simulator);
    assert_eq!(names(there.path()), ["real.c1z"]);
    assert_eq!(program.files(), ["sync.c1z"]);
    assert!(fs::symlink_metadata(program.output()).unwrap().is_symlink());
    // One file, one lock, whatever it is called.
    let lock = fs::File::create(there.path().join(".real.c1z.lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(program.run(&[]).code, Some(9));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_finds_the_unfinished_sync_behind_a_link() {
    let simulator = simulator(2).await;
    let (program, there) = (program(&simulator), tempfile::tempdir().unwrap());
    symlink(there.path().join("real.c1z"), program.output()).unwrap();
    program.run(&[]).succeeded();
    assert_eq!(program.run(&[]).code, Some(75));
    let asked = simulator.requests().len();
    // The sealed sync is young: only the unfinished one is a reason to run now.
    let mut running = Running::start(&program, &["--every", "6h"]);
    running
        .until("a run", |status| status["next_run"].is_string() && simulator.requests().len() == asked + 2)
        .await;
    assert_eq!(running.stop("TERM").await, Some(0));
    assert_eq!(names(there.path()), ["real.c1z"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn temporary_files_elsewhere_or_nowhere_change_nothing() {
    let elsewhere = another_file_system();
    let elsewhere = elsewhere.as_ref().map(|folder| folder.path().to_str().unwrap().to_owned());
    let full = Path::new("/dev/full").exists().then(|| "/dev/full".to_owned());
    for temporary in [elsewhere, full, Some("/nonexistent".to_owned())].into_iter().flatten() {
        let simulator = simulator(2).await;
        let program = program(&simulator).set("TMPDIR", &temporary).set("SQLITE_TMPDIR", &temporary);
        program.run(&[]).succeeded();
        assert_eq!(program.run(&[]).code, Some(75), "{temporary}");
        let ran = program.run(&[]).succeeded();
        assert!(ran.stdout.contains("in 2 runs"), "{temporary}: {}", ran.stdout);
        program.run(&["status"]).succeeded();
        holds_everybody(&program.output(), &simulator);
        assert_eq!(program.files(), ["sync.c1z"], "{temporary}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_became_a_file_is_told() {
    let simulator = simulator(9).await;
    let program = program(&simulator);
    fs::create_dir(program.folder().join("out")).unwrap();
    program.run(&["--file", "out/sync.c1z"]).succeeded();
    fs::remove_dir_all(program.folder().join("out")).unwrap();
    fs::File::create(program.folder().join("out")).unwrap();
    let asked = simulator.requests().len();
    let ran = program.run(&["--file", "out/sync.c1z"]);
    assert_eq!(ran.code, Some(9), "{}", ran.transcript());
    assert!(
        ran.stderr.contains("error: cannot write in the folder of out/sync.c1z: "),
        "{}",
        ran.transcript()
    );
    assert_eq!(simulator.requests().len(), asked);
}
