//! Grant expansion, by the worked example of the interop reference (section 6) and by hand-made cases.

use std::collections::BTreeMap;

use baton_proto::c1::connector::v2;
use c1z::{C1zFile, Error, Expansion, GrantFilter, Limits, SyncChoice, WorkingDatabase};
use governance_model::{Entitlement, Grant, ResourceTypeId};
use prost::Message;
use rusqlite::Connection;

use crate::support::{
    Bench, USER, group, group_resource, member, membership, nested, noon_and, rows, user, user_resource,
};

/// A sync with groups, users, an entitlement per group, and the grants given.
fn with(bench: &Bench, groups: &[&str], grants: &[Grant]) -> WorkingDatabase {
    let mut database = bench.begin(0);
    database
        .transaction(|batch| {
            let seen = noon_and(0);
            for id in groups {
                batch.put_resources(&[group_resource(id)], seen)?;
                batch.put_entitlements(&[member(id)], seen)?;
            }
            for id in ["u0", "u1", "u2"] {
                batch.put_resources(&[user_resource(id)], seen)?;
            }
            batch.put_grants(grants, seen)
        })
        .unwrap();
    database
}

/// A grant as it is stored: its sources, and whether it may not be revoked where it stands.
type Held = (BTreeMap<String, bool>, bool);

/// Who holds what, read with SQLite and protobuf alone. Keys are `<group> <principal type>:<principal>`; sources are
/// the names of groups.
fn holders(database: &WorkingDatabase) -> BTreeMap<String, Held> {
    let raw = Connection::open(database.path()).unwrap();
    let mut statement = raw
        .prepare(
            "select resource_id || ' ' || principal_resource_type_id || ':' || principal_resource_id, data, \
             external_id = entitlement_id || ':' || principal_resource_type_id || ':' || principal_resource_id \
             from v1_grants",
        )
        .unwrap();
    let mut found = statement.query(()).unwrap();
    let mut holders = BTreeMap::new();
    while let Some(row) = found.next().unwrap() {
        assert!(row.get::<_, bool>(2).unwrap(), "the id of a grant is joined from its parts");
        let proto = v2::Grant::decode(&row.get::<_, Vec<u8>>(1).unwrap()[..]).unwrap();
        let sources = proto.sources.unwrap_or_default().sources;
        let sources = sources
            .into_iter()
            .map(|(id, source)| (id.split(':').nth(1).unwrap().to_owned(), source.is_direct))
            .collect();
        let immutable = proto
            .annotations
            .iter()
            .any(|any| any.type_url == "type.googleapis.com/c1.connector.v2.GrantImmutable");
        assert!(holders.insert(row.get(0).unwrap(), (sources, immutable)).is_none());
    }
    holders
}

fn sources(list: &[(&str, bool)]) -> BTreeMap<String, bool> {
    list.iter().map(|&(id, direct)| (id.to_owned(), direct)).collect()
}

fn made(list: &[(&str, bool)]) -> Held {
    (sources(list), true)
}

fn given(list: &[(&str, bool)]) -> Held {
    (sources(list), false)
}

fn expected(list: &[(&str, Held)]) -> BTreeMap<String, Held> {
    list.iter().map(|(key, held)| ((*key).to_owned(), held.clone())).collect()
}

fn worked_example(shallow: bool) -> [Grant; 5] {
    [
        membership("g1", user("u0")),
        membership("g1", user("u1")),
        nested("g2", "g1", shallow, &[USER]),
        membership("g2", user("u1")),
        nested("g3", "g2", shallow, &[]),
    ]
}

#[test]
fn the_worked_example_of_the_reference() {
    let bench = Bench::new();
    let mut database = with(&bench, &["g1", "g2", "g3"], &worked_example(false));
    let done = database.expand(noon_and(1)).unwrap();
    let everything = expected(&[
        ("g1 user:u0", given(&[])),
        ("g1 user:u1", given(&[])),
        ("g2 group:g1", given(&[])),
        ("g2 user:u0", made(&[("g1", true)])),
        ("g2 user:u1", given(&[("g1", true), ("g2", true)])),
        ("g3 group:g2", given(&[])),
        ("g3 user:u1", made(&[("g2", true)])),
        ("g3 user:u0", made(&[("g2", false)])),
        ("g3 group:g1", made(&[("g2", true)])),
    ]);
    assert_eq!(holders(&database), everything);
    assert_eq!(done, Expansion { edges: 2, dropped_edges: 0, cycles: 0, created: 4, updated: 1 });
}

