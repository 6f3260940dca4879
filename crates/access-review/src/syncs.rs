//! The syncs that a file holds.

use c1z::{C1zFile, SyncRun};
use governance_model::Timestamp;
use serde::Serialize;

use crate::format::Row;
use crate::format::cells::{known, time};
use crate::{Error, Selection, Snapshot};

/// One sync of a file, sealed or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SyncRow {
    /// The sync's id.
    pub id: String,
    /// What it set out to read, such as `full`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; nothing for one that was cut off or still runs.
    pub ended_at: Option<Timestamp>,
    /// Whether it is whole. Other commands read one that is not only when told to.
    pub sealed: bool,
    /// Whether everybody whom the source listed is in it; nothing when its writer did not check.
    pub verified: Option<bool>,
    /// What people call the source, if the writer kept that.
    pub source_name: String,
    /// The source's id, likewise.
    pub source_id: String,
    /// How many resources it has.
    pub resources: u64,
    /// How many entitlements.
    pub entitlements: u64,
    /// How many grants.
    pub grants: u64,
    /// The sync that it builds upon, for partial ones.
    pub parent: String,
}

impl SyncRow {
    /// The syncs of a file, in the order in which they began. The tokens that they go on by are not among what is shown:
    /// they say nothing about access, and can hold what their writer would not print.
    ///
    /// # Errors
    /// When the list of syncs cannot be read.
    pub fn all(file: &C1zFile) -> Result<impl Iterator<Item = Result<Self, Error>> + '_, Error> {
        let mut runs = file.syncs()?;
        runs.sort_by(|a, b| (a.started_at, &a.sync_id).cmp(&(b.started_at, &b.sync_id)));
        Ok(runs.into_iter().map(|run| Self::of(file, run)))
    }

    fn of(file: &C1zFile, run: SyncRun) -> Result<Self, Error> {
        let selection = Selection { sync: Some(run.sync_id.clone()), include_unfinished: true };
        let snapshot = Snapshot::open(file, &selection)?;
        let counts = snapshot.view().count()?;
        let provenance = snapshot.provenance();
        let source = |of: fn(&crate::Provenance) -> &String| provenance.map(of).cloned().unwrap_or_default();
        Ok(Self {
            kind: run.sync_type.as_str().to_owned(),
            started_at: run.started_at,
            ended_at: run.ended_at,
            sealed: run.ended_at.is_some(),
            verified: provenance.map(|provenance| provenance.completeness.verified),
            source_name: source(|provenance| &provenance.source_name),
            source_id: source(|provenance| &provenance.source_id),
            resources: counts.resources,
            entitlements: counts.entitlements,
            grants: counts.grants,
            parent: run.parent_sync_id,
            id: run.sync_id,
        })
    }
}

impl Row for SyncRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "type",
        "started_at",
        "ended_at",
        "sealed",
        "verified",
        "resources",
        "entitlements",
        "grants",
        "source_name",
        "source_id",
        "parent",
    ];
    const LEFT_OUT_FIRST: &'static [&'static str] = &["parent", "source_id", "source_name", "entitlements"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.kind.clone(),
            time(Some(self.started_at)),
            time(self.ended_at),
            known(Some(self.sealed)),
            known(self.verified),
            self.resources.to_string(),
            self.entitlements.to_string(),
            self.grants.to_string(),
            self.source_name.clone(),
            self.source_id.clone(),
            self.parent.clone(),
        ]
    }
}
