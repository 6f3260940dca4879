//! A source's own list of the principals it holds.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::Text;

/// The source's own list of the principals it holds: ids with a raw status each, without names.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Inventory {
    /// Native id to raw status.
    pub entries: Entries,
}

/// Ids with a text each, in the order of the ids, of which no two are the same. A large source has very many, so they are
/// kept as what they are and no more, without the nodes of a map. It is written as a map.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Entries {
    sorted: Vec<(Text, Text)>,
}

impl Entries {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The text of an id.
    pub fn get(&self, id: &str) -> Option<&Text> {
        self.place(id).ok().map(|place| &self.sorted[place].1)
    }

    /// Whether it is in the list.
    pub fn contains_key(&self, id: &str) -> bool {
        self.place(id).is_ok()
    }

    /// The ids, sorted.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Text> {
        self.sorted.iter().map(|(id, _)| id)
    }

    /// The ids with their texts, sorted by id.
    pub fn iter(&self) -> Iter<'_> {
        self.sorted.iter().map(|(id, text)| (id, text))
    }

    /// Looks up many ids, best in their order.
    pub fn finder(&self) -> Finder<'_> {
        Finder { entries: self, next: 0 }
    }

    fn place(&self, id: &str) -> Result<usize, usize> {
        self.sorted.binary_search_by(|(entry, _)| entry.as_str().cmp(id))
    }
}

/// The ids of [`Entries`] with their texts, sorted by id.
pub(crate) type Iter<'a> =
    std::iter::Map<std::slice::Iter<'a, (Text, Text)>, fn(&(Text, Text)) -> (&Text, &Text)>;

impl<'a> IntoIterator for &'a Entries {
    type Item = (&'a Text, &'a Text);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Looks up one id after the other. Asked in the order of the ids, it finds most of them where it expects them.
#[derive(Clone, Debug)]
pub struct Finder<'a> {
    entries: &'a Entries,
    next: usize,
}

impl<'a> Finder<'a> {
    /// The number of the entry with this id, counted from 0 in the order of the list, and its text.
    pub fn find(&mut self, id: &str) -> Option<(usize, &'a Text)> {
        let sorted = &self.entries.sorted;
        let expected = sorted.get(self.next).is_some_and(|(entry, _)| entry == id);
        let place = if expected { Ok(self.next) } else { self.entries.place(id) };
        self.next = place.map_or_else(|place| place, |place| place + 1);
        place.ok().map(|place| (place, &sorted[place].1))
    }
}

impl From<Vec<(Text, Text)>> for Entries {
    /// Of an id that is there more than once, the last text counts. Nothing is copied.
    fn from(mut sorted: Vec<(Text, Text)>) -> Self {
        // Sorting in a stable way, so that the last one stays the last, takes memory of its own.
        if !sorted.is_sorted_by(|one, other| one.0 < other.0) {
            sorted.sort_by(|one, other| one.0.cmp(&other.0));
            sorted.dedup_by(|later, kept| {
                let same = later.0 == kept.0;
                if same {
                    std::mem::swap(&mut later.1, &mut kept.1);
                }
                same
            });
        }
        sorted.shrink_to_fit();
        Self { sorted }
    }
}

impl FromIterator<(Text, Text)> for Entries {
    fn from_iter<I: IntoIterator<Item = (Text, Text)>>(entries: I) -> Self {
        Self::from(Vec::from_iter(entries))
    }
}

impl<const N: usize> From<[(Text, Text); N]> for Entries {
    fn from(entries: [(Text, Text); N]) -> Self {
        Self::from(Vec::from(entries))
    }
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;

        impl<'de> Visitor<'de> for Entry {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries::from(entries))
            }
        }

        deserializer.deserialize_map(Entry)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A map of the standard library says what is right.
        #[test]
        fn it_holds_what_a_map_holds(
            given in prop::collection::vec(("[a-d]{0,3}", "[x-z]{0,2}"), 0..40),
            asked in prop::collection::vec("[a-d]{0,3}", 0..40),
        ) {
            let given: Vec<(Text, Text)> = given.iter().map(|(id, text)| (id.into(), text.into())).collect();
            let map: BTreeMap<Text, Text> = given.iter().cloned().collect();
            let entries: Entries = given.into_iter().collect();
            prop_assert!(entries.iter().eq(&map));
            prop_assert!(entries.keys().eq(map.keys()));
            prop_assert_eq!((entries.len(), entries.is_empty()), (map.len(), map.is_empty()));
            let mut finder = entries.finder();
            for id in asked.iter().map(String::as_str).chain(map.keys().map(Text::as_str)) {
                prop_assert_eq!(entries.get(id), map.get(id));
                prop_assert_eq!(entries.contains_key(id), map.contains_key(id));
                let found = map.keys().position(|key| key == id).map(|place| (place, &map[id]));
                prop_assert_eq!(finder.find(id), found);
            }
            let written = serde_json::to_string(&entries).unwrap();
            prop_assert_eq!(&written, &serde_json::to_string(&map).unwrap());
            prop_assert_eq!(serde_json::from_str::<Entries>(&written).unwrap(), entries);
        }
    }

    #[test]
    fn a_map_in_any_order_is_read() {
        let read: Inventory = serde_json::from_str(r#"{"entries":{"b":"1","a":"2","b":"3"}}"#).unwrap();
        let entries = [("b".into(), "3".into()), ("a".into(), "2".into())].into();
        assert_eq!(read, Inventory { entries });
    }
}
