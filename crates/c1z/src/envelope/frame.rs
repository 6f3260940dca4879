//! The header of a zstd frame (RFC 8878, section 3.1.1.1), read before the decoder sees it so that limits are checked
//! before anything is allocated. Decoding itself is libzstd's.

/// The longest a frame header can be, magic included.
pub(crate) const MAX_HEADER: usize = 18;

const DATA_MAGIC: u32 = 0xFD2F_B528;
const SKIPPABLE_MAGIC: u32 = 0x184D_2A50;

/// What stands at a place where a frame should begin.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Header {
    /// A frame with content.
    Data {
        /// The window in bytes.
        window: u64,
        /// The size of the content in bytes, when the frame says.
        content: Option<u64>,
    },
    /// A frame to skip.
    Skippable,
    /// The beginning of a frame that goes on after the bytes given.
    Incomplete,
    /// Something else.
    NotAFrame,
}

/// Reads the header at the beginning of `bytes`.
pub(crate) fn parse(bytes: &[u8]) -> Header {
    let Some(magic) = bytes.first_chunk::<4>().map(|magic| u32::from_le_bytes(*magic)) else {
        let skippable = bytes.is_empty()
            || ((0x50..=0x5f).contains(&bytes[0])
                && SKIPPABLE_MAGIC.to_le_bytes()[1..].starts_with(&bytes[1..]));
        return if skippable || DATA_MAGIC.to_le_bytes().starts_with(bytes) {
            Header::Incomplete
        } else {
            Header::NotAFrame
        };
    };
    if magic & 0xFFFF_FFF0 == SKIPPABLE_MAGIC {
        return Header::Skippable;
    }
    if magic != DATA_MAGIC {
        return Header::NotAFrame;
    }
    data_header(&bytes[4..]).unwrap_or(Header::Incomplete)
}

fn data_header(bytes: &[u8]) -> Option<Header> {
    let descriptor = *bytes.first()?;
    let single_segment = descriptor & 0x20 != 0;
    let mut at = 1;
    let mut window = None;
    if !single_segment {
        let byte = *bytes.get(at)?;
        at += 1;
        let base = 1_u64 << (10 + (byte >> 3));
        window = Some(base + base / 8 * u64::from(byte & 7));
    }
    at += [0, 1, 2, 4][usize::from(descriptor & 3)];
    let content = match (descriptor >> 6, single_segment) {
        (0, false) => None,
        (0, true) => Some(little_endian(bytes.get(at..at + 1)?)),
        (1, _) => Some(little_endian(bytes.get(at..at + 2)?) + 256),
        (2, _) => Some(little_endian(bytes.get(at..at + 4)?)),
        (_, _) => Some(little_endian(bytes.get(at..at + 8)?)),
    };
    // A single segment is its own window.
    let window = window.or(content).unwrap_or(0);
    Some(Header::Data { window, content })
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_header_of_the_official_file() {
        // The first bytes of the frame in tiny-v1.c1z: descriptor 0x84, window 128 KiB, 106496 bytes declared.
        let bytes = [0x28, 0xb5, 0x2f, 0xfd, 0x84, 0x38, 0x00, 0xa0, 0x01, 0x00];
        assert_eq!(parse(&bytes), Header::Data { window: 128 << 10, content: Some(106_496) });
        for length in 0..bytes.len() {
            assert_eq!(parse(&bytes[..length]), Header::Incomplete, "{length} bytes");
        }
    }

    #[test]
    fn tells_other_things_apart() {
        assert_eq!(parse(&[0x5a, 0x2a, 0x4d, 0x18, 1, 2, 3, 4]), Header::Skippable);
        assert_eq!(parse(&[0x5a, 0x2a]), Header::Incomplete);
        assert_eq!(parse(b"x"), Header::NotAFrame);
        assert_eq!(parse(b"trailing"), Header::NotAFrame);
        assert_eq!(parse(&[0x28, 0x00]), Header::NotAFrame);
        // Single segment with a one-byte size: the window is the content.
        assert_eq!(parse(&[0x28, 0xb5, 0x2f, 0xfd, 0x20, 9]), Header::Data { window: 9, content: Some(9) });
        // Neither size nor single segment.
        assert_eq!(parse(&[0x28, 0xb5, 0x2f, 0xfd, 0, 0]), Header::Data { window: 1024, content: None });
    }
}
