//! What two syncs are, how much differs, and what limits the comparison.

use std::collections::BTreeMap;

use governance_model::Timestamp;
use serde::Serialize;

use super::{Action, Change, ChangeKind, Thing};
use crate::Snapshot;

/// A comparison in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The older sync.
    pub old: Side,
    /// The newer sync.
    pub new: Side,
    /// How many changes there are.
    pub total: u64,
    /// How often each kind of change occurs, such as `user-added`; kinds that do not occur are left out.
    pub counts: BTreeMap<ChangeKind, u64>,
    /// How many administrative roles were given.
    pub administrative_gained: u64,
    /// How many administrative roles were taken away.
    pub administrative_lost: u64,
    /// How many other changes concern administrative access.
    pub administrative_changed: u64,
    /// What a reader must know about the comparison as a whole.
    pub remarks: Vec<Remark>,
}

/// One of the two syncs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The file as it was named.
    pub file: String,
    /// The sync's id.
    pub sync_id: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was sealed; nothing while it is not.
    pub ended_at: Option<Timestamp>,
    /// The source's id, such as the workspace's; empty when the file does not say.
    pub source_id: String,
    /// What people call the source; empty when the file does not say.
    pub source_name: String,
    /// Whether everybody is in it; nothing when the file does not say.
    pub verified: Option<bool>,
}

/// Something that limits what the comparison can say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// A stable word for it.
    pub code: RemarkCode,
    /// The same as a sentence.
    pub text: String,
}

/// See [`Remark`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemarkCode {
    /// One of the syncs is not sealed.
    Unfinished,
    /// Both are the same sync.
    SameSync,
    /// What is called old ended after what is called new.
    Backwards,
    /// The syncs are of two sources.
    DifferentSources,
    /// A file does not say where its sync comes from.
    UnknownSource,
    /// Not everybody is known to be in one of the syncs.
    NotVerified,
    /// One of the syncs has no entitlements and grants by design, so only resources are compared.
    ResourcesOnly,
    /// No resource of a type is left.
    AllGone,
    /// Too many accounts came or went to look for those with the same address.
    ReturnsNotSearched,
}

impl Summary {
    pub(super) fn new(old: Side, new: Side) -> Self {
        Self {
            old,
            new,
            total: 0,
            counts: BTreeMap::new(),
            administrative_gained: 0,
            administrative_lost: 0,
            administrative_changed: 0,
            remarks: Vec::new(),
        }
    }

    /// Whether nothing differs.
    pub fn is_equal(&self) -> bool {
        self.total == 0
    }

    /// How many changes of a kind there are.
    pub fn count(&self, thing: Thing, action: Action) -> u64 {
        self.counts.get(&ChangeKind { thing, action }).copied().unwrap_or(0)
    }

    pub(super) fn add(&mut self, change: &Change) {
        self.total += 1;
        *self.counts.entry(change.kind).or_default() += 1;
        if change.administrative {
            match (change.kind.thing, change.kind.action) {
                (Thing::Grant, Action::Added) => self.administrative_gained += 1,
                (Thing::Grant, Action::Removed) => self.administrative_lost += 1,
                _ => self.administrative_changed += 1,
            }
        }
    }

    pub(super) fn remark(&mut self, code: RemarkCode, text: impl Into<String>) {
        self.remarks.push(Remark { code, text: text.into() });
    }
}

impl Side {
    pub(super) fn of(snapshot: &Snapshot<'_>) -> Self {
        let (run, provenance) = (snapshot.run(), snapshot.provenance());
        Self {
            file: snapshot.path().display().to_string(),
            sync_id: run.sync_id.clone(),
            started_at: run.started_at,
            ended_at: run.ended_at,
            source_id: provenance.map(|known| known.source_id.clone()).unwrap_or_default(),
            source_name: provenance.map(|known| known.source_name.clone()).unwrap_or_default(),
            verified: provenance.map(|known| known.completeness.verified),
        }
    }

    /// The source by name and id.
    pub(super) fn source(&self) -> String {
        if self.source_name.is_empty() {
            self.source_id.clone()
        } else {
            format!("{} ({})", self.source_name, self.source_id)
        }
    }
}
