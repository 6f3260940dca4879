//! The place where a sealed sync will go: is it free, does it hold a c1z, can it be written?

use std::fs::File;
use std::io::{self, ErrorKind};
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

/// The longest file name that common file systems take, in bytes.
const MAX_NAME: usize = 255;
/// The longest name that is put around the output's for a file beside it: `.`, the name, and this.
const LONGEST_COMPANION: &str = ".baton-history-journal";

/// Pipes and devices would block or swallow what is written; a name may leave no room for the files beside it.
fn refuse_odd_places(path: &Path) -> Result<(), Error> {
    match std::fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            let reason =
                io::Error::new(ErrorKind::InvalidInput, "it is a folder, a pipe or a device, and not a file");
            return Err(Error::io("write to", path)(reason));
        }
        _ => {}
    }
    let length = path.file_name().map_or(0, |name| name.as_encoded_bytes().len());
    if length + 1 + LONGEST_COMPANION.len() > MAX_NAME {
        let reason =
            io::Error::new(ErrorKind::InvalidFilename, "the name leaves no room for the files beside it");
        return Err(Error::io("write to", path)(reason));
    }
    Ok(())
}

/// Looks what stands at a path, without writing anything. Whether its content is whole is only seen when it is read.
///
/// # Errors
/// When it cannot be read, or is not a c1z of version 1 within the limits.
pub fn output_state(path: &Path, limits: Limits) -> Result<OutputState, Error> {
    refuse_odd_places(path)?;
    match File::open(path) {
        Ok(file) => {
            let declared_bytes = envelope::probe(file, limits).map_err(Error::envelope(path))?;
            Ok(OutputState::Sealed { declared_bytes })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(OutputState::Missing),
        Err(error) => Err(Error::io("open", path)(error)),
    }
}

/// Looks, at little cost and before any work is spent on a sync, whether it could be sealed at a path: that its folder
/// can be written, and that what stands there, if anything, begins like a c1z. Whether its content is whole is only
/// seen when it is read; sealing does that before it replaces anything.
///
/// # Errors
/// When the folder cannot be written, or what stands there is not a c1z of version 1 within the limits.
pub fn check_output(path: &Path, limits: Limits) -> Result<OutputState, Error> {
    let state = output_state(path, limits)?;
    drop(AtomicFile::create(path).map_err(Error::io("write to", path))?);
    Ok(state)
}
