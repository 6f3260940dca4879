//! The tables and indexes of a c1z, under the official names and in the official order (interop reference 1.3).
//!
//! While a sync is being written only the indexes of small tables exist, and those that hold few rows of large ones; the
//! others are built when it is sealed, which costs far less than keeping them up to date row by row. Upgrading older layouts is in
//! [`crate::upgrade`].

use rusqlite::{Connection, ErrorCode, OptionalExtension};

/// How large the pages of a database are. Readers take it from the header of the file; why it is not SQLite's own 4,096 is in
/// decision 14.
pub(crate) const PAGE_BYTES: u32 = 16_384;

/// A table: its name and its columns after `id integer primary key`, as (name, type and constraint).
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [(&'static str, &'static str)],
}

pub(crate) const RESOURCE_TYPES: &str = "v1_resource_types";
pub(crate) const RESOURCES: &str = "v1_resources";
pub(crate) const ENTITLEMENTS: &str = "v1_entitlements";
pub(crate) const SYNC_RUNS: &str = "v1_sync_runs";
pub(crate) const GRANTS: &str = "v1_grants";
pub(crate) const ASSETS: &str = "v1_assets";
pub(crate) const SESSIONS: &str = "v1_connector_sessions";

const TEXT: &str = "text not null";
const INSTANT: &str = "datetime not null";
const BLOB: &str = "blob not null";
const WORD: &str = "text not null default ''";
const FLAG: &str = "integer not null default 0";

/// All tables, in the order of their creation.
pub(crate) const TABLES: [Table; 7] = [
    Table {
        name: RESOURCE_TYPES,
        columns: &[("external_id", TEXT), ("data", BLOB), ("sync_id", TEXT), ("discovered_at", INSTANT)],
    },
    Table {
        name: RESOURCES,
        columns: &[
            ("resource_type_id", TEXT),
            ("external_id", TEXT),
            ("parent_resource_type_id", "text"),
            ("parent_resource_id", "text"),
            ("data", BLOB),
            ("sync_id", TEXT),
            ("discovered_at", INSTANT),
        ],
    },
    Table {
        name: ENTITLEMENTS,
        columns: &[
            ("resource_type_id", TEXT),
            ("resource_id", TEXT),
            ("external_id", TEXT),
            ("data", BLOB),
            ("sync_id", TEXT),
            ("discovered_at", INSTANT),
        ],
    },
    Table {
        name: SYNC_RUNS,
        columns: &[
            ("sync_id", TEXT),
            ("started_at", INSTANT),
            ("ended_at", "datetime"),
            ("sync_token", TEXT),
            ("sync_type", "text not null default 'full'"),
            ("parent_sync_id", WORD),
            ("linked_sync_id", WORD),
            ("supports_diff", FLAG),
            ("grants_backfilled", FLAG),
            ("stats", "text"),
            ("ingest_invariant_generation", WORD),
            ("ingest_invariant_coverage", WORD),
            ("ingest_invariant_mode", WORD),
        ],
    },
    Table {
        name: GRANTS,
        columns: &[
            ("resource_type_id", TEXT),
            ("resource_id", TEXT),
            ("entitlement_id", TEXT),
            ("principal_resource_type_id", TEXT),
            ("principal_resource_id", TEXT),
            ("external_id", TEXT),
            ("expansion", "blob"),
            ("needs_expansion", FLAG),
            ("data", BLOB),
            ("sync_id", TEXT),
            ("discovered_at", INSTANT),
        ],
    },
    Table {
        name: ASSETS,
        columns: &[
            ("external_id", TEXT),
            ("content_type", TEXT),
            ("data", BLOB),
            ("sync_id", TEXT),
            ("discovered_at", INSTANT),
        ],
    },
    Table {
        name: SESSIONS,
        columns: &[("sync_id", "text NOT NULL"), ("key", "TEXT NOT NULL"), ("value", "BLOB NOT NULL")],
    },
];

