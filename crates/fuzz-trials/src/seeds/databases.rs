//! Seeds that are files and databases, and the messages in them.
//!
//! Pages are made as small as SQLite allows and most rows are taken out: a fuzzer gets further with few bytes.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use baton_proto::c1::connector::v2;
use c1z::{SyncStart, SyncType, WorkingDatabase};
use governance_model::{
    Entitlement, EntitlementId, Expandable, Grant, Purpose, Resource, ResourceId, ResourceType,
    ResourceTypeId, TraitKind,
};
use prost::{Message, Name};
use rusqlite::Connection;

use super::{Seed, fixture};
use crate::checkpoint::NOW;

const OFFICIAL: [&str; 4] = ["small-v1", "tiny-v1", "tiny-v3", "two-v1"];
/// Takes the oldest layout that can be read: no later columns, no later tables.
const OLDER: &str = "drop table v1_assets; drop table v1_connector_sessions; \
     drop index idx_grants_sync_expansion_v1; drop index idx_grants_sync_needs_expansion_v1; \
     alter table v1_grants drop column expansion; alter table v1_grants drop column needs_expansion; \
     alter table v1_sync_runs drop column stats; alter table v1_sync_runs drop column sync_type; \
     alter table v1_sync_runs drop column linked_sync_id;";
const FEWER: &str = "delete from v1_resources where id > 3; delete from v1_entitlements where id > 1; \
     delete from v1_grants where id > 2;";

pub(super) fn files() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = OFFICIAL
        .iter()
        .map(|name| Seed::new("c1z_file", *name, fixture(&format!("vectors/{name}.c1z"))))
        .collect();
    let tiny = changed(&decoded("tiny-v1"), FEWER);
    let mut skipping = b"C1ZF\0\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec();
    skipping.extend(zstd::stream::encode_all(&tiny[..], 1).unwrap());
    seeds.push(Seed::new("c1z_file", "skippable-frame", skipping));
    let mut two_frames = b"C1ZF\0".to_vec();
    for part in [&tiny[..512], &tiny[512..]] {
        two_frames.extend(zstd::stream::encode_all(part, 1).unwrap());
    }
    seeds.push(Seed::new("c1z_file", "two-frames", two_frames));
    seeds
}

pub(super) fn databases() -> Vec<Seed> {
    let unfinished = format!("{FEWER} update v1_sync_runs set ended_at = null;");
    vec![
        Seed::new("c1z_database", "tiny", changed(&decoded("tiny-v1"), "")),
        Seed::new("c1z_database", "fewer", changed(&decoded("tiny-v1"), FEWER)),
        Seed::new("c1z_database", "older", changed(&decoded("tiny-v1"), &format!("{FEWER} {OLDER}"))),
        Seed::new("c1z_database", "unfinished", changed(&decoded("tiny-v1"), &unfinished)),
        Seed::new("c1z_database", "two", changed(&decoded("two-v1"), FEWER)),
    ]
}

/// What a run leaves behind in the middle of a sync, with a group inside of a group, and after its end.
pub(super) fn working() -> Vec<Seed> {
    let left = left_behind();
    let ended = "update v1_sync_runs set ended_at = started_at; delete from v1_connector_sessions;";
    vec![
        Seed::new("working_database", "unfinished", changed(&left, "")),
        Seed::new("working_database", "ended", changed(&left, ended)),
    ]
}

