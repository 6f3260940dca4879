//! Traces for whoever wants to see where the time goes, and, with the feature `otel`, the way of traces and logs to an
//! OpenTelemetry collector.
//!
//! A collector is a convenience: one that is slow, refuses or is not there costs what it should have received and nothing
//! else. What is to be sent waits in a queue of limited length, a thread of its own sends it, and the end of the process
//! waits only so long for the rest.

#[cfg(feature = "otel")]
mod collector;
#[cfg(feature = "otel")]
mod export;
mod spans;
#[cfg(feature = "otel")]
mod watched;

#[cfg(feature = "otel")]
pub use collector::{Collector, TelemetryError};
#[cfg(feature = "otel")]
pub use export::{BoxedLayer, Export, Exporting, export};
pub use spans::{RequestSpans, SyncSpans};
