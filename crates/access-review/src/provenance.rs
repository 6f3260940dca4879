//! Where a sync comes from and how far it can be trusted: the report that the engine keeps with every sync it seals.
//!
//! Read tolerantly: files of other versions have more or fewer fields, and files of other tools have no report at all.

use std::collections::BTreeMap;

use governance_model::{ResourceId, Timestamp};
use serde::{Deserialize, Serialize};

/// The name of the asset that holds the report.
pub(crate) const ASSET: &str = "sync-report.json";

/// What is known about how a sync was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// The source's id, such as the workspace's.
    pub source_id: String,
    /// What people call the source.
    pub source_name: String,
    /// Whether the source is a look-alike for demonstrations.
    pub demonstration: bool,
    /// Everything that decided what was read: source, parameters, versions.
    pub fingerprint: String,
    /// The account whose credential was used.
    pub operator: Option<ResourceId>,
    /// When reading began.
    pub started_at: Option<Timestamp>,
    /// When the sync ended.
    pub ended_at: Option<Timestamp>,
    /// How many runs it took; more than one means that it was resumed.
    pub runs: u32,
    /// Pages read, per stream.
    pub pages: BTreeMap<String, u64>,
    /// What all runs cost: requests, retries and so on, as the engine counts them.
    pub usage: serde_json::Value,
    /// What did not become a fact, per reason.
    pub dropped: BTreeMap<String, u64>,
    /// Whether everybody is in it.
    pub completeness: Completeness,
    /// Facts about the source (plan, features).
    pub details: BTreeMap<String, String>,
}

/// The comparison with the source's own list of its members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Completeness {
    /// Whether everybody the source listed was read, and nothing speaks against it.
    pub verified: bool,
    /// Why not, for people.
    pub reasons: Vec<String>,
    /// Members listed before reading.
    pub listed_before: u64,
    /// Members listed after reading.
    pub listed_after: u64,
    /// Members that the pages returned.
    pub read: u64,
    /// Ids that are listed and that no page returned.
    pub missing: Vec<String>,
    /// How many were read and are not listed.
    pub unlisted: u64,
    /// How many appeared on the list while it was read.
    pub joined: u64,
    /// How many vanished from the list while it was read.
    pub left: u64,
}

impl Provenance {
    /// Reads a report; `None` when it is not one.
    pub(crate) fn from_json(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }
}
