//! A small made-up sync, and ways to look into a c1z without the crate under test.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use c1z::{SealOptions, SealStep, Sealed, SyncStart, SyncType, WorkingDatabase, ksuid};
use governance_model::{
    Email, Entitlement, Expandable, Grant, Purpose, Resource, ResourceId, ResourceTrait, ResourceType,
    ResourceTypeId, State, Status, Timestamp, TraitKind, UserTrait,
};
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

pub(crate) const USER: ResourceTypeId = ResourceTypeId::from_static("user");
pub(crate) const GROUP: ResourceTypeId = ResourceTypeId::from_static("group");

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors")).join(name)
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The instant `minutes` after noon of a day on which nothing else happened.
pub(crate) fn noon_and(minutes: i64) -> Timestamp {
    Timestamp::from_second(at("2026-03-01T12:00:00Z").as_second() + 60 * minutes).unwrap()
}

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub(crate) fn put(path: &Path, bytes: &[u8]) {
    File::create(path).unwrap().write_all(bytes).unwrap();
}

/// How large the pages of a database are (SQLite's file format, 1.3.2), in bytes.
pub(crate) fn page_size(database: &[u8]) -> usize {
    usize::from(u16::from_be_bytes([database[16], database[17]]))
}

/// The names of everything in a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

pub(crate) fn user(id: &str) -> ResourceId {
    ResourceId::new(USER, id)
}

pub(crate) fn group(id: &str) -> ResourceId {
    ResourceId::new(GROUP, id)
}

pub(crate) fn resource_types() -> Vec<ResourceType> {
    [(USER, "User", TraitKind::User, true), (GROUP, "Group", TraitKind::Group, false)]
        .into_iter()
        .map(|(id, display_name, kind, skip_entitlements_and_grants)| ResourceType {
            id,
            display_name: display_name.to_owned(),
            description: String::new(),
            traits: vec![kind],
            skip_entitlements_and_grants,
            annotations: Vec::new(),
        })
        .collect()
}

pub(crate) fn user_resource(id: &str) -> Resource {
    let mut resource = Resource::new(user(id), format!("User {id}"));
    resource.status = Some(Status { state: State::Enabled, details: "ACTIVE".to_owned() });
    let emails = vec![Email { address: format!("{id}@example.com"), primary: true }];
    resource.traits.push(ResourceTrait::User(Box::new(UserTrait { emails, ..UserTrait::default() })));
    resource.profile.insert("user_id".into(), id.into());
    resource
}

pub(crate) fn group_resource(id: &str) -> Resource {
    let mut resource = Resource::new(group(id), format!("Group {id}"));
    resource.traits.push(ResourceTrait::Group);
    resource
}

pub(crate) fn member(of: &str) -> Entitlement {
    let mut entitlement = Entitlement::new(group(of), "member", Purpose::Assignment);
    entitlement.display_name = format!("Member of {of}");
    entitlement
}

pub(crate) fn membership(of: &str, who: ResourceId) -> Grant {
    Grant::new(member(of).id, group(of), who)
}

/// A group inside of a group: whoever is a member of `inner` becomes one of `outer`.
pub(crate) fn nested(outer: &str, inner: &str, shallow: bool, types: &[ResourceTypeId]) -> Grant {
    let mut grant = membership(outer, group(inner));
    grant.details_mut().expandable =
        Some(Expandable { entitlements: vec![member(inner).id], shallow, resource_types: types.to_vec() });
    grant
}

