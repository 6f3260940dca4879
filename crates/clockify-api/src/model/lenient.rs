//! Reading JSON without insisting: functions for `#[serde(deserialize_with)]`.
//!
//! They read in one pass, without a tree in between, and turn whatever has the wrong type into "absent". Only
//! broken JSON is an error.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Text;
use super::told::Told;

/// A value that is written as an object, and perhaps in a second form as a bare string.
pub trait Shape: DeserializeOwned + Send + Sync + 'static {
    /// The value that a bare string stands for, if any.
    fn from_text(text: &str) -> Option<Self> {
        let _ = text;
        None
    }
}

/// One JSON value of any type, reduced to what a field wants of it.
struct Any<K: Kind>(Option<K::Value>, PhantomData<K>);

/// What a field accepts. Null and an empty text are absent.
trait Kind {
    type Value;
    /// What a value of a type that is not accepted becomes: absent, as a rule.
    fn other() -> Option<Self::Value> {
        None
    }
    fn text(text: &str) -> Option<Self::Value> {
        if text.is_empty() { None } else { Self::other() }
    }
    fn flag(_: bool) -> Option<Self::Value> {
        Self::other()
    }
    fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self::Value>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::other())
    }
    fn seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self::Value>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::other())
    }
}

impl<'de, K: Kind> Deserialize<'de> for Any<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = deserializer.deserialize_any(AnyVisitor::<K>(PhantomData))?;
        Ok(Self(value, PhantomData))
    }
}

struct AnyVisitor<K>(PhantomData<K>);

impl<'de, K: Kind> Visitor<'de> for AnyVisitor<K> {
    type Value = Option<K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(K::other())
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(K::other())
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(K::other())
    }
    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(K::flag(value))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(K::text(text))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        K::map(map)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        K::seq(seq)
    }
}

struct Words;
impl Kind for Words {
    type Value = Text;
    fn text(text: &str) -> Option<Text> {
        (!text.is_empty()).then(|| text.into())
    }
}

struct Open<T>(PhantomData<T>);
impl<T: for<'a> From<&'a str>> Kind for Open<T> {
    type Value = T;
    fn text(text: &str) -> Option<T> {
        (!text.is_empty()).then(|| T::from(text))
    }
}

struct Flag;
impl Kind for Flag {
    type Value = bool;
    fn flag(value: bool) -> Option<bool> {
        Some(value)
    }
    fn text(text: &str) -> Option<bool> {
        text.parse().ok()
    }
}

/// A list of strings, which the documentation also types as a string that holds JSON (clockify reference 10.12).
struct Texts;
impl Kind for Texts {
    type Value = Told<Text>;
    fn other() -> Option<Told<Text>> {
        Some(Told::misshapen())
    }
    fn text(text: &str) -> Option<Told<Text>> {
        if text.trim_start().starts_with('[') {
            return serde_json::from_str(text).map_or_else(|_| Self::other(), |Any::<Self>(told, _)| told);
        }
        Words::text(text).map(|one| Told::list(vec![one], 0))
    }
    fn seq<'de, A: SeqAccess<'de>>(seq: A) -> Result<Option<Told<Text>>, A::Error> {
        elements::<Words, A>(seq).map(Some)
    }
}

struct One<T>(PhantomData<T>);
impl<T: Shape> Kind for One<T> {
    type Value = T;
    fn text(text: &str) -> Option<T> {
        if text.is_empty() { None } else { T::from_text(text) }
    }
    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Option<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }
}

struct Many<T>(PhantomData<T>);
impl<T: Shape> Kind for Many<T> {
    type Value = Told<T>;
    fn other() -> Option<Told<T>> {
        Some(Told::misshapen())
    }
    fn seq<'de, A: SeqAccess<'de>>(seq: A) -> Result<Option<Told<T>>, A::Error> {
        elements::<One<T>, A>(seq).map(Some)
    }
}

fn elements<'de, K: Kind, A: SeqAccess<'de>>(mut seq: A) -> Result<Told<K::Value>, A::Error> {
    let (mut items, mut unreadable) = (Vec::new(), 0);
    while let Some(Any(item, _)) = seq.next_element::<Any<K>>()? {
        match item {
            Some(item) => items.push(item),
            None => unreadable += 1,
        }
    }
    Ok(Told::list(items, unreadable))
}

/// An element of an array: the value, or nothing for an element that has another shape.
pub(crate) struct Element<T>(pub(crate) Option<T>);

impl<'de, T: Shape> Deserialize<'de> for Element<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Any::<One<T>>::deserialize(deserializer).map(|Any(value, _)| Self(value))
    }
}

/// A string that is not empty.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Text>, D::Error> {
    Any::<Words>::deserialize(deserializer).map(|Any(value, _)| value)
}

/// A string, empty when absent. For identifiers, whose presence is checked afterwards.
pub(crate) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    text(deserializer).map(Option::unwrap_or_default)
}

/// A value made from a string that is not empty.
pub(crate) fn open<'de, D: Deserializer<'de>, T: for<'a> From<&'a str>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Any::<Open<T>>::deserialize(deserializer).map(|Any(value, _)| value)
}

/// A boolean, also written as a string.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Any::<Flag>::deserialize(deserializer).map(|Any(value, _)| value)
}

/// The strings of an array, of a string that holds one, or a single string.
pub(crate) fn told_texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Told<Text>, D::Error> {
    Any::<Texts>::deserialize(deserializer).map(|Any(told, _)| told.unwrap_or_default())
}

/// As [`told_texts`], where nothing depends on what is missing.
pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Text>, D::Error> {
    told_texts(deserializer).map(Told::into_items)
}

/// One object.
pub(crate) fn one<'de, D: Deserializer<'de>, T: Shape>(deserializer: D) -> Result<Option<T>, D::Error> {
    Any::<One<T>>::deserialize(deserializer).map(|Any(value, _)| value)
}

/// The objects of an array.
pub(crate) fn told<'de, D: Deserializer<'de>, T: Shape>(deserializer: D) -> Result<Told<T>, D::Error> {
    Any::<Many<T>>::deserialize(deserializer).map(|Any(told, _)| told.unwrap_or_default())
}

/// As [`told`], where nothing depends on what is missing.
pub(crate) fn many<'de, D: Deserializer<'de>, T: Shape>(deserializer: D) -> Result<Vec<T>, D::Error> {
    told(deserializer).map(Told::into_items)
}
