//! Why a sync that was cut off is not resumed.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use governance_model::Timestamp;

/// Why what is left of an unfinished sync is thrown away. Shows itself as a clause for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unusable {
    /// Its store holds nothing.
    Empty,
    /// Its store is damaged.
    Damaged,
    /// Its checkpoint, or something kept with it, is damaged.
    Checkpoint,
    /// Its checkpoint is of another format.
    Format {
        /// The format it has.
        found: u32,
        /// The format that this version reads.
        known: u32,
    },
    /// It was begun under other conditions.
    Conditions {
        /// What was different, by the names that the connector gives its parameters, and `engine` and `types` for those of
        /// the engine; empty when that cannot be told.
        names: Vec<String>,
    },
    /// It was cut off too long ago.
    TooOld {
        /// How long ago.
        age: Duration,
        /// How long is allowed.
        allowed: Duration,
    },
    /// It began too long ago, or later than now.
    Begun {
        /// When.
        at: Timestamp,
    },
}

impl Unusable {
    /// Compares what two syncs depend on, each written as `name=value;name=value`. A part without a value counts as a name:
    /// where those differ, the two have nothing to compare.
    pub(crate) fn conditions(ours: &str, theirs: &str) -> Self {
        let (ours, theirs) = (parts(ours), parts(theirs));
        let comparable = ours.keys().eq(theirs.keys());
        let names = ours.iter().filter(|(name, value)| theirs.get(*name) != Some(*value));
        let names = if comparable { names.map(|(name, _)| (*name).to_owned()).collect() } else { Vec::new() };
        Self::Conditions { names }
    }
}

fn parts(fingerprint: &str) -> BTreeMap<&str, &str> {
    fingerprint.split(';').map(|part| part.split_once('=').unwrap_or((part, ""))).collect()
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("its working database is empty"),
            Self::Damaged => f.write_str("its working database is damaged"),
            Self::Checkpoint => f.write_str("its checkpoint is damaged"),
            Self::Format { found, known } => {
                write!(f, "its checkpoint has format {found}, and this version reads {known}")
            }
            Self::Conditions { names } if names.is_empty() => f.write_str("it was begun with other settings"),
            Self::Conditions { names } => write!(f, "it was begun with another {}", names.join(", ")),
            Self::TooOld { age, allowed } => {
                write!(f, "it was cut off {} s ago, and {} s are allowed", age.as_secs(), allowed.as_secs())
            }
            Self::Begun { at } => write!(f, "it began at {at:.0}"),
        }
    }
}
