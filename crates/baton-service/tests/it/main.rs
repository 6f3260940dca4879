//! The service against a scripted C1 on a clock that the tests turn, and against the look-alike over TLS.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod over_tls;
mod pace;
mod support;
mod tokens;
