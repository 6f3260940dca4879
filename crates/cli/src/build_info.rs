//! What the program was built from; the build script says it.

/// The version of the package.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit, or `unknown`.
pub(crate) const REVISION: &str = env!("BATON_CLOCKIFY_REVISION");

/// What `--version` prints after the name.
pub(crate) const LONG: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (commit ",
    env!("BATON_CLOCKIFY_REVISION"),
    ", target ",
    env!("BATON_CLOCKIFY_TARGET"),
    ")"
);