#[test]
fn with_shallow_edges_only_direct_holders_are_passed_on() {
    let bench = Bench::new();
    let mut database = with(&bench, &["g1", "g2", "g3"], &worked_example(true));
    database.expand(noon_and(1)).unwrap();
    let found = holders(&database);
    assert!(!found.contains_key("g3 user:u0"), "{found:?}");
    assert_eq!(found["g3 user:u1"], made(&[("g2", true)]));
    assert_eq!(found["g3 group:g1"], made(&[("g2", true)]));
    assert_eq!(found["g2 user:u0"], made(&[("g1", true)]));
    assert_eq!(found.len(), 8);
}

#[test]
fn doing_it_again_changes_nothing() {
    let bench = Bench::new();
    let mut database = with(&bench, &["g1", "g2", "g3"], &worked_example(false));
    database.expand(noon_and(1)).unwrap();
    let all = "select * from v1_grants order by id";
    let before = rows(&Connection::open(database.path()).unwrap(), all);
    let again = database.expand(noon_and(2)).unwrap();
    assert_eq!((again.created, again.updated, again.edges), (0, 0, 2));
    assert_eq!(rows(&Connection::open(database.path()).unwrap(), all), before);
}

/// A run that was cut off between two transactions: whatever part of the result is there, the rest is added.
#[test]
fn any_part_of_the_result_is_completed() {
    let bench = Bench::new();
    let mut database = with(&bench, &["g1", "g2", "g3"], &worked_example(false));
    database.expand(noon_and(1)).unwrap();
    let whole = holders(&database);
    // Later results first, because they are derived from earlier ones.
    let late = ["g3 user:u1", "g3 user:u0", "g3 group:g1", "g2 user:u0"];
    for missing in 1..=late.len() {
        let ids: Vec<_> = late[..missing]
            .iter()
            .map(|key| {
                let (of, who) = key.split_once(' ').unwrap();
                let (kind, id) = who.split_once(':').unwrap();
                membership(of, if kind == "user" { user(id) } else { group(id) }).id()
            })
            .collect();
        database.transaction(|batch| batch.delete_grants(&ids)).unwrap();
        assert_eq!(database.expand(noon_and(3)).unwrap().created, missing as u64);
        assert_eq!(holders(&database), whole);
    }
}

/// A page that is read again after a resume gives a grant without its sources; they come back.
#[test]
fn a_grant_that_was_read_again_gets_its_sources_back() {
    let bench = Bench::new();
    let mut database = with(&bench, &["g1", "g2", "g3"], &worked_example(false));
    database.expand(noon_and(1)).unwrap();
    let whole = holders(&database);
    database.transaction(|batch| batch.put_grants(&worked_example(false), noon_and(2))).unwrap();
    assert_ne!(holders(&database), whole);
    database.expand(noon_and(3)).unwrap();
    assert_eq!(holders(&database), whole);
}

#[test]
fn a_diamond_records_both_ways() {
    let bench = Bench::new();
    let grants = [
        membership("top", user("u0")),
        nested("left", "top", false, &[USER]),
        nested("right", "top", false, &[USER]),
        nested("bottom", "left", false, &[USER]),
        nested("bottom", "right", false, &[USER]),
        membership("right", user("u0")),
    ];
    let mut database = with(&bench, &["top", "left", "right", "bottom"], &grants);
    database.expand(noon_and(1)).unwrap();
    let found = holders(&database);
    assert_eq!(found["left user:u0"], made(&[("top", true)]));
    assert_eq!(found["right user:u0"], given(&[("right", true), ("top", true)]));
    assert_eq!(found["bottom user:u0"], made(&[("left", false), ("right", true)]));
}

