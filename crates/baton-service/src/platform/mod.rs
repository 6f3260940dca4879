//! What differs between operating systems: what is known of the machine, and folders; one module per kind of system.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use other::{machine, make_private_folder, sync_folder};
#[cfg(unix)]
pub(crate) use unix::{machine, make_private_folder, sync_folder};

/// The machine; what is not known is empty.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    pub(crate) hostname: String,
    pub(crate) platform: String,
    pub(crate) platform_version: String,
    pub(crate) platform_family: String,
    pub(crate) kernel_version: String,
    pub(crate) kernel_arch: String,
}
