//! Sync runs: the rows of `v1_sync_runs` and the statistics that they carry (interop reference 1.4 and 1.5).

use std::collections::BTreeMap;

use governance_model::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};

use crate::schema::SYNC_RUNS;
use crate::{Error, timestamp};

/// What a sync set out to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncType {
    /// Everything.
    Full,
    /// Some resources and what hangs on them.
    Partial,
    /// Everything but entitlements and grants.
    ResourcesOnly,
    /// One half of a stored difference: what came or changed.
    PartialUpserts,
    /// The other half: what went.
    PartialDeletions,
    /// A type that this version has no name for.
    Other(String),
}

impl SyncType {
    /// The text in the `sync_type` column.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::ResourcesOnly => "resources_only",
            Self::PartialUpserts => "partial_upserts",
            Self::PartialDeletions => "partial_deletions",
            Self::Other(text) => text,
        }
    }

    /// Reads the text of the `sync_type` column.
    pub fn from_text(text: &str) -> Self {
        match text {
            "full" => Self::Full,
            "partial" => Self::Partial,
            "resources_only" => Self::ResourcesOnly,
            "partial_upserts" => Self::PartialUpserts,
            "partial_deletions" => Self::PartialDeletions,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// One sync, as its row describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncRun {
    /// The id, normally a KSUID.
    pub sync_id: String,
    /// What it set out to read.
    pub sync_type: SyncType,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was finished; `None` while it is not.
    pub ended_at: Option<Timestamp>,
    /// The checkpoint, in the words of whoever wrote the sync.
    pub token: String,
    /// The sync that a partial one builds on; empty when there is none.
    pub parent_sync_id: String,
    /// The other half of a stored difference; empty when there is none.
    pub linked_sync_id: String,
    /// What was counted when it was finished, if it was.
    pub stats: Option<Stats>,
}

impl SyncRun {
    /// About how many bytes it takes in memory.
    fn weight(&self) -> usize {
        let texts = [&self.sync_id, &self.token, &self.parent_sync_id, &self.linked_sync_id];
        let texts: usize = texts.into_iter().map(String::len).sum();
        size_of::<Self>()
            + texts
            + self.sync_type.as_str().len()
            + self.stats.as_ref().map_or(0, Stats::weight)
    }
}

/// Counts of a sync, as the `stats` column holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stats {
    /// Resource types.
    pub resource_types: u64,
    /// Resources.
    pub resources: u64,
    /// Entitlements.
    pub entitlements: u64,
    /// Grants.
    pub grants: u64,
    /// Assets.
    #[serde(skip_serializing_if = "is_zero")]
    pub assets: u64,
    /// Resources by their type.
    pub resources_by_resource_type: BTreeMap<String, u64>,
    /// Grants by the type of the resource that their entitlement belongs to.
    pub grants_by_resource_type: BTreeMap<String, u64>,
    /// Entitlements by the type of the resource that they belong to.
    pub entitlements_by_resource_type: BTreeMap<String, u64>,
}

/// How much text the names of all resource types of a sync may have, in bytes.
const MAX_TYPES_BYTES: usize = 1 << 20;

/// What a resource type takes in a map besides its name, in bytes.
const TYPE_BYTES: usize = 64;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Counts are never negative.
fn number(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(index)?.unsigned_abs())
}

impl Stats {
    fn weight(&self) -> usize {
        let counts = [
            &self.resources_by_resource_type,
            &self.grants_by_resource_type,
            &self.entitlements_by_resource_type,
        ];
        counts.into_iter().flat_map(BTreeMap::keys).map(|of| of.len() + TYPE_BYTES).sum()
    }

