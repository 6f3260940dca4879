//! The second inventory of a sync, kept as what is different from the first: there are as many people in it, and nearly all
//! of them are as they were.

use std::collections::BTreeSet;

use governance_model::{Entries, Inventory, Text};
use serde::{Deserialize, Serialize};

/// What turns one inventory into a later one.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Later {
    /// Who is new, or has another status.
    put: Entries,
    /// Who is gone.
    gone: BTreeSet<Text>,
}

impl Later {
    /// The difference; from an empty inventory when there was none before.
    pub(crate) fn between(before: Option<&Inventory>, after: &Inventory) -> Self {
        let nobody = Inventory::default();
        let (before, after) = (&before.unwrap_or(&nobody).entries, &after.entries);
        let (mut earlier, mut later) = (before.finder(), after.finder());
        let put = after.iter().filter(|(id, status)| earlier.find(id).is_none_or(|(_, was)| was != *status));
        let put: Vec<(Text, Text)> = put.map(|(id, status)| (id.clone(), status.clone())).collect();
        let gone = before.keys().filter(|id| later.find(id).is_none()).cloned().collect();
        Self { put: put.into(), gone }
    }

    /// The later inventory.
    pub(crate) fn after(self, before: Option<&Inventory>) -> Inventory {
        let Self { put, gone } = self;
        let kept = before.into_iter().flat_map(|before| before.entries.iter());
        let kept = kept.filter(|(id, _)| !gone.contains(*id) && !put.contains_key(id));
        let all: Vec<(Text, Text)> =
            kept.chain(put.iter()).map(|(id, status)| (id.clone(), status.clone())).collect();
        Inventory { entries: all.into() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn inventory() -> impl Strategy<Value = Inventory> {
        prop::collection::vec(("[a-f]{1,2}", "[xy]?"), 0..20).prop_map(|entries| {
            let entries: Vec<(Text, Text)> =
                entries.into_iter().map(|(id, status)| (id.into(), status.into())).collect();
            Inventory { entries: entries.into() }
        })
    }

    proptest! {
        #[test]
        fn it_comes_back_through_its_note(before in prop::option::of(inventory()), after in inventory()) {
            let note = serde_json::to_vec(&Later::between(before.as_ref(), &after)).unwrap();
            let later: Later = serde_json::from_slice(&note).unwrap();
            prop_assert_eq!(later.after(before.as_ref()), after);
        }
    }

    #[test]
    fn a_list_that_did_not_change_takes_no_room() {
        let entries = [("a".into(), "x".into()), ("b".into(), "y".into())];
        let inventory = Inventory { entries: entries.into() };
        let note = serde_json::to_string(&Later::between(Some(&inventory), &inventory)).unwrap();
        assert_eq!(note, r#"{"put":{},"gone":[]}"#);
    }
}
