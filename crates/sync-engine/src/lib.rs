//! Drives any [`Connector`](governance_model::Connector) into any [`SyncStore`]: plan, checkpoint, resume, verify, seal.
//!
//! The engine knows nothing of Clockify, of HTTP or of files: facts come through the connector, rows and checkpoints
//! go through the store. What it promises, whatever stops it: a page and its checkpoint are committed together, a
//! resumed sync keeps its id and reads on where it stopped, and only a verified sync is sealed. Deliberately absent:
//! printing (an [`Observer`] hears what happens) and reading the environment.

mod begin;
mod c1z_store;
mod checkpoint;
mod clock;
pub mod conformance;
mod error;
mod expand;
mod filter;
mod lock;
mod observer;
mod patience;
mod read;
mod recover;
mod report;
mod resolve;
mod run;
pub mod schedule;
mod seal;
mod stop;
mod store;
mod unusable;
mod verify;

pub use c1z_store::{C1zStore, C1zStoreError, C1zStores, REPORT_ASSET};
pub use clock::{Clock, Sleep, SystemClock};
pub use error::SyncError;
pub use filter::LeaveOut;
pub use lock::{LockError, OutputLock};
pub use observer::{Event, NoObserver, Observer, Phase, WaitReason};
pub use report::{Completeness, Drift, Integrity, SyncReport};
pub use run::{Options, sync};
pub use stop::{Stop, Stopper};
pub use store::{
    Change, Committed, Counts, Dangling, Expanded, Previous, Sealed, SyncStart, SyncStore, SyncStores,
};
pub use unusable::Unusable;
