//! Custom fields of a member become attributes of the profile.
//!
//! A value is whatever the workspace's people, or a server, put there: it is kept as it is up to a depth and a length.

use clockify_api::model::CustomFieldValue;
use governance_model::{Profile, Text, Value};

use crate::context::{Drops, TOO_LONG};
use crate::text;

/// How many lists and objects may stand in one another. Readers of protobuf refuse messages nested deeper than 100, and
/// each level of a value is three messages.
const DEEPEST: usize = 16;

/// User fields go under `custom.<name>`. Fields that share a name have their ids in the key, also when one of them has
/// no value: the same key must mean the same field for everybody.
pub(crate) fn add(profile: &mut Vec<(Text, Value)>, fields: &[CustomFieldValue], drops: &mut Drops) {
    let mut named = Vec::with_capacity(fields.len());
    for field in fields {
        let id = drops.fit(field.custom_field_id.as_deref().unwrap_or_default(), text::MAX_KEY_BYTES);
        let name = text::first_of(&[field.custom_field_name.as_deref()], id);
        if name.is_empty() {
            drops.count("custom field without name");
        } else {
            named.push((drops.fit(name, text::MAX_KEY_BYTES), id, &field.value));
        }
    }
    // What is there twice stays in its order, so that the first one counts.
    named.sort_by_key(|(name, id, _)| (*name, *id));
    named.dedup_by(|again, first| {
        let same = (again.0, again.1) == (first.0, first.1);
        if same {
            drops.count("duplicate custom field");
        }
        same
    });
    for alike in named.chunk_by(|one, next| one.0 == next.0) {
        for (name, id, json) in alike {
            let value = value(json, DEEPEST, drops);
            if value == Value::Null {
                continue;
            }
            let mut key = Text::const_new("custom.");
            key.push_str(name);
            if alike.len() > 1 {
                key.extend([" (", id, ")"]);
            }
            profile.push((key, value));
        }
    }
}

/// A value of which at most `levels` lists and objects stand in one another. What is deeper becomes its JSON text.
fn value(json: &serde_json::Value, levels: usize, drops: &mut Drops) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(number) => number.as_f64().map_or(Value::Null, Value::Number),
        serde_json::Value::String(text) => drops.fit(text, text::MAX_TEXT_BYTES).into(),
        serde_json::Value::Array(_) | serde_json::Value::Object(_) if levels == 0 => {
            drops.count("custom field nested too deeply");
            drops.fit(&json.to_string(), text::MAX_TEXT_BYTES).into()
        }
        serde_json::Value::Array(items) => {
            Value::List(items.iter().map(|item| value(item, levels - 1, drops)).collect())
        }
        serde_json::Value::Object(fields) => {
            let mut map = Profile::new();
            for (key, field) in fields {
                let key = drops.fit(key, text::MAX_TEXT_BYTES);
                // Alike up to the longest key; only the first one has a place.
                if map.contains_key(key) {
                    drops.count(TOO_LONG);
                } else {
                    map.insert(key.into(), value(field, levels - 1, drops));
                }
            }
            Value::Map(map)
        }
    }
}
