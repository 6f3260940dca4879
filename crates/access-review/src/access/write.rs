//! Access written out: for people with who it is and what is to be known, for programs as rows.

use std::io::Write;

use super::{AccessRow, Audience, Note, Reach};
use crate::format::{self, Format, Layout, Row, Style, UNFINISHED, width};
use crate::rows::Scope;
use crate::{Error, Snapshot, text};

impl Row for AccessRow {
    const COLUMNS: &'static [&'static str] = &[
        "principal",
        "email",
        "principal_status",
        "resource_type",
        "resource",
        "permission",
        "how",
        "scopes",
        "principal_id",
        "resource_id",
        "grant",
    ];

    fn cells(&self) -> Vec<String> {
        let Self { principal, resource, .. } = self;
        vec![
            principal.label().to_owned(),
            principal.email.clone(),
            principal.state().to_owned(),
            resource.kind.clone(),
            resource.label().to_owned(),
            self.permission.clone(),
            self.how(),
            scopes(self),
            principal.id.clone(),
            resource.id.clone(),
            self.grant.clone().unwrap_or_default(),
        ]
    }
}

/// A row where the resource is known already.
#[derive(serde::Serialize)]
struct Reached(AccessRow);

impl Row for Reached {
    const COLUMNS: &'static [&'static str] =
        &["principal", "email", "status", "permission", "how", "type", "id"];
    const LEFT_OUT_FIRST: &'static [&'static str] = &["id", "type"];

    fn cells(&self) -> Vec<String> {
        let Self(row) = self;
        vec![
            row.principal.label().to_owned(),
            row.principal.email.clone(),
            row.principal.state().to_owned(),
            row.permission.clone(),
            how_and_what(row),
            row.principal.kind.clone(),
            row.principal.id.clone(),
        ]
    }
}

fn scopes(row: &AccessRow) -> String {
    row.scopes.iter().map(Scope::label).collect::<Vec<_>>().join("; ")
}

/// By which path, and for a role what it covers.
fn how_and_what(row: &AccessRow) -> String {
    let scopes = scopes(row);
    if scopes.is_empty() { row.how() } else { format!("{}; covers {scopes}", row.how()) }
}

impl Reach {
    /// Writes everything that the principal reaches.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write(&self, out: &mut dyn Write, style: Style, snapshot: &Snapshot<'_>) -> Result<(), Error> {
        if style.format != Format::Table {
            let rows = self.rows.iter().cloned().map(Ok);
            return format::write(out, style, rows).map(drop);
        }
        if style.unfinished {
            writeln!(out, "{UNFINISHED}\n")?;
        }
        self.head(out, snapshot)?;
        notes(out, &self.notes)?;
        self.sections(out, style)?;
        if style.unfinished {
            writeln!(out, "\n{UNFINISHED}")?;
        }
        Ok(())
    }

    /// Who, in which state, and why.
    fn head(&self, out: &mut dyn Write, snapshot: &Snapshot<'_>) -> Result<(), Error> {
        let principal = &self.principal;
        let mut who = principal.label().to_owned();
        if !principal.email.is_empty() && principal.email != who {
            who = format!("{who} <{}>", principal.email);
        }
        writeln!(out, "{}", text::terminal(&who))?;
        let mut facts = Vec::new();
        match &self.status {
            Some((state, why)) if why.is_empty() => facts.push(state.as_str().to_owned()),
            Some((state, why)) => facts.push(format!("{} ({why})", state.as_str())),
            None => facts.push(principal.state().to_owned()),
        }
        if let Some(person) = &self.person {
            facts.push(match person.mfa {
                Some(true) => "second factor on".to_owned(),
                Some(false) => "second factor off".to_owned(),
                None => "second factor unknown".to_owned(),
            });
            if let Some(at) = person.created_at {
                facts.push(format!("created {at:.0}"));
            }
        }
        facts.retain(|fact| !fact.is_empty());
        if !facts.is_empty() {
            writeln!(out, "{}", text::terminal(&facts.join(", ")))?;
        }
        writeln!(out, "{}", text::terminal(&place(&principal.kind, &principal.id, snapshot)))?;
        Ok(())
    }

    /// The rows under the type of what they are about.
    fn sections(&self, out: &mut dyn Write, style: Style) -> Result<(), Error> {
        if self.rows.is_empty() {
            writeln!(out, "\nNo access is recorded beyond the account itself.")?;
            return Ok(());
        }
        let cells: Vec<[String; 3]> = self.rows.iter().map(Self::cells).collect();
        let widths: Vec<usize> =
            (0..3).map(|at| cells.iter().map(|row| width::of(&row[at])).max().unwrap_or_default()).collect();
        let layout = Layout::new(&widths, &[], style.width.map(|width| width.saturating_sub(2)));
        let mut last = None;
        let mut cut = false;
        for (row, cells) in self.rows.iter().zip(&cells) {
            if last != Some(&row.resource.kind) {
                let count = self.rows.iter().filter(|other| other.resource.kind == row.resource.kind).count();
                writeln!(out, "\n{} ({count})", text::terminal(&heading(&row.resource.kind)))?;
                last = Some(&row.resource.kind);
            }
            cut |= layout.cuts(cells);
            writeln!(out, "  {}", layout.line(cells).trim_end())?;
        }
        if let Some(width) = style.width.filter(|_| cut || !layout.left_out().is_empty()) {
            writeln!(
                out,
                "\nCut (…) to fit {width} columns; a pipe, a file, and every other --output get all of it."
            )?;
        }
        Ok(())
    }

    fn cells(row: &AccessRow) -> [String; 3] {
        [row.resource.label().to_owned(), row.permission.clone(), how_and_what(row)]
            .map(|cell| text::terminal(&cell).into_owned())
    }
}

