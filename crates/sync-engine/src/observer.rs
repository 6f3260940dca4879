//! Who wants to hear what a sync does: progress bars, logs, metrics.

use governance_model::{Baseline, Timestamp};

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
        /// Pages that are stored already.
        pages: u64,
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
        /// Why, for people.
        reason: &'a str,
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
    /// The source asks to come back later, and the sync waits for it.
    Waiting {
        /// How long, in seconds.
        seconds: u64,
        /// When it goes on.
        until: Timestamp,
    },
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
