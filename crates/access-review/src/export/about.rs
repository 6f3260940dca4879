//! Where an export comes from and how far it can be trusted.

use std::collections::BTreeMap;

use governance_model::Timestamp;
use serde::Serialize;

use super::Options;
use crate::provenance::Completeness;
use crate::rows::Principal;
use crate::{Error, Snapshot};

/// What stands with every export that has room for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct About {
    /// What made the export: the program's name and version.
    pub tool: String,
    /// When it was made.
    pub exported_at: Timestamp,
    /// The c1z's name, without its folder.
    pub file: String,
    /// The sync's id.
    pub sync_id: String,
    /// What the sync set out to read: `full` for everything.
    pub sync_type: String,
    /// When reading began.
    pub started_at: Timestamp,
    /// When the sync ended; nothing when it did not.
    pub ended_at: Option<Timestamp>,
    /// Whether the sync is sealed. If not, rows are missing.
    pub sealed: bool,
    /// How old the facts are: seconds from the end of the sync to the export.
    pub age_seconds: Option<i64>,
    /// The source's id, such as the workspace's; empty when the file does not say.
    pub source_id: String,
    /// What people call the source.
    pub source_name: String,
    /// Whether the source is a look-alike for demonstrations.
    pub demonstration: bool,
    /// Whose credential was used to read; nothing when the file does not say.
    pub operator: Option<Principal>,
    /// Everything that decided what was read.
    pub parameters: String,
    /// How many runs the sync took.
    pub runs: u32,
    /// Pages read, per stream.
    pub pages: BTreeMap<String, u64>,
    /// What did not become a fact, per reason.
    pub dropped: BTreeMap<String, u64>,
    /// Facts about the source.
    pub details: BTreeMap<String, String>,
    /// Whether everybody is in it.
    pub complete: Verdict,
    /// Why that is not sure, for people.
    pub reasons: Vec<String>,
    /// The comparison with the source's own list of members; nothing when the file has none.
    pub completeness: Option<Completeness>,
}

/// Whether everybody is in a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The source's own list of members was compared, and nothing speaks against it.
    Verified,
    /// Something speaks against it.
    NotVerified,
    /// Nobody compared: the file was written by another tool.
    Unknown,
}

impl Verdict {
    /// The word that stands in a cell.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::NotVerified => "not verified",
            Self::Unknown => "unknown",
        }
    }
}

impl About {
    /// What is known about a sync.
    ///
    /// # Errors
    /// When the account that read it cannot be looked up.
    pub fn of(snapshot: &Snapshot<'_>, options: &Options) -> Result<Self, Error> {
        let run = snapshot.run();
        let known = snapshot.provenance().cloned();
        let (complete, mut reasons) = match &known {
            None => (Verdict::Unknown, vec!["the file does not say how the sync was made".to_owned()]),
            Some(known) if known.completeness.verified && snapshot.is_sealed() => {
                (Verdict::Verified, Vec::new())
            }
            Some(known) => (Verdict::NotVerified, known.completeness.reasons.clone()),
        };
        if !snapshot.is_sealed() {
            reasons.insert(0, "the sync is not sealed: it was cut off or still runs".to_owned());
        }
        let completeness = known.as_ref().map(|known| known.completeness.clone());
        let known = known.unwrap_or_default();
        let operator = known.operator.as_ref().map(|id| Principal::find(snapshot, id)).transpose()?;
        let name = snapshot.path().file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(Self {
            tool: options.tool.clone(),
            exported_at: options.at,
            file: name.unwrap_or_default(),
            sync_id: run.sync_id.clone(),
            sync_type: run.sync_type.as_str().to_owned(),
            started_at: run.started_at,
            ended_at: run.ended_at,
            sealed: snapshot.is_sealed(),
            age_seconds: run.ended_at.map(|ended| options.at.as_second() - ended.as_second()),
            source_id: known.source_id,
            source_name: known.source_name,
            demonstration: known.demonstration,
            operator,
            parameters: known.fingerprint,
            runs: known.runs,
            pages: known.pages,
            dropped: known.dropped,
            details: known.details,
            complete,
            reasons,
            completeness,
        })
    }
}
