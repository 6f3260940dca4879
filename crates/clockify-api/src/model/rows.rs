//! The body of a list: a bare array whose odd elements are skipped and counted.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::lenient::{Element, Shape};

/// A value with an identifier of its own.
pub trait Record: Shape {
    /// The identifier; empty when the server sent none.
    fn id(&self) -> &str;
}

/// A decoded list.
pub(crate) struct Rows<T> {
    pub(crate) items: Vec<T>,
    /// Elements that are no object or have no identifier.
    pub(crate) skipped: usize,
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
        let mut rows = Rows { items: Vec::new(), skipped: 0 };
        while let Some(Element(element)) = seq.next_element::<Element<T>>()? {
            match element {
                Some(item) if !item.id().is_empty() => rows.items.push(item),
                _ => rows.skipped += 1,
            }
        }
        Ok(rows)
    }
}
