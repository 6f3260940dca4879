//! One round: a workspace, a folder, and two syncs of it, each hit a few times and then let go to its end.

use std::io;
use std::time::Duration;

use clockify_sim::{Fault, SeededWorkspace, Simulator};
use fastrand::Rng;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::process::Program;
use super::trial::{Calm, Trial};
use super::{Options, Tally};
use crate::expected::Expected;

/// What is tried in a round, drawn from its own seed.
struct Setting {
    label: String,
    seed: u64,
    users: usize,
    groups: usize,
    projects: usize,
    page_size: usize,
    latency: Duration,
}

impl Setting {
    fn draw(rng: &mut Rng, number: u32) -> Self {
        let seed = rng.u64(..);
        let users = rng.usize(500..2_000);
        let projects = if rng.bool() { rng.usize(10..60) } else { 0 };
        let page_size = rng.usize(25..80);
        let label = format!("round {number}: {users} users, {page_size} per page, projects {projects}");
        let latency = Duration::from_millis(rng.u64(2..12));
        Self { label, seed, users, groups: rng.usize(5..80), projects, page_size, latency }
    }

    fn simulator(&self, runtime: &Runtime, faults: Vec<Fault>) -> io::Result<Simulator> {
        let content =
            SeededWorkspace::new(self.seed).users(self.users).groups(self.groups).projects(self.projects);
        runtime.block_on(Simulator::builder(content).faults(faults).latency(self.latency).start())
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["--page-size".to_owned(), self.page_size.to_string()];
        if self.projects > 0 {
            arguments.push("--sync-projects".to_owned());
        }
        arguments
    }
}

/// Runs one round and counts what happened.
pub(super) fn run(runtime: &Runtime, options: &Options, number: u32, tally: &mut Tally) -> io::Result<()> {
    let mut rng = Rng::with_seed(options.seed.wrapping_add(u64::from(number)));
    let setting = Setting::draw(&mut rng, number);

    // How long it takes and how much it asks when nothing disturbs it.
    let calm = setting.simulator(runtime, Vec::new())?;
    let folder = tempfile::tempdir()?;
    let undisturbed = Program {
        binary: &options.program,
        folder: folder.path(),
        simulator: &calm,
        arguments: setting.arguments(),
    }
    .run()?;
    if !undisturbed.status.success() {
        return Err(io::Error::other(format!("an undisturbed sync failed: {}", undisturbed.status)));
    }
    let needed = calm.requests().len();

    let faults = Fault::random_transient(rng.u64(..), rng.usize(1..4));
    let simulator = setting.simulator(runtime, faults)?;
    let expected = Expected::of(&*simulator.content(), setting.projects > 0);
    let folder = tempfile::tempdir()?;
    let program = Program {
        binary: &options.program,
        folder: folder.path(),
        simulator: &simulator,
        arguments: setting.arguments(),
    };
    let (page_size, pages) = (setting.page_size, setting.users.div_ceil(setting.page_size));
    let calm = Calm { took: undisturbed.took, requests: needed };
    let mut trial =
        Trial { program, page_size, pages, expected: &expected, calm, tally, earlier: Vec::new() };
    let outcome = (0..2).try_for_each(|_| {
        let blows = rng.u32(1..=6);
        trial.sync(&mut rng, blows)
    });
    tally.requests += simulator.requests().len();
    tally.faults += simulator.faults_fired().iter().map(|(_, times)| times).sum::<u32>();
    if let Err(wrong) = outcome {
        report(tally, &setting, folder, &wrong);
    }
    Ok(())
}

/// Notes a mismatch, and keeps the folder for whoever looks into it.
fn report(tally: &mut Tally, setting: &Setting, folder: TempDir, wrong: &str) {
    let kept = folder.keep();
    tally.mismatches.push(format!("{}: {wrong}; kept in {}", setting.label, kept.display()));
}
