//! What a sync is tried against, shared by every test that looks at a whole one.
//!
//! [`Expected`] is what a file must hold, computed from the look-alike's own content, never from the connector.
//! [`database`] looks into a file with zstd and SQLite alone, never with our reader, and [`dump`] makes text of one sync, to
//! compare it with another. [`cut`] ends a run at a chosen operation of its store; [`torture`] kills the real program again
//! and again. Nothing here is part of the program; a wrong file makes these functions panic, because their callers are
//! tests.

#![expect(clippy::unwrap_used, reason = "a trial fails by panicking")]
#![expect(clippy::missing_panics_doc, reason = "a trial fails by panicking")]

pub mod cut;
pub mod database;
pub mod dump;
mod expected;
#[cfg(unix)]
pub mod torture;

pub use expected::{Expected, same};
