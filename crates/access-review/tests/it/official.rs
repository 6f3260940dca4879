//! Agreement with the official CLI: the same rows, as values, for the files of the official tools.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use access_review::access::{Audience, Reach};
use access_review::rows::{
    EntitlementRow, GrantQuery, GrantRow, Group, Person, Principal, ResourceRow, ResourceTypeRow,
};
use access_review::stats::Statistics;
use access_review::syncs::SyncRow;
use c1z::EntitlementFilter;
use governance_model::{EntitlementId, ResourceId, ResourceTypeId};
use serde_json::Value as Json;

use crate::workspace::{at, id, newest, open, vector};

fn printed(name: &str) -> Json {
    let text = fs::read_to_string(vector(&format!("official/tiny-v1/{name}.json.txt"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The cells of a table that the official CLI printed, without its heading.
fn table(name: &str) -> BTreeSet<Vec<String>> {
    let text = fs::read_to_string(vector(&format!("official/tiny-v1/{name}.console.txt"))).unwrap();
    cells(&text).into_iter().skip(1).collect()
}

fn cells(text: &str) -> Vec<Vec<String>> {
    let rows = text.lines().filter(|line| !line.trim().is_empty());
    rows.map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

fn text(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

fn count(json: &Json) -> u64 {
    json.as_str().map_or(0, |text| text.parse().unwrap())
}

#[test]
fn resource_types() {
    let file = open(&vector("tiny-v1.c1z"));
    let snapshot = newest(&file);
    let ours: BTreeSet<_> = ResourceTypeRow::all(&snapshot)
        .map(|row| row.unwrap())
        .map(|row| {
            vec![
                row.id,
                row.name,
                row.traits
                    .iter()
                    .map(|name| format!("TRAIT_{}", name.to_uppercase()))
                    .collect::<Vec<_>>()
                    .join(", "),
            ]
        })
        .collect();
    assert_eq!(ours, table("resource-types"));
}

#[test]
fn resources() {
    let file = open(&vector("tiny-v1.c1z"));
    let snapshot = newest(&file);
    let kind = |id: &str| {
        text(
            &printed("resource-types")["resourceTypes"]
                .as_array()
                .unwrap()
                .iter()
                .find(|found| found["resourceType"]["id"] == id)
                .unwrap()["resourceType"]["displayName"],
        )
    };
    for (name, of_type) in
        [("resources", None), ("resources-user", Some("user")), ("resources-nosuch", Some("nosuch"))]
    {
        let rows: Vec<_> =
            ResourceRow::all(&snapshot, of_type.map(ResourceTypeId::new)).map(|row| row.unwrap()).collect();
        let ours: BTreeSet<_> = rows
            .iter()
            .map(|row| {
                assert_eq!(row.parent, None);
                vec![row.id.clone(), row.name.clone(), kind(&row.resource_type), "-".to_owned()]
            })
            .collect();
        assert_eq!(ours, table(name), "{name}");
        let official = printed(name);
        let states: BTreeMap<_, _> = official["resources"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|found| &found["resource"])
            .map(|found| {
                (
                    text(&found["id"]["resource"]),
                    (text(&found["status"]["status"]), text(&found["status"]["details"])),
                )
            })
            .collect();
        for row in rows {
            let state = row.status.map(|state| format!("RESOURCE_STATUS_{}", state.as_str().to_uppercase()));
            assert_eq!(states[&row.id], (state.unwrap_or_default(), row.status_reason));
        }
    }
}

#[test]
fn people_and_groups() {
    let file = open(&vector("tiny-v1.c1z"));
    let snapshot = newest(&file);
    let official = printed("resources");
    let people: BTreeMap<_, _> =
        Person::all(&snapshot).map(|row| row.unwrap()).map(|row| (row.id.clone(), row)).collect();
    let groups: BTreeMap<_, _> =
        Group::all(&snapshot).map(|row| row.unwrap()).map(|row| (row.id.clone(), row)).collect();
    let grants = printed("grants");
    let members = |group: &str| {
        let of = |grant: &&Json| grant["resource"]["id"]["resource"] == group;
        grants["grants"]
            .as_array()
            .unwrap()
            .iter()
            .filter(of)
            .map(|grant| text(&grant["principal"]["id"]["resource"]))
            .collect::<BTreeSet<_>>()
    };
    for found in official["resources"].as_array().unwrap() {
        let (found, kind) = (&found["resource"], text(&found["resource"]["id"]["resourceType"]));
        let id = text(&found["id"]["resource"]);
        if kind == "group" {
            assert_eq!(groups[&id].name, text(&found["displayName"]));
            assert_eq!(groups[&id].members, members(&id).len() as u64);
            continue;
        }
        let person = &people[&id];
        assert_eq!(person.name, text(&found["displayName"]));
        assert_eq!(person.email, text(&found["annotations"][0]["emails"][0]["address"]));
        assert_eq!(person.login, text(&found["annotations"][0]["login"]));
        assert_eq!(person.status_reason, text(&found["status"]["details"]));
        let in_groups: BTreeSet<_> = person.groups.iter().map(|group| group.id.clone()).collect();
        let expected: BTreeSet<_> =
            groups.keys().filter(|group| members(group).contains(&id)).cloned().collect();
        assert_eq!(in_groups, expected);
        assert_eq!(person.pending, found["profile"]["membership_status"] == "PENDING");
    }
    assert_eq!((people.len(), groups.len()), (4, 2));
}

#[test]
fn entitlements() {
    let file = open(&vector("tiny-v1.c1z"));
    let snapshot = newest(&file);
    for (name, of_type) in [("entitlements", None), ("entitlements-group", Some("group"))] {
        let filter = EntitlementFilter {
            resource_type: of_type.map(ResourceTypeId::new),
            ..EntitlementFilter::default()
        };
        let rows: Vec<_> = EntitlementRow::all(&snapshot, &filter).map(|row| row.unwrap()).collect();
        let official = printed(name);
        let official: BTreeMap<_, _> = official["entitlements"]
            .as_array()
            .unwrap()
            .iter()
            .map(|found| (text(&found["entitlement"]["id"]), found["entitlement"].clone()))
            .collect();
        assert_eq!(rows.len(), official.len());
        for row in rows {
            let found = &official[&row.id];
            assert_eq!(row.name, text(&found["displayName"]));
            assert_eq!(row.description, text(&found["description"]));
            assert_eq!(row.permission, text(&found["slug"]));
            assert_eq!(format!("PURPOSE_VALUE_{}", row.purpose.to_uppercase()), text(&found["purpose"]));
            assert_eq!(row.resource.id, text(&found["resource"]["id"]["resource"]));
            assert_eq!(row.resource.kind, text(&found["resource"]["id"]["resourceType"]));
            assert_eq!(row.resource.name, text(&found["resource"]["displayName"]));
        }
    }
}

#[test]
fn grants() {
    let file = open(&vector("tiny-v1.c1z"));
    let snapshot = newest(&file);
    let one = Some(EntitlementId::from_raw("group:62c07da050afd67c0295ee26:member"));
    for (name, entitlement) in [("grants", None), ("grants-e", one)] {
        let query = GrantQuery { entitlement, ..GrantQuery::default() };
        let rows: Vec<_> = GrantRow::all(&snapshot, &query).map(|row| row.unwrap()).collect();
        let ours: BTreeSet<_> = rows
            .iter()
            .map(|row| {
                vec![
                    row.id.clone(),
                    "Group".to_owned(),
                    row.resource.name.clone(),
                    row.entitlement_name.clone(),
                    row.principal.name.clone(),
                ]
            })
            .collect();
        assert_eq!(ours, table(name), "{name}");
        let official = printed(name);
        let official: BTreeMap<_, _> = official["grants"]
            .as_array()
            .unwrap()
            .iter()
            .map(|found| (text(&found["grant"]["id"]), found.clone()))
            .collect();
        assert_eq!(rows.len(), official.len());
        for row in rows {
            let found = &official[&row.id];
            assert_eq!(row.principal.id, text(&found["principal"]["id"]["resource"]));
            assert_eq!(row.principal.kind, text(&found["principal"]["id"]["resourceType"]));
            assert_eq!(row.entitlement, text(&found["entitlement"]["id"]));
            assert_eq!(row.permission, text(&found["entitlement"]["slug"]));
            assert_eq!(row.entitlement_description, text(&found["entitlement"]["description"]));
            assert!(row.direct && row.through.is_empty());
        }
    }
}

#[test]
fn access() {
    let file = open(&vector("tiny-v1.c1z"));
    let snapshot = newest(&file);
    let official = printed("access");
    let id = &official["principal"]["id"];
    let id = ResourceId::new(ResourceTypeId::new(text(&id["resourceType"])), text(&id["resource"]));
    let resource = snapshot.view().resource(&id).unwrap().unwrap().value;
    let reach = Reach::of(&snapshot, resource).unwrap();
    assert_eq!(reach.principal.name, text(&official["principal"]["displayName"]));
    let expected: BTreeSet<_> = official["access"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|on| {
            let resource = (text(&on["resource"]["id"]["resource"]), text(&on["resource"]["displayName"]));
            on["entitlements"]
                .as_array()
                .unwrap()
                .iter()
                .map(move |has| (resource.clone(), text(&has["id"]), text(&has["slug"])))
        })
        .collect();
    let ours: BTreeSet<_> = reach
        .rows
        .iter()
        .map(|row| {
            (
                (row.resource.id.clone(), row.resource.name.clone()),
                row.entitlement.clone(),
                row.permission.clone(),
            )
        })
        .collect();
    assert_eq!(ours, expected);
    assert!(!ours.is_empty());
}

#[test]
fn principals() {
    let file = open(&vector("tiny-v1.c1z"));
    let snapshot = newest(&file);
    let group = id("group", "62c07da050afd67c0295ee26");
    let one = EntitlementId::from_raw("group:62c07da050afd67c0295ee26:member");
    let official = |name: &str| -> BTreeSet<_> {
        let printed = printed(name);
        let principals = printed["resources"].as_array().unwrap().iter();
        principals
            .map(|found| &found["resource"])
            .map(|found| {
                let named = [&found["id"]["resourceType"], &found["id"]["resource"], &found["displayName"]];
                let address = &found["annotations"][0]["emails"][0]["address"];
                (named.map(text), text(address), text(&found["status"]["status"]))
            })
            .collect()
    };
    let ours = |principal: Principal| {
        assert!(!principal.missing);
        let state = principal.status.unwrap().as_str().to_uppercase();
        ([principal.kind, principal.id, principal.name], principal.email, format!("RESOURCE_STATUS_{state}"))
    };
    for (name, entitlement, count) in [("principals", None, 3), ("principals-e", Some(one.clone()), 2)] {
        let query = GrantQuery { entitlement, ..GrantQuery::default() };
        let found: BTreeSet<_> =
            GrantRow::all(&snapshot, &query).map(|row| ours(row.unwrap().principal)).collect();
        assert_eq!((found.len(), &found), (count, &official(name)), "{name}");
        let in_table: BTreeSet<_> = found
            .into_iter()
            .map(|([_, id, name], ..)| vec![id, name, "User".to_owned(), "-".to_owned()])
            .collect();
        assert_eq!(in_table, table(name), "{name}");
    }
    // Whoever has the only entitlement of the group is whoever reaches the group.
    let resource = snapshot.view().resource(&group).unwrap().unwrap().value;
    let audience = Audience::of(&snapshot, &resource).unwrap();
    let reaching: BTreeSet<_> = audience.rows().map(|row| ours(row.unwrap().principal)).collect();
    assert_eq!(reaching, official("principals-e"));
}

#[test]
fn stats() {
    let file = open(&vector("tiny-v1.c1z"));
    let snapshot = newest(&file);
    let ours = Statistics::of(&snapshot).unwrap();
    let official = printed("stats");
    assert_eq!((ours.id.clone(), ours.kind.clone()), (text(&official["id"]), text(&official["syncType"])));
    assert_eq!(ours.started_at, at(&text(&official["startedAt"])));
    assert_eq!(ours.ended_at, Some(at(&text(&official["endedAt"]))));
    let stats = &official["stats"];
    assert_eq!(ours.resource_types, count(&stats["resourceTypes"]));
    assert_eq!(ours.resources, count(&stats["resources"]));
    assert_eq!(ours.entitlements, count(&stats["entitlements"]));
    assert_eq!(ours.grants, count(&stats["grants"]));
    assert_eq!(ours.stored_counts_agree, Some(true));
    // Nothing is claimed that the file does not say.
    assert_eq!((ours.completeness.clone(), ours.read_by.clone(), ours.demonstration), (None, None, None));
    for found in &ours.by_resource_type {
        let of = |counted: &str| count(&stats[counted][&found.resource_type]);
        assert_eq!(found.resources, of("resourcesByResourceType"));
        assert_eq!(found.entitlements, of("entitlementsByResourceType"));
        assert_eq!(found.grants, of("grantsByResourceType"));
    }
    // The three tables that it prints.
    let tables = fs::read_to_string(vector("official/tiny-v1/stats.console.txt")).unwrap();
    let lines = cells(&tables);
    let value = |name: &str| lines.iter().find(|line| line[0] == name).map(|line| line[1].clone()).unwrap();
    assert_eq!(value("Sync ID"), ours.id);
    assert_eq!(value("Grants"), ours.grants.to_string());
    for found in &ours.by_resource_type {
        let counts = [found.resources, found.entitlements, found.grants].map(|count| count.to_string());
        assert!(lines.iter().any(|line| line[0] == found.resource_type && line[1..] == counts), "{found:?}");
    }
}

#[test]
fn syncs() {
    let file = open(&vector("tiny-v1.c1z"));
    let rows: Vec<_> = SyncRow::all(&file).unwrap().map(|row| row.unwrap()).collect();
    let official = printed("syncs");
    let official = official["syncs"].as_array().unwrap();
    assert_eq!(rows.len(), official.len());
    assert_eq!(rows[0].id, text(&official[0]["id"]));
    assert_eq!(rows[0].kind, text(&official[0]["syncType"]));
    assert_eq!(rows[0].started_at, at(&text(&official[0]["startedAt"])));
    assert_eq!(rows[0].ended_at, Some(at(&text(&official[0]["endedAt"]))));
    assert_eq!((rows[0].resources, rows[0].grants, rows[0].verified), (6, 4, None));

    // Of two the older one first, whatever the order of their rows.
    let two = open(&vector("two-v1.c1z"));
    let rows: Vec<_> = SyncRow::all(&two).unwrap().map(|row| row.unwrap()).collect();
    assert!(rows.len() == 2 && rows[0].started_at < rows[1].started_at && rows.iter().all(|row| row.sealed));
    // The token can hold anything and is not shown.
    let json = serde_json::to_string(&rows).unwrap();
    assert!(!json.contains("action"), "{json}");
}
