//! What differs between two syncs, of one file or of two.
//!
//! A [`Comparison`] of two [`Snapshot`](crate::Snapshot)s gives a [`Summary`] and the [`Change`]s, the most important first.
//! Both syncs are walked side by side in the order of their ids, so memory does not grow with the files. What is no news is
//! listed in `noise.rs`. What one of the syncs did not read is not called gone: a resource type that is read on one side only
//! is one change, and nothing of it is compared.

mod change;
mod compare;
mod entitlement;
mod facts;
mod grant;
mod join;
pub(crate) mod noise;
mod ocsf;
mod pick;
mod refusal;
mod resource;
mod returns;
mod sentence;
mod summary;
mod table;
mod walk;
mod write;

pub use change::{
    Action, Cause, Change, ChangeKind, FieldChange, Note, NoteCode, Permission, Section, Thing,
};
pub use compare::{Comparison, Options};
pub use ocsf::VERSION as OCSF_VERSION;
pub use pick::previous;
pub use refusal::Refusal;
pub(crate) use sentence::sides;
pub use summary::{Remark, RemarkCode, Side, Summary};
