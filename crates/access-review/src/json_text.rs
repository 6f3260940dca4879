//! JSON that may be shown on a terminal: what that would obey is written as an escape, which any reader turns back.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::text::is_dangerous;

/// Writes a value as JSON on one line.
pub(crate) fn line(out: &mut dyn Write, value: &impl Serialize) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Escaped(CompactFormatter)))
}

/// Writes a value as JSON for people to read, too, over several lines.
pub(crate) fn pretty(out: &mut dyn Write, value: &impl Serialize) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Escaped(PrettyFormatter::new())))
}

/// JSON in which no text has a character that a terminal would obey.
struct Escaped<F>(F);

impl<F: Formatter> Formatter for Escaped<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_dangerous(*c)) {
            self.0.write_string_fragment(out, &rest[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        self.0.write_string_fragment(out, rest)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufRead as _;

    use super::*;

    #[test]
    fn json_is_obeyed_by_no_terminal_and_loses_nothing() {
        for text in
            ["Ann \u{1f98a} é", "a\x1b[2J\x7f\u{9b}31m", "x\u{202e}txt\u{2028}", "\u{e0041}\"\\\u{feff}"]
        {
            let mut out = Vec::new();
            line(&mut out, &[text]).unwrap();
            let out = String::from_utf8(out).unwrap();
            assert!(!out.chars().any(is_dangerous), "{out}");
            assert_eq!(serde_json::from_str::<[String; 1]>(&out).unwrap(), [text]);
            let (mut out, mut plain) = (Vec::new(), Vec::new());
            pretty(&mut out, &[("key", [text])]).unwrap();
            serde_json::to_writer_pretty(&mut plain, &[("key", [text])]).unwrap();
            let read = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
            assert_eq!(read(&out), read(&plain));
            assert_eq!(out.lines().count(), plain.lines().count());
        }
        let mut out = Vec::new();
        line(&mut out, &"é\u{9b}\u{e0041}").unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), r#""é\u009b\udb40\udc41""#);
    }
}
