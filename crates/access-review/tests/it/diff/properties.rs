//! What holds for any two worlds: the same as comparing by hand, the mirror image the other way round, and the same with
//! little memory.

use std::collections::{BTreeMap, BTreeSet};

use access_review::diff::{Action, Cause, Change, NoteCode, Options, Summary};
use governance_model::{Resource, State, Status, Value};
use proptest::prelude::*;

use super::world::{Pair, World, user_trait};

/// A person as far as these worlds differ: name, second factor, whether enabled, an attribute.
type Person = (u8, Option<bool>, bool, u8);

/// A small world in plain data.
#[derive(Clone, Debug)]
struct Small {
    people: BTreeMap<u8, Person>,
    groups: BTreeMap<u8, u8>,
    grants: BTreeSet<(u8, u8)>,
    /// Decides the order of rows.
    order: u8,
}

const ROLES: [&str; 3] = ["owner", "workspace-admin", "team-manager"];

fn small() -> impl Strategy<Value = Small> {
    let person = (0..3_u8, proptest::option::of(any::<bool>()), any::<bool>(), 0..3_u8);
    (
        proptest::collection::btree_map(0..6_u8, person, 0..6),
        proptest::collection::btree_map(0..3_u8, 0..2_u8, 0..3),
        proptest::collection::btree_set((0..6_u8, 0..6_u8), 0..10),
        any::<u8>(),
    )
        .prop_map(|(people, groups, grants, order)| Small { people, groups, grants, order })
}

impl Small {
    fn world(&self, ended: i64) -> World {
        let mut world = World::new(ended);
        for (group, name) in &self.groups {
            world = world.group(&format!("g{group}"), &format!("Group {name}"));
        }
        for (id, (name, mfa, enabled, zone)) in &self.people {
            world = world.user(&format!("u{id}"), |user: &mut Resource| {
                user.display_name = format!("Person {name}").into();
                // Shared by two, so that some come back under another id.
                user_trait(user).emails[0].address = format!("{}@example.com", id / 2);
                user_trait(user).login = None;
                user_trait(user).mfa_enabled = *mfa;
                let state = if *enabled { State::Enabled } else { State::Disabled };
                user.status = Some(Status { state, details: String::new() });
                user.profile.insert("zone".into(), Value::Number(f64::from(*zone)));
            });
        }
        for (person, on) in self.present() {
            let on = on_of(on);
            world = world.grant((on.0, &on.1, on.2), &format!("u{person}"), |_| {});
        }
        if self.order % 2 == 1 {
            world.resources.reverse();
        }
        if self.order % 3 == 1 {
            world.grants.reverse();
        }
        world
    }

    /// Grants whose person and thing exist.
    fn present(&self) -> BTreeSet<(u8, u8)> {
        let exists = |(person, on): &(u8, u8)| {
            self.people.contains_key(person) && (*on < 3 || self.groups.contains_key(&(on - 3)))
        };
        self.grants.iter().copied().filter(exists).collect()
    }
}

fn on_of(on: u8) -> (&'static str, String, &'static str) {
    match on {
        0..3 => ("role", ROLES[usize::from(on)].to_owned(), "assigned"),
        _ => ("group", format!("g{}", on - 3), "member"),
    }
}

/// What differs, found without any of the code under test.
fn by_hand(old: &Small, new: &Small) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut compare = |thing: &str, id: String, before: Option<String>, after: Option<String>| {
        let verb = match (&before, &after) {
            (None, Some(_)) => "added",
            (Some(_), None) => "removed",
            (Some(before), Some(after)) if before != after => "changed",
            _ => return,
        };
        found.insert(format!("{thing}-{verb} {id}"));
    };
    for id in 0..6 {
        let of = |world: &Small| world.people.get(&id).map(|person| format!("{person:?}"));
        compare("user", format!("user:u{id}"), of(old), of(new));
    }
    for id in 0..3 {
        let of = |world: &Small| world.groups.get(&id).map(u8::to_string);
        compare("group", format!("group:g{id}"), of(old), of(new));
        for slug in ["member", "manager"] {
            let there = |world: &Small| world.groups.get(&id).map(|_| String::new());
            compare("entitlement", format!("group:g{id}:{slug}"), there(old), there(new));
        }
    }
    for person in 0..6 {
        for on in 0..6 {
            let there = |world: &Small| world.present().contains(&(person, on)).then(String::new);
            let (kind, id, slug) = on_of(on);
            compare("grant", format!("{kind}:{id}:{slug}:user:u{person}"), there(old), there(new));
        }
    }
    found
}

