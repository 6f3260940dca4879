//! Parts of messages, written straight into a buffer in the order and with the omissions of proto3: fields by their
//! number, nothing that has its default value, maps in the order of their keys.

use std::ops::Range;

use prost::encoding::{encode_varint, encoded_len_varint};

const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const DELIMITED: u32 = 2;

fn key(number: u32, kind: u32, to: &mut Vec<u8>) {
    varint(u64::from(number << 3 | kind), to);
}

/// Nearly all are keys and lengths of one byte.
fn varint(value: u64, to: &mut Vec<u8>) {
    match u8::try_from(value) {
        Ok(short) if short < 0x80 => to.push(short),
        _ => encode_varint(value, to),
    }
}

/// What comes before the contents of a text, bytes or a message.
#[inline]
pub(super) fn head(number: u32, length: usize, to: &mut Vec<u8>) {
    if let (Ok(key @ ..0x80), Ok(length @ ..0x80)) =
        (u8::try_from(number << 3 | DELIMITED), u8::try_from(length))
    {
        to.extend_from_slice(&[key, length]);
    } else {
        key(number, DELIMITED, to);
        encode_varint(length as u64, to);
    }
}

/// Bytes or a text, also when it is empty.
#[inline]
pub(super) fn bytes(number: u32, value: &[u8], to: &mut Vec<u8>) {
    head(number, value.len(), to);
    to.extend_from_slice(value);
}

/// A message that was written before.
pub(super) fn again(number: u32, body: Range<usize>, to: &mut Vec<u8>) {
    head(number, body.len(), to);
    to.extend_from_within(body);
}

/// A text, unless it is empty.
#[inline]
pub(super) fn text(number: u32, value: &str, to: &mut Vec<u8>) {
    if !value.is_empty() {
        bytes(number, value.as_bytes(), to);
    }
}

/// How long a part with contents of a length is in all, under a number below 16.
#[inline]
pub(super) fn part(length: usize) -> usize {
    1 + encoded_len_varint(length as u64) + length
}

/// How long [`text`] is, under a number below 16.
#[inline]
pub(super) fn text_length(value: &str) -> usize {
    if value.is_empty() { 0 } else { part(value.len()) }
}

/// A number, also when it is zero. Negative ones have ten bytes.
pub(super) fn present(number: u32, value: i64, to: &mut Vec<u8>) {
    key(number, VARINT, to);
    varint(value.cast_unsigned(), to);
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
    // Most are short enough for a length of one byte; for the others there is room to be made.
    head(number, 0, to);
    let place = to.len() - 1;
    body(to);
    let length = to.len() - place - 1;
    if let Some(short) = u8::try_from(length).ok().filter(|length| *length < 0x80) {
        to[place] = short;
    } else {
        let room = encoded_len_varint(length as u64);
        to.resize(to.len() + room - 1, 0);
        to.copy_within(place + 1..place + 1 + length, place + room);
        encode_varint(length as u64, &mut &mut to[place..place + room]);
    }
}
