//! Invariant I5: a sync with malformed exclusion groups is not sealed, and one that claims less is.

use baton_proto::c1::connector::v2;
use c1z::{Error, SealOptions, WorkingDatabase};
use governance_model::{Annotation, Entitlement, Purpose, ResourceId};
use prost::Message;

use crate::support::{Bench, group, noon_and, user};

fn in_group(resource: ResourceId, slug: &str, exclusion_group: &str, is_default: bool) -> Entitlement {
    let mut entitlement = Entitlement::new(resource, slug, Purpose::Permission);
    let message = v2::EntitlementExclusionGroup {
        exclusion_group_id: exclusion_group.to_owned(),
        is_default,
        ..v2::EntitlementExclusionGroup::default()
    };
    entitlement.annotations.push(annotation(message.encode_to_vec()));
    entitlement
}

fn annotation(value: Vec<u8>) -> Annotation {
    let type_url = "type.googleapis.com/c1.connector.v2.EntitlementExclusionGroup".to_owned();
    Annotation { type_url, value }
}

/// What sealing says to some entitlements; without the claim of I5 it always seals.
fn sealing(entitlements: &[Entitlement]) -> Result<(), Error> {
    let bench = Bench::new();
    let mut database = bench.filled(0, 1);
    database.transaction(|batch| batch.put_entitlements(entitlements, noon_and(0))).unwrap();
    let outcome = database.seal(&bench.options(0), &mut |_| {}).map(drop);
    if outcome.is_err() {
        let database = WorkingDatabase::open(&bench.working).unwrap().unwrap();
        let options = SealOptions { invariants: vec!["I10".to_owned()], ..bench.options(0) };
        database.seal(&options, &mut |_| {}).unwrap();
    }
    outcome
}

fn reason(entitlements: &[Entitlement]) -> String {
    sealing(entitlements).unwrap_err().to_string()
}

#[test]
fn well_formed_groups_are_sealed() {
    let mut many: Vec<Entitlement> = (0..50)
        .map(|number| in_group(group("g1"), &format!("level-{number}"), "levels", number == 0))
        .collect();
    many.push(in_group(user("u0000"), "other", "others", true));
    sealing(&many).unwrap();
}

#[test]
fn malformed_groups_are_not() {
    let a = |is_default| in_group(group("g1"), "a", "levels", is_default);
    let b = |is_default| in_group(group("g2"), "b", "levels", is_default);
    assert_eq!(reason(&[a(true), b(true)]), "exclusion group \"levels\" is malformed: it has 2 defaults");
    assert_eq!(
        reason(&[a(true), in_group(user("u0000"), "c", "levels", false)]),
        "exclusion group \"levels\" is malformed: it spans the resource types group and user"
    );
    let many: Vec<Entitlement> =
        (0..51).map(|number| in_group(group("g1"), &format!("level-{number}"), "levels", false)).collect();
    assert_eq!(reason(&many), "exclusion group \"levels\" is malformed: it has 51 entitlements, over 50");
    let mut two = a(false);
    two.annotations.extend(in_group(group("g1"), "a", "moods", false).annotations);
    assert_eq!(
        reason(&[two]),
        "exclusion group \"levels\" is malformed: entitlement \"group:g1:a\" is in group \"moods\" too"
    );
    let mut garbled = a(false);
    garbled.annotations = vec![annotation(vec![0xff, 0xff])];
    assert!(matches!(sealing(&[garbled]), Err(Error::Undecodable { .. })));
}
