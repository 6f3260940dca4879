//! Free-form attributes of a resource: what protobuf calls a `Struct`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Text;

/// One attribute value, as free as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Nothing is known.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number; protobuf's `Struct` knows only doubles.
    Number(f64),
    /// Text.
    String(Text),
    /// Several values.
    List(Vec<Value>),
    /// Named values.
    Map(Profile),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

/// Named attributes, in the order of their names so that two equal profiles have one encoding.
pub type Profile = BTreeMap<Text, Value>;
