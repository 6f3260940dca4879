//! Against what the official tools wrote and printed (fixtures/vectors).

use std::fs;
use std::io::Write as _;

use baton_proto::baton::v1::{
    EntitlementListOutput, EntitlementOutput, GrantListOutput, GrantOutput, ResourceListOutput,
    ResourceOutput, ResourceTypeListOutput, ResourceTypeOutput,
};
use baton_proto::c1::connector::v2;
use baton_proto::c1::reader::v2::{SyncRun, SyncStats};
use baton_proto::{
    entitlement_from_proto, grant_from_proto, json, resource_from_proto, resource_id_to_proto,
    resource_type_from_proto, to_json,
};
use governance_model::{
    AccountType, Email, Profile, ResourceTrait, State, Status, TraitKind, UserTrait, Value,
};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use rusqlite::Connection;
use tempfile::NamedTempFile;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors");

/// A vector's database; the file goes with the struct.
struct Vector {
    db: Connection,
    _file: NamedTempFile,
}

fn open(name: &str) -> Vector {
    let envelope = fs::read(format!("{VECTORS}/{name}.c1z")).unwrap();
    let database = zstd::decode_all(envelope.strip_prefix(b"C1ZF\0").unwrap()).unwrap();
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&database).unwrap();
    Vector { db: Connection::open(file.path()).unwrap(), _file: file }
}

impl Vector {
    fn blobs(&self, table: &str) -> Vec<Vec<u8>> {
        let mut rows = self.db.prepare(&format!("select data from {table} order by id")).unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    fn all<M: Message + Default>(&self, table: &str) -> Vec<M> {
        self.blobs(table).iter().map(|blob| M::decode(blob.as_slice()).unwrap()).collect()
    }
}

/// The rows of the small file, looked up as the CLI does for its listings.
struct Tiny {
    resource_types: Vec<v2::ResourceType>,
    resources: Vec<v2::Resource>,
    entitlements: Vec<v2::Entitlement>,
    grants: Vec<v2::Grant>,
}

impl Tiny {
    fn read() -> Self {
        let vector = open("tiny-v1");
        Self {
            resource_types: vector.all("v1_resource_types"),
            resources: vector.all("v1_resources"),
            entitlements: vector.all("v1_entitlements"),
            grants: vector.all("v1_grants"),
        }
    }

    fn resource_type(&self, resource: Option<&v2::Resource>) -> Option<v2::ResourceType> {
        let id = &resource?.id.as_ref()?.resource_type;
        self.resource_types.iter().find(|kind| kind.id == *id).cloned()
    }

    fn resource(&self, stub: Option<&v2::Resource>) -> Option<v2::Resource> {
        let id = stub?.id.as_ref();
        self.resources.iter().find(|resource| resource.id.as_ref() == id).cloned()
    }
}

#[track_caller]
fn printed(name: &str) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(format!("{VECTORS}/official/{name}")).unwrap()).unwrap()
}

#[test]
fn rows_encode_to_the_bytes_they_came_from() {
    fn check<M: Message + Default>(blobs: &[Vec<u8>]) {
        assert!(!blobs.is_empty());
        for blob in blobs {
            assert_eq!(M::decode(blob.as_slice()).unwrap().encode_to_vec(), *blob);
        }
    }
    for name in ["tiny-v1", "small-v1", "two-v1"] {
        let vector = open(name);
        check::<v2::ResourceType>(&vector.blobs("v1_resource_types"));
        check::<v2::Resource>(&vector.blobs("v1_resources"));
        check::<v2::Entitlement>(&vector.blobs("v1_entitlements"));
        check::<v2::Grant>(&vector.blobs("v1_grants"));
    }
}

#[test]
fn every_row_is_a_fact_of_the_model() {
    for name in ["tiny-v1", "small-v1", "two-v1"] {
        let vector = open(name);
        for proto in vector.all::<v2::ResourceType>("v1_resource_types") {
            resource_type_from_proto(proto).unwrap();
        }
        for proto in vector.all::<v2::Resource>("v1_resources") {
            assert_eq!(resource_from_proto(proto).unwrap().traits.len(), 1);
        }
        for proto in vector.all::<v2::Entitlement>("v1_entitlements") {
            assert_eq!(entitlement_from_proto(proto).unwrap().slug, "member");
        }
        for proto in vector.all::<v2::Grant>("v1_grants") {
            assert!(grant_from_proto(proto, None).unwrap().is_valid());
        }
    }
}

#[test]
fn a_row_becomes_the_fact_that_the_tools_print() {
    let tiny = Tiny::read();
    let resource = resource_from_proto(tiny.resources[2].clone()).unwrap();
    assert_eq!(resource.id.to_string(), "user:64bfe5869828038a52a3cc2b");
    assert_eq!(resource.display_name, "Xi Jensen");
    assert_eq!(resource.status, Some(Status { state: State::Enabled, details: "ACTIVE".to_owned() }));
    let expected = [
        ("account_status", "ACTIVE"),
        ("first_name", "Xi"),
        ("last_name", "Jensen"),
        ("login", "user0000000@example.com"),
        ("membership_status", "ACTIVE"),
        ("role", "WORKSPACE_OWN"),
        ("user_id", "64bfe5869828038a52a3cc2b"),
    ];
    let expected: Profile = expected.into_iter().map(|(key, text)| (key.into(), Value::from(text))).collect();
    assert_eq!(resource.profile, expected);
    let user = UserTrait {
        emails: vec![Email { address: "user0000000@example.com".to_owned(), primary: true }],
        login: Some("user0000000@example.com".to_owned()),
        account_type: AccountType::Human,
        ..UserTrait::default()
    };
    assert_eq!(resource.traits, [ResourceTrait::User(Box::new(user))]);
    assert_eq!(resource.annotations, []);
    assert_eq!(resource.created_at, None);
    assert_eq!(Some(resource_id_to_proto(&resource.id)), tiny.resources[2].id);

    let kind = resource_type_from_proto(tiny.resource_types[0].clone()).unwrap();
    assert_eq!((kind.id.as_str(), kind.traits.as_slice()), ("user", [TraitKind::User].as_slice()));
    assert!(kind.skip_entitlements_and_grants);
    assert_eq!(kind.annotations, []);
}

