//! Drives any [`Connector`](governance_model::Connector) into any [`SyncStore`]: plan, checkpoint, resume, verify, seal.
//!
//! The engine knows nothing of Clockify, of HTTP or of files: facts come through the connector, rows and checkpoints
//! go through the store. What it promises, whatever stops it: a page and its checkpoint are committed together, a
//! resumed sync keeps its id and reads on where it stopped, and only a verified sync is sealed. Deliberately absent:
//! printing (an [`Observer`] hears what happens) and reading the environment.
//!
//! A whole sync of a small source, into a file:
//!
//! ```
//! use in_memory::{Directory, DirectoryConnector};
//! use sync_engine::{C1zStores, NoObserver, Options, SystemClock};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let output = folder.path().join("harbour.c1z");
//! let connector = DirectoryConnector::new(Directory::harbour());
//! let stores = C1zStores::lock(&output)?;
//! let (report, sealed) =
//!     sync_engine::sync(&connector, &stores, &SystemClock, &Options::default(), &NoObserver).await?;
//!
//! assert_eq!(sealed.path, output);
//! assert_eq!(report.rows.resources["user"], 5);
//! assert!(report.completeness.verified);
//! # Ok(())
//! # }
//! ```
//!
//! Whoever writes a connector lets [`conformance`] read it first.

mod begin;
mod c1z_store;
mod checkpoint;
mod clock;
pub mod conformance;
mod error;
mod expand;
mod filter;
mod later;
mod lock;
mod observer;
mod patience;
mod platform;
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