/// What the Go SDK makes of a cycle: its members do not inherit from each other, but what comes into one of them
/// comes into all, and all of them pass on.
#[test]
fn a_cycle_is_one_collection_towards_the_outside() {
    let bench = Bench::new();
    let grants = [
        membership("in", user("u0")),
        nested("a", "in", false, &[USER]),
        nested("a", "b", false, &[USER]),
        nested("b", "a", false, &[USER]),
        membership("b", user("u1")),
        nested("out", "b", false, &[USER]),
    ];
    let mut database = with(&bench, &["in", "a", "b", "out"], &grants);
    let done = database.expand(noon_and(1)).unwrap();
    assert_eq!((done.cycles, done.edges), (1, 4));
    let found = holders(&database);
    assert_eq!(found["a user:u0"], made(&[("in", true)]));
    assert_eq!(found["b user:u0"], made(&[("in", true)]));
    assert!(!found.contains_key("a user:u1"));
    assert_eq!(found["out user:u0"], made(&[("a", false), ("b", false)]));
    assert_eq!(found["out user:u1"], made(&[("b", true)]));
    let again = database.expand(noon_and(2)).unwrap();
    assert_eq!((again.created, again.updated), (0, 0));
}

#[test]
fn a_collection_inside_of_itself_changes_nothing() {
    let bench = Bench::new();
    let grants = [membership("a", user("u0")), nested("a", "a", false, &[])];
    let mut database = with(&bench, &["a"], &grants);
    let done = database.expand(noon_and(1)).unwrap();
    assert_eq!((done.cycles, done.created, done.updated), (1, 0, 0));
}

#[test]
fn type_filters_are_united_and_none_wins() {
    let robot = ResourceTypeId::from_static("robot");
    let machine = governance_model::ResourceId::new(robot.clone(), "r0");
    // Two grants of the same principal on the same entitlement give the same edge twice.
    let twice = |first: &[ResourceTypeId], second: &[ResourceTypeId]| {
        let one = nested("outer", "inner", true, first);
        let mut other = nested("outer", "inner", false, second);
        other.set_id(governance_model::GrantId::from_raw("another grant of the same"));
        [one, other]
    };
    for (first, second, users, robots, groups) in [
        (&[USER][..], &[USER][..], true, false, false),
        (&[USER], std::slice::from_ref(&robot), true, true, false),
        (&[USER], &[], true, true, true),
        (
            &[ResourceTypeId::from_static("nosuch")],
            &[ResourceTypeId::from_static("nosuch")],
            false,
            false,
            false,
        ),
    ] {
        let bench = Bench::new();
        let mut grants = vec![
            membership("inner", user("u0")),
            membership("inner", machine.clone()),
            membership("inner", group("deep")),
        ];
        grants.extend(twice(first, second));
        let mut database = with(&bench, &["inner", "outer", "deep"], &grants);
        assert_eq!(database.expand(noon_and(1)).unwrap().edges, 1);
        bench.seal(database, 0);
        let file = C1zFile::open(&bench.output, Limits::default()).unwrap();
        let view = file.sync(&SyncChoice::Newest).unwrap();
        let filter = GrantFilter { entitlement: Some(member("outer").id), ..GrantFilter::default() };
        let principals: Vec<String> = view
            .grants(&filter)
            .map(|record| record.unwrap().value)
            .filter(|grant| grant.details().immutable)
            .map(|grant| grant.principal.to_string())
            .collect();
        assert_eq!(principals.contains(&"user:u0".to_owned()), users, "{first:?} {second:?}");
        assert_eq!(principals.contains(&"robot:r0".to_owned()), robots, "{first:?} {second:?}");
        assert_eq!(principals.contains(&"group:deep".to_owned()), groups, "{first:?} {second:?}");
    }
}

