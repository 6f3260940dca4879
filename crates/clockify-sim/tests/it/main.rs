//! The simulator over real HTTP, against what the reference says of the real service.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail a test by panicking")]

mod content;
mod contract;
mod crew;
mod departures;
mod edits;
mod errors;
mod faults;
mod keys;
mod page_faults;
mod paging;
mod places;
mod quota;
mod schedule;
mod service;
mod support;
mod users;
mod wire_faults;
mod wire_order;