/// A change as it must look from the other side, without what is only words.
fn seen(change: &Change, mirrored: bool) -> String {
    let Change { kind, section, administrative, id, fields, consequence_of, notes, .. } = change;
    let mut action = kind.action;
    let mut values: Vec<_> = fields.iter().map(|field| (&field.field, &field.old, &field.new)).collect();
    let mut cause = *consequence_of;
    let mut codes: Vec<_> = notes.iter().map(|note| note.code).collect();
    if mirrored {
        action = match action {
            Action::Added => Action::Removed,
            Action::Removed => Action::Added,
            Action::Changed => Action::Changed,
        };
        for (_, old, new) in &mut values {
            std::mem::swap(old, new);
        }
        cause = cause.map(|cause| match cause {
            Cause::PrincipalAdded => Cause::PrincipalRemoved,
            Cause::PrincipalRemoved => Cause::PrincipalAdded,
            Cause::ResourceAdded => Cause::ResourceRemoved,
            Cause::ResourceRemoved => Cause::ResourceAdded,
        });
        for code in &mut codes {
            *code = match *code {
                NoteCode::SameEmailBefore => NoteCode::SameEmailAfter,
                NoteCode::SameEmailAfter => NoteCode::SameEmailBefore,
                NoteCode::NoDataBefore => NoteCode::NoDataAfter,
                NoteCode::NoDataAfter => NoteCode::NoDataBefore,
            };
        }
    }
    let thing = kind.thing;
    format!("{thing:?} {action:?} {section:?} {administrative} {id} {values:?} {cause:?} {codes:?}")
}

fn compared(pair: &Pair, backwards: bool, kept: usize) -> (Vec<Change>, Summary) {
    let options = Options { kept, ..Options::default() };
    pair.compare(backwards, options, |comparison| {
        let changes = comparison.changes().collect::<Result<Vec<_>, _>>().unwrap();
        (changes, comparison.summary().clone())
    })
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_two_worlds(old in small(), new in small()) {
        let pair = Pair::new(&old.world(100), &new.world(200));
        let (changes, summary) = compared(&pair, false, 10_000);

        let found: Vec<_> = changes.iter().map(|change| format!("{} {}", change.kind, change.id)).collect();
        let unique: BTreeSet<_> = found.iter().cloned().collect();
        prop_assert_eq!(unique.len(), found.len());
        prop_assert_eq!(unique, by_hand(&old, &new));
        prop_assert!(changes.is_sorted_by_key(|change| change.section));
        prop_assert_eq!(summary.total, changes.len() as u64);
        prop_assert_eq!(summary.counts.values().sum::<u64>(), summary.total);

        let (mirrored, _) = compared(&pair, true, 10_000);
        let ahead: Vec<_> = changes.iter().map(|change| seen(change, false)).collect();
        let back: Vec<_> = mirrored.iter().map(|change| seen(change, true)).collect();
        prop_assert_eq!(ahead, back);

        // Without room for the changes each section is walked by itself.
        let (walked, walked_summary) = compared(&pair, false, 0);
        prop_assert_eq!(walked, changes);
        prop_assert_eq!(walked_summary, summary);
    }

    #[test]
    fn a_world_equals_itself(world in small(), order in any::<u8>()) {
        let other = Small { order, ..world.clone() };
        let (changes, summary) =
            compared(&Pair::new(&world.world(100), &other.world(200)), false, 10_000);
        prop_assert_eq!(changes, Vec::new());
        prop_assert!(summary.is_equal());
    }
}
