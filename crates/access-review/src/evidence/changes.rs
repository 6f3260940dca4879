//! `changes.json`: what differs from an earlier sync, or why nothing was compared.

use std::io::Write;
use std::path::Path;

use c1z::C1zFile;

use super::names::{C1Z, SINCE};
use super::{Changed, Changes, Compared, Since};
use crate::diff::{Comparison, Options, Side, Summary, previous};
use crate::{Error, Selection, Snapshot, json_text};

const ALONE: &str = "The file holds no earlier sync, so nothing was compared.";

/// A comparison, or why there is none.
pub(super) enum Outcome<'s> {
    Compared(Box<Comparison<'s>>),
    Not(String),
}

/// The earlier sync, if there is one.
pub(super) fn earlier<'f>(
    since: &Since,
    same: &'f C1zFile,
    other: Option<&'f C1zFile>,
    snapshot: &Snapshot<'_>,
) -> Result<Option<Snapshot<'f>>, Error> {
    let (file, sync) = match (since, other) {
        (Since::PreviousSync, _) => match previous(same, snapshot.run())? {
            Some(run) => (same, Some(run.sync_id)),
            None => return Ok(None),
        },
        (Since::Sync(id), _) => (same, Some(id.clone())),
        (Since::File, Some(other)) => (other, None),
        (Since::File, None) => return Ok(None),
    };
    Snapshot::open(file, &Selection { sync, include_unfinished: false }).map(Some)
}

/// Compares. That it cannot be done is an error when it was asked for, and otherwise an answer.
pub(super) fn compare<'s>(
    since: &Since,
    older: Option<&'s Snapshot<'s>>,
    newer: &'s Snapshot<'s>,
) -> Result<Outcome<'s>, Error> {
    let Some(older) = older else { return Ok(Outcome::Not(ALONE.to_owned())) };
    match Comparison::new(older, newer, Options::default()) {
        Ok(comparison) => Ok(Outcome::Compared(Box::new(comparison))),
        Err(Error::Refused(refusal)) if *since == Since::PreviousSync => {
            Ok(Outcome::Not(format!("The sync before cannot be compared with: {refusal}.")))
        }
        Err(error) => Err(error),
    }
}

impl Outcome<'_> {
    /// What the manifest says about it.
    pub(super) fn note(&self) -> Changes {
        match self {
            Self::Not(reason) => Changes::NotCompared(reason.clone()),
            Self::Compared(comparison) => {
                let old = named(&comparison.summary().old);
                Changes::Compared(Changed {
                    since: Compared { file: old.file, sync_id: old.sync_id, ended_at: old.ended_at },
                    total: comparison.summary().total,
                })
            }
        }
    }

    /// Writes the document.
    pub(super) fn write(&self, out: &mut dyn Write, unfinished: bool) -> Result<(), Error> {
        let mark = if unfinished { "\"unfinished\": true,\n" } else { "" };
        write!(out, "{{\n{mark}\"summary\": ")?;
        match self {
            Self::Not(reason) => {
                out.write_all(b"null,\n\"not_compared\": ")?;
                json_text::line(&mut *out, reason)?;
                out.write_all(b",\n\"changes\": []\n}\n")?;
            }
            Self::Compared(comparison) => {
                let summary = comparison.summary();
                let summary =
                    Summary { old: named(&summary.old), new: named(&summary.new), ..summary.clone() };
                json_text::line(&mut *out, &summary)?;
                out.write_all(b",\n\"not_compared\": null,\n\"changes\": [")?;
                let mut between = "\n";
                for change in comparison.changes() {
                    out.write_all(between.as_bytes())?;
                    json_text::line(&mut *out, &change?)?;
                    between = ",\n";
                }
                out.write_all(b"\n]\n}\n")?;
            }
        }
        Ok(())
    }
}

/// A side with its file as the pack calls it, wherever the pack is.
fn named(side: &Side) -> Side {
    let is_other = Path::new(&side.file).file_name().is_some_and(|name| name == SINCE);
    Side { file: if is_other { SINCE } else { C1Z }.to_owned(), ..side.clone() }
}
