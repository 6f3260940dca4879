//! The look-alike of C1 from the outside: a hand-written client, the rules one by one, the faults one by one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod assertion;
mod client;
mod faults;
mod messages;
mod process;
mod rules;
mod tasks;
mod tokens;
mod uploads;
mod vectors;
