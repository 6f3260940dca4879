//! A comparison for people: what was compared, how much differs, and the sections, the most important first.

use std::io::Write;

use serde::Serialize;

use super::sentence::sides;
use super::{Action, Cause, Change, Comparison, Section, Side, Thing};
use crate::format::{self, Format, Row, Style};
use crate::{Error, text};

/// How long a value may be, in characters; the other formats have it whole.
const LONGEST: usize = 60;

/// What stands in front of a change, and in front of a grant.
const SIGNS: [(Action, &str, &str); 3] = [
    (Action::Added, "+ added", "+ gained"),
    (Action::Removed, "- removed", "- lost"),
    (Action::Changed, "~ changed", "~ changed"),
];

impl Comparison<'_> {
    pub(super) fn table(&self, out: &mut dyn Write) -> Result<(), Error> {
        let summary = self.summary();
        let same_file = summary.old.file == summary.new.file;
        side(out, "Older", &summary.old, !same_file)?;
        side(out, "Newer", &summary.new, !same_file)?;
        if same_file {
            writeln!(out, "File   {}", text::terminal(&summary.new.file))?;
        }
        if !summary.remarks.is_empty() {
            writeln!(out)?;
        }
        for remark in &summary.remarks {
            writeln!(out, "Note   {}.", text::terminal(&remark.text))?;
        }
        writeln!(out)?;
        if summary.is_equal() {
            writeln!(out, "No differences.")?;
            return Ok(());
        }
        self.counts(out)?;
        for section in Section::ALL {
            self.section_table(out, section)?;
        }
        Ok(())
    }

    fn counts(&self, out: &mut dyn Write) -> Result<(), Error> {
        let summary = self.summary();
        let noun = if summary.total == 1 { "difference" } else { "differences" };
        writeln!(out, "{} {noun}\n", summary.total)?;
        let administrative = [
            (summary.administrative_gained, "gained"),
            (summary.administrative_lost, "lost"),
            (summary.administrative_changed, "changed"),
        ];
        count_line(out, "Administrative access", administrative)?;
        for thing in Thing::ALL {
            let name = match thing {
                Thing::ResourceType => "Resource types",
                Thing::User => "Users",
                Thing::Role => "Roles",
                Thing::Group => "Groups",
                Thing::Project => "Projects",
                Thing::Resource => "Other resources",
                Thing::Entitlement => "Entitlements",
                Thing::Grant => "Grants",
            };
            let counts = Action::ALL.map(|action| (summary.count(thing, action), action.as_str()));
            count_line(out, name, counts)?;
        }
        Ok(())
    }

    fn section_table(&self, out: &mut dyn Write, section: Section) -> Result<(), Error> {
        // Every group brings two entitlements and takes them along; a line each would bury the rest.
        let follows = |change: &Change| {
            section == Section::Entitlements
                && matches!(change.consequence_of, Some(Cause::ResourceAdded | Cause::ResourceRemoved))
        };
        let mut hidden = 0_u64;
        let mut changes = self.section(section).filter(|change| {
            let follows = change.as_ref().is_ok_and(follows);
            hidden += u64::from(follows);
            !follows
        });
        if let Some(first) = changes.next() {
            writeln!(out, "\n{}\n", section.title())?;
            let lines = std::iter::once(first).chain(changes).flat_map(|change| match change {
                Ok(change) => Line::all(&change).into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            });
            format::write(out, Style { format: Format::Table, ..Style::default() }, lines)?;
        } else {
            drop(changes);
        }
        if hidden > 0 {
            let noun = if hidden == 1 { "entitlement" } else { "entitlements" };
            writeln!(out, "\n{hidden} {noun} came or went with a resource; the other formats list them.")?;
        }
        Ok(())
    }
}

fn side(out: &mut dyn Write, which: &str, side: &Side, with_file: bool) -> Result<(), Error> {
    let when = match side.ended_at {
        Some(at) => format!("sealed {at:.0}"),
        None => format!("UNFINISHED, begun {:.0}", side.started_at),
    };
    let mut parts = vec![when, format!("sync {}", side.sync_id)];
    if !side.source_id.is_empty() {
        parts.push(side.source());
    }
    if with_file {
        parts.push(format!("in {}", side.file));
    }
    let line = parts.join(", ");
    writeln!(out, "{which}  {}", text::terminal(&line))?;
    Ok(())
}

fn count_line(out: &mut dyn Write, name: &str, counts: [(u64, &str); 3]) -> Result<(), Error> {
    let parts: Vec<_> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if !parts.is_empty() {
        writeln!(out, "  {name:<22} {}", parts.join(", "))?;
    }
    Ok(())
}

/// A line of a table: a change, or one field of it.
#[derive(Debug, Serialize)]
struct Line {
    change: &'static str,
    who: String,
    email: String,
    what: String,
    old: String,
    new: String,
    note: String,
}

impl Line {
    fn all(change: &Change) -> Vec<Self> {
        let (_, plain, access) =
            SIGNS.iter().find(|(action, _, _)| *action == change.kind.action).unwrap_or(&SIGNS[2]);
        let is_grant = change.kind.thing == Thing::Grant;
        let mut notes: Vec<String> = change.because().into_iter().collect();
        notes.extend(change.notes.iter().map(|note| note.text.clone()));
        let line = |what: String, old: String, new: String| Self {
            change: if is_grant { access } else { plain },
            who: change.who().to_owned(),
            email: change.principal.as_ref().map(|who| who.email.clone()).unwrap_or_default(),
            what: cut(&what),
            old: cut(&old),
            new: cut(&new),
            note: notes.join("; "),
        };
        let what = if change.kind.thing == Thing::User { "account".to_owned() } else { change.what() };
        match change.kind.action {
            Action::Added => vec![line(what, String::new(), change.brief())],
            Action::Removed => vec![line(what, change.brief(), String::new())],
            Action::Changed => {
                let mut lines: Vec<_> = change
                    .fields
                    .iter()
                    .map(|field| {
                        let what = match change.kind.thing {
                            Thing::User => field.field.clone(),
                            _ => format!("{what}: {}", field.field),
                        };
                        let [old, new] = sides(field);
                        line(what, old, new)
                    })
                    .collect();
                for more in lines.iter_mut().skip(1) {
                    more.note.clear();
                }
                lines
            }
        }
    }
}

impl Row for Line {
    const COLUMNS: &'static [&'static str] = &["change", "who", "e-mail", "what", "older", "newer", "note"];

    fn cells(&self) -> Vec<String> {
        let change = self.change.to_owned();
        let Self { who, email, what, old, new, note, .. } = self;
        [&change, who, email, what, old, new, note].into_iter().cloned().collect()
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
