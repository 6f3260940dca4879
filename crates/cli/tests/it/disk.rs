//! A disk that fails: every single write, synchronisation, truncation and rename of a sync fails once, as an error and
//! as a disk that is full from then on. The sealed file must stay whole, and the next run must finish the job.

use std::path::{Path, PathBuf};
use std::process::Command;

use clockify_sim::{SeededWorkspace, Simulator};

use crate::program::{KEY, Program, Ran};
use sync_trials::database::{texts, with};
use sync_trials::{Expected, same};

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

/// Compiles the library that makes operations fail; a C compiler is needed to build the program anyway.
pub(crate) fn library(folder: &Path) -> PathBuf {
    let library = folder.join("fail.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/disk/fail.c");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([library.as_os_str(), source.as_ref(), "-ldl".as_ref()])
        .status()
        .unwrap();
    assert!(compiled.success());
    library
}

struct Disk {
    simulator: Simulator,
    tools: tempfile::TempDir,
    library: PathBuf,
    /// A sealed file of the same workspace.
    sealed: PathBuf,
    expected: Expected,
}

impl Disk {
    /// One run in which the operation `at` fails, in a folder with a sealed file. Says whether the fault fired.
    fn fail(&self, program: Program, at: u32, error: i32, sticky: bool) -> (Program, Ran, bool) {
        let mark = self.tools.path().join("mark");
        let _ = std::fs::remove_file(&mark);
        let program = program
            .set("LD_PRELOAD", self.library.to_str().unwrap())
            .set("FAIL_AT", &at.to_string())
            .set("FAIL_ERROR", &error.to_string())
            .set("FAIL_STICKY", if sticky { "1" } else { "0" })
            .set("FAIL_MARK", mark.to_str().unwrap());
        let folder = program.folder().canonicalize().unwrap();
        let program = program.set("FAIL_FOLDER", folder.to_str().unwrap());
        let ran = program.run(&["--page-size", "40"]);
        let fired = mark.exists();
        (program.unset("LD_PRELOAD"), ran, fired)
    }

    /// The newest sync in the file is whole, and its id.
    #[track_caller]
    fn newest(&self, program: &Program, case: &str) -> String {
        with(&program.output(), |database| {
            let newest =
                texts(database, "select sync_id from v1_sync_runs order by ended_at desc limit 1").remove(0);
            let rows = format!("select external_id from v1_resources where sync_id = '{newest}'");
            assert_eq!(texts(database, "pragma integrity_check"), ["ok"], "{case}");
            let found = texts(database, &rows).into_iter().collect();
            same(&found, &self.expected.resources);
            newest
        })
    }

    fn sweep(&self, error: i32, sticky: bool) -> u32 {
        let (mut fired_in_all, mut failed) = (0, 0);
        for at in 1.. {
            let case = format!("operation {at}, error {error}, sticky {sticky}");
            let program = Program::against(&self.simulator);
            std::fs::copy(&self.sealed, program.output()).unwrap();
            let before = self.newest(&program, &case);

            let (program, ran, fired) = self.fail(program, at, error, sticky);
            if !fired {
                assert_eq!(ran.code, Some(0), "{case}: {}", ran.stderr);
                break;
            }
            fired_in_all += 1;
            assert!(!ran.stderr.contains("panicked"), "{case}: {}", ran.stderr);
            let after = self.newest(&program, &case);
            if ran.code == Some(0) {
                assert_ne!(after, before, "{case}: success, and nothing new in the file");
            } else {
                failed += 1;
                assert!(ran.stderr.contains("error: "), "{case}: {}", ran.stderr);
            }

            program.run(&["--page-size", "40"]).succeeded();
            self.newest(&program, &case);
            assert_eq!(program.files(), ["sync.c1z"], "{case}: something was left behind");
        }
        assert!(failed * 2 > fired_in_all, "{failed} of {fired_in_all} faults made a run fail");
        fired_in_all
    }
}

async fn disk() -> Disk {
    let tools = tempfile::tempdir().unwrap();
    let workspace = SeededWorkspace::new(9).users(70).groups(4);
    let simulator = Simulator::builder(workspace).api_key(KEY).start().await.unwrap();
    let expected = Expected::of(&*simulator.content(), false);
    let library = library(tools.path());
    let first = Program::against(&simulator);
    first.run(&["--page-size", "40"]).succeeded();
    let sealed = tools.path().join("sealed.c1z");
    std::fs::copy(first.output(), &sealed).unwrap();
    Disk { simulator, tools, library, sealed, expected }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_single_write_may_fail() {
    let fired = disk().await.sweep(EIO, false);
    // Guards against a library that is not loaded.
    assert!(fired > 40, "{fired} operations failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_may_be_full_from_any_write_on() {
    let fired = disk().await.sweep(ENOSPC, true);
    assert!(fired > 40, "{fired} operations failed");
}
