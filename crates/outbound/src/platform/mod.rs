//! Where the system keeps its root certificates; one module per kind of system.

#[cfg(all(unix, not(target_vendor = "apple")))]
mod files;
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
mod store;

#[cfg(all(unix, not(target_vendor = "apple")))]
pub(crate) use files::missed_by_the_verifier;
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
pub(crate) use store::missed_by_the_verifier;
