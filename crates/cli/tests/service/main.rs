//! Service mode through everything that can go wrong between the connector and C1: the real program, the look-alikes of
//! Clockify and C1, real TLS, real signals.
//!
//! What a fault must lead to is written here by hand from the protocol's description, never computed by the connector.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cancelled;
mod collector;
mod empty;
mod endings;
mod keys;
mod memory;
mod openmetrics;
mod otlp;
mod outages;
mod parts;
mod probes;
mod processes;
#[expect(dead_code, reason = "the other tests of the program use the rest")]
#[path = "../it/program.rs"]
mod program;
mod replicas;
mod start;
mod stops;
mod tokens;
mod uploads;
mod workers;
