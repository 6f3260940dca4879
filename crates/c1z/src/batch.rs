//! One transaction on a working database: facts, checkpoint and session rows that become durable together.

use governance_model::{
    Entitlement, EntitlementId, Grant, GrantId, Resource, ResourceId, ResourceType, Timestamp,
};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, ToSql, params};

use crate::known::{Ids, Known};
use crate::{Error, message, schema, timestamp};

/// The most bytes that an id may have (interop reference 2.4).
const MAX_ID_BYTES: usize = governance_model::MAX_ID_BYTES;

/// How many rows a call wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows that were not there before.
    pub inserted: u64,
    /// Rows that were there and got new content.
    pub updated: u64,
    /// The resources among the latter.
    pub updated_resources: Vec<ResourceId>,
}

impl Written {
    fn add(&mut self, inserted: bool) {
        if inserted {
            self.inserted += 1;
        } else {
            self.updated += 1;
        }
    }
}

/// What can be written inside [`WorkingDatabase::transaction`](crate::WorkingDatabase::transaction).
///
/// A fact whose id is there already replaces the content of its row and nothing else of it: not when it was first
/// seen, nor the columns of its parent (interop reference 1.4).
#[derive(Debug)]
pub struct Batch<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) sync_id: &'a str,
    pub(crate) known: &'a mut Known,
}

