//! What differs between platforms, behind one set of functions: private files and durable renames.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use other::{create_private, create_private_folder, make_private, sync_folder};
#[cfg(unix)]
pub(crate) use unix::{create_private, create_private_folder, make_private, sync_folder};
