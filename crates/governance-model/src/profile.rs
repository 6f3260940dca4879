//! Free-form attributes of a resource: what protobuf calls a `Struct`.

use std::fmt;
use std::ops::Index;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::{Text, sorted};

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
///
/// They are kept side by side: every resource has a dozen of them, which are written once and read in order. It is written
/// as a map.
#[derive(Clone, Default, PartialEq)]
pub struct Profile {
    sorted: Vec<(Text, Value)>,
}

impl Profile {
    /// No attributes.
    pub const fn new() -> Self {
        Self { sorted: Vec::new() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The value of an attribute.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.place(key).ok().map(|place| &self.sorted[place].1)
    }

    /// Whether there is an attribute of this name.
    pub fn contains_key(&self, key: &str) -> bool {
        self.place(key).is_ok()
    }

    /// Sets an attribute, and gives back what it was before. Many of them are better made at once, by
    /// [`FromIterator`].
    pub fn insert(&mut self, key: Text, value: Value) -> Option<Value> {
        match self.place(&key) {
            Ok(place) => Some(std::mem::replace(&mut self.sorted[place].1, value)),
            Err(place) => {
                self.sorted.insert(place, (key, value));
                None
            }
        }
    }

    /// The names, sorted.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Text> {
        self.sorted.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their names.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.sorted.iter().map(|(_, value)| value)
    }

    /// The attributes, sorted by name.
    pub fn iter(&self) -> Iter<'_> {
        self.sorted.iter().map(|(key, value)| (key, value))
    }

    fn place(&self, key: &str) -> Result<usize, usize> {
        self.sorted.binary_search_by(|(name, _)| name.as_str().cmp(key))
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl Index<&str> for Profile {
    type Output = Value;

    fn index(&self, key: &str) -> &Value {
        self.get(key).expect("the attribute is there")
    }
}

impl From<Vec<(Text, Value)>> for Profile {
    /// Of attributes with the same name, the last one counts.
    fn from(mut attributes: Vec<(Text, Value)>) -> Self {
        sorted::last_wins(&mut attributes);
        Self { sorted: attributes }
    }
}

impl FromIterator<(Text, Value)> for Profile {
    fn from_iter<I: IntoIterator<Item = (Text, Value)>>(attributes: I) -> Self {
        Self::from(Vec::from_iter(attributes))
    }
}

impl<const N: usize> From<[(Text, Value); N]> for Profile {
    fn from(attributes: [(Text, Value); N]) -> Self {
        Self::from_iter(attributes)
    }
}

impl IntoIterator for Profile {
    type Item = (Text, Value);
    type IntoIter = std::vec::IntoIter<(Text, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.sorted.into_iter()
    }
}

/// Attributes, sorted by name.
pub(crate) type Iter<'a> =
    std::iter::Map<std::slice::Iter<'a, (Text, Value)>, fn(&(Text, Value)) -> (&Text, &Value)>;

impl<'a> IntoIterator for &'a Profile {
    type Item = (&'a Text, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Attributes)
    }
}

struct Attributes;

impl<'de> Visitor<'de> for Attributes {
    type Value = Profile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Profile, A::Error> {
        let mut attributes = Vec::new();
        while let Some(attribute) = map.next_entry()? {
            attributes.push(attribute);
        }
        Ok(Profile::from(attributes))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// It is what the standard library's map is, however it came about.
        #[test]
        fn as_a_map(attributes in prop::collection::vec(("[abc]{0,2}", any::<bool>()), 0..12)) {
            let map: BTreeMap<String, bool> = attributes.iter().cloned().collect();
            let attributes = attributes.iter().map(|(key, value)| (Text::from(key), Value::from(*value)));
            let at_once: Profile = attributes.clone().collect();
            let mut one_by_one = Profile::new();
            attributes.for_each(|(key, value)| drop(one_by_one.insert(key, value)));
            let json = serde_json::to_string(&map).unwrap();
            prop_assert_eq!(&at_once, &one_by_one);
            prop_assert_eq!(serde_json::to_string(&at_once).unwrap(), json.as_str());
            let read: Profile = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(&read, &at_once);
            prop_assert!(at_once.keys().eq(map.keys()));
            prop_assert_eq!(at_once.len(), map.len());
            for key in ["", "a", "ab", "zz"] {
                prop_assert_eq!(at_once.get(key).cloned(), map.get(key).map(|value| Value::from(*value)));
                prop_assert_eq!(at_once.contains_key(key), map.contains_key(key));
            }
        }
    }
}
