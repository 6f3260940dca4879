//! What differs between two syncs, of one file or of two.

mod change;
mod refusal;
mod summary;

pub use change::{
    Action, Cause, Change, ChangeKind, FieldChange, Note, NoteCode, Permission, Section, Thing,
};
pub use refusal::Refusal;
pub use summary::{Remark, RemarkCode, Side, Summary};
