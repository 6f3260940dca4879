//! The engine from the outside: a scripted source, real files, and a look into them without our reader.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod changes;
mod conformance;
mod damage;
mod resume;
mod scripted;
mod sweep;
mod verify;
mod waiting;
mod whole;
