//! A comparison written out.

use std::io::Write;

use serde::Serialize;

use super::{Action, Change, Comparison};
use crate::Error;
use crate::format::{self, Format, Row, Style};

impl Comparison<'_> {
    /// Writes the comparison: as sections for people, or one row for each change.
    ///
    /// # Errors
    /// When a file cannot be read on, or the output cannot be written.
    pub fn write(&self, out: &mut dyn Write, format: Format) -> Result<(), Error> {
        if format == Format::Table {
            return self.table(out);
        }
        let sides = [&self.summary().old, &self.summary().new];
        let unfinished = sides.iter().any(|side| side.ended_at.is_none());
        format::write(out, Style { format, unfinished, ..Style::default() }, self.changes()).map(drop)
    }
}

impl Row for Change {
    const COLUMNS: &'static [&'static str] = &[
        "kind",
        "section",
        "administrative",
        "principal_type",
        "principal_id",
        "principal",
        "email",
        "permission",
        "resource_type",
        "resource_id",
        "resource",
        "fields",
        "old",
        "new",
        "consequence_of",
        "notes",
        "id",
    ];

    fn cells(&self) -> Vec<String> {
        let principal = self.principal.as_ref();
        let resource = self.resource.as_ref();
        let fields: Vec<_> = self.fields.iter().map(|field| field.field.as_str()).collect();
        let notes: Vec<_> = self.notes.iter().map(|note| note.text.as_str()).collect();
        vec![
            self.kind.to_string(),
            word(&self.section),
            if self.administrative { "yes" } else { "no" }.to_owned(),
            principal.map(|who| who.kind.clone()).unwrap_or_default(),
            principal.map(|who| who.id.clone()).unwrap_or_default(),
            principal.map(|who| who.name.clone()).unwrap_or_default(),
            principal.map(|who| who.email.clone()).unwrap_or_default(),
            self.entitlement.as_ref().map(|has| has.permission.clone()).unwrap_or_default(),
            resource.map(|on| on.kind.clone()).unwrap_or_default(),
            resource.map(|on| on.id.clone()).unwrap_or_default(),
            resource.map(|on| on.name.clone()).unwrap_or_default(),
            fields.join("; "),
            self.facts(Action::Removed),
            self.facts(Action::Added),
            word(&self.consequence_of),
            notes.join("; "),
            self.id.clone(),
        ]
    }
}

/// The word that something is in JSON.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value.as_ref().and_then(|word| word.as_str()).unwrap_or_default().to_owned()
}
