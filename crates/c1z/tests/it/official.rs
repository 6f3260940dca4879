//! The files of the official tools, against what the official CLI printed for them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use baton_proto::to_json;
use c1z::{
    C1zFile, EntitlementFilter, EnvelopeError, Error, GrantFilter, Limits, Record, ResourceFilter,
    SyncChoice, SyncType, SyncView,
};
use governance_model::{
    EntitlementId, GrantId, Purpose, ResourceId, ResourceTypeId, State, TraitKind, Value,
};
use serde_json::Value as Json;

use crate::support::{GROUP, USER, at, fixture, folder, group, names, opened, texts, user};

fn open(name: &str) -> C1zFile {
    C1zFile::open(&fixture(name), Limits::default()).unwrap()
}

/// What the official CLI printed, by the id of what it printed.
fn printed(name: &str, list: &str, item: &str, id: impl Fn(&Json) -> String) -> BTreeMap<String, Json> {
    let text = fs::read_to_string(fixture("official/tiny-v1").join(name)).unwrap();
    let json: Json = serde_json::from_str(&text).unwrap();
    let found: BTreeMap<String, Json> =
        json[list].as_array().unwrap().iter().map(|entry| (id(&entry[item]), entry[item].clone())).collect();
    assert!(!found.is_empty());
    found
}

fn plain_id(json: &Json) -> String {
    json["id"].as_str().unwrap().to_owned()
}

fn resource_key(json: &Json) -> String {
    format!("{}:{}", text(&json["id"]["resourceType"]), text(&json["id"]["resource"]))
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap()
}

/// The messages of records as protojson, by id.
fn messages<T>(
    name: &str,
    records: impl Iterator<Item = Result<Record<T>, Error>>,
    id: impl Fn(&T) -> String,
) -> BTreeMap<String, Json> {
    records
        .map(|record| {
            let record = record.unwrap();
            (id(&record.value), to_json(&format!("c1.connector.v2.{name}"), &record.message).unwrap())
        })
        .collect()
}

#[test]
fn every_message_is_what_the_official_cli_prints() {
    let file = open("tiny-v1.c1z");
    let view = file.sync(&SyncChoice::Newest).unwrap();
    let all = GrantFilter::default();
    assert_eq!(
        messages("ResourceType", view.resource_types(), |found| found.id.to_string()),
        printed("resource-types.json.txt", "resourceTypes", "resourceType", plain_id)
    );
    assert_eq!(
        messages("Resource", view.resources(&ResourceFilter::default()), |found| found.id.store_key()),
        printed("resources.json.txt", "resources", "resource", resource_key)
    );
    assert_eq!(
        messages("Entitlement", view.entitlements(&EntitlementFilter::default()), |found| found
            .id
            .to_string()),
        printed("entitlements.json.txt", "entitlements", "entitlement", plain_id)
    );
    assert_eq!(
        messages("Grant", view.grants(&all), |found| found.id().to_string()),
        printed("grants.json.txt", "grants", "grant", plain_id)
    );
}