impl Batch<'_> {
    /// Writes resource types.
    ///
    /// # Errors
    /// When an id is empty or too long, or SQLite fails.
    pub fn put_resource_types(
        &mut self,
        resource_types: &[ResourceType],
        discovered_at: Timestamp,
    ) -> Result<Written, Error> {
        const INSERT: &str = "insert into v1_resource_types (external_id, data, sync_id, discovered_at) \
             values (?1, ?2, ?3, ?4) on conflict (external_id, sync_id) do nothing";
        const UPDATE: &str = "update v1_resource_types set data = ?2 where external_id = ?1 and sync_id = ?3";
        let seen = timestamp::format(discovered_at);
        let mut written = Written::default();
        for model in resource_types {
            let id = model.id.as_str();
            if id.is_empty() || id.len() > MAX_ID_BYTES {
                return Err(Error::invalid_id(schema::RESOURCE_TYPES, id));
            }
            let data = message::encode_resource_type(model);
            let inserted = self.execute(INSERT, params![id, data, self.sync_id, seen])? > 0;
            if !inserted {
                self.execute(UPDATE, params![id, data, self.sync_id])?;
            }
            written.add(inserted);
        }
        Ok(written)
    }

    /// Writes resources.
    ///
    /// # Errors
    /// When an id or a parent's is empty or too long, or SQLite fails.
    pub fn put_resources(
        &mut self,
        resources: &[Resource],
        discovered_at: Timestamp,
    ) -> Result<Written, Error> {
        const INSERT: &str = "insert into v1_resources (resource_type_id, external_id, parent_resource_type_id, \
             parent_resource_id, data, sync_id, discovered_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        const UPDATE: &str = "update v1_resources set data = ?2 where id = ?1";
        let mut insert = Insert::prepare(self.connection, INSERT)?;
        insert.bind(6, self.sync_id)?;
        insert.bind(7, timestamp::format(discovered_at))?;
        let (mut written, mut data) = (Written::default(), Vec::new());
        for model in resources {
            let key = model.id.store_key();
            let parent = model.parent.as_ref();
            if !model.id.is_valid() || parent.is_some_and(|parent| !parent.is_valid()) {
                return Err(Error::invalid_id(schema::RESOURCES, &key));
            }
            data.clear();
            baton_proto::write_resource(model, &mut data);
            let mark = self.known.resources.mark(&key);
            if let Some(row) = self.known.resources.marked(mark, self.connection, &key).map_err(failed)? {
                self.execute(UPDATE, params![row, data])?;
                written.add(false);
                written.updated_resources.push(model.id.clone());
                continue;
            }
            let of = model.id.resource_type.as_str();
            insert.keep(1, Some(of))?;
            insert.bind(2, &key)?;
            insert.keep(3, parent.map(|parent| parent.resource_type.as_str()))?;
            insert.keep(4, parent.map(|parent| parent.resource.as_str()))?;
            insert.bind(5, &data)?;
            let row = insert.execute(self.connection)?;
            self.known.resources.insert(mark, row, of)?;
            written.add(true);
        }
        Ok(written)
    }

    /// Writes entitlements.
    ///
    /// # Errors
    /// When an id or the resource's is empty or too long, or SQLite fails.
    pub fn put_entitlements(
        &mut self,
        entitlements: &[Entitlement],
        discovered_at: Timestamp,
    ) -> Result<Written, Error> {
        const INSERT: &str = "insert into v1_entitlements (resource_type_id, resource_id, external_id, data, \
             sync_id, discovered_at) values (?1, ?2, ?3, ?4, ?5, ?6)";
        const UPDATE: &str = "update v1_entitlements set data = ?2 where id = ?1";
        let mut insert = Insert::prepare(self.connection, INSERT)?;
        insert.bind(5, self.sync_id)?;
        insert.bind(6, timestamp::format(discovered_at))?;
        let mut written = Written::default();
        for model in entitlements {
            let id = model.id.as_str();
            if !model.id.is_valid() || !model.resource.is_valid() {
                return Err(Error::invalid_id(schema::ENTITLEMENTS, id));
            }
            let data = message::encode_entitlement(model);
            let mark = self.known.entitlements.mark(id);
            if let Some(row) = self.known.entitlements.marked(mark, self.connection, id).map_err(failed)? {
                self.execute(UPDATE, params![row, data])?;
                written.add(false);
                continue;
            }
            let of = model.resource.resource_type.as_str();
            insert.bind(1, of)?;
            insert.bind(2, model.resource.resource.as_str())?;
            insert.bind(3, id)?;
            insert.bind(4, data)?;
            let row = insert.execute(self.connection)?;
            self.known.entitlements.insert(mark, row, of)?;
            written.add(true);
        }
        Ok(written)
    }

    /// Writes grants; what makes them expandable goes to a column of its own.
    ///
    /// # Errors
    /// When an id of the grant, its entitlement, its resource or its principal is empty or too long, or SQLite fails.
    pub fn put_grants(&mut self, grants: &[Grant], discovered_at: Timestamp) -> Result<Written, Error> {
        const INSERT: &str = "insert into v1_grants (resource_type_id, resource_id, entitlement_id, \
             principal_resource_type_id, principal_resource_id, external_id, expansion, needs_expansion, data, \
             sync_id, discovered_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        const UPDATE: &str =
            "update v1_grants set data = ?2, expansion = ?3, needs_expansion = ?4 where id = ?1";
        let mut insert = Insert::prepare(self.connection, INSERT)?;
        insert.bind(10, self.sync_id)?;
        insert.bind(11, timestamp::format(discovered_at))?;
        let (mut written, mut data) = (Written::default(), Vec::new());
        // At first nothing is bound, which is null, and the flag is not.
        let mut was_expandable = true;
        for model in grants {
            let grant_id = model.id();
            let id = grant_id.as_str();
            if !model.is_valid() {
                return Err(Error::invalid_id(schema::GRANTS, id));
            }
            data.clear();
            baton_proto::write_grant(model, &grant_id, &mut data);
            let expansion = message::encode_expansion(model);
            let needs_expansion = expansion.is_some();
            self.known.expandable |= needs_expansion;
            let mark = self.known.grants.mark(id);
            if let Some(row) = self.known.grants.marked(mark, self.connection, id).map_err(failed)? {
                self.execute(UPDATE, params![row, data, expansion, needs_expansion])?;
                written.add(false);
                continue;
            }
            let of = model.resource.resource_type.as_str();
            // Grants of one entitlement come together.
            insert.keep(1, Some(of))?;
            insert.keep(2, Some(&model.resource.resource))?;
            insert.keep(3, Some(model.entitlement.as_str()))?;
            insert.keep(4, Some(model.principal.resource_type.as_str()))?;
            insert.bind(5, model.principal.resource.as_str())?;
            insert.bind(6, id)?;
            if needs_expansion || was_expandable {
                insert.bind(7, expansion)?;
                insert.bind(8, needs_expansion)?;
                was_expandable = needs_expansion;
            }
            insert.bind(9, &data)?;
            let row = insert.execute(self.connection)?;
            self.known.grants.insert(mark, row, of)?;
            written.add(true);
        }
        Ok(written)
    }

    /// Removes entitlements and returns how many there were.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn delete_entitlements(&mut self, ids: &[EntitlementId]) -> Result<u64, Error> {
        const SQL: &str = "delete from v1_entitlements where id = ?1 returning resource_type_id";
        let ids = ids.iter().map(EntitlementId::as_str);
        delete(self.connection, &mut self.known.entitlements, SQL, ids)
    }

    /// Removes grants and returns how many there were.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn delete_grants(&mut self, ids: &[GrantId]) -> Result<u64, Error> {
        const SQL: &str = "delete from v1_grants where id = ?1 returning resource_type_id";
        delete(self.connection, &mut self.known.grants, SQL, ids.iter().map(GrantId::as_str))
    }

    /// Sets the checkpoint.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn set_token(&mut self, token: &str) -> Result<(), Error> {
        const SQL: &str = "update v1_sync_runs set sync_token = ?1 where sync_id = ?2";
        self.execute(SQL, params![token, self.sync_id]).map(drop)
    }

    /// Sets one session row. Session rows live and die with the unfinished sync.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn put_session(&mut self, key: &str, value: &[u8]) -> Result<(), Error> {
        const SQL: &str = "insert into v1_connector_sessions (sync_id, key, value) values (?1, ?2, ?3) \
             on conflict (sync_id, key) do update set value = excluded.value";
        self.execute(SQL, params![self.sync_id, key, value]).map(drop)
    }

    /// Writes an asset: bytes kept with the sync that no other row explains. One of the same id is replaced.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn put_asset(
        &mut self,
        external_id: &str,
        content_type: &str,
        data: &[u8],
        discovered_at: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "insert into v1_assets (external_id, content_type, data, sync_id, discovered_at) \
             values (?1, ?2, ?3, ?4, ?5) on conflict (external_id, sync_id) \
             do update set content_type = excluded.content_type, data = excluded.data";
        let seen = timestamp::format(discovered_at);
        self.execute(SQL, params![external_id, content_type, data, self.sync_id, seen]).map(drop)
    }

    /// Removes one session row, if it is there.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn delete_session(&mut self, key: &str) -> Result<(), Error> {
        const SQL: &str = "delete from v1_connector_sessions where sync_id = ?1 and key = ?2";
        self.execute(SQL, params![self.sync_id, key]).map(drop)
    }

    /// One session row, with what this transaction has already changed.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn get_session(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        session(self.connection, self.sync_id, key)
    }

    /// All session rows whose key begins with `prefix`, in the order of their keys.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn scan_session(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
        sessions(self.connection, self.sync_id, prefix)
    }

    fn execute(&self, sql: &str, params: impl Params) -> Result<u64, Error> {
        let changed = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params))
            .map_err(failed)?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }
}

