//! The envelope of a c1z: five magic bytes, then zstd frames whose output is one SQLite database (interop reference
//! 1.1). The input is hostile until it has been decoded within [`Limits`]. What the database holds is not looked at
//! here, beyond its first sixteen bytes.

mod decode;
mod encode;
mod frame;

use std::io;

use thiserror::Error;

pub(crate) use decode::{decode, probe};
pub(crate) use encode::encode;

/// The first bytes of a version 1 file.
pub(crate) const MAGIC: &[u8; 5] = b"C1ZF\0";
/// The first bytes of a version 3 (Pebble) file.
const PEBBLE_MAGIC: &[u8; 5] = b"C1Z3\0";
/// The first bytes of every SQLite database.
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What decoding may cost. The library reads no environment; a program maps its settings onto this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes that the database may have.
    pub max_decoded_bytes: u64,
    /// The largest zstd window, as a power of two; decoding takes about that much memory.
    pub max_window_log: u32,
}

impl Default for Limits {
    /// 10 GiB and 128 MiB, as the Go tools have it (interop reference 1.1).
    fn default() -> Self {
        Self { max_decoded_bytes: 10 << 30, max_window_log: 27 }
    }
}

impl Limits {
    /// The limits given in megabytes (1024 × 1024 bytes) as the Go tools' settings have it, the default for each that
    /// is `None` or 0. The memory limit is rounded down to a power of two, and kept between 1 MiB and 2 GiB.
    pub fn from_megabytes(max_decoded: Option<u64>, max_memory: Option<u64>) -> Self {
        let default = Self::default();
        let given = |megabytes: Option<u64>| megabytes.filter(|&megabytes| megabytes > 0);
        Self {
            max_decoded_bytes: given(max_decoded)
                .map_or(default.max_decoded_bytes, |megabytes| megabytes.saturating_mul(1 << 20)),
            max_window_log: given(max_memory)
                .map_or(default.max_window_log, |megabytes| 20 + megabytes.ilog2().min(11)),
        }
    }

    /// The largest window in bytes.
    fn max_window_bytes(self) -> u64 {
        1_u64.checked_shl(self.max_window_log).unwrap_or(u64::MAX)
    }
}

/// Why something is not the envelope of a readable c1z.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// There is nothing in the file.
    #[error("the file is empty")]
    Empty,
    /// The first bytes are those of no c1z.
    #[error("the file is not a c1z: it does not start with C1ZF")]
    WrongMagic,
    /// A version 3 file.
    #[error("the file is in the Pebble format (C1Z3), which this program cannot read")]
    Pebble,
    /// The magic is all there is.
    #[error("the file holds nothing after the five bytes that mark a c1z")]
    NoContent,
    /// The file ends before its content does.
    #[error("the file is cut off after {compressed_bytes} bytes")]
    Truncated {
        /// How long it is.
        compressed_bytes: u64,
    },
    /// Something follows the last frame that is no frame.
    #[error("the file has something after its content, from byte {offset} on")]
    TrailingGarbage {
        /// Where it begins.
        offset: u64,
    },
    /// The content cannot be decoded.
    #[error("the content is damaged near byte {offset}: {reason}")]
    Corrupt {
        /// About where.
        offset: u64,
        /// The decoder's word for it.
        reason: String,
    },
    /// What comes out of the decoder is no SQLite database.
    #[error("the content is not a SQLite database")]
    NotSqlite,
    /// The database would be larger than allowed.
    #[error("the content is larger than the limit of {limit} bytes")]
    DecodedSize {
        /// The limit, in bytes.
        limit: u64,
    },
    /// Decoding would take more memory than allowed.
    #[error("the content needs a window of {window} bytes, over the limit of {limit} bytes")]
    Window {
        /// The window that the frame asks for, in bytes.
        window: u64,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[source] io::Error),
    /// The decoded or encoded content cannot be written.
    #[error("the content cannot be written: {0}")]
    Write(#[source] io::Error),
}

impl EnvelopeError {
    /// What a person can do about it, when there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Pebble => Some(
                "run the connector that wrote it with `--storage-engine sqlite`, which writes the version 1 format",
            ),
            Self::DecodedSize { .. } => Some("raise BATON_DECODER_MAX_DECODED_SIZE_MB if you trust the file"),
            Self::Window { .. } => Some("raise BATON_DECODER_MAX_MEMORY_MB if you trust the file"),
            Self::Truncated { .. } => Some("fetch the file again, or sync again into another file"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Limits;

    #[test]
    fn megabytes_round_down_to_a_window() {
        assert_eq!(Limits::from_megabytes(None, None), Limits::default());
        assert_eq!(Limits::from_megabytes(Some(0), Some(0)), Limits::default());
        let limits = Limits::from_megabytes(Some(3), Some(100));
        assert_eq!(limits, Limits { max_decoded_bytes: 3 * 1024 * 1024, max_window_log: 26 });
        assert_eq!(Limits::from_megabytes(Some(u64::MAX), Some(u64::MAX)).max_window_log, 31);
    }
}