#[test]
fn resource_types_say_what_the_official_cli_says() {
    let file = open("tiny-v1.c1z");
    let view = file.sync(&SyncChoice::Newest).unwrap();
    let types: Vec<_> = view.resource_types().map(|record| record.unwrap().value).collect();
    let seen: Vec<_> = types
        .iter()
        .map(|found| {
            (
                found.id.as_str(),
                found.display_name.as_str(),
                &found.traits[..],
                found.skip_entitlements_and_grants,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [("user", "User", &[TraitKind::User][..], true), ("group", "Group", &[TraitKind::Group][..], false)]
    );
}

#[test]
fn resources_say_what_the_official_cli_says() {
    let file = open("tiny-v1.c1z");
    let view = file.sync(&SyncChoice::Newest).unwrap();
    let filter = ResourceFilter { resource_type: Some(USER), ..ResourceFilter::default() };
    let expected = printed("resources-user.json.txt", "resources", "resource", resource_key);
    let mut seen = BTreeSet::new();
    for record in view.resources(&filter) {
        let resource = record.unwrap().value;
        let json = &expected[&resource.id.store_key()];
        seen.insert(resource.id.store_key());
        assert_eq!(resource.display_name, text(&json["displayName"]));
        for (key, value) in json["profile"].as_object().unwrap() {
            assert_eq!(resource.profile[key.as_str()], Value::from(text(value)), "{key}");
        }
        let status = resource.status.as_ref().unwrap();
        let state = match text(&json["status"]["status"]) {
            "RESOURCE_STATUS_ENABLED" => State::Enabled,
            "RESOURCE_STATUS_DISABLED" => State::Disabled,
            other => panic!("{other}"),
        };
        assert_eq!((status.state, status.details.as_str()), (state, text(&json["status"]["details"])));
        let account = resource.user().unwrap();
        let annotation = &json["annotations"][0];
        assert_eq!(account.login.as_deref(), annotation["login"].as_str());
        assert_eq!(account.emails.len(), 1);
        assert_eq!(account.emails[0].address, text(&annotation["emails"][0]["address"]));
        assert!(account.emails[0].primary);
    }
    assert_eq!(seen, expected.into_keys().collect());
}

#[test]
fn filters_find_what_the_official_cli_finds() {
    let file = open("tiny-v1.c1z");
    let view = file.sync(&SyncChoice::Newest).unwrap();
    let entitlement = EntitlementId::from_raw("group:62c07da050afd67c0295ee26:member");
    let of_entitlement = GrantFilter { entitlement: Some(entitlement.clone()), ..GrantFilter::default() };
    let of_resource = GrantFilter {
        resource: Some(group("62c07da050afd67c0295ee26")),
        resource_type: Some(GROUP),
        ..GrantFilter::default()
    };
    let expected: Vec<String> =
        printed("grants-e.json.txt", "grants", "grant", plain_id).into_keys().collect();
    for filter in [of_entitlement, of_resource] {
        assert_eq!(grant_ids(&view, &filter), expected);
    }
    let principal = user("6041b43dad766da88ae29886");
    let to = GrantFilter {
        principal: Some(principal.clone()),
        principal_type: Some(USER),
        ..GrantFilter::default()
    };
    let in_two = [
        "group:5dafa614f7113e954b69717e:member:user:6041b43dad766da88ae29886",
        "group:62c07da050afd67c0295ee26:member:user:6041b43dad766da88ae29886",
    ];
    assert_eq!(grant_ids(&view, &to), in_two);
    assert!(
        grant_ids(&view, &GrantFilter { principal_type: Some(GROUP), ..GrantFilter::default() }).is_empty()
    );
    let nothing = ResourceFilter { resource_type: Some(ResourceTypeId::new("nosuch")), ..Default::default() };
    assert_eq!(view.resources(&nothing).count(), 0);

    let grant = view.grant(&GrantId::new(&entitlement, &principal)).unwrap().unwrap().value;
    assert_eq!((&grant.principal, &grant.entitlement), (&principal, &entitlement));
    let details = grant.details();
    assert_eq!((details.sources.len(), details.immutable, &details.expandable), (0, false, &None));
    let found = view.entitlement(&entitlement).unwrap().unwrap().value;
    assert_eq!((found.slug.as_str(), found.purpose), ("member", Purpose::Assignment));
    assert_eq!(found.resource, group("62c07da050afd67c0295ee26"));
    assert_eq!(view.resource(&principal).unwrap().unwrap().value.id, principal);
    assert_eq!(view.resource_type(&USER).unwrap().unwrap().value.display_name, "User");
    assert!(view.resource(&ResourceId::new(GROUP, "6041b43dad766da88ae29886")).unwrap().is_none());
    assert!(view.grant(&GrantId::from_raw("no")).unwrap().is_none());
}

fn grant_ids(view: &SyncView<'_>, filter: &GrantFilter) -> Vec<String> {
    let mut ids: Vec<String> =
        view.grants(filter).map(|record| record.unwrap().value.id().to_string()).collect();
    ids.sort();
    ids
}

#[test]
fn the_sync_and_its_counts_are_what_the_official_cli_prints() {
    let file = open("tiny-v1.c1z");
    let json: Json =
        serde_json::from_str(&fs::read_to_string(fixture("official/tiny-v1/stats.json.txt")).unwrap())
            .unwrap();
    let runs = file.syncs().unwrap();
    assert_eq!(runs.len(), 1);
    let run = &runs[0];
    assert_eq!(run.sync_id, text(&json["id"]));
    assert_eq!(run.sync_type, SyncType::Full);
    assert_eq!(run.started_at, at(text(&json["startedAt"])));
    assert_eq!(run.ended_at, Some(at(text(&json["endedAt"]))));
    assert_eq!(run.token, text(&json["syncToken"]));
    assert_eq!(run.parent_sync_id, "");

    let stats = file.sync(&SyncChoice::Newest).unwrap().stats().unwrap();
    let number = |json: &Json| text(json).parse::<u64>().unwrap();
    let by_type = |json: &Json| -> BTreeMap<String, u64> {
        json.as_object().unwrap().iter().map(|(key, value)| (key.clone(), number(value))).collect()
    };
    let expected = &json["stats"];
    assert_eq!(stats.resource_types, number(&expected["resourceTypes"]));
    assert_eq!(stats.resources, number(&expected["resources"]));
    assert_eq!(stats.entitlements, number(&expected["entitlements"]));
    assert_eq!(stats.grants, number(&expected["grants"]));
    assert_eq!(stats.assets, 0);
    assert_eq!(stats.resources_by_resource_type, by_type(&expected["resourcesByResourceType"]));
    assert_eq!(stats.grants_by_resource_type, by_type(&expected["grantsByResourceType"]));
    assert_eq!(stats.entitlements_by_resource_type, by_type(&expected["entitlementsByResourceType"]));
}

/// Every row comes out once and in its order, as SQL lists them.
#[test]
fn the_larger_file_is_read_to_its_end() {
    let folder = folder();
    let file = open("small-v1.c1z");
    let view = file.sync(&SyncChoice::Newest).unwrap();
    let raw = opened(&fixture("small-v1.c1z"), folder.path());
    let ids = |table: &str| texts(&raw, &format!("select external_id from {table} order by id"));
    let found: Vec<String> = view
        .resources(&ResourceFilter::default())
        .map(|record| record.unwrap().value.id.store_key())
        .collect();
    assert_eq!(found, ids("v1_resources"));
    let found: Vec<String> =
        view.grants(&GrantFilter::default()).map(|record| record.unwrap().value.id().to_string()).collect();
    assert_eq!(found, ids("v1_grants"));
    assert_eq!(file.decompressed_bytes(), 131_072);
}

#[test]
fn of_two_syncs_the_newest_is_shown_and_they_differ_as_the_official_diff_says() {
    let file = open("two-v1.c1z");
    let [old, new] = [0, 1].map(|index| file.syncs().unwrap()[index].sync_id.clone());
    assert_eq!(file.sync(&SyncChoice::Newest).unwrap().run().sync_id, new);
    let ids = |sync: &str| -> BTreeSet<String> {
        let view = file.sync(&SyncChoice::Id(sync.to_owned())).unwrap();
        view.resources(&ResourceFilter::default())
            .map(|record| record.unwrap().value.id.store_key())
            .collect()
    };
    let diff: Json =
        serde_json::from_str(&fs::read_to_string(fixture("official/two-v1-diff.json")).unwrap()).unwrap();
    let created: BTreeSet<String> =
        diff["resources"]["created"].as_array().unwrap().iter().map(resource_key).collect();
    let (before, after) = (ids(&old), ids(&new));
    assert!(!created.is_empty());
    assert_eq!(after.difference(&before).cloned().collect::<BTreeSet<_>>(), created);
}

#[test]
fn the_pebble_format_is_recognised_and_explained() {
    let temporary = folder();
    let error = C1zFile::open_in(&fixture("tiny-v3.c1z"), Limits::default(), temporary.path()).unwrap_err();
    assert!(matches!(&error, Error::Envelope { reason: EnvelopeError::Pebble, .. }));
    assert!(error.to_string().contains("Pebble format"), "{error}");
    assert!(error.hint().unwrap().contains("--storage-engine sqlite"));
    assert!(names(temporary.path()).is_empty());
}

#[test]
fn reading_leaves_the_file_and_the_temporary_folder_as_they_were() {
    let temporary = folder();
    let before = fs::read(fixture("two-v1.c1z")).unwrap();
    let file = C1zFile::open_in(&fixture("two-v1.c1z"), Limits::default(), temporary.path()).unwrap();
    assert_eq!(names(temporary.path()).len(), 1);
    file.sync(&SyncChoice::Newest).unwrap().resources(&ResourceFilter::default()).for_each(drop);
    drop(file);
    assert!(names(temporary.path()).is_empty());
    assert_eq!(fs::read(fixture("two-v1.c1z")).unwrap(), before);
}
