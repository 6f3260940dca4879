//! A whole sync as one file: CSV, JSON, JSON Lines or a workbook.
//!
//! Each says where it comes from and how far it can be trusted ([`About`]). Rows come in the order of their ids and the
//! time of the export is handed in, so the same sync, [`Options`] and version give the same bytes. What is written
//! streams; nothing here decides where it goes: whoever calls hands in a writer and sees to it that a file appears whole
//! or not at all.

mod about;
mod csv;
mod facts;
mod json;
mod rows;
mod xlsx;

pub use about::{About, Verdict};
pub use csv::csv;
pub(crate) use facts::{Facts, Seal};
pub use json::{json, json_lines};
pub use rows::OtherResource;
pub use xlsx::xlsx;
pub(crate) use xlsx::{about as about_sheet, review as review_sheet};

use std::path::PathBuf;

use governance_model::Timestamp;
use serde::Serialize;

use crate::findings::Assessment;

/// What an export needs besides the sync.
#[derive(Clone, Debug)]
pub struct Options {
    /// When it is made.
    pub at: Timestamp,
    /// What makes it: the program's name and version.
    pub tool: String,
    /// What the rules say about the sync, to be written along; nothing when nobody asked them. CSV has no room for it.
    pub assessment: Option<Assessment>,
    /// A folder for what a workbook needs meanwhile, where the system has none for temporary files.
    pub temporary: Option<PathBuf>,
}

/// How many rows of each kind were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// People.
    pub users: u64,
    /// Groups.
    pub groups: u64,
    /// Roles.
    pub roles: u64,
    /// Projects.
    pub projects: u64,
    /// Resources of other types.
    pub other_resources: u64,
    /// Entitlements; a workbook has no rows of their own for them.
    pub entitlements: u64,
    /// Grants.
    pub grants: u64,
    /// Findings.
    pub findings: u64,
}
