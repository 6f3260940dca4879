//! The program as a process: started, hit, and waited for.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use clockify_sim::{Endpoint, Simulator};
use rustix::process::{Pid, kill_process};

use super::blow::{Blow, Moment};

/// How long a program may hang before that is a mismatch.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often the look-alike and the program are looked at.
const LOOK: Duration = Duration::from_micros(500);

/// How to start the program in one folder against one look-alike.
pub(super) struct Program<'a> {
    pub(super) binary: &'a Path,
    pub(super) folder: &'a Path,
    pub(super) simulator: &'a Simulator,
    pub(super) arguments: Vec<String>,
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// From the start or, after a blow, from the blow.
    pub(super) took: Duration,
    /// Whether the blow hit a program that was still there.
    pub(super) hit: bool,
}

impl Program<'_> {
    pub(super) fn output(&self) -> PathBuf {
        self.folder.join("sync.c1z")
    }

    /// Runs it to its end.
    pub(super) fn run(&self) -> io::Result<Ended> {
        let begun = Instant::now();
        let mut child = self.start()?;
        let status = wait(&mut child, begun)?;
        Ok(Ended { status, took: begun.elapsed(), hit: false })
    }

    /// Runs it until it is hit, or ends before that.
    pub(super) fn run_into(&self, blow: Blow) -> io::Result<Ended> {
        let asked = self.simulator.requests().len();
        let begun = Instant::now();
        let mut child = self.start()?;
        let reached = |child: &mut Child, ripe: &dyn Fn() -> bool| -> io::Result<bool> {
            while !ripe() {
                if child.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                    return Ok(false);
                }
                std::thread::sleep(LOOK);
            }
            Ok(true)
        };
        let (ripe, delay): (Box<dyn Fn() -> bool>, Duration) = match blow.moment {
            Moment::After(delay) => (Box::new(|| true), delay),
            Moment::Requests(count, delay) => {
                (Box::new(move || self.simulator.requests().len() >= asked + count), delay)
            }
            Moment::Verified(delay) => (Box::new(move || self.is_verifying(asked)), delay),
        };
        if reached(&mut child, &ripe)? {
            let at = Instant::now() + delay;
            reached(&mut child, &|| Instant::now() >= at)?;
        }
        let hit = child.try_wait()?.is_none();
        let struck = Instant::now();
        if hit {
            kill_process(Pid::from_child(&child), blow.signal)?;
        }
        let status = wait(&mut child, struck)?;
        Ok(Ended { status, took: struck.elapsed(), hit })
    }

    /// Whether the list of members was asked for, and answered, after pages of users were.
    fn is_verifying(&self, asked: usize) -> bool {
        let requests = self.simulator.requests();
        let is_users = |endpoint| endpoint == Endpoint::Users;
        requests[asked..]
            .last()
            .is_some_and(|last| last.endpoint == Endpoint::Workspace && last.status.is_some())
            && requests.iter().any(|request| is_users(request.endpoint))
    }

    fn start(&self) -> io::Result<Child> {
        // The last run's messages, for whoever looks into the folder of a mismatch.
        let messages = File::create(self.folder.join("messages.txt"))?;
        Command::new(self.binary)
            .args(&self.arguments)
            .current_dir(self.folder)
            .env_clear()
            .env("BATON_CLOCKIFY_API_KEY", self.simulator.api_key())
            .env("BATON_CLOCKIFY_WORKSPACE_ID", self.simulator.workspace_id())
            .env("BATON_CLOCKIFY_BASE_URL", self.simulator.base_url())
            .env("BATON_CLOCKIFY_RATE_LIMIT", "unlimited")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(messages)
            .spawn()
    }
}

/// Waits for the end, but not for ever.
fn wait(child: &mut Child, since: Instant) -> io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if since.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::other(format!("the program hung for {PATIENCE:?} and was ended")));
        }
        std::thread::sleep(LOOK);
    }
}
