//! Reading an object that the ordinary reading gives up on, so that an odd text costs a character and not a person.
//!
//! What ends the ordinary reading of JSON that is well formed: half of a surrogate pair in a text, a number beyond every
//! double, values nested too deeply, and a field that comes twice. Broken JSON stays an error.

use serde::Deserialize as _;
use serde_json::Value;

use super::lenient::{Element, Shape};

/// How deep values may be nested before the rest becomes text. The parser takes 127 levels.
const DEEPEST: usize = 100;

/// What became of an object.
pub(crate) struct Salvaged<T> {
    /// The object; nothing when it is none.
    pub(crate) value: Option<T>,
    /// Whether a text, a number or a depth was changed.
    pub(crate) mended: bool,
    /// Whether a field came twice. The last one counts, as in most readers.
    pub(crate) ambiguous: bool,
}

/// Reads one object out of well-formed JSON.
pub(crate) fn salvage<T: Shape>(text: &str) -> Salvaged<T> {
    if let Ok(Element(value)) = serde_json::from_str(text) {
        return Salvaged { value, mended: false, ambiguous: false };
    }
    let whole = mend(text);
    let mended = whole != text;
    if let Ok(Element(value)) = serde_json::from_str(&whole) {
        return Salvaged { value, mended, ambiguous: false };
    }
    let tree = serde_json::from_str::<Value>(&whole);
    let value = tree.and_then(Element::deserialize).ok().and_then(|Element(value)| value);
    Salvaged { value, mended, ambiguous: true }
}

/// The same JSON without what a parser chokes on.
fn mend(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut whole = String::with_capacity(text.len());
    let (mut at, mut depth) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        let start = at;
        match byte {
            b'"' => {
                at = end_of_string(bytes, start);
                mend_string(&text[start..at], &mut whole);
            }
            b'{' | b'[' if depth == DEEPEST => {
                at = end_of_container(bytes, start);
                whole.push_str(&Value::from(&text[start..at]).to_string());
            }
            b'-' | b'0'..=b'9' => {
                let is_part = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
                at += bytes[start..].iter().take_while(|byte| is_part(byte)).count();
                let number = &text[start..at];
                if number.parse::<f64>().is_ok_and(f64::is_finite) {
                    whole.push_str(number);
                } else {
                    whole.extend(["\"", number, "\""]);
                }
            }
            _ => {
                match byte {
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                at += 1;
                whole.push_str(&text[start..at]);
            }
        }
    }
    whole
}

/// Copies a string literal, with U+FFFD in place of every half of a surrogate pair.
fn mend_string(literal: &str, whole: &mut String) {
    let mut rest = literal;
    while let Some(place) = rest.find('\\') {
        whole.push_str(&rest[..place]);
        rest = &rest[place..];
        let length = match unit(rest) {
            Some(0xd800..=0xdbff) if matches!(unit(&rest[6..]), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                whole.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            Some(_) => 6,
            None => 2,
        };
        whole.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    whole.push_str(rest);
}

/// The code unit that a text begins with as an escape, if it does.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

/// The place behind the string literal that begins at `start`.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The place behind the object or array that begins at `start`.
fn end_of_container(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(bytes, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}
