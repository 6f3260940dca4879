//! Decoding an envelope within limits: the magic, then frame after frame, each header checked before it is decoded.

use std::io::{ErrorKind, Read, Write};
use std::ops::ControlFlow;

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use super::frame::{self, Header};
use super::{EnvelopeError, Limits, MAGIC, PEBBLE_MAGIC, SQLITE_MAGIC};

const CHUNK: usize = 128 * 1024;

/// Checks the magic, the first frame header and the first decoded bytes, and reads no further. Returns the size of the
/// database in bytes that the first frame declares, if it does.
///
/// # Errors
/// When any of them is not that of a c1z of version 1, or the declared size or window is over the limits.
pub(crate) fn probe(input: impl Read, limits: Limits) -> Result<Option<u64>, EnvelopeError> {
    let mut source = Source::new(input);
    source.magic()?;
    source.fill(frame::MAX_HEADER)?;
    let declared_bytes = match frame::parse(source.available()) {
        Header::Data { content, .. } => content,
        Header::Skippable | Header::Incomplete | Header::NotAFrame => None,
    };
    frames(source, limits, &mut |_| Ok(ControlFlow::Break(())))?;
    Ok(declared_bytes)
}

/// Decodes a whole envelope into `output` and returns how many bytes the database has. On an error `output` may hold
/// part of it.
///
/// # Errors
/// Every way in which the input is not a c1z of version 1 within the limits, and failures to read or write.
pub(crate) fn decode(
    input: impl Read,
    output: &mut impl Write,
    limits: Limits,
) -> Result<u64, EnvelopeError> {
    let mut source = Source::new(input);
    source.magic()?;
    frames(source, limits, &mut |bytes| {
        output.write_all(bytes).map_err(EnvelopeError::Write)?;
        Ok(ControlFlow::Continue(()))
    })
}

/// Input with a window of bytes that have been read and not yet used.
struct Source<R> {
    input: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// Offset in the file of `buffer[end]`.
    read: u64,
}

impl<R: Read> Source<R> {
    fn new(input: R) -> Self {
        Self { input, buffer: vec![0; CHUNK].into_boxed_slice(), start: 0, end: 0, read: 0 }
    }

    fn available(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Offset in the file of the first byte not yet used.
    fn offset(&self) -> u64 {
        self.read - u64::try_from(self.end - self.start).unwrap_or_default()
    }

    /// Makes at least `wanted` bytes available, or all there are.
    fn fill(&mut self, wanted: usize) -> Result<(), EnvelopeError> {
        if self.end - self.start >= wanted {
            return Ok(());
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while self.end < wanted {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(count) => {
                    self.end += count;
                    self.read += u64::try_from(count).unwrap_or_default();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(EnvelopeError::Read(error)),
            }
        }
        Ok(())
    }

    fn magic(&mut self) -> Result<(), EnvelopeError> {
        self.fill(MAGIC.len() + 1)?;
        let found = self.available();
        if found.is_empty() {
            return Err(EnvelopeError::Empty);
        }
        if found.starts_with(PEBBLE_MAGIC) {
            return Err(EnvelopeError::Pebble);
        }
        if found == MAGIC {
            return Err(EnvelopeError::NoContent);
        }
        if !found.starts_with(MAGIC) {
            let short = found.len() < MAGIC.len() && MAGIC.starts_with(found);
            return Err(if short {
                EnvelopeError::Truncated { compressed_bytes: self.read }
            } else {
                EnvelopeError::WrongMagic
            });
        }
        self.start += MAGIC.len();
        Ok(())
    }
}

/// Takes decoded bytes and says whether it wants more.
type Sink<'a> = dyn FnMut(&[u8]) -> Result<ControlFlow<()>, EnvelopeError> + 'a;

/// Decodes frames until the input ends or `sink` has had enough; `sink` is first called when the first sixteen bytes
/// have proved to be those of SQLite.
fn frames<R: Read>(mut source: Source<R>, limits: Limits, sink: &mut Sink<'_>) -> Result<u64, EnvelopeError> {
    let mut decoder = Decoder::new().map_err(EnvelopeError::Read)?;
    decoder
        .set_parameter(DParameter::WindowLogMax(limits.max_window_log.clamp(10, 31)))
        .map_err(EnvelopeError::Read)?;
    let mut chunk = vec![0; CHUNK];
    let mut held = 0;
    let mut total: u64 = 0;
    let mut first = true;
    loop {
        source.fill(frame::MAX_HEADER)?;
        if source.available().is_empty() {
            break;
        }
        check_header(&source, limits, total, first)?;
        first = false;
        // One frame. What is held back is at most the fifteen bytes before the database has shown its own magic.
        loop {
            source.fill(1)?;
            let ended = source.available().is_empty();
            let mut input = InBuffer::around(source.available());
            let mut output = OutBuffer::around_pos(&mut chunk[..], held);
            let outcome = decoder.run(&mut input, &mut output);
            let (used, filled) = (input.pos(), output.pos());
            let hint = outcome.map_err(|error| corrupt(source.offset(), &error))?;
            source.start += used;
            let produced = filled - held;
            total += u64::try_from(produced).unwrap_or(u64::MAX);
            if total > limits.max_decoded_bytes {
                return Err(EnvelopeError::DecodedSize { limit: limits.max_decoded_bytes });
            }
            held = filled;
            let proven = total > u64::try_from(held).unwrap_or(u64::MAX);
            if held > 0 && (proven || held >= SQLITE_MAGIC.len()) {
                if !proven && !chunk.starts_with(SQLITE_MAGIC) {
                    return Err(EnvelopeError::NotSqlite);
                }
                if sink(&chunk[..held])?.is_break() {
                    return Ok(total);
                }
                held = 0;
            }
            if hint == 0 {
                break;
            }
            if ended && produced == 0 {
                return Err(EnvelopeError::Truncated { compressed_bytes: source.read });
            }
        }
    }
    if held > 0 || total == 0 {
        return Err(EnvelopeError::NotSqlite);
    }
    Ok(total)
}

fn check_header<R: Read>(
    source: &Source<R>,
    limits: Limits,
    total: u64,
    first: bool,
) -> Result<(), EnvelopeError> {
    match frame::parse(source.available()) {
        Header::Data { window, content } => {
            let limit = limits.max_decoded_bytes;
            if content.is_some_and(|content| content.saturating_add(total) > limit) {
                return Err(EnvelopeError::DecodedSize { limit });
            }
            let limit = limits.max_window_bytes();
            if window > limit {
                return Err(EnvelopeError::Window { window, limit });
            }
            Ok(())
        }
        Header::Skippable => Ok(()),
        Header::Incomplete => Err(EnvelopeError::Truncated { compressed_bytes: source.read }),
        Header::NotAFrame if first => Err(EnvelopeError::Corrupt {
            offset: source.offset(),
            reason: "no zstd frame begins here".to_owned(),
        }),
        Header::NotAFrame => Err(EnvelopeError::TrailingGarbage { offset: source.offset() }),
    }
}

fn corrupt(offset: u64, error: &std::io::Error) -> EnvelopeError {
    EnvelopeError::Corrupt { offset, reason: error.to_string() }
}
