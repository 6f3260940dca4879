//! Why a workbook is not checked.

use governance_model::Timestamp;
use thiserror::Error;

/// A check that cannot be made or would say something false.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It is no workbook, or a damaged one.
    #[error("the workbook cannot be read: {0}")]
    Unreadable(String),
    /// It would take too much memory.
    #[error("the workbook holds more than {0}, which no export does")]
    TooLarge(&'static str),
    /// No sheet has the columns of a review.
    #[error("no sheet of the workbook has the columns \"Grant ID\" and \"Decision\"")]
    NoReview,
    /// A column with facts is gone.
    #[error("the sheet {sheet:?} lacks the column {column:?}")]
    NoColumn {
        /// The sheet.
        sheet: String,
        /// The column.
        column: &'static str,
    },
    /// The workbook and the sync are of two sources.
    #[error("the workbook is of the source {reviewed}, the sync of {new}")]
    OtherSource {
        /// The source that was reviewed.
        reviewed: String,
        /// The source of the sync.
        new: String,
    },
    /// The sync ended before the one that was reviewed.
    #[error("the sync to check against ended at {new:.0}, before the reviewed one at {reviewed:.0}")]
    Older {
        /// When the reviewed sync ended.
        reviewed: Timestamp,
        /// When the other one did.
        new: Timestamp,
    },
}