fn left_behind() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("work");
    let start = SyncStart {
        sync_id: c1z::ksuid::sync_id_from(NOW, [7; 16]),
        sync_type: SyncType::Full,
        started_at: NOW,
    };
    let mut database = WorkingDatabase::create(&path, start).unwrap();
    let (user, group) = (ResourceTypeId::from_static("user"), ResourceTypeId::from_static("group"));
    let (inner, outer) = (ResourceId::new(group.clone(), "g1"), ResourceId::new(group.clone(), "g2"));
    let member = |of: &ResourceId| EntitlementId::new(of, "member");
    let mut nested = Grant::new(member(&outer), outer.clone(), inner.clone());
    nested.details_mut().expandable = Some(Expandable {
        entitlements: vec![member(&inner)],
        shallow: false,
        resource_types: vec![user.clone()],
    });
    let person = ResourceId::new(user.clone(), "u1");
    let grants = [
        Grant::new(member(&inner), inner.clone(), person.clone()),
        nested,
        Grant::new(member(&outer), outer.clone(), ResourceId::new(user.clone(), "gone")),
    ];
    let types = [(user, TraitKind::User), (group, TraitKind::Group)].map(|(id, kind)| ResourceType {
        display_name: id.to_string(),
        id,
        description: String::new(),
        traits: vec![kind],
        skip_entitlements_and_grants: false,
        annotations: Vec::new(),
    });
    let resources = [&person, &inner, &outer].map(|id| Resource::new(id.clone(), id.to_string()));
    let entitlements = [&inner, &outer].map(|of| Entitlement::new(of.clone(), "member", Purpose::Assignment));
    database
        .transaction(|batch| {
            batch.put_resource_types(&types, NOW)?;
            batch.put_resources(&resources, NOW)?;
            batch.put_entitlements(&entitlements, NOW)?;
            batch.put_grants(&grants, NOW)?;
            batch.put_session("cursor/users/2", br#"{"stream":"users","position":"2"}"#)?;
            batch.put_session("deferred/000000000000", br#"{"note":"g1 u4"}"#)?;
            batch.put_asset(sync_engine::REPORT_ASSET, "application/json", b"{}", NOW)?;
            batch.set_token(r#"{"format":3}"#)
        })
        .unwrap();
    drop(database);
    std::fs::read(&path).unwrap()
}

/// The messages in the official files, and those that need a way of their own.
pub(super) fn messages() -> Vec<Seed> {
    let folder = tempfile::tempdir().unwrap();
    let database = opened(&decoded("tiny-v1"), folder.path());
    let mut seeds = Vec::new();
    for (kind, table) in [(0, "resource_types"), (1, "resources"), (2, "entitlements"), (3, "grants")] {
        let mut statement = database.prepare(&format!("select data from v1_{table}")).unwrap();
        let rows = statement.query_map((), |row| row.get::<_, Vec<u8>>(0)).unwrap();
        for (number, data) in rows.map(Result::unwrap).enumerate().take(6) {
            seeds.push(Seed::new("messages", format!("{table}-{number}"), [vec![kind], data].concat()));
        }
    }
    let of = ResourceId::new(ResourceTypeId::from_static("group"), "g1");
    let mut grant = Grant::new(EntitlementId::new(&of, "member"), of.clone(), of.clone());
    let entitlements = vec![EntitlementId::new(&of, "member")];
    grant.details_mut().expandable =
        Some(Expandable { entitlements, shallow: true, resource_types: Vec::new() });
    let (proto, expandable) = baton_proto::grant_to_proto(&grant);
    let own = expandable.unwrap().encode_to_vec();
    let length = u16::try_from(own.len()).unwrap().to_le_bytes();
    let parts = [&[4][..], &length, &own, &proto.encode_to_vec()].concat();
    seeds.push(Seed::new("messages", "expandable", parts));
    seeds.push(Seed::new("messages", "any-in-any", [vec![1], any_in_any(3)].concat()));
    seeds
}

/// A resource with an annotation that holds an annotation, and so on.
pub(crate) fn any_in_any(depth: usize) -> Vec<u8> {
    let mut any = prost_types::Any { type_url: v2::SkipGrants::type_url(), value: Vec::new() };
    for _ in 0..depth {
        let type_url = prost_types::Any::type_url();
        any = prost_types::Any { type_url, value: any.encode_to_vec() };
    }
    let id = v2::ResourceId {
        resource_type: "user".to_owned(),
        resource: "u1".to_owned(),
        ..v2::ResourceId::default()
    };
    v2::Resource { id: Some(id), annotations: vec![any], ..v2::Resource::default() }.encode_to_vec()
}

/// The database in a file of the official tools.
fn decoded(name: &str) -> Vec<u8> {
    zstd::stream::decode_all(&fixture(&format!("vectors/{name}.c1z"))[5..]).unwrap()
}

fn opened(database: &[u8], folder: &Path) -> Connection {
    let path = folder.join("db");
    File::create(&path).unwrap().write_all(database).unwrap();
    Connection::open(path).unwrap()
}

/// A database after some SQL, on pages of 512 bytes.
fn changed(database: &[u8], sql: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let connection = opened(database, folder.path());
    connection.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(())).unwrap();
    connection.execute_batch(sql).unwrap();
    connection.execute_batch("pragma page_size = 512; vacuum;").unwrap();
    connection.close().unwrap();
    std::fs::read(folder.path().join("db")).unwrap()
}