#[test]
fn resource_types_print_as_the_cli_prints_them() {
    let tiny = Tiny::read();
    let resource_types =
        tiny.resource_types.into_iter().map(|found| ResourceTypeOutput { resource_type: Some(found) });
    let output = ResourceTypeListOutput { resource_types: resource_types.collect() };
    assert_eq!(json(&output).unwrap(), printed("tiny-v1/resource-types.json.txt"));
}

#[test]
fn resources_print_as_the_cli_prints_them() {
    let tiny = Tiny::read();
    let resources = tiny.resources.iter().map(|found| ResourceOutput {
        resource: Some(found.clone()),
        resource_type: tiny.resource_type(Some(found)),
        parent: None,
    });
    let output = ResourceListOutput { resources: resources.collect() };
    assert_eq!(json(&output).unwrap(), printed("tiny-v1/resources.json.txt"));
    assert_eq!(json(&ResourceListOutput::default()).unwrap(), printed("tiny-v1/resources-nosuch.json.txt"));
}

#[test]
fn entitlements_print_as_the_cli_prints_them() {
    let tiny = Tiny::read();
    let entitlements = tiny.entitlements.iter().map(|found| EntitlementOutput {
        entitlement: Some(found.clone()),
        resource: tiny.resource(found.resource.as_ref()),
        resource_type: tiny.resource_type(found.resource.as_ref()),
    });
    let output = EntitlementListOutput { entitlements: entitlements.collect() };
    assert_eq!(json(&output).unwrap(), printed("tiny-v1/entitlements.json.txt"));
}

#[test]
fn grants_print_as_the_cli_prints_them() {
    let tiny = Tiny::read();
    let grants = tiny.grants.iter().map(|found| {
        let id = &found.entitlement.as_ref().unwrap().id;
        let entitlement = tiny.entitlements.iter().find(|entitlement| entitlement.id == *id).unwrap();
        GrantOutput {
            grant: Some(found.clone()),
            entitlement: Some(entitlement.clone()),
            resource: tiny.resource(entitlement.resource.as_ref()),
            resource_type: tiny.resource_type(entitlement.resource.as_ref()),
            principal: tiny.resource(found.principal.as_ref()),
        }
    });
    let output = GrantListOutput { grants: grants.collect() };
    assert_eq!(json(&output).unwrap(), printed("tiny-v1/grants.json.txt"));
}

/// 64-bit integers are strings, times have as many digits as they need.
#[test]
fn statistics_print_as_the_cli_prints_them() {
    let time = |nanos| Some(prost_types::Timestamp { seconds: 1_795_487_575, nanos });
    let count =
        |pairs: &[(&str, i64)]| pairs.iter().map(|(key, count)| ((*key).to_owned(), *count)).collect();
    let token: String =
        open("tiny-v1").db.query_row("select sync_token from v1_sync_runs", [], |row| row.get(0)).unwrap();
    let run = SyncRun {
        id: "3MXCYpS3O3yS5LnNHGCaVIvN9hW".to_owned(),
        started_at: time(372_207_608),
        ended_at: time(465_057_638),
        sync_token: token,
        sync_type: "full".to_owned(),
        parent_sync_id: String::new(),
        stats: Some(SyncStats {
            resource_types: 2,
            resources: 6,
            entitlements: 2,
            grants: 4,
            resources_by_resource_type: count(&[("user", 4), ("group", 2)]),
            grants_by_resource_type: count(&[("group", 4)]),
            entitlements_by_resource_type: count(&[("group", 2)]),
            ..SyncStats::default()
        }),
    };
    assert_eq!(json(&run).unwrap(), printed("tiny-v1/stats.json.txt"));
}

/// Reads what the official tools print, strictly: an unknown field fails. Then prints it again.
#[track_caller]
fn assert_reprints(message: &str, name: &str) {
    let pool =
        DescriptorPool::decode(include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin")).as_slice());
    let descriptor = pool.unwrap().get_message_by_name(message).unwrap();
    let official = printed(name);
    let decoded = DynamicMessage::deserialize(descriptor, official.clone()).unwrap();
    assert_eq!(to_json(message, &decoded.encode_to_vec()).unwrap(), official);
}

#[test]
fn the_schema_knows_every_field_that_the_tools_print() {
    assert_reprints("google.protobuf.Any", "connector/capabilities.json");
    assert_reprints("c1.config.v1.Configuration", "connector/config.json");
    assert_reprints("baton.v1.C1ZDiffOutput", "two-v1-diff.json");
    assert_reprints("baton.v1.ResourceAccessListOutput", "tiny-v1/access.json.txt");
    assert_reprints("baton.v1.SyncListOutput", "tiny-v1/syncs.json.txt");
}
