//! What is read out of a c1z, against files made by hand, files of the official tools, and what those print.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod diff;
mod evidence;
mod export;
mod find;
mod missing;
mod official;
mod people;
mod reviewed;
mod workspace;
