//! Who wants to hear what a sync does: progress bars, logs, metrics.

use std::collections::BTreeMap;

use governance_model::{Baseline, Timestamp};

use crate::Unusable;

/// The steps of a sync, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Checking the credential and taking the inventory.
    Validate,
    /// Reading pages.
    Read,
    /// Comparing with the source's own inventory, reading again what is amiss, and looking for references that lead
    /// nowhere.
    Verify,
    /// Giving members what their collections hold.
    Expand,
    /// Ending the sync and putting the file in place.
    Seal,
}

/// What a sync waits for. The engine itself waits for a quota only; the others are for whoever else has to make it wait and
/// wants observers to hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WaitReason {
    /// The source's quota is used up, and the source asks to come back later.
    Quota,
    /// The next request may not leave yet, because of a pace that was set.
    Pace,
    /// The source failed, and will be asked again.
    Retry,
    /// Another run works on the same output.
    OtherRun,
}

impl WaitReason {
    /// A short fixed name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quota => "quota",
            Self::Pace => "pace",
            Self::Retry => "retry",
            Self::OtherRun => "other_run",
        }
    }
}

/// Something that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A sync begins.
    Started {
        /// Its id.
        sync_id: &'a str,
    },
    /// A sync goes on.
    Resumed {
        /// Its id.
        sync_id: &'a str,
        /// When it began.
        started_at: Timestamp,
        /// When its checkpoint was written.
        checkpoint_at: Timestamp,
        /// Pages that are stored already, per series.
        pages: &'a BTreeMap<String, u64>,
    },
    /// A sync that an earlier run ended is put in place; the source is asked for nothing.
    Ended {
        /// Its id.
        sync_id: &'a str,
        /// When it ended.
        ended_at: Timestamp,
    },
    /// A sync that cannot be resumed was thrown away.
    Discarded {
        /// Why.
        reason: &'a Unusable,
    },
    /// A step begins.
    Phase(Phase),
    /// The source is known.
    Validated(&'a Baseline),
    /// A page is stored together with its checkpoint.
    PageStored {
        /// The series it belongs to.
        stream: &'a str,
        /// Resources in it.
        resources: u64,
        /// Pages stored so far, in this series.
        pages: u64,
    },
    /// The sync begins to wait.
    Waiting {
        /// What for.
        reason: WaitReason,
        /// How long, in seconds.
        seconds: u64,
        /// When it goes on.
        until: Timestamp,
    },
    /// The sync still waits; said once a minute.
    StillWaiting {
        /// What for.
        reason: WaitReason,
        /// How long from now on, in seconds.
        seconds: u64,
        /// When it goes on.
        until: Timestamp,
    },
    /// The wait is over.
    WaitOver,
    /// People are looked for again, because pages missed them or they changed meanwhile.
    Rereading {
        /// How many.
        people: u64,
        /// On how many pages.
        pages: u64,
    },
    /// A part of sealing begins.
    SealStep(&'a str),
}

/// Hears what a sync does. Called on the engine's task, so it should be quick.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn event(&self, event: &Event<'_>);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoObserver;

impl Observer for NoObserver {
    fn event(&self, _event: &Event<'_>) {}
}
