//! Findings for people: the worst first, each with why it matters, whom it is about, and what comes next.

use std::io::Write;

use comfy_table::{ContentArrangement, Table, presets};

use crate::findings::{Assessment, Evidence, Finding, Severity};
use crate::{Error, Snapshot, text};

/// How many rows of evidence are shown of a finding; the other formats have all.
const SHOWN: usize = 25;

/// Where our own sentences are broken.
const WIDTH: usize = 100;

const INDENT: &str = "          ";

pub(super) fn write(
    found: &Assessment,
    snapshot: &Snapshot<'_>,
    out: &mut dyn Write,
    unfinished: bool,
) -> Result<(), Error> {
    heading(found, snapshot, out)?;
    if unfinished {
        writeln!(out, "UNFINISHED SYNC: it was cut off or is still running, so people are missing here.")?;
    }
    writeln!(out)?;
    for finding in &found.findings {
        write_finding(finding, out)?;
    }
    if !found.not_checked.is_empty() {
        writeln!(out, "Not checked")?;
        for gap in &found.not_checked {
            writeln!(out, "  {}: {}", gap.rule, text::terminal(&gap.reason))?;
        }
        writeln!(out)?;
    }
    if !found.notes.is_empty() {
        writeln!(out, "Notes")?;
        for note in &found.notes {
            writeln!(out, "  {}", text::terminal(note))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", sum(found))?;
    Ok(())
}

fn heading(found: &Assessment, snapshot: &Snapshot<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let run = snapshot.run();
    if let Some(from) = snapshot.provenance() {
        write!(out, "{}  ", text::terminal(&from.source_name))?;
    }
    write!(out, "sync {}", text::terminal(&run.sync_id))?;
    if let Some(ended_at) = run.ended_at {
        write!(out, " of {ended_at:.0}")?;
        let age = found.as_of.as_second() - ended_at.as_second();
        if age >= 86_400 {
            let days = usize::try_from(age / 86_400).unwrap_or(usize::MAX);
            let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
            write!(out, ", {days} before {:.0}", found.as_of)?;
        }
    }
    Ok(writeln!(out)?)
}

fn write_finding(finding: &Finding, out: &mut dyn Write) -> Result<(), Error> {
    let severity = finding.severity.as_str().to_uppercase();
    writeln!(out, "{severity:<10}{}", text::terminal(&finding.title))?;
    writeln!(out, "{INDENT}{}", finding.key())?;
    writeln!(out)?;
    paragraph(out, finding.why)?;
    writeln!(out)?;
    let rows: Vec<_> = finding.evidence.iter().take(SHOWN).map(cells).collect();
    let used = [0, 1, 2, 3].map(|column| rows.iter().any(|row| !row[column].is_empty()));
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    for row in rows {
        table.add_row(row.into_iter().zip(used).filter(|(_, used)| *used).map(|(cell, _)| cell));
    }
    for line in table.lines() {
        writeln!(out, "{INDENT}  {}", line.trim())?;
    }
    let more = finding.evidence.len().saturating_sub(SHOWN);
    if more > 0 {
        writeln!(out, "{INDENT}  … and {more} more; -o csv and -o json have all")?;
    }
    writeln!(out)?;
    paragraph(out, &format!("Next: {}", finding.remediation))?;
    if let Some(controls) = controls(finding) {
        writeln!(out, "{INDENT}Speaks to {controls}.")?;
    }
    Ok(writeln!(out)?)
}

/// Who it is, in columns; the details last, because they are the longest.
fn cells(evidence: &Evidence) -> [String; 4] {
    let subject = &evidence.subject;
    let email = if subject.label() == subject.email { "" } else { &subject.email };
    let id = if subject.label() == subject.id { "" } else { &subject.id };
    [subject.label(), email, id, &evidence.detail].map(|cell| text::terminal(cell).into_owned())
}

/// `SOC 2 CC6.1, CC6.3; ISO/IEC 27001:2022 A.8.2`.
fn controls(finding: &Finding) -> Option<String> {
    let by_framework = finding.controls().chunk_by(|one, next| one.framework == next.framework);
    let parts: Vec<_> = by_framework
        .map(|controls| {
            let ids: Vec<_> = controls.iter().map(|control| control.id).collect();
            format!("{} {}", controls[0].framework, ids.join(", "))
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Our own sentences, broken between words.
fn paragraph(out: &mut dyn Write, text: &str) -> Result<(), Error> {
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && INDENT.len() + line.len() + 1 + word.len() > WIDTH {
            writeln!(out, "{INDENT}{line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    Ok(writeln!(out, "{INDENT}{line}")?)
}

/// `2 high, 1 low`.
fn sum(found: &Assessment) -> String {
    let counts = Severity::ALL.iter().filter_map(|severity| match found.count(*severity) {
        0 => None,
        number => Some(format!("{number} {severity}")),
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    if counts.is_empty() { "Nothing was found.".to_owned() } else { format!("Found: {counts}.") }
}
