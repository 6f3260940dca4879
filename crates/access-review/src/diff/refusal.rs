//! Why two syncs are not compared.

use thiserror::Error;

/// A comparison that would say something false, or nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The file has one sealed sync only. The words are the official tool's.
    #[error("cannot diff single sync run")]
    SingleSync,
    /// The syncs are of two sources.
    #[error("the older sync is of {old}, the newer one of {new}")]
    DifferentSources {
        /// The source of the older sync.
        old: String,
        /// The source of the newer sync.
        new: String,
    },
    /// A sync holds a part by design, so what is not in it is not gone.
    #[error(
        "sync {sync_id} is of the type {sync_type:?}: it holds a part only, and what it lacks is not gone"
    )]
    Partial {
        /// The sync's id.
        sync_id: String,
        /// Its type.
        sync_type: String,
    },
    /// The rows of a file do not come in the order of their ids, so they cannot be compared one by one.
    #[error("the rows of sync {sync_id} do not come in the order of their ids")]
    Disordered {
        /// The sync's id.
        sync_id: String,
    },
}
