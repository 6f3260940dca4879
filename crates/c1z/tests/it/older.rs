//! Layouts of other writers: fewer tables, fewer columns, expansions and identities kept in other places (interop
//! reference 1.1, 1.3 and 1.4).

use std::fs;

use baton_proto::c1::connector::v2;
use c1z::{C1zFile, GrantFilter, Limits, SealOptions, SyncChoice, SyncType};
use governance_model::{Expandable, GrantId};
use prost::Message;
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::support::{
    Bench, at, enveloped, folder, group, member, membership, noon_and, opened, put, texts, user,
};

const ID: &str = "3MXCYpS3O3yS5LnNHGCaVIvN9hW";

/// The tables as the first version had them.
const FIRST_LAYOUT: &str = "
    create table v1_resource_types (id integer primary key, external_id text not null, data blob not null,
        sync_id text not null, discovered_at datetime not null);
    create table v1_resources (id integer primary key, resource_type_id text not null, external_id text not null,
        parent_resource_type_id text, parent_resource_id text, data blob not null, sync_id text not null,
        discovered_at datetime not null);
    create table v1_entitlements (id integer primary key, resource_type_id text not null,
        resource_id text not null, external_id text not null, data blob not null, sync_id text not null,
        discovered_at datetime not null);
    create table v1_grants (id integer primary key, resource_type_id text not null, resource_id text not null,
        entitlement_id text not null, principal_resource_type_id text not null,
        principal_resource_id text not null, external_id text not null, data blob not null,
        sync_id text not null, discovered_at datetime not null);
    create table v1_sync_runs (id integer primary key, sync_id text not null, started_at datetime not null,
        ended_at datetime, sync_token text not null);
    insert into v1_sync_runs (sync_id, started_at, ended_at, sync_token)
        values ('3MXCYpS3O3yS5LnNHGCaVIvN9hW', '2020-01-01T01:00:00+01:00', '2020-01-01T00:10:00Z', '');";

fn database(folder: &TempDir, pragma: &str) -> Connection {
    let connection = Connection::open(folder.path().join("older.db")).unwrap();
    connection.execute_batch(pragma).unwrap();
    connection.execute_batch(FIRST_LAYOUT).unwrap();
    connection
}

fn finish(folder: &TempDir, connection: Connection) -> std::path::PathBuf {
    connection.close().unwrap();
    let path = folder.path().join("older.c1z");
    put(&path, &enveloped(&fs::read(folder.path().join("older.db")).unwrap()));
    path
}

fn insert_grant(connection: &Connection, id: &GrantId, principal: (&str, &str), message: &v2::Grant) {
    connection
        .execute(
            "insert into v1_grants (resource_type_id, resource_id, entitlement_id, principal_resource_type_id, \
             principal_resource_id, external_id, data, sync_id, discovered_at) \
             values ('group', 'g1', 'group:g1:member', ?1, ?2, ?3, ?4, ?5, '2020-01-01 00:00:00')",
            params![principal.0, principal.1, id.as_str(), message.encode_to_vec(), ID],
        )
        .unwrap();
}

#[test]
fn five_tables_with_the_first_columns_are_enough() {
    let folder = folder();
    let connection = database(&folder, "");
    let path = finish(&folder, connection);
    let file = C1zFile::open(&path, Limits::default()).unwrap();
    let view = file.sync(&SyncChoice::Newest).unwrap();
    let run = view.run();
    assert_eq!((run.sync_id.as_str(), &run.sync_type), (ID, &SyncType::Full));
    assert_eq!(run.started_at, at("2020-01-01T00:00:00Z"));
    assert_eq!(run.ended_at, Some(at("2020-01-01T00:10:00Z")));
    assert_eq!((run.parent_sync_id.as_str(), run.linked_sync_id.as_str(), &run.stats), ("", "", &None));
    assert_eq!(view.stats().unwrap(), c1z::Stats::default());
    assert_eq!(view.grants(&GrantFilter::default()).count(), 0);
}