#[test]
fn edges_to_and_from_nowhere_are_dropped_and_counted() {
    let bench = Bench::new();
    let grants = [
        membership("g1", user("u0")),
        nested("g2", "ghost", false, &[]),
        nested("phantom", "g1", false, &[]),
        nested("g2", "g1", false, &[]),
    ];
    let mut database = with(&bench, &["g1", "g2"], &grants);
    let done = database.expand(noon_and(1)).unwrap();
    assert_eq!(done, Expansion { edges: 1, dropped_edges: 2, cycles: 0, created: 1, updated: 0 });
    assert_eq!(holders(&database)["g2 user:u0"], made(&[("g1", true)]));
}

#[test]
fn an_entitlement_of_something_else_than_the_principal_is_refused() {
    let bench = Bench::new();
    let mut wrong = nested("g2", "g1", false, &[]);
    wrong.principal = group("g3");
    wrong.set_id(membership("g2", group("g3")).id());
    let mut database = with(&bench, &["g1", "g2", "g3"], &[membership("g1", user("u0")), wrong]);
    let error = database.expand(noon_and(1)).unwrap_err();
    let Error::ForeignExpansion { grant, entitlement, principal } = &error else { panic!("{error:?}") };
    assert_eq!(
        [grant.as_str(), entitlement, principal],
        ["group:g2:member:group:g3", "group:g1:member", "group:g3"]
    );
    assert_eq!(database.counts().unwrap().grants, 2);
}

#[test]
fn chains_are_followed_up_to_the_limit() {
    for (steps, fits) in [(20, true), (21, false)] {
        let bench = Bench::new();
        let names: Vec<String> = (0..=steps).map(|number| format!("g{number:02}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut grants = vec![membership(names[0], user("u0"))];
        grants.extend(names.windows(2).map(|pair| nested(pair[1], pair[0], false, &[USER])));
        let mut database = with(&bench, &names, &grants);
        match database.expand(noon_and(1)) {
            Ok(done) => assert!(fits && done.created == 20, "{done:?}"),
            Err(Error::ExpansionDepth { depth: 21, limit: 20 }) => {
                assert!(!fits);
                assert_eq!(database.counts().unwrap().grants, 22, "nothing was written");
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// More principals than one transaction takes, and further entitlements of the same group, which must not matter.
#[test]
fn large_collections_are_passed_on_whole() {
    let bench = Bench::new();
    let mut grants: Vec<Grant> =
        (0..2500).map(|number| membership("g1", user(&format!("x{number}")))).collect();
    let manager = Entitlement::new(group("g1"), "manager", governance_model::Purpose::Permission);
    grants.push(Grant::new(manager.id.clone(), group("g1"), user("boss")));
    grants.push(nested("g2", "g1", false, &[]));
    let mut database = with(&bench, &["g1", "g2"], &grants);
    database.transaction(|batch| batch.put_entitlements(&[manager], noon_and(0))).unwrap();
    assert_eq!(database.expand(noon_and(1)).unwrap().created, 2500);
    let found = holders(&database);
    assert_eq!(found["g2 user:x2499"], made(&[("g1", true)]));
    assert!(!found.contains_key("g2 user:boss"));
}

#[test]
fn without_expandable_grants_nothing_happens() {
    let bench = Bench::new();
    let mut database = bench.filled(0, 2);
    assert_eq!(database.expand(noon_and(1)).unwrap(), Expansion::default());
}

/// The flag stays after a completed sync (interop reference 1.4), and a grant that is passed on keeps its expansion.
#[test]
fn the_expansion_columns_stay() {
    let bench = Bench::new();
    let mut grants = worked_example(false).to_vec();
    // Both given and inherited, and expandable itself.
    grants.push(membership("g0", group("g1")));
    grants.push(nested("g1", "g0", false, &[]));
    let mut database = with(&bench, &["g0", "g1", "g2", "g3"], &grants);
    let raw = Connection::open(database.path()).unwrap();
    let sql = "select external_id, expansion, needs_expansion from v1_grants where expansion is not null order by 1";
    let before = rows(&raw, sql);
    assert_eq!(before.len(), 3);
    database.expand(noon_and(1)).unwrap();
    assert_eq!(rows(&raw, sql), before);
}
