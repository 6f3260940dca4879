//! Runs the binary in a folder of its own, with an environment of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use clockify_sim::Simulator;
use tempfile::TempDir;

/// The key that the look-alike accepts in these tests.
pub(crate) const KEY: &str = "a-key-nobody-must-see";

/// A folder to run in, and what is set there.
pub(crate) struct Program {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// What a run left behind.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    /// Nothing is set.
    pub(crate) fn bare() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// Set up to read a look-alike's workspace.
    pub(crate) fn against(simulator: &Simulator) -> Self {
        Self::bare()
            .set("BATON_CLOCKIFY_API_KEY", KEY)
            .set("BATON_CLOCKIFY_WORKSPACE_ID", &simulator.workspace_id())
            .set("BATON_CLOCKIFY_BASE_URL", &simulator.base_url())
            .set("BATON_CLOCKIFY_RATE_LIMIT", "unlimited")
    }

    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn unset(mut self, name: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn output(&self) -> PathBuf {
        self.folder().join("sync.c1z")
    }

    /// Names of all files in the folder, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.folder())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Runs it to its end. Must be called on a runtime with several threads, on which the look-alike goes on.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let output = tokio::task::block_in_place(|| self.command(arguments).output().unwrap());
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs it with stdout and stderr going to a file, and gives its exit code.
    pub(crate) fn run_into(&self, file: &str, arguments: &[&str]) -> Option<i32> {
        let open = || std::fs::OpenOptions::new().write(true).open(file).unwrap();
        let mut command = self.command(arguments);
        command.stdout(open()).stderr(open());
        tokio::task::block_in_place(|| command.status().unwrap().code())
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_baton-clockify"));
        command.args(arguments).current_dir(self.folder()).env_clear().stdin(Stdio::null());
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }
}

impl Ran {
    /// Fails with everything that was printed unless it went well.
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// What a person sees, for a snapshot: exit code and message, without log lines.
    pub(crate) fn transcript(&self) -> String {
        let messages: Vec<_> = self.stderr.lines().filter(|line| !line.starts_with('{')).collect();
        format!("exit {}\n{}{}", self.code.unwrap_or(-1), self.stdout, messages.join("\n"))
    }
}
