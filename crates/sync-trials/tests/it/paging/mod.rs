//! Lists that do not behave: one test for each way in which pages can mislead, with a look-alike that does exactly that.
//!
//! There are four pages of users, three of groups and three of projects, three rows to a page. The workspace's own list of
//! members tells whom the pages of users missed (clockify reference 3.4 and 8). Nothing tells that of groups: what a page
//! does not show is not in the file, and the tests say so.

mod changes;
mod ends;
mod shifts;

use clockify_sim::{Fault, FixedWorkspace, Simulator};
use sync_engine::{SyncError, SyncReport};
use sync_trials::Expected;

use crate::crew::{self, crew};
use crate::trial::{Setup, Trial};

/// The crew and these faults.
async fn trial(faults: impl IntoIterator<Item = Fault>, concurrency: usize) -> Trial {
    let builder = Simulator::builder(crew()).faults(faults);
    Trial::start(builder, Setup { concurrency, ..Setup::default() }).await
}

/// A sealed sync of the crew, and then these faults.
async fn trial_with_an_output(faults: impl IntoIterator<Item = Fault>, concurrency: usize) -> Trial {
    let trial = trial([], concurrency).await;
    trial.run().await.unwrap();
    faults.into_iter().for_each(|fault| trial.simulator.add_fault(fault));
    trial
}

/// A run that must fail and leave the output as it was.
async fn fails(trial: &Trial) -> SyncError {
    let before = std::fs::read(trial.output()).unwrap();
    let error = trial.run().await.unwrap_err();
    assert!(std::fs::read(trial.output()).unwrap() == before, "the output was touched: {error}");
    error
}

/// A run that must end with everything that is served at its end, and know that it has it.
async fn completes(trial: &Trial) -> SyncReport {
    let report = trial.run().await.unwrap();
    trial.all_fired();
    assert!(report.completeness.verified, "{:?}", report.completeness);
    trial.holds_what_is_served(&report.sync_id);
    report
}

/// What the crew's file holds when these groups were not shown.
fn without_groups(hidden: &[u32]) -> Expected {
    let hidden: Vec<_> = hidden.iter().map(|number| crew::group(*number)).collect();
    let mut content: FixedWorkspace = crew();
    content.groups.retain(|group| !hidden.contains(&group.id));
    Expected::of(&content, true)
}
