//! The body of a list: a bare array whose odd elements are skipped and counted.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::lenient::{Element, Shape};
use super::salvage::salvage;

/// A value with an identifier of its own.
pub trait Record: Shape {
    /// The identifier; empty when the server sent none.
    fn id(&self) -> &str;
}

/// A decoded list.
pub struct Rows<T> {
    pub(crate) items: Vec<T>,
    /// Elements that are no object or have no identifier.
    pub(crate) skipped: usize,
    /// Items in which a text, a number or a depth was changed to read them.
    pub(crate) mended: usize,
    /// Items that had a field twice.
    pub(crate) ambiguous: usize,
}

impl<T: Record> Rows<T> {
    fn new() -> Self {
        Self { items: Vec::new(), skipped: 0, mended: 0, ambiguous: 0 }
    }

    fn take(&mut self, element: Option<T>) {
        match element {
            Some(item) if !item.id().is_empty() => self.items.push(item),
            _ => self.skipped += 1,
        }
    }

    /// Reads a list of which an element ends the ordinary reading, see [`salvage`]. Slower, because each element is
    /// first found and then read. Nothing when the array itself is broken. Bytes that are no UTF-8 are replaced.
    pub(crate) fn salvage(body: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(body);
        let elements: Vec<&RawValue> = serde_json::from_str(&text).ok()?;
        let mut rows = Self::new();
        for element in elements {
            let salvaged = salvage(element.get());
            let before = rows.items.len();
            rows.take(salvaged.value);
            let taken = rows.items.len() > before;
            let replaced =
                matches!(text, Cow::Owned(_)) && element.get().contains(char::REPLACEMENT_CHARACTER);
            rows.mended += usize::from(taken && (salvaged.mended || replaced));
            rows.ambiguous += usize::from(taken && salvaged.ambiguous);
        }
        Some(rows)
    }
}

impl<'de, T: Record> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RowsVisitor(PhantomData))
    }
}

struct RowsVisitor<T>(PhantomData<T>);

impl<'de, T: Record> Visitor<'de> for RowsVisitor<T> {
    type Value = Rows<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Rows<T>, A::Error> {
        let mut rows = Rows::new();
        while let Some(Element(element)) = seq.next_element()? {
            rows.take(element);
        }
        Ok(rows)
    }
}
