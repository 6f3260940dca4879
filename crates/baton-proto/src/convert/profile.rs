//! Profiles and protobuf's `Struct`.

use governance_model::{Profile, Value};
use prost_types::value::Kind;
use prost_types::{ListValue, NullValue, Struct};

pub(super) fn to_proto(profile: &Profile) -> Struct {
    Struct { fields: profile.iter().map(|(key, value)| (key.to_string(), value_to_proto(value))).collect() }
}

pub(super) fn from_proto(proto: Struct) -> Profile {
    proto.fields.into_iter().map(|(key, value)| (key.into(), value_from_proto(value))).collect()
}

/// `None` for a profile without contents.
pub(super) fn to_proto_unless_empty(profile: &Profile) -> Option<Struct> {
    (!profile.is_empty()).then(|| to_proto(profile))
}

fn value_to_proto(value: &Value) -> prost_types::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(NullValue::NullValue.into()),
        Value::Bool(truth) => Kind::BoolValue(*truth),
        Value::Number(number) => Kind::NumberValue(*number),
        Value::String(text) => Kind::StringValue(text.to_string()),
        Value::List(values) => {
            Kind::ListValue(ListValue { values: values.iter().map(value_to_proto).collect() })
        }
        Value::Map(profile) => Kind::StructValue(to_proto(profile)),
    };
    prost_types::Value { kind: Some(kind) }
}

fn value_from_proto(proto: prost_types::Value) -> Value {
    match proto.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(truth)) => Value::Bool(truth),
        Some(Kind::NumberValue(number)) => Value::Number(number),
        Some(Kind::StringValue(text)) => Value::String(text.into()),
        Some(Kind::ListValue(list)) => Value::List(list.values.into_iter().map(value_from_proto).collect()),
        Some(Kind::StructValue(fields)) => Value::Map(from_proto(fields)),
    }
}
