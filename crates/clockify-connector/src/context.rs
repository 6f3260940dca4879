//! What mapping a row needs to know beside the row itself.

use std::collections::BTreeMap;

use governance_model::{Baseline, Dropped};

/// The sync's unchanging surroundings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    /// The workspace that is read.
    pub(crate) workspace: &'a str,
    /// What was known before reading: among it every member's id and raw membership status.
    pub(crate) baseline: &'a Baseline,
    /// Whether projects are read.
    pub(crate) projects: bool,
}

impl Context<'_> {
    /// Whether the workspace's own list holds this member.
    pub(crate) fn is_member(&self, id: &str) -> bool {
        self.listed_status(id).is_some()
    }

    /// The raw status that the workspace's own list gives a member.
    pub(crate) fn listed_status(&self, id: &str) -> Option<&str> {
        self.baseline.inventory.as_ref()?.entries.get(id).map(String::as_str)
    }
}

/// Counts what does not become a fact.
#[derive(Debug, Default)]
pub(crate) struct Drops(BTreeMap<String, u64>);

impl Drops {
    pub(crate) fn count(&mut self, reason: impl Into<String>) {
        self.many(reason, 1);
    }

    pub(crate) fn many(&mut self, reason: impl Into<String>, count: u64) {
        if count > 0 {
            *self.0.entry(reason.into()).or_default() += count;
        }
    }

    pub(crate) fn finish(self) -> Vec<Dropped> {
        self.0.into_iter().map(|(reason, count)| Dropped { reason, count }).collect()
    }
}
