//! What a reviewer decides about: the facts of one grant as they stand in the `Review` sheet, and how an edit is noticed.
//!
//! The digests have no key, so whoever edits a fact on purpose can make a new one: they notice slips and sorted columns,
//! and only a comparison with the sync itself notices more. Both are made over the cells as they are shown, because that is
//! what comes back.

use sha2::{Digest, Sha256};

use crate::format::cells;
use crate::rows::{GrantRow, Scope};
use crate::text;

/// How many characters a cell takes, in units of UTF-16: Excel's limit.
pub(crate) const CELL: usize = 32_767;

/// What stands at the end of a cell that had to be cut.
const CUT: &str = " … (cut: a cell takes no more)";

/// The facts about one grant, each as its cell shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts(pub(crate) [String; Facts::COLUMNS.len()]);

impl Facts {
    /// What the columns are called; the order is that of the digest.
    pub(crate) const COLUMNS: [&'static str; 12] = [
        "Principal",
        "E-mail",
        "Status",
        "Permission",
        "Resource type",
        "Resource",
        "How",
        "Scopes",
        "Principal type",
        "Principal ID",
        "Resource ID",
        "Grant ID",
    ];
    /// Where the names stand. A new name of the same thing is no new fact to decide about.
    pub(crate) const NAMES: [usize; 2] = [0, 5];
    pub(crate) const STATUS: usize = 2;
    pub(crate) const RESOURCE_TYPE: usize = 4;
    pub(crate) const HOW: usize = 6;
    pub(crate) const PRINCIPAL_TYPE: usize = 8;
    pub(crate) const PRINCIPAL_ID: usize = 9;
    pub(crate) const ID: usize = 11;

    pub(crate) fn of(grant: &GrantRow) -> Self {
        let principal = &grant.principal;
        let status = match principal.status {
            _ if principal.missing => "missing",
            Some(status) => status.as_str(),
            None => "",
        };
        let scopes = grant.scopes.iter().map(Scope::label).collect::<Vec<_>>().join("; ");
        let permission = if grant.permission.is_empty() { &grant.entitlement } else { &grant.permission };
        Self(
            [
                principal.label(),
                &principal.email,
                status,
                permission,
                &grant.resource.kind,
                grant.resource.label(),
                &cells::how(grant),
                &scopes,
                &principal.kind,
                &principal.id,
                &grant.resource.id,
                &grant.id,
            ]
            .map(shown),
        )
    }

    pub(crate) fn id(&self) -> &str {
        &self.0[Self::ID]
    }

    /// The digest of the row: 128 bits of SHA-256 over each fact with its length.
    pub(crate) fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        for fact in &self.0 {
            hasher.update((fact.len() as u64).to_be_bytes());
            hasher.update(fact.as_bytes());
        }
        hex(&hasher.finalize()[..16])
    }
}

/// The digest of all rows, taken one by one in the order of their ids.
#[derive(Default)]
pub(crate) struct Seal {
    hasher: Sha256,
    pub(crate) rows: u64,
}

impl Seal {
    pub(crate) fn add(&mut self, digest: &str) {
        self.hasher.update(digest.as_bytes());
        self.hasher.update(b"\n");
        self.rows += 1;
    }

    pub(crate) fn finish(self) -> String {
        hex(&self.hasher.finalize()[..16])
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Text as a cell of a workbook shows it: on one line, without what would hide or turn text, cut to what a cell takes, and
/// with an apostrophe in front of what would become a formula once the sheet is saved as CSV and opened again.
pub(crate) fn shown(text: &str) -> String {
    let text = text::terminal(text);
    let text = text::cell(&text);
    if text.len() <= CELL || text.encode_utf16().count() <= CELL {
        return text.into_owned();
    }
    let room = CELL - CUT.encode_utf16().count();
    let mut units = 0;
    let mut kept: String = text
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= room
        })
        .collect();
    kept.push_str(CUT);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_harmless_and_fits() {
        assert_eq!(shown("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(shown("a\u{202e}b\nc"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(shown(&"x".repeat(CELL)), "x".repeat(CELL));
        let long = shown(&"👩".repeat(CELL));
        assert!(long.encode_utf16().count() <= CELL && long.ends_with(CUT), "{}", long.len());
    }

    #[test]
    fn a_fact_that_moves_between_cells_changes_the_digest() {
        let facts = |first: &str, second: &str| {
            let mut facts = Facts(std::array::from_fn(|_| String::new()));
            facts.0[0] = first.to_owned();
            facts.0[1] = second.to_owned();
            facts
        };
        assert_ne!(facts("ab", "c").digest(), facts("a", "bc").digest());
        assert_eq!(facts("ab", "c").digest(), facts("ab", "c").digest());
        assert_eq!(facts("ab", "c").digest().len(), 32);
    }
}
