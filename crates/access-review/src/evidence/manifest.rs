//! `manifest.json`: what a pack is, as one document with one way to write it.

use std::collections::BTreeMap;

use governance_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Parameters, PublicKey, signature};
use crate::provenance::Completeness;

/// The form of the manifest. A change of its fields is a new number.
pub(super) const FORMAT: u32 = 1;

/// Everything that a pack says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of this document.
    pub format: u32,
    /// Whether the pack is evidence at all.
    pub statement: Statement,
    /// What made it.
    pub tool: Tool,
    /// When it was made.
    pub made_at: Timestamp,
    /// What was read.
    pub source: Source,
    /// Whose key read it; nothing when the file does not say.
    pub operator: Option<Operator>,
    /// How it was read.
    pub sync: SyncNote,
    /// `verified`, `not verified` or `unknown`.
    pub complete: String,
    /// Why that is not sure.
    pub reasons: Vec<String>,
    /// The comparison with the source's own list of members; nothing when the file has none.
    pub completeness: Option<Completeness>,
    /// How many there are of each kind.
    pub counts: BTreeMap<String, u64>,
    /// How many findings there are of each severity.
    pub findings: BTreeMap<String, u64>,
    /// What changed.
    pub changes: Changes,
    /// By which measures.
    pub parameters: Parameters,
    /// The pack before this one; nothing for the first of a chain.
    pub previous: Option<Previous>,
    /// Who signed; nothing when nobody did.
    pub signature: Option<SignatureNote>,
    /// All files but this one, its signature and `SHA256SUMS`.
    pub files: BTreeMap<String, Entry>,
}

/// What a pack may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Statement {
    /// The sync is sealed.
    #[serde(rename = "Evidence of who had access when the sync ended.")]
    Evidence,
    /// The sync is not sealed.
    #[serde(
        rename = "NOT EVIDENCE of a complete review: the sync was cut off or still runs, so rows are missing."
    )]
    NotEvidence,
}

impl Statement {
    /// The sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Evidence => "Evidence of who had access when the sync ended.",
            Self::NotEvidence => {
                "NOT EVIDENCE of a complete review: the sync was cut off or still runs, so rows are missing."
            }
        }
    }
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 of its file; nothing when it could not be read.
    pub sha256: Option<String>,
}

impl Tool {
    /// Name and version.
    pub fn label(&self) -> String {
        format!("{} {}", self.name, self.version)
    }

    /// Whether both make the same of the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.name == other.name && self.version == other.version
    }
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The source's id, such as the workspace's; empty when the file does not say.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether it is a look-alike for demonstrations.
    pub demonstration: bool,
    /// Facts about it.
    pub details: BTreeMap<String, String>,
}

impl Source {
    /// Name and id, as far as they are known.
    pub fn label(&self) -> String {
        match (self.name.as_str(), self.id.as_str()) {
            ("", "") => "a source that the file does not name".to_owned(),
            ("", id) => id.to_owned(),
            (name, "") => name.to_owned(),
            (name, id) => format!("{name} ({id})"),
        }
    }
}

/// Whose key was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The id that the source gave the account.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its address.
    pub email: String,
}

/// How a sync was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncNote {
    /// The sync's id.
    pub id: String,
    /// What it set out to read: `full` for everything.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it is whole.
    pub sealed: bool,
    /// When reading began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What decided what was read: host, workspace, page size and so on.
    pub query: String,
    /// How many runs it took.
    pub runs: u32,
    /// Pages read, per stream.
    pub pages: BTreeMap<String, u64>,
    /// What did not become a fact, per reason.
    pub dropped: BTreeMap<String, u64>,
}

/// What changed since an earlier sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Changes {
    /// Nothing was compared, and why.
    NotCompared(String),
    /// What was compared.
    Compared(Changed),
}

/// How much changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The earlier sync.
    pub since: Compared,
    /// How many changes there are.
    pub total: u64,
}

/// An earlier sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// In which file of the pack it is.
    pub file: String,
    /// Its id.
    pub sync_id: String,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// The pack before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// The SHA-256 of its manifest, which names the digests of everything in it.
    pub manifest_sha256: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// The sync in it.
    pub sync_id: String,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureNote {
    /// How.
    pub algorithm: String,
    /// The key in PEM.
    pub public_key: String,
    /// The SHA-256 of the key in DER.
    pub key_sha256: String,
}

impl SignatureNote {
    pub(super) fn of(key: &PublicKey) -> Self {
        Self {
            algorithm: signature::ALGORITHM.to_owned(),
            public_key: key.to_pem(),
            key_sha256: key.fingerprint(),
        }
    }
}

/// A file of the pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it is.
    pub about: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: String,
}

impl Manifest {
    /// The one way to write it.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Whether its sync is whole.
    pub fn is_evidence(&self) -> bool {
        self.statement == Statement::Evidence
    }
}
