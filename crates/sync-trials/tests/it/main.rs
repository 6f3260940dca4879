//! Whole syncs in process: the client, the connector, the engine and the file, wired as the program wires them, against the
//! look-alike over loopback HTTP. Time is virtual, so no wait takes any.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod abreast;
mod clock;
mod conformance;
mod crew;
mod faults;
mod paging;
mod quota;
mod sweep;
mod trial;
