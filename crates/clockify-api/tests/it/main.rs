//! What the client promises, tried from the outside against a scripted server on the loopback interface.
//!
//! Expectations come from the protocol notes and the sample bodies, never from the client's own code.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail a test by panicking")]

mod addresses;
mod bodies;
mod credentials;
mod errors;
mod example;
mod fixtures;
mod heads;
mod holds;
mod ids;
mod leniency;
mod no_roots;
mod observing;
mod pace;
mod paging;
mod points;
mod retries;
mod secrecy;
mod slowdown;
mod support;
mod transport;
