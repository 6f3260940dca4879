//! Messages as JSON in protobuf's canonical form, as the official CLI prints them (interop reference 10.2).
//!
//! lowerCamelCase keys, enum names, 64-bit integers as strings, zero values left out, `Any` with `@type`. An `Any` of
//! a type that is not in this crate, whose bytes are not of its type, or that lies too deep in others, is left out instead
//! of failing the whole message: that is what the official CLI does with annotations it does not know. Reading JSON is
//! left out.

use std::sync::LazyLock;

use prost::{DecodeError, Message, Name};
use prost_reflect::{
    DescriptorPool, DynamicMessage, Kind, MapKey, MessageDescriptor, ReflectMessage, SerializeOptions, Value,
};

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin")).as_slice())
        .expect("the descriptor set was made together with this code")
});

const ANY: &str = "google.protobuf.Any";

/// How deep messages may lie in others before an `Any` among them is not opened any more. A decoder stops at 100 levels,
/// but begins anew in each `Any`: without this a few kilobytes would use up the stack.
const DEEPEST_ANY: usize = 32;

/// A message cannot be printed as JSON.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The name is none of a message in this crate.
    #[error("no message is called {name}")]
    UnknownMessage {
        /// The name that was asked for.
        name: String,
    },
    /// The bytes are not of that message.
    #[error("cannot decode {name}")]
    Decode {
        /// The message that was asked for.
        name: String,
        /// What the decoder says.
        source: DecodeError,
    },
    /// The message holds something that JSON has no form for, such as a profile value that is not a number.
    #[error("{name} has no JSON form")]
    Encode {
        /// The message that was asked for.
        name: String,
        /// What the encoder says.
        source: serde_json::Error,
    },
}

/// Prints an encoded message, given its full name such as `c1.connector.v2.Resource`.
///
/// # Errors
/// When there is no such message, the bytes are not of it, or it holds something that JSON has no form for.
pub fn to_json(message_full_name: &str, bytes: &[u8]) -> Result<serde_json::Value, JsonError> {
    readable(message_full_name, bytes)?
        .serialize_with_options(serde_json::value::Serializer, &SerializeOptions::default())
        .map_err(|source| JsonError::Encode { name: message_full_name.to_owned(), source })
}

/// Prints a message.
///
/// # Errors
/// When it holds something that JSON has no form for.
pub fn json<M: Message + Name>(message: &M) -> Result<serde_json::Value, JsonError> {
    to_json(&M::full_name(), &message.encode_to_vec())
}

/// Prints a message as text, as the commands of the official tools do: two spaces of indent, fields in the order of their
/// numbers, no line break at the end (interop reference 4.4).
///
/// # Errors
/// As [`json`].
pub fn pretty_json<M: Message + Name>(message: &M) -> Result<String, JsonError> {
    pretty(&M::full_name(), &message.encode_to_vec())
}

/// As [`pretty_json`], with the message in an `Any`: its type stands first.
///
/// # Errors
/// As [`json`].
pub fn pretty_json_any<M: Message + Name>(message: &M) -> Result<String, JsonError> {
    let message = readable(&M::full_name(), &message.encode_to_vec())?;
    let any = prost_types::Any { type_url: M::type_url(), value: message.encode_to_vec() };
    pretty(ANY, &any.encode_to_vec())
}

fn pretty(message_full_name: &str, bytes: &[u8]) -> Result<String, JsonError> {
    let message = readable(message_full_name, bytes)?;
    let encode = |source| JsonError::Encode { name: message_full_name.to_owned(), source };
    let mut text = Vec::new();
    let mut serializer = serde_json::Serializer::pretty(&mut text);
    message.serialize_with_options(&mut serializer, &SerializeOptions::default()).map_err(encode)?;
    Ok(String::from_utf8(text).expect("JSON is written as UTF-8"))
}

/// A message without what cannot be printed.
fn readable(message_full_name: &str, bytes: &[u8]) -> Result<DynamicMessage, JsonError> {
    let name = || message_full_name.to_owned();
    let descriptor = POOL
        .get_message_by_name(message_full_name)
        .ok_or_else(|| JsonError::UnknownMessage { name: name() })?;
    let mut message = DynamicMessage::decode(descriptor, bytes)
        .map_err(|source| JsonError::Decode { name: name(), source })?;
    drop_unreadable(&mut message, 0);
    Ok(message)
}

/// Removes every `Any` that cannot be printed, at any depth.
fn drop_unreadable(message: &mut DynamicMessage, depth: usize) {
    let fields: Vec<_> = message
        .fields()
        .filter(|(field, _)| matches!(field.kind(), Kind::Message(_)))
        .map(|(field, _)| field)
        .collect();
    for field in fields {
        let keep = match message.get_field_mut(&field) {
            Value::Message(inner) => is_readable(inner, depth + 1),
            Value::List(items) => {
                items.retain_mut(|item| value_is_readable(item, depth + 1));
                true
            }
            Value::Map(entries) => {
                entries.retain(|_: &MapKey, value| value_is_readable(value, depth + 1));
                true
            }
            _ => true,
        };
        if !keep {
            message.clear_field(&field);
        }
    }
}

fn value_is_readable(value: &mut Value, depth: usize) -> bool {
    match value {
        Value::Message(message) => is_readable(message, depth),
        _ => true,
    }
}

/// Whether the message can be printed, once what is unreadable inside it has been removed.
fn is_readable(message: &mut DynamicMessage, depth: usize) -> bool {
    if message.descriptor().full_name() != ANY {
        drop_unreadable(message, depth);
        return true;
    }
    if depth > DEEPEST_ANY {
        return false;
    }
    let Some(mut inner) = open_any(message) else { return false };
    // An `Any` may hold another one.
    if !is_readable(&mut inner, depth + 1) {
        return false;
    }
    message.set_field_by_number(2, Value::Bytes(inner.encode_to_vec().into()));
    true
}

fn open_any(any: &DynamicMessage) -> Option<DynamicMessage> {
    let type_url = any.get_field_by_number(1)?;
    let value = any.get_field_by_number(2)?;
    let descriptor = known(type_url.as_str()?)?;
    DynamicMessage::decode(descriptor, value.as_bytes()?.clone()).ok()
}

fn known(type_url: &str) -> Option<MessageDescriptor> {
    let (_, full_name) = type_url.rsplit_once('/')?;
    POOL.get_message_by_name(full_name)
}
