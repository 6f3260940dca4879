//! The place where a sealed sync will go: is it free, does it hold a c1z, can it be written?

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use crate::atomic::AtomicFile;
use crate::{Error, Limits, envelope};

/// What stands at the place of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputState {
    /// Nothing.
    Missing,
    /// Something that begins like a c1z of version 1.
    Sealed {
        /// The size of the database in bytes that it declares, if it does.
        declared_bytes: Option<u64>,
    },
}

/// Looks, at little cost and before any work is spent on a sync, whether it could be sealed at a path: that its folder
/// can be written, and that what stands there, if anything, begins like a c1z. Whether its content is whole is only
/// seen when it is read; sealing does that before it replaces anything.
///
/// # Errors
/// When the folder cannot be written, or what stands there is not a c1z of version 1 within the limits.
pub fn check_output(path: &Path, limits: Limits) -> Result<OutputState, Error> {
    let state = match File::open(path) {
        Ok(file) => {
            let declared_bytes = envelope::probe(file, limits).map_err(Error::envelope(path))?;
            OutputState::Sealed { declared_bytes }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => OutputState::Missing,
        Err(error) => return Err(Error::io("open", path)(error)),
    };
    drop(AtomicFile::create(path).map_err(Error::io("write to", path))?);
    Ok(state)
}