/// A working database in a folder of its own, and the place where it will be sealed.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) output: PathBuf,
    pub(crate) working: PathBuf,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let folder = folder();
        let output = folder.path().join("sync.c1z");
        let working = folder.path().join(".sync.c1z.working");
        Self { folder, output, working }
    }

    /// Begins the sync of a minute; its id is made of the minute.
    pub(crate) fn begin(&self, minute: i64) -> WorkingDatabase {
        WorkingDatabase::create(&self.working, start(minute)).unwrap()
    }

    /// A sync with two groups and as many users as asked for, all of them in the first group and one in the second.
    pub(crate) fn filled(&self, minute: i64, users: usize) -> WorkingDatabase {
        let mut database = self.begin(minute);
        fill(&mut database, minute, users);
        database
    }

    pub(crate) fn options(&self, minute: i64) -> SealOptions {
        SealOptions::new(&self.output, noon_and(minute + 1))
    }

    pub(crate) fn seal(&self, database: WorkingDatabase, minute: i64) -> Sealed {
        database.seal(&self.options(minute), &mut |_: SealStep| {}).unwrap()
    }
}

pub(crate) fn sync_id(minute: i64) -> String {
    ksuid::sync_id_from(noon_and(minute), [u8::try_from(minute).unwrap(); 16])
}

pub(crate) fn start(minute: i64) -> SyncStart {
    SyncStart { sync_id: sync_id(minute), sync_type: SyncType::Full, started_at: noon_and(minute) }
}

pub(crate) fn fill(database: &mut WorkingDatabase, minute: i64, users: usize) {
    let seen = noon_and(minute);
    let ids: Vec<String> = (0..users).map(|number| format!("u{number:04}")).collect();
    database
        .transaction(|batch| {
            batch.put_resource_types(&resource_types(), seen)?;
            let resources: Vec<Resource> = ids.iter().map(|id| user_resource(id)).collect();
            batch.put_resources(&resources, seen)?;
            batch.put_resources(&[group_resource("g1"), group_resource("g2")], seen)?;
            batch.put_entitlements(&[member("g1"), member("g2")], seen)?;
            let grants: Vec<Grant> = ids.iter().map(|id| membership("g1", user(id))).collect();
            batch.put_grants(&grants, seen)?;
            batch.put_grants(&[membership("g2", user(&ids[0]))], seen)?;
            batch.put_session("cursor/users", b"page 7")?;
            batch.set_token("half way")
        })
        .unwrap();
}

/// The database inside of a c1z, by zstd alone.
pub(crate) fn decoded(c1z: &Path) -> Vec<u8> {
    let bytes = fs::read(c1z).unwrap();
    assert_eq!(&bytes[..5], b"C1ZF\0");
    zstd::stream::decode_all(&bytes[5..]).unwrap()
}

/// The database inside of a c1z, opened with SQLite alone.
pub(crate) fn opened(c1z: &Path, folder: &Path) -> Connection {
    let path = folder.join(format!("{}.db", names(folder).len()));
    put(&path, &decoded(c1z));
    Connection::open(path).unwrap()
}

/// A c1z around a database, by zstd alone.
pub(crate) fn enveloped(database: &[u8]) -> Vec<u8> {
    let mut bytes = b"C1ZF\0".to_vec();
    bytes.extend(zstd::stream::encode_all(database, 1).unwrap());
    bytes
}

/// Everything in a query's answer.
pub(crate) fn rows(connection: &Connection, sql: &str) -> Vec<Vec<Value>> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query(()).unwrap();
    let mut all = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        all.push((0..columns).map(|index| row.get(index).unwrap()).collect());
    }
    all
}

/// The first column of a query's answer, as text.
pub(crate) fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let text = |row: Vec<Value>| match row.into_iter().next() {
        Some(Value::Text(text)) => text,
        Some(Value::Integer(number)) => number.to_string(),
        other => panic!("{sql} gave {other:?}"),
    };
    rows(connection, sql).into_iter().map(text).collect()
}

/// All rows of all tables, in an order of their own.
pub(crate) fn content(connection: &Connection) -> Vec<(String, Vec<Vec<Value>>)> {
    texts(connection, "select name from sqlite_master where type = 'table' order by name")
        .into_iter()
        .map(|table| {
            let rows = rows(connection, &format!("select * from {table} order by id"));
            (table, rows)
        })
        .collect()
}
