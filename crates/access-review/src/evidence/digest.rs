//! SHA-256 and size of what passes by.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// A writer that measures what it passes on.
#[derive(Debug)]
pub(super) struct Measured<W> {
    out: W,
    hasher: Sha256,
    size: u64,
}

/// What a file is recognised by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) sha256: String,
    pub(super) size: u64,
}

impl<W: Write> Measured<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, hasher: Sha256::new(), size: 0 }
    }

    pub(super) fn finish(self) -> (W, Measure) {
        (self.out, Measure { sha256: hex(&self.hasher.finalize()), size: self.size })
    }
}

impl<W: Write> Write for Measured<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Measures a file.
pub(super) fn of_file(path: &Path) -> io::Result<Measure> {
    let mut measured = Measured::new(io::sink());
    io::copy(&mut File::open(path)?, &mut measured)?;
    Ok(measured.finish().1)
}

/// The SHA-256 of what a reader gives, in hexadecimal digits.
///
/// # Errors
/// When it cannot be read.
pub fn digest_of(content: &mut dyn Read) -> io::Result<String> {
    let mut measured = Measured::new(io::sink());
    io::copy(content, &mut measured)?;
    Ok(measured.finish().1.sha256)
}

/// The digest of bytes.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(half)]));
        }
        text
    })
}