#[test]
fn an_expansion_inside_of_the_message_is_found() {
    let folder = folder();
    let connection = database(&folder, "");
    let expandable = v2::GrantExpandable {
        entitlement_ids: vec!["group:g2:member".to_owned()],
        shallow: true,
        resource_type_ids: vec!["user".to_owned()],
    };
    let annotation = prost_types_any("c1.connector.v2.GrantExpandable", expandable.encode_to_vec());
    let id = membership("g1", group("g2")).id();
    let mut message = baton_proto::grant_to_proto(&membership("g1", group("g2"))).0;
    message.annotations.push(annotation);
    insert_grant(&connection, &id, ("group", "g2"), &message);
    let path = finish(&folder, connection);
    let file = C1zFile::open(&path, Limits::default()).unwrap();
    let view = file.sync(&SyncChoice::Newest).unwrap();
    let grant = view.grant(&id).unwrap().unwrap().value;
    assert_eq!(
        grant.details().expandable,
        Some(Expandable {
            entitlements: vec![member("g2").id],
            shallow: true,
            resource_types: vec![crate::support::USER],
        })
    );
    assert!(grant.details().annotations.is_empty());
}

/// The annotation, made by decoding its two fields: the messages do not name the type of `Any`.
fn prost_types_any<A: Message + Default>(name: &str, value: Vec<u8>) -> A {
    let url = format!("type.googleapis.com/{name}");
    let mut bytes = vec![0x0a, u8::try_from(url.len()).unwrap()];
    bytes.extend(url.as_bytes());
    bytes.extend([0x12, u8::try_from(value.len()).unwrap()]);
    bytes.extend(value);
    A::decode(&bytes[..]).unwrap()
}

#[test]
fn a_slim_grant_gets_its_parts_back_from_the_columns() {
    let folder = folder();
    let connection = database(&folder, "");
    let whole = membership("g1", user("u1"));
    let slim = v2::Grant { id: whole.id().to_string(), ..v2::Grant::default() };
    insert_grant(&connection, &whole.id(), ("user", "u1"), &slim);
    let path = finish(&folder, connection);
    let file = C1zFile::open(&path, Limits::default()).unwrap();
    let view = file.sync(&SyncChoice::Newest).unwrap();
    let record = view.grants(&GrantFilter::default()).next().unwrap().unwrap();
    assert_eq!(record.value, whole);
    let message = v2::Grant::decode(&record.message[..]).unwrap();
    assert_eq!(message.entitlement.unwrap().id, "group:g1:member");
    assert_eq!(message.principal.unwrap().id.unwrap().resource, "u1");
}

#[test]
fn a_header_that_says_wal_is_read_without_a_log() {
    let folder = folder();
    let connection = database(&folder, "pragma journal_mode = wal");
    let path = finish(&folder, connection);
    assert_eq!(fs::read(folder.path().join("older.db")).unwrap()[18..20], [2, 2]);
    let temporary = folder.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let file = C1zFile::open_in(&path, Limits::default(), &temporary).unwrap();
    assert_eq!(file.syncs().unwrap().len(), 1);
    drop(file);
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
}

/// An older layout is carried over into a new file, and what its absent columns meant stays true.
#[test]
fn an_older_file_becomes_history() {
    let bench = Bench::new();
    let connection = database(&bench.folder, "");
    let grant = membership("g1", user("u1"));
    insert_grant(&connection, &grant.id(), ("user", "u1"), &baton_proto::grant_to_proto(&grant).0);
    let older = finish(&bench.folder, connection);
    let options = SealOptions::new(&older, noon_and(1));
    bench.filled(0, 1).seal(&options, &mut |_| {}).unwrap();
    let raw = opened(&older, bench.folder.path());
    assert_eq!(
        texts(&raw, "select sync_type || grants_backfilled || supports_diff from v1_sync_runs order by id"),
        ["full00", "full11"]
    );
    let file = C1zFile::open(&older, Limits::default()).unwrap();
    let view = file.sync(&SyncChoice::Id(ID.to_owned())).unwrap();
    assert_eq!(view.grant(&grant.id()).unwrap().unwrap().value, grant);
}
