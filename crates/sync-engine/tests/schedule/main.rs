//! Schedules on a virtual clock: times across changes of the clock, failures, stops, and what the status says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod health;
mod runner;
mod status;
mod times;
mod told;
mod world;
