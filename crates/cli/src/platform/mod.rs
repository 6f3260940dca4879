//! What differs between operating systems, and nothing else of the program does.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::{Signals, is_open_to_others, make_private_folder};

#[cfg(not(unix))]
mod other;
#[cfg(not(unix))]
pub(crate) use other::{Signals, is_open_to_others, make_private_folder};