impl Table {
    /// The names of its columns without `id`, separated by commas.
    pub(crate) fn column_list(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    /// The statement that creates it.
    pub(crate) fn create(&self) -> String {
        let mut sql = format!("create table {} (id integer primary key", self.name);
        for (name, constraint) in self.columns {
            sql.push_str(", ");
            sql.push_str(name);
            sql.push(' ');
            sql.push_str(constraint);
        }
        sql.push(')');
        sql
    }
}

/// An index: name, table with what it covers, whether it is unique.
struct Index(&'static str, &'static str, bool);

/// All indexes, in the order of their creation. The names of two on resources are swapped in the original, and the
/// Go tools go by the name, so they stay swapped.
const INDEXES: [Index; 16] = [
    Index("idx_resource_types_external_sync_v1", "v1_resource_types (external_id, sync_id)", true),
    Index("idx_resources_resource_type_id_v1", "v1_resources (resource_type_id)", false),
    Index(
        "idx_resources_external_sync_v1",
        "v1_resources (parent_resource_type_id, parent_resource_id)",
        false,
    ),
    Index(RESOURCES_BY_ID, "v1_resources (external_id, sync_id)", true),
    Index("idx_entitlements_resource_id_v1", "v1_entitlements (resource_type_id, resource_id)", false),
    Index("idx_entitlements_external_sync_v1", "v1_entitlements (external_id, sync_id)", true),
    Index("idx_sync_runs_sync_id_v1", "v1_sync_runs (sync_id)", true),
    Index("idx_grants_resource_type_id_resource_id_v1", "v1_grants (resource_type_id, resource_id)", false),
    Index(
        "idx_grants_principal_id_v1",
        "v1_grants (principal_resource_type_id, principal_resource_id)",
        false,
    ),
    Index(
        GRANTS_BY_ENTITLEMENT_AND_PRINCIPAL,
        "v1_grants (entitlement_id, principal_resource_type_id, principal_resource_id)",
        false,
    ),
    Index("idx_grants_external_sync_v1", "v1_grants (external_id, sync_id)", true),
    Index(GRANTS_BY_ENTITLEMENT, "v1_grants (entitlement_id, sync_id, id)", false),
    Index("idx_grants_sync_expansion_v1", "v1_grants (sync_id) where expansion is not null", false),
    Index("idx_grants_sync_needs_expansion_v1", "v1_grants (sync_id) where needs_expansion = 1", false),
    Index("idx_assets_external_sync_v1", "v1_assets (external_id, sync_id)", true),
    Index("idx_session_store_sync_key_v1", "v1_connector_sessions (sync_id, key)", true),
];

/// The index by which a resource is found.
pub(crate) const RESOURCES_BY_ID: &str = "idx_resources_parent_resource_id_v1";
/// The index by which the holders of an entitlement are found.
pub(crate) const GRANTS_BY_ENTITLEMENT_AND_PRINCIPAL: &str = "idx_grants_entitlement_id_principal_id_v1";
/// The index by which the grants of an entitlement are paged through.
pub(crate) const GRANTS_BY_ENTITLEMENT: &str = "idx_grants_entitlement_sync_grant_v1";

impl Index {
    fn is_on(&self, tables: &[&str]) -> bool {
        tables.iter().any(|table| self.1.strip_prefix(table).is_some_and(|rest| rest.starts_with(' ')))
    }

    fn create(&self) -> String {
        let unique = if self.2 { "unique " } else { "" };
        format!("create {unique}index if not exists {} on {}", self.0, self.1)
    }
}

/// The tables that grow with the source. See [`crate::known`] for how their rows are found until they have indexes.
const GROWING: [&str; 3] = [RESOURCES, ENTITLEMENTS, GRANTS];

/// Creates the tables in an empty database, the unique indexes of the small ones, and the indexes that hold few rows.
pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    for table in &TABLES {
        connection.execute(&table.create(), ())?;
    }
    for index in
        INDEXES.iter().filter(|index| (index.2 && !index.is_on(&GROWING)) || index.1.contains(" where "))
    {
        connection.execute(&index.create(), ())?;
    }
    Ok(())
}

/// Whether every table is the one that [`create`] makes, to the letter.
pub(crate) fn is_ours(connection: &Connection) -> rusqlite::Result<bool> {
    const SQL: &str = "select sql from sqlite_master where type = 'table' and name = ?1";
    let mut statement = connection.prepare(SQL)?;
    for table in &TABLES {
        let found: Option<String> = statement.query_row([table.name], |row| row.get(0)).optional()?;
        // SQLite keeps the statement as it was, with its first words in capitals.
        if !found.is_some_and(|sql| sql.eq_ignore_ascii_case(&table.create())) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Creates the indexes that are not there yet; all of them, or those with the names given.
pub(crate) fn complete_indexes(connection: &Connection, only: Option<&[&str]>) -> rusqlite::Result<()> {
    for index in INDEXES.iter().filter(|index| only.is_none_or(|names| names.contains(&index.0))) {
        connection.execute(&index.create(), ())?;
    }
    Ok(())
}

/// Whether [`prepare_for_reading`] would find nothing to do.
pub(crate) fn is_ready_for_reading(connection: &Connection) -> rusqlite::Result<bool> {
    const SQL: &str = "select count(*) from sqlite_master where name = ?1 collate nocase and type = ?2";
    let mut statement = connection.prepare(SQL)?;
    let mut is_there =
        |name: &str, kind: &str| statement.query_row([name, kind], |row| row.get::<_, bool>(0));
    for index in INDEXES.iter().filter(|index| !index.1.starts_with(SESSIONS)) {
        if !is_there(index.0, "index")? {
            return Ok(false);
        }
    }
    Ok(!is_there("sqlite_stat1", "table")? && !is_there("sqlite_stat4", "table")?)
}

/// Makes a copy of a file quick to read, whoever wrote it: builds the indexes that queries go by, and forgets what SQLite
/// was told about how many rows fulfil what. Those statistics are averages over a table in which few things have
/// many rows, and lead to reading all of it; queries are written to go well without them.
///
/// An index that does not fit the rows is left out, because rows that are there twice are to be shown, too.
pub(crate) fn prepare_for_reading(connection: &Connection) -> rusqlite::Result<()> {
    for index in INDEXES.iter().filter(|index| !index.1.starts_with(SESSIONS)) {
        match connection.execute(&index.create(), ()) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {}
            result => drop(result?),
        }
    }
    connection.execute_batch(
        "drop table if exists sqlite_stat1; drop table if exists sqlite_stat4; analyze sqlite_master;",
    )
}