fn failed(source: rusqlite::Error) -> Error {
    Error::sqlite("write to the working database")(source)
}

/// The most parameters that [`Insert::keep`] knows of.
const KEPT: usize = 5;

/// A statement whose parameters keep their values from one row to the next.
struct Insert<'c> {
    statement: CachedStatement<'c>,
    /// The texts that were bound with [`Insert::keep`], by place.
    kept: [Kept; KEPT],
}

/// What a parameter was last bound to.
#[derive(Default)]
enum Kept {
    /// Nothing yet.
    #[default]
    Unknown,
    Null,
    Text(String),
}

impl Kept {
    fn is(&self, value: Option<&str>) -> bool {
        match (self, value) {
            (Self::Null, None) => true,
            (Self::Text(kept), Some(value)) => kept == value,
            _ => false,
        }
    }
}

impl<'c> Insert<'c> {
    fn prepare(connection: &'c Connection, sql: &str) -> Result<Self, Error> {
        let statement = connection.prepare_cached(sql).map_err(failed)?;
        Ok(Self { statement, kept: Default::default() })
    }

    fn bind(&mut self, place: usize, value: impl ToSql) -> Result<(), Error> {
        self.statement.raw_bind_parameter(place, value).map_err(failed)
    }

    /// Binds a text that is often that of the row before: SQLite copies what is bound, and to compare is cheaper.
    fn keep(&mut self, place: usize, value: Option<&str>) -> Result<(), Error> {
        if self.kept[place].is(value) {
            return Ok(());
        }
        self.kept[place] = value.map_or(Kept::Null, |value| Kept::Text(value.to_owned()));
        self.bind(place, value)
    }

