//! JSON that stands inside of a script element.
//!
//! A browser ends such an element at the first `</script`, wherever it stands, so no `<` may be left in a text. The data is
//! held in memory once, as bytes: the page needs it behind numbers that are known only when all of it was read.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::Error;

/// The items of one JSON array.
#[derive(Debug, Default)]
pub(super) struct List {
    bytes: Vec<u8>,
    count: u32,
}

impl List {
    /// Appends an item, and says which number it has.
    pub(super) fn push<T: Serialize>(&mut self, item: &T) -> Result<u32, Error> {
        if self.count > 0 {
            self.bytes.extend_from_slice(b",\n");
        }
        item.serialize(&mut Serializer::with_formatter(&mut self.bytes, ForScript))?;
        self.count += 1;
        Ok(self.count - 1)
    }

    pub(super) fn len(&self) -> u32 {
        self.count
    }

    /// The whole array.
    pub(super) fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(b"[")?;
        out.write_all(&self.bytes)?;
        out.write_all(b"]")
    }
}

/// One value.
pub(super) fn write<T: Serialize>(out: &mut dyn io::Write, value: &T) -> Result<(), Error> {
    Ok(value.serialize(&mut Serializer::with_formatter(out, ForScript))?)
}

/// Compact, with everything escaped that could end the element, begin a comment in it, or end a line of a script.
struct ForScript;

impl Formatter for ForScript {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut written = 0;
        for (at, c) in fragment.char_indices() {
            if matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') {
                writer.write_all(&fragment.as_bytes()[written..at])?;
                write!(writer, "\\u{:04x}", u32::from(c))?;
                written = at + c.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[written..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_element_and_all_of_it_comes_back() {
        let hostile = "</script><!--<script>&\u{2028}\u{2029}\"\\é👩‍💻";
        let mut list = List::default();
        assert_eq!(list.push(&(hostile, 1)).unwrap(), 0);
        assert_eq!(list.push(&"x").unwrap(), 1);
        let mut out = Vec::new();
        list.write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{text}");
        let back: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back, serde_json::json!([[hostile, 1], "x"]));
    }
}
