//! JSON: one document, or one object per line.
//!
//! The document says first where it comes from and last how much it holds. JSON Lines do the same with their first and
//! last line, so that a stream that was cut off is seen to be.

use std::io::Write;

use c1z::EntitlementFilter;
use serde::Serialize;

use super::{About, Counts, Options, OtherResource};
use crate::rows::{EntitlementRow, GrantQuery, GrantRow, Group, Person, Project, Role};
use crate::{Error, Snapshot, json_text};

/// Writes a sync as one JSON document: `about`, then an array per kind of row, then `counts`.
///
/// # Errors
/// When the file cannot be read or the output not be written. The document then lacks its end.
pub fn json(out: &mut dyn Write, snapshot: &Snapshot<'_>, options: &Options) -> Result<Counts, Error> {
    out.write_all(b"{\n\"about\": ")?;
    json_text::line(&mut *out, &About::of(snapshot, options)?)?;
    let counts = every_kind(snapshot, options, &mut Document { out: &mut *out, rows: None })?;
    out.write_all(b"\n],\n\"counts\": ")?;
    json_text::line(&mut *out, &counts)?;
    out.write_all(b"\n}\n")?;
    Ok(counts)
}

/// Writes a sync as JSON Lines. Each object's `record` says what it is: `about` first, `end` with the counts last.
///
/// # Errors
/// As [`json`]. The last line is then missing.
pub fn json_lines(out: &mut dyn Write, snapshot: &Snapshot<'_>, options: &Options) -> Result<Counts, Error> {
    let unfinished = !snapshot.is_sealed();
    let mut lines = Lines { out, unfinished };
    lines.row("about", &About::of(snapshot, options)?)?;
    let counts = every_kind(snapshot, options, &mut lines)?;
    lines.row("end", &counts)?;
    Ok(counts)
}

/// Where rows go.
trait Sink {
    /// Rows of a kind begin: how the array, and how one row is called.
    fn begin(&mut self, kind: &'static str) -> Result<(), Error>;
    fn row(&mut self, record: &'static str, row: &dyn erased::Row) -> Result<(), Error>;
}

/// Rows of any kind, so that a sink need not be generic.
mod erased {
    use serde::Serialize;

    use crate::json_text;

    /// A row that can be written with a mark.
    pub(super) trait Row {
        fn plain(&self, out: &mut dyn std::io::Write) -> serde_json::Result<()>;
        fn marked(
            &self,
            out: &mut dyn std::io::Write,
            record: &str,
            unfinished: bool,
        ) -> serde_json::Result<()>;
    }

    impl<T: Serialize> Row for T {
        fn plain(&self, out: &mut dyn std::io::Write) -> serde_json::Result<()> {
            json_text::line(out, self)
        }

        fn marked(
            &self,
            out: &mut dyn std::io::Write,
            record: &str,
            unfinished: bool,
        ) -> serde_json::Result<()> {
            json_text::line(out, &super::Line { record, unfinished, row: self })
        }
    }
}

#[derive(Serialize)]
struct Line<'a, T: Serialize> {
    record: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unfinished: bool,
    #[serde(flatten)]
    row: &'a T,
}

struct Document<'a> {
    out: &'a mut dyn Write,
    /// Whether an array is open, and how many rows it has.
    rows: Option<u64>,
}

impl Sink for Document<'_> {
    fn begin(&mut self, kind: &'static str) -> Result<(), Error> {
        let end = if self.rows.is_none() { ",\n" } else { "\n],\n" };
        write!(self.out, "{end}\"{kind}\": [")?;
        self.rows = Some(0);
        Ok(())
    }

    fn row(&mut self, _record: &'static str, row: &dyn erased::Row) -> Result<(), Error> {
        let rows = self.rows.get_or_insert(0);
        self.out.write_all(if *rows == 0 { b"\n" } else { b",\n" })?;
        *rows += 1;
        Ok(row.plain(self.out)?)
    }
}

struct Lines<'a> {
    out: &'a mut dyn Write,
    unfinished: bool,
}

impl Sink for Lines<'_> {
    fn begin(&mut self, _kind: &'static str) -> Result<(), Error> {
        Ok(())
    }

    fn row(&mut self, record: &'static str, row: &dyn erased::Row) -> Result<(), Error> {
        row.marked(self.out, record, self.unfinished)?;
        Ok(self.out.write_all(b"\n")?)
    }
}

fn every_kind(snapshot: &Snapshot<'_>, options: &Options, sink: &mut dyn Sink) -> Result<Counts, Error> {
    let grants = GrantRow::all(snapshot, &GrantQuery::default());
    Ok(Counts {
        users: rows(sink, ["users", "user"], Person::all(snapshot))?,
        groups: rows(sink, ["groups", "group"], Group::all(snapshot))?,
        roles: rows(sink, ["roles", "role"], Role::all(snapshot))?,
        projects: rows(sink, ["projects", "project"], Project::all(snapshot))?,
        other_resources: rows(sink, ["other_resources", "other_resource"], OtherResource::all(snapshot))?,
        entitlements: rows(
            sink,
            ["entitlements", "entitlement"],
            EntitlementRow::all(snapshot, &EntitlementFilter::default()),
        )?,
        grants: rows(sink, ["grants", "grant"], grants)?,
        findings: match &options.assessment {
            Some(assessment) => {
                let findings = assessment.findings.iter().map(Ok);
                let found = rows(sink, ["findings", "finding"], findings)?;
                let not_checked = assessment.not_checked.iter().map(Ok);
                rows(sink, ["not_checked", "not_checked"], not_checked)?;
                found
            }
            None => 0,
        },
    })
}

fn rows<T: Serialize>(
    sink: &mut dyn Sink,
    [kind, record]: [&'static str; 2],
    rows: impl Iterator<Item = Result<T, Error>>,
) -> Result<u64, Error> {
    sink.begin(kind)?;
    let mut count = 0;
    for row in rows {
        sink.row(record, &row?)?;
        count += 1;
    }
    Ok(count)
}
