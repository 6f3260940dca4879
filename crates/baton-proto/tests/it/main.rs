//! Tests of the crate from the outside: against the official files, hand-written bytes, and its own inverse.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod facts;
mod golden;
mod official;
mod protojson;
mod reading;
mod roundtrip;
#[cfg(feature = "grpc")]
mod services;
