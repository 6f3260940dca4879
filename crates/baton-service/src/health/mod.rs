//! What a probe is told: whether the process lives, whether it is ready for tasks, whether the source takes its credential.
//!
//! The paths, the port and the bodies are those of connectors built on the Go SDK. The difference is what a probe costs: the
//! source is asked once a minute at most, however many probes come. The same listener serves the metrics.

mod answer;
mod checkup;
mod ready;
mod server;

pub use checkup::{Checkup, Validate};
pub use ready::Readiness;
pub use server::{Monitor, Pages};
