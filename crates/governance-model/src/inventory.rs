//! A source's own list of the principals it holds.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::Text;
use crate::sorted::last_wins;

/// The source's own list of the principals it holds: ids with a raw status each, without names.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Inventory {
    /// Native id to raw status.
    pub entries: Entries,
}

/// Ids with a text each, in the order of the ids, of which no two are the same. A large source has very many, so they are
/// kept as what they are and no more, without the nodes of a map; and of its texts, which are few, each is kept once. It is
/// written as a map.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Entries {
    ids: Vec<Text>,
    /// The number of the text of each id, beside it and not with it: together they would be 32 bytes, apart they are 28.
    numbers: Vec<u32>,
    /// The texts in the order in which the ids first have them, so that equal lists are equal here too.
    texts: Vec<Text>,
}

impl Entries {
    /// Ids, each with the place of its text in a list of texts. Takes no more memory than the ids do. Of an id that is there
    /// more than once, the last text counts.
    ///
    /// # Panics
    /// When there is no such place.
    pub fn numbered(mut sorted: Vec<(Text, usize)>, texts: &[Text]) -> Self {
        last_wins(&mut sorted);
        let mut numbering = Numbering::default();
        let mut known = vec![None; texts.len()];
        let mut numbers = Vec::with_capacity(sorted.len());
        // The standard library collects the ids where the pairs were, so that there is no second copy of them.
        let ids = sorted.into_iter().map(|(id, place)| {
            numbers.push(*known[place].get_or_insert_with(|| numbering.of(texts[place].clone())));
            id
        });
        let mut ids: Vec<Text> = ids.collect();
        ids.shrink_to_fit();
        Self { ids, numbers, texts: numbering.texts }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The text of an id.
    pub fn get(&self, id: &str) -> Option<&Text> {
        self.place(id).ok().map(|place| self.text(place))
    }

    /// Whether it is in the list.
    pub fn contains_key(&self, id: &str) -> bool {
        self.place(id).is_ok()
    }

    /// The ids, sorted.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Text> {
        self.ids.iter()
    }

    /// The ids with their texts, sorted by id.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Text, &Text)> {
        self.ids.iter().enumerate().map(|(place, id)| (id, self.text(place)))
    }

    /// Looks up many ids, best in their order.
    pub fn finder(&self) -> Finder<'_> {
        Finder { entries: self, next: 0 }
    }

    fn place(&self, id: &str) -> Result<usize, usize> {
        self.ids.binary_search_by(|entry| entry.as_str().cmp(id))
    }

    fn text(&self, place: usize) -> &Text {
        &self.texts[self.numbers[place] as usize]
    }
}

/// Gives each text a number.
#[derive(Default)]
struct Numbering {
    known: BTreeMap<Text, u32>,
    texts: Vec<Text>,
}

impl Numbering {
    fn of(&mut self, text: Text) -> u32 {
        if let Some(number) = self.known.get(&text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).expect("so many texts are more than any memory holds");
        self.texts.push(text.clone());
        self.known.insert(text, number);
        number
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
        let expected = self.entries.ids.get(self.next).is_some_and(|entry| entry == id);
        let place = if expected { Ok(self.next) } else { self.entries.place(id) };
        self.next = place.map_or_else(|place| place, |place| place + 1);
        place.ok().map(|place| (place, self.entries.text(place)))
    }
}

impl From<Vec<(Text, Text)>> for Entries {
    /// Of an id that is there more than once, the last text counts.
    fn from(entries: Vec<(Text, Text)>) -> Self {
        let mut numbering = Numbering::default();
        let numbered = entries.into_iter().map(|(id, text)| (id, numbering.of(text) as usize)).collect();
        Self::numbered(numbered, &numbering.texts)
    }
}

impl FromIterator<(Text, Text)> for Entries {
    /// Takes less memory when the ids come in their order, each once.
    fn from_iter<I: IntoIterator<Item = (Text, Text)>>(entries: I) -> Self {
        let mut entries = entries.into_iter();
        let (mut ids, mut numbers) = (Vec::new(), Vec::new());
        let mut numbering = Numbering::default();
        while let Some((id, text)) = entries.next() {
            if ids.last().is_some_and(|last| *last >= id) {
                let texts = numbers.into_iter().map(|number: u32| numbering.texts[number as usize].clone());
                let earlier = ids.into_iter().zip(texts);
                return Self::from(earlier.chain([(id, text)]).chain(entries).collect::<Vec<_>>());
            }
            ids.push(id);
            numbers.push(numbering.of(text));
        }
        ids.shrink_to_fit();
        numbers.shrink_to_fit();
        Self { ids, numbers, texts: numbering.texts }
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
                let mut failed = None;
                let entries = std::iter::from_fn(|| {
                    map.next_entry().unwrap_or_else(|error| {
                        failed = Some(error);
                        None
                    })
                });
                let entries: Entries = entries.collect();
                failed.map_or(Ok(entries), Err)
            }
        }

        deserializer.deserialize_map(Entry)
    }
}

#[cfg(test)]
mod tests {
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
            let entries: Entries = given.clone().into_iter().collect();
            let texts: Vec<Text> = ["unused", "z", "", "y", "x", "zx", "zy", "z"].map(Text::from).into();
            let place = |text: &Text| texts.iter().position(|one| one == text);
            let numbered: Option<Vec<_>> =
                given.iter().map(|(id, text)| Some((id.clone(), place(text)?))).collect();
            if let Some(numbered) = numbered {
                prop_assert_eq!(&Entries::numbered(numbered, &texts), &entries);
            }
            prop_assert_eq!(&Entries::from(given), &entries);
            prop_assert_eq!(&map.clone().into_iter().collect::<Entries>(), &entries);
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

    /// Of 100,000 people two lists are in memory at a time.
    #[test]
    fn nothing_is_kept_for_growth_and_no_text_twice() {
        let people = (0..1000)
            .map(|number| (format!("{number:024}").into(), ["ACTIVE", "PENDING"][number % 2].into()));
        let people: Vec<(Text, Text)> = people.collect();
        let written = serde_json::to_string(&Entries::from(people.clone())).unwrap();
        let read = serde_json::from_str(&written).unwrap();
        let texts = ["PENDING".into(), "ACTIVE".into()];
        let numbered = people.iter().map(|(id, text)| (id.clone(), usize::from(*text == texts[1]))).collect();
        let numbered = Entries::numbered(numbered, &texts);
        for list in [Entries::from(people.clone()), people.into_iter().collect(), read, numbered] {
            assert_eq!((list.ids.capacity(), list.numbers.capacity(), list.texts.len()), (1000, 1000, 2));
        }
    }

    #[test]
    fn a_list_that_breaks_off_is_refused() {
        assert!(serde_json::from_str::<Entries>(r#"{"a":"1","b":2}"#).is_err());
        assert!(serde_json::from_str::<Entries>(r#"{"a":"1","b":"#).is_err());
    }

    #[test]
    fn a_map_in_any_order_is_read() {
        let read: Inventory = serde_json::from_str(r#"{"entries":{"b":"1","a":"2","b":"3"}}"#).unwrap();
        let entries = [("b".into(), "3".into()), ("a".into(), "2".into())].into();
        assert_eq!(read, Inventory { entries });
    }
}
