//! Encoding an envelope: the magic and one zstd frame with its size declared and a checksum, as the official writer
//! has it (interop reference 1.1).

use std::io::{BufReader, Read, Write, copy};

use zstd::stream::write::Encoder;

use super::{EnvelopeError, MAGIC};

/// The level is not part of the contract; higher ones cost time and save little on a database of short rows. Its
/// window is half a megabyte, far below the 128 MiB that readers allow.
const LEVEL: i32 = 1;

/// How much of the database is read at once, in bytes.
const PIECE: usize = 128 * 1024;

/// Writes `size` bytes of `database` as an envelope.
///
/// # Errors
/// When reading or writing fails, or `database` does not have exactly `size` bytes.
pub(crate) fn encode(database: impl Read, size: u64, mut output: impl Write) -> Result<(), EnvelopeError> {
    output.write_all(MAGIC).map_err(EnvelopeError::Write)?;
    let mut encoder = Encoder::new(output, LEVEL).map_err(EnvelopeError::Write)?;
    encoder.include_checksum(true).map_err(EnvelopeError::Write)?;
    encoder.include_contentsize(true).map_err(EnvelopeError::Write)?;
    encoder.set_pledged_src_size(Some(size)).map_err(EnvelopeError::Write)?;
    // Read in the pieces that the encoder works on, and not in those that `copy` would choose by itself.
    copy(&mut BufReader::with_capacity(PIECE, database.take(size)), &mut encoder)
        .map_err(EnvelopeError::Write)?;
    // Fails when the input was shorter than promised.
    encoder.finish().map_err(EnvelopeError::Write)?.flush().map_err(EnvelopeError::Write)
}