    /// Inserts a row and returns its number.
    fn execute(&mut self, connection: &Connection) -> Result<i64, Error> {
        self.statement.raw_execute().map_err(failed)?;
        Ok(connection.last_insert_rowid())
    }
}

/// Removes rows and returns how many there were.
fn delete<'i>(
    connection: &Connection,
    known: &mut Ids,
    sql: &str,
    ids: impl Iterator<Item = &'i str>,
) -> Result<u64, Error> {
    let mut deleted = 0;
    for id in ids {
        let Some(row) = known.row(connection, id).map_err(failed)? else { continue };
        let of: String = connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row([row], |row| row.get(0)))
            .map_err(failed)?;
        known.remove(id, row, &of);
        deleted += 1;
    }
    Ok(deleted)
}

/// One session row of a sync.
pub(crate) fn session(connection: &Connection, sync_id: &str, key: &str) -> Result<Option<Vec<u8>>, Error> {
    const SQL: &str = "select value from v1_connector_sessions where sync_id = ?1 and key = ?2";
    connection
        .prepare_cached(SQL)
        .and_then(|mut statement| statement.query_row([sync_id, key], |row| row.get(0)).optional())
        .map_err(Error::sqlite("read a session row"))
}

/// One asset of a sync.
pub(crate) fn asset(
    connection: &Connection,
    sync_id: &str,
    external_id: &str,
) -> Result<Option<Vec<u8>>, Error> {
    const SQL: &str = "select data from v1_assets where external_id = ?1 and sync_id = ?2";
    connection
        .prepare_cached(SQL)
        .and_then(|mut statement| statement.query_row([external_id, sync_id], |row| row.get(0)).optional())
        .map_err(Error::sqlite("read an asset"))
}

/// The session rows of a sync whose key begins with a prefix.
pub(crate) fn sessions(
    connection: &Connection,
    sync_id: &str,
    prefix: &str,
) -> Result<Vec<(String, Vec<u8>)>, Error> {
    const SQL: &str =
        "select key, value from v1_connector_sessions where sync_id = ?1 and key >= ?2 order by key";
    let read = || -> rusqlite::Result<Vec<(String, Vec<u8>)>> {
        let mut statement = connection.prepare_cached(SQL)?;
        let mut rows = statement.query([sync_id, prefix])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let key: String = row.get(0)?;
            // Keys are in byte order, so those with the prefix stand together at the beginning.
            if !key.starts_with(prefix) {
                break;
            }
            found.push((key, row.get(1)?));
        }
        Ok(found)
    };
    read().map_err(Error::sqlite("read session rows"))
}
