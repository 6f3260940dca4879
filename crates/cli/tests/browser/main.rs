//! The report in a real browser: what a reviewer does with it, and what it must never do.
//!
//! These tests need Chromium and its driver, so they are ignored unless asked for; `cargo xtask ci` asks where there is one.
//! Pictures of what was seen are kept in `target/report-screenshots`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod driver;
mod many;
mod panel;
mod quiet;
mod reachable;
mod tables;
mod workspace;