impl Audience<'_, '_> {
    /// Writes who has something on the resource.
    ///
    /// # Errors
    /// When the file cannot be read, or the output cannot be written.
    pub fn write(&self, out: &mut dyn Write, style: Style, snapshot: &Snapshot<'_>) -> Result<(), Error> {
        if style.format != Format::Table {
            return format::write(out, style, self.rows()).map(drop);
        }
        let Self { resource, .. } = self;
        if style.unfinished {
            writeln!(out, "{UNFINISHED}\n")?;
        }
        writeln!(out, "{}", text::terminal(&format!("{} {}", resource.kind, resource.label())))?;
        writeln!(out, "{}", text::terminal(&place(&resource.kind, &resource.id, snapshot)))?;
        notes(out, &self.notes)?;
        writeln!(out)?;
        let plain = Style { unfinished: false, ..style };
        format::write(out, plain, self.rows().map(|row| row.map(Reached)))?;
        if style.unfinished {
            writeln!(out, "\n{UNFINISHED}")?;
        }
        Ok(())
    }
}

/// `user 5c4a… in Marrowstone Instruments as of …, sync …`.
fn place(kind: &str, id: &str, snapshot: &Snapshot<'_>) -> String {
    let source = match snapshot.provenance() {
        Some(provenance) if !provenance.source_name.is_empty() => format!(" in {}", provenance.source_name),
        _ => String::new(),
    };
    let run = snapshot.run();
    let when = match run.ended_at {
        Some(at) => format!("as of {at:.0}"),
        None => format!("begun {:.0}", run.started_at),
    };
    format!("{kind} {id}{source} {when} (sync {})", run.sync_id)
}

fn notes(out: &mut dyn Write, notes: &[Note]) -> Result<(), Error> {
    if !notes.is_empty() {
        writeln!(out)?;
    }
    for Note(note) in notes {
        writeln!(out, "Note: {}", text::terminal(note))?;
    }
    Ok(())
}

/// What a type is called above its rows.
fn heading(kind: &str) -> String {
    match kind {
        "role" => "Roles".to_owned(),
        "group" => "Groups".to_owned(),
        "project" => "Projects".to_owned(),
        "user" => "People".to_owned(),
        other => format!("Of type {other}"),
    }
}
