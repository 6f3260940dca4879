//! What hostile input is tried against: one function per fuzz target.
//!
//! Each takes bytes as a fuzzer makes them, hands them to the public entry point that decodes such bytes, and panics
//! when a promise is broken: on a panic inside, and on every property that must hold whatever the bytes are. The
//! targets in `fuzz/` and the regression tests over `fixtures/fuzz/` call these functions and nothing else, so that
//! they cannot drift apart. Nothing here is part of the program.

#![expect(clippy::unwrap_used, reason = "a trial fails by panicking")]
#![expect(clippy::missing_panics_doc, reason = "a trial fails by panicking")]

mod c1z_files;
mod checkpoint;
mod clockify;
mod facts;
mod messages;
pub mod seeds;
mod settings;

pub use c1z_files::{c1z_database, c1z_file, working_database};
pub use checkpoint::{Resumption, checkpoint};
pub use clockify::clockify_answer;
pub use messages::messages;
pub use settings::settings;

/// A fuzz target. What it returns says how far the bytes came, so that a test can tell that its input is not turned
/// away at the door.
pub type Target = fn(&[u8]) -> usize;

/// Every target, under the name that its binary, its seeds and its regression inputs have.
pub const TARGETS: [(&str, Target); 7] = [
    ("c1z_database", c1z_database),
    ("c1z_file", c1z_file),
    ("checkpoint", |bytes| usize::from(checkpoint(bytes) == Resumption::Resumed)),
    ("clockify_answer", clockify_answer),
    ("messages", messages),
    ("settings", settings),
    ("working_database", working_database),
];
