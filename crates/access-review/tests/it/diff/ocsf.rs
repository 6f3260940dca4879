//! Events of the Open Cybersecurity Schema Framework, held against what version 1.7.0 of the schema requires.
//!
//! The tables are written from the schema's classes `account_change`, `entity_management`, `user_access` and
//! `group_management` and its objects `metadata`, `product`, `user`, `group`, `managed_entity` and `resource_details`.
//! Attributes that a profile requires (`cloud`, `osint`) do not count, because no event names a profile.

use std::collections::BTreeSet;

use access_review::diff::{OCSF_VERSION, Options};
use governance_model::{Grant, Resource, State, Status};
use serde_json::{Value, json};

use super::world::{Pair, World, of, user_trait};

/// Whether a value is of the right type.
type IsRight = fn(&Value) -> bool;

/// What every event must have, and of which type.
const REQUIRED: [(&str, IsRight); 7] = [
    ("activity_id", Value::is_u64),
    ("category_uid", Value::is_u64),
    ("class_uid", Value::is_u64),
    ("metadata", Value::is_object),
    ("severity_id", Value::is_u64),
    ("time", Value::is_i64),
    ("type_uid", Value::is_u64),
];

/// A class: its number, its name, the activities it knows, and what it requires besides.
type Class = (u64, &'static str, &'static [(u64, &'static str)], &'static [&'static str]);

const CLASSES: [Class; 4] = [
    (
        3001,
        "Account Change",
        &[
            (1, "Create"),
            (2, "Enable"),
            (5, "Disable"),
            (6, "Delete"),
            (10, "MFA Factor Enable"),
            (11, "MFA Factor Disable"),
        ],
        &["user"],
    ),
    (3004, "Entity Management", &[(1, "Create"), (3, "Update"), (4, "Delete")], &["entity"]),
    (
        3005,
        "User Access Management",
        &[(1, "Assign Privileges"), (2, "Revoke Privileges")],
        &["privileges", "user"],
    ),
    (
        3006,
        "Group Management",
        &[
            (1, "Assign Privileges"),
            (2, "Revoke Privileges"),
            (3, "Add User"),
            (4, "Remove User"),
            (5, "Delete"),
            (6, "Create"),
            (7, "Add Subgroup"),
            (8, "Remove Subgroup"),
        ],
        &["group"],
    ),
];

const SEVERITIES: [(u64, &str); 4] = [(1, "Informational"), (2, "Low"), (3, "Medium"), (4, "High")];

/// Attributes of events that the schema knows and that are used.
const KNOWN: [&str; 26] = [
    "activity_id",
    "activity_name",
    "category_name",
    "category_uid",
    "class_name",
    "class_uid",
    "end_time",
    "entity",
    "group",
    "message",
    "metadata",
    "privileges",
    "resource",
    "resources",
    "severity",
    "severity_id",
    "start_time",
    "status",
    "status_id",
    "subgroup",
    "time",
    "type_name",
    "type_uid",
    "unmapped",
    "user",
    "user_result",
];

/// Fails unless an event has the structure that the schema asks for.
fn check(event: &Value) {
    for (name, is_right) in REQUIRED {
        assert!(is_right(&event[name]), "{name} of {event:#}");
    }
    assert!(event.as_object().unwrap().keys().all(|key| KNOWN.contains(&key.as_str())), "{event:#}");
    let number = |name: &str| event[name].as_u64().unwrap();
    let class = CLASSES.iter().find(|class| class.0 == number("class_uid"));
    let (uid, name, activities, required) = class.unwrap_or_else(|| panic!("{event:#}"));
    assert_eq!(event["class_name"], *name);
    assert_eq!(
        (&event["category_uid"], &event["category_name"]),
        (&json!(3), &json!("Identity & Access Management"))
    );
    let activity = number("activity_id");
    let known = activities.iter().find(|known| known.0 == activity).map(|known| known.1);
    // 99 is every class's Other, and the source names it.
    let known = known.or((activity == 99).then_some("Update")).unwrap_or_else(|| panic!("{event:#}"));
    assert_eq!(event["activity_name"], known);
    assert_eq!(number("type_uid"), uid * 100 + activity);
    assert_eq!(event["type_name"], format!("{name}: {known}"));
    let severity = SEVERITIES.iter().find(|severity| severity.0 == number("severity_id")).unwrap();
    assert_eq!(event["severity"], severity.1);
    for name in *required {
        assert!(!event[*name].is_null(), "{name} of {event:#}");
    }
    assert_eq!(event["metadata"]["version"], OCSF_VERSION);
    assert!(event["metadata"]["uid"].is_string());
    assert!(event["metadata"]["product"]["name"].is_string());
    // Milliseconds since 1970: the two syncs, and when it was seen.
    let times = ["start_time", "end_time", "time"].map(|name| event[name].as_i64().unwrap());
    assert_eq!(times, [100_000, 200_000, 200_000]);
    for user in ["user", "user_result"] {
        object(&event[user], &["uid", "name", "email_addr", "has_mfa", "type", "type_id"]);
    }
    for group in ["group", "subgroup", "resource"] {
        object(&event[group], &["uid", "name", "type"]);
    }
    object(&event["entity"], &["uid", "name", "type", "type_id"]);
    for resource in event["resources"].as_array().into_iter().flatten() {
        object(resource, &["uid", "name", "type"]);
    }
    for privilege in event["privileges"].as_array().into_iter().flatten() {
        assert!(privilege.is_string());
    }
}

/// An object, if it is there, has a name or an id, and nothing that the schema does not know.
fn object(value: &Value, known: &[&str]) {
    let Some(fields) = value.as_object() else { return assert!(value.is_null(), "{value}") };
    assert!(["name", "uid"].iter().any(|name| fields.get(*name).is_some_and(Value::is_string)), "{value}");
    assert!(fields.keys().all(|key| known.contains(&key.as_str())), "{value}");
    assert!(fields.get("type_id").is_none_or(Value::is_u64), "{value}");
    assert!(fields.get("has_mfa").is_none_or(Value::is_boolean), "{value}");
}

fn events(old: &World, new: &World) -> Vec<Value> {
    let pair = Pair::new(old, new);
    let mut written = Vec::new();
    pair.compare(false, Options::default(), |comparison| comparison.write_ocsf(&mut written))
        .unwrap()
        .unwrap();
    let text = String::from_utf8(written).unwrap();
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    events.iter().for_each(check);
    let uids: BTreeSet<_> = events.iter().map(|event| event["metadata"]["uid"].to_string()).collect();
    assert_eq!(uids.len(), events.len(), "every event has an id of its own");
    events
}

/// Class and activity, severity, and who or what it is about.
fn told(events: &[Value]) -> Vec<(u64, u64, String)> {
    let number = |event: &Value, name: &str| event[name].as_u64().unwrap();
    let about = |event: &Value| {
        let ids = ["entity", "group", "user"].map(|of| event[of]["uid"].as_str());
        ids.into_iter().flatten().next().unwrap().to_owned()
    };
    let mut told: Vec<_> = events
        .iter()
        .map(|event| (number(event, "type_uid"), number(event, "severity_id"), about(event)))
        .collect();
    told.sort();
    told
}

fn world(ended: i64) -> World {
    let mut world = World::new(ended).group("g", "Group").group("h", "Other");
    world.resources.push(Resource::new(of("project", "p"), "Project"));
    world
}

fn to_group(grant: &mut Grant) {
    grant.principal = of("group", "h");
}

#[test]
fn every_kind_of_change_is_an_event_of_its_class() {
    let old = world(100)
        .user("a", |_| {})
        .user("b", |_| {})
        .user("gone", |_| {})
        .grant(("role", "workspace-admin", "assigned"), "a", |_| {})
        .grant(("group", "g", "member"), "a", |_| {})
        .grant(("project", "p", "member"), "a", |_| {});
    let new = world(200)
        .user("a", |user| {
            user.display_name = "Renamed".into();
            user.status = Some(Status { state: State::Disabled, details: "account ACTIVE".to_owned() });
            user_trait(user).mfa_enabled = Some(false);
        })
        .user("b", |user| user_trait(user).mfa_enabled = None)
        .user("new", |_| {})
        .grant(("role", "owner", "assigned"), "b", |_| {})
        .grant(("group", "g", "member"), "b", |_| {})
        .grant(("group", "g", "member"), "h", to_group)
        .grant(("project", "p", "member"), "h", to_group)
        .group("i", "New group");
    let events = events(&old, &new);
    let expected = [
        (300_101, 1, "new"),
        (300_105, 3, "a"),
        (300_106, 1, "gone"),
        (300_111, 4, "a"),
        (300_111, 4, "b"),
        (300_199, 3, "a"),
        (300_401, 1, "group:i:manager"),
        (300_401, 1, "group:i:member"),
        (300_501, 4, "b"),
        (300_502, 1, "a"),
        (300_502, 3, "a"),
        (300_601, 1, "h"),
        (300_603, 1, "g"),
        (300_604, 1, "g"),
        (300_606, 1, "i"),
        (300_607, 1, "g"),
    ];
    assert_eq!(told(&events), expected.map(|(kind, severity, who)| (kind, severity, who.to_owned())));

    let find = |kind: u64, who: &str| {
        let found = events.iter().find(|event| event["type_uid"] == kind && event["user"]["uid"] == who);
        found.unwrap()
    };
    // The account before, and after.
    let renamed = find(300_199, "a");
    assert_eq!(renamed["user"]["name"], "Name of a");
    assert_eq!(renamed["user_result"]["name"], "Renamed");
    let without = find(300_111, "a");
    assert_eq!(
        (&without["user"]["has_mfa"], &without["user_result"]["has_mfa"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(without["unmapped"]["fields"], json!([{"field": "mfa", "old": true, "new": false}]));
    let owner = find(300_501, "b");
    assert_eq!(owner["privileges"], json!(["role Role owner"]));
    assert_eq!(owner["resources"], json!([{"uid": "role:owner", "name": "Role owner", "type": "role"}]));
    assert_eq!(owner["metadata"]["tenant_uid"], "w1");
    assert_eq!(owner["message"], "Name of b got role Role owner");
}

/// The check can fail.
#[test]
#[should_panic(expected = "privileges of")]
fn a_missing_attribute_is_seen() {
    let old = world(100).user("a", |_| {});
    let new = world(200).user("a", |_| {}).grant(("role", "owner", "assigned"), "a", |_| {});
    let mut event = events(&old, &new).remove(0);
    event.as_object_mut().unwrap().remove("privileges");
    check(&event);
}
