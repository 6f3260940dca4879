//! What people read out of a c1z: listings, access, differences, findings, exports and reports.
//!
//! Everything starts with a [`Snapshot`], one sync of one file, ours or one written by the Go tools. From it come
//! [`rows`], the answers as plain data, which [`mod@format`] writes as a table, JSON or CSV. Nothing here asks the network,
//! prints, or writes a c1z. Text in a file comes from whoever could name an account, so it is untrusted: each way of
//! writing it out defuses what would be dangerous there, see [`text`].

pub mod access;
pub mod diff;
mod error;
pub mod evidence;
pub mod export;
pub mod find;
pub mod findings;
pub mod format;
mod json_text;
mod names;
mod provenance;
pub mod report;
pub mod reviewed;
pub mod rows;
mod sieve;
mod snapshot;
pub mod stats;
pub mod syncs;
pub mod text;

pub use error::Error;
pub use provenance::{Completeness, Provenance};
pub use snapshot::{Selection, Snapshot};
