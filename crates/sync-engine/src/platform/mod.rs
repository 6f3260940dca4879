//! What differs between operating systems about lock files; one module per kind of system.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use other::{is_still, remove_held};
#[cfg(unix)]
pub(crate) use unix::{is_still, remove_held};
