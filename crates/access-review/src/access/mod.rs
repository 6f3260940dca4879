//! Who reaches what, and by which path: everything that one principal has, or everybody who has something on one
//! resource.
//!
//! A path is direct, or leads through collections (a member of a group has what the group was granted, and groups may be
//! in groups), or is a role whose scope covers the thing. Paths are followed through the sources that grants record and
//! through the expansions they carry, so a sync whose expansions were never carried out shows the same access.
//! What everybody sees without a grant, such as public projects, and what a role over everything covers, is a note.

mod chain;
mod forward;
mod notes;
mod of_principal;
mod on_resource;
mod path;
mod row;
mod upstream;
mod write;

pub use notes::Note;
pub use of_principal::Reach;
pub use on_resource::Audience;
pub use path::{Path, Step};
pub use row::AccessRow;
