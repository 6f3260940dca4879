//! Parts of messages, written straight into a buffer in the order and with the omissions of proto3: fields by their
//! number, nothing that has its default value, maps in the order of their keys.

use prost::encoding::encode_varint;

const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const DELIMITED: u32 = 2;

fn key(number: u32, kind: u32, to: &mut Vec<u8>) {
    encode_varint(u64::from(number << 3 | kind), to);
}

/// Bytes or a text, also when it is empty.
pub(super) fn bytes(number: u32, value: &[u8], to: &mut Vec<u8>) {
    key(number, DELIMITED, to);
    encode_varint(value.len() as u64, to);
    to.extend_from_slice(value);
}

/// A text, unless it is empty.
pub(super) fn text(number: u32, value: &str, to: &mut Vec<u8>) {
    if !value.is_empty() {
        bytes(number, value.as_bytes(), to);
    }
}

/// A number, also when it is zero. Negative ones have ten bytes.
pub(super) fn present(number: u32, value: i64, to: &mut Vec<u8>) {
    key(number, VARINT, to);
    encode_varint(value.cast_unsigned(), to);
}

/// A number, a truth or the number of an enumeration, unless it is zero.
pub(super) fn number(field: u32, value: impl Into<i64>, to: &mut Vec<u8>) {
    let value = value.into();
    if value != 0 {
        present(field, value, to);
    }
}

/// A floating-point number, also when it is zero.
pub(super) fn double(number: u32, value: f64, to: &mut Vec<u8>) {
    key(number, FIXED64, to);
    to.extend_from_slice(&value.to_le_bytes());
}

/// A message, also when nothing is in it.
pub(super) fn message(number: u32, to: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    key(number, DELIMITED, to);
    // Most are short enough for a length of one byte; for the others there is room to be made.
    let place = to.len();
    to.push(0);
    body(to);
    let length = to.len() - place - 1;
    if let Some(short) = u8::try_from(length).ok().filter(|length| *length < 0x80) {
        to[place] = short;
    } else {
        let mut long = [0; 10];
        let mut rest = &mut long[..];
        encode_varint(length as u64, &mut rest);
        let left = rest.len();
        to.splice(place..=place, long[..10 - left].iter().copied());
    }
}
