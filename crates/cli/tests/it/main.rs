//! The program as its user runs it: the real binary, real HTTP against the look-alike, real files.
//!
//! What a file must hold is computed from the look-alike's own content, never from the connector, and the file is
//! opened with zstd and SQLite, never with our reader.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod configuration;
mod content;
#[cfg(unix)]
mod countdown;
mod describe;
#[cfg(target_os = "linux")]
mod disk;
mod doctor;
#[cfg(unix)]
mod file;
#[cfg(unix)]
mod flags;
mod gateway;
#[cfg(target_os = "linux")]
mod hangs;
#[cfg(unix)]
mod killed;
mod leftovers;
#[cfg(unix)]
mod locks;
mod mistakes;
#[cfg(unix)]
mod object_stores;
#[cfg(unix)]
mod places;
mod program;
mod proxies;
#[cfg(target_os = "linux")]
mod read_only_root;
mod requests;
mod review;
#[cfg(unix)]
mod schedule;
#[cfg(unix)]
mod service;
#[cfg(unix)]
mod status;
#[cfg(unix)]
mod stops;
mod summary;
