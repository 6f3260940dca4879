//! The checkpoint of an unfinished sync: token, notes and report, whatever they hold.
//!
//! The engine gets them through its own seam, [`sync_engine::SyncStore`], from a store in memory; nothing of the
//! engine is opened for it.

mod script;
mod source;
mod store;

use std::sync::Mutex;
use std::time::Duration;

use governance_model::Timestamp;
use sync_engine::{Clock, Event, Observer, Options, SyncError, SyncReport};

pub(crate) use script::write as script_of;
pub(crate) use source::{NOW, Source, cursor, fingerprint};
pub(crate) use store::{Shelf, Unfinished};

use crate::facts;

/// What became of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resumption {
    /// The sync went on, or what an earlier run had ended was put in place.
    Resumed,
    /// A new sync began.
    Afresh,
    /// The run failed.
    Failed,
}

/// Goes on with a sync whose checkpoint is in the bytes. However that ends, the run after it seals, at the latest when
/// the checkpoint has become too old.
pub fn checkpoint(bytes: &[u8]) -> Resumption {
    let source = Source::default();
    let unfinished = script::read(bytes, &fingerprint(&source));
    let shelf = Shelf::new(Some(unfinished));
    let (first, resumption) = run(&source, &shelf, NOW);
    let Err(error) = first else {
        assert!(shelf.sealed() == 1);
        return resumption;
    };
    facts::error_holds(&error, "");
    assert_eq!(shelf.sealed(), 0, "a sync that failed is visible: {error}");
    // A place to read on at which only the source can make no sense of keeps the sync until it is too old.
    let is_sources = matches!(error, SyncError::Connector(_));
    let (second, _) = run(&source, &shelf, NOW);
    if let Err(error) = second {
        assert!(is_sources, "a damaged checkpoint keeps every later run from its end: {error}");
        let (third, _) = run(&source, &shelf, NOW + Duration::from_secs(8 * 24 * 3600));
        third.expect("a checkpoint that is too old is not used");
    }
    assert_eq!(shelf.sealed(), 1);
    Resumption::Failed
}

type Ended = Result<(SyncReport, sync_engine::Sealed), SyncError>;

fn run(source: &Source, shelf: &Shelf, now: Timestamp) -> (Ended, Resumption) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let heard = Heard::default();
    let ended = runtime.block_on(sync_engine::sync(source, shelf, &At(now), &Options::default(), &heard));
    if let Ok((report, sealed)) = &ended {
        assert!(sealed.syncs.contains(&report.sync_id));
        let stored = serde_json::to_string(report).unwrap();
        assert_eq!(serde_json::from_str::<SyncReport>(&stored).unwrap(), *report);
        assert!(!shelf.is_dangling(), "something sealed leads nowhere");
    }
    let resumption = match &ended {
        Err(_) => Resumption::Failed,
        Ok(_) if *heard.0.lock().unwrap() => Resumption::Resumed,
        Ok(_) => Resumption::Afresh,
    };
    (ended, resumption)
}

/// A clock that stands still.
struct At(Timestamp);

pub(crate) fn at(now: Timestamp) -> impl Clock {
    At(now)
}

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Whether the run went on with what was there.
#[derive(Default)]
struct Heard(Mutex<bool>);

impl Observer for Heard {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Resumed { .. } | Event::Ended { .. } => *self.0.lock().unwrap() = true,
            Event::Discarded { reason } => assert!(!reason.to_string().is_empty()),
            _ => {}
        }
    }
}