    /// Counts the rows of a sync. More types than anybody has are an error, because they are kept in memory.
    pub(crate) fn count(connection: &Connection, sync_id: &str) -> rusqlite::Result<Self> {
        let total = |table: &str| {
            let sql = format!("select count(*) from {table} where sync_id = ?1");
            connection.query_row(&sql, [sync_id], |row| number(row, 0))
        };
        let by_type = |table: &str| {
            let sql = format!(
                "select resource_type_id, count(*) from {table} where sync_id = ?1 group by resource_type_id"
            );
            let mut counts = BTreeMap::<String, u64>::new();
            let mut statement = connection.prepare(&sql)?;
            let mut rows = statement.query([sync_id])?;
            let mut bytes = 0;
            while let Some(row) = rows.next()? {
                let of: String = row.get(0)?;
                bytes += of.len() + TYPE_BYTES;
                if bytes > MAX_TYPES_BYTES {
                    let reason = "there are too many resource types".into();
                    return Err(rusqlite::Error::FromSqlConversionFailure(0, Type::Text, reason));
                }
                counts.insert(of, number(row, 1)?);
            }
            Ok(counts)
        };
        let resources_by_resource_type = by_type("v1_resources")?;
        let grants_by_resource_type = by_type("v1_grants")?;
        let entitlements_by_resource_type = by_type("v1_entitlements")?;
        Ok(Self {
            resource_types: total("v1_resource_types")?,
            resources: resources_by_resource_type.values().sum(),
            entitlements: entitlements_by_resource_type.values().sum(),
            grants: grants_by_resource_type.values().sum(),
            assets: total("v1_assets")?,
            resources_by_resource_type,
            grants_by_resource_type,
            entitlements_by_resource_type,
        })
    }
}

const COLUMNS: &str =
    "sync_id, sync_type, started_at, ended_at, sync_token, parent_sync_id, linked_sync_id, stats";

/// How much text all the sync runs of a file may have, in bytes. An honest one takes less than a thousand, and its
/// checkpoint, while it is not finished, a few thousand.
const MAX_RUNS_BYTES: usize = 64 << 20;

/// Reads all sync runs in the order of their rows. `schema` is `main` or the name of an attached database.
pub(crate) fn read_all(connection: &Connection, schema: &str) -> Result<Vec<SyncRun>, Error> {
    let action = "read the sync runs";
    let sql = format!("select {COLUMNS} from {schema}.{SYNC_RUNS} order by id");
    let mut statement = connection.prepare(&sql).map_err(Error::sqlite(action))?;
    let mut rows = statement.query(()).map_err(Error::sqlite(action))?;
    let (mut runs, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next().map_err(Error::sqlite(action))? {
        let run = read(row)?;
        bytes += run.weight();
        if bytes > MAX_RUNS_BYTES {
            return Err(Error::Schema { reason: "its list of syncs is too long".to_owned() });
        }
        runs.push(run);
    }
    Ok(runs)
}

fn read(row: &Row<'_>) -> Result<SyncRun, Error> {
    let sync_id: String = text(row, 0, "sync_id", "")?;
    let ended_at: Option<String> = text(row, 3, "ended_at", &sync_id)?;
    // Statistics are a cache: when they cannot be read they are counted again.
    let stats: Option<String> = text(row, 7, "stats", &sync_id)?;
    let stats = stats.filter(|json| json.len() <= MAX_TYPES_BYTES);
    Ok(SyncRun {
        sync_type: SyncType::from_text(&text::<String>(row, 1, "sync_type", &sync_id)?),
        started_at: instant(&text::<String>(row, 2, "started_at", &sync_id)?, "started_at", &sync_id)?,
        ended_at: ended_at.map(|text| instant(&text, "ended_at", &sync_id)).transpose()?,
        token: text(row, 4, "sync_token", &sync_id)?,
        parent_sync_id: text(row, 5, "parent_sync_id", &sync_id)?,
        linked_sync_id: text(row, 6, "linked_sync_id", &sync_id)?,
        stats: stats.and_then(|json| serde_json::from_str(&json).ok()),
        sync_id,
    })
}

fn text<T: rusqlite::types::FromSql>(
    row: &Row<'_>,
    index: usize,
    column: &'static str,
    sync_id: &str,
) -> Result<T, Error> {
    row.get(index).map_err(|_| Error::Column { table: SYNC_RUNS, external_id: sync_id.to_owned(), column })
}

fn instant(text: &str, column: &'static str, sync_id: &str) -> Result<Timestamp, Error> {
    timestamp::parse(text).ok_or_else(|| Error::Timestamp {
        table: SYNC_RUNS,
        external_id: sync_id.to_owned(),
        column,
        text: text.to_owned(),
    })
}
