//! The `.c1z` file, version 1: zstd-compressed SQLite behind the five bytes `C1ZF\0`.
//!
//! What is here: the envelope, the schema, a writer ([`WorkingDatabase`]) that collects one sync and seals it, a reader
//! ([`C1zFile`]) that takes what the Go tools write, grant expansion, and the rule by which a file appears whole or
//! not at all ([`atomic`]). What is not: any knowledge of a source such as Clockify, of the order in which a sync
//! runs, of clocks, and of the Pebble format (version 3), which is only recognised.

pub mod atomic;
mod batch;
mod behind;
mod checking;
mod dangling;
mod envelope;
mod error;
mod exclusion;
mod expand;
mod folder;
mod glance;
mod graph;
mod known;
pub mod ksuid;
mod lookup;
mod message;
mod output;
mod passes;
mod platform;
mod query;
mod reader;
mod records;
mod retention;
mod run;
mod schema;
mod seal;
mod soundness;
mod spill;
mod timestamp;
mod unpack;
mod upgrade;
mod view;
mod working;

pub use batch::{Batch, Written};
pub use dangling::Dangling;
pub use envelope::{EnvelopeError, Limits};
pub use error::Error;
pub use expand::Expansion;
pub use glance::Glance;
pub use output::{OutputState, check_output, output_state};
pub use passes::GrantGlance;
pub use reader::{C1zFile, SyncChoice};
pub use records::{Record, Records};
pub use run::{Stats, SyncRun, SyncType};
pub use seal::{Deliver, SealOptions, SealStep, Sealed};
pub use view::{EntitlementFilter, GrantFilter, ResourceFilter, SyncView};
pub use working::{SyncInfo, SyncStart, WorkingDatabase};
