//! SARIF 2.1.0, as GitHub's code scanning takes it.
//!
//! Each case of a rule is a rule of its own there, because a severity belongs to a rule. The location is the c1z: people
//! have no line. What a result is recognised by holds ids and no names, so that it stays when somebody is renamed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use serde::Serialize;
use serde_json::{Value, json};

use crate::findings::{Assessment, Control, Evidence, Finding, Severity};
use crate::{Error, Snapshot, json_text, text};

/// Who judges what.
#[derive(Clone, Copy, Debug)]
pub struct Tool<'a> {
    /// The program's name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The file that was judged, as a scanner is to show it: best relative to the top of the repository.
    pub file: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    invocations: [Value; 1],
    artifacts: [Value; 1],
    automation_details: Value,
    column_kind: &'static str,
    results: Vec<Outcome<'a>>,
    properties: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Value,
    locations: [Value; 1],
    partial_fingerprints: BTreeMap<&'static str, String>,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Properties<'a> {
    severity: Severity,
    subject: &'a crate::findings::Subject,
    facts: &'a BTreeMap<&'static str, String>,
}

pub(super) fn write(
    found: &Assessment,
    snapshot: &Snapshot<'_>,
    out: &mut dyn Write,
    tool: &Tool<'_>,
) -> Result<(), Error> {
    let uri = uri(tool.file);
    let results = found.findings.iter().enumerate().flat_map(|(index, finding)| {
        let uri = &uri;
        finding.evidence.iter().map(move |evidence| outcome(index, finding, evidence, uri))
    });
    let run = snapshot.run();
    let source = snapshot.provenance().map(|from| from.source_id.as_str()).unwrap_or_default();
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: json!({ "driver": {
                "name": tool.name,
                "version": tool.version,
                "rules": found.findings.iter().map(rule).collect::<Vec<_>>(),
            }}),
            invocations: [json!({
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications(found, snapshot),
            })],
            artifacts: [json!({ "location": { "uri": uri } })],
            automation_details: json!({ "id": format!("access-review/{source}") }),
            column_kind: "unicodeCodePoints",
            results: results.collect(),
            properties: json!({
                "asOf": found.as_of,
                "syncId": run.sync_id,
                "syncEndedAt": run.ended_at,
                "unfinished": !snapshot.is_sealed(),
            }),
        }],
    };
    json_text::pretty(&mut *out, &log)?;
    Ok(out.write_all(b"\n")?)
}

fn rule(finding: &Finding) -> Value {
    let controls: Vec<_> = finding.controls().iter().map(Control::label).collect();
    let mut help = format!("{} {}", finding.why, finding.remediation);
    if !controls.is_empty() {
        let _ = write!(help, " Speaks to {}.", controls.join(", "));
    }
    json!({
        "id": finding.key(),
        "shortDescription": { "text": finding.rule.about() },
        "fullDescription": { "text": finding.why },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": level(finding.severity) },
        "properties": {
            "tags": ["security", "access-review"],
            "controls": controls,
            "precision": "high",
            "problem.severity": problem(finding.severity),
            "security-severity": score(finding.severity),
        },
    })
}

fn outcome<'a>(index: usize, finding: &Finding, evidence: &'a Evidence, uri: &str) -> Outcome<'a> {
    let subject = &evidence.subject;
    let mut who = subject.label().to_owned();
    for more in [&subject.email, &subject.id] {
        if !more.is_empty() && *more != who {
            let _ = write!(who, ", {more}");
        }
    }
    let message = format!("{who}: {}", evidence.detail);
    let fingerprint = finding.fingerprint(evidence);
    Outcome {
        rule_id: finding.key(),
        rule_index: index,
        level: level(finding.severity),
        message: json!({ "text": plain(&message) }),
        locations: [json!({
            "physicalLocation": {
                "artifactLocation": { "uri": uri, "index": 0 },
                "region": { "startLine": 1 },
            },
            "logicalLocations": [{
                "name": plain(subject.label()),
                "fullyQualifiedName": format!("{}:{}", subject.kind, subject.id),
                "kind": "resource",
            }],
        })],
        // The first is what GitHub looks at, the second what people can read.
        partial_fingerprints: BTreeMap::from([
            ("primaryLocationLineHash", format!("{:016x}:1", fnv(fingerprint.as_bytes()))),
            ("accessFinding/v1", fingerprint),
        ]),
        properties: Properties { severity: finding.severity, subject, facts: &evidence.facts },
    }
}

/// What could not be judged, so that a log without results is not taken for a clean one.
fn notifications(found: &Assessment, snapshot: &Snapshot<'_>) -> Vec<Value> {
    let unfinished = (!snapshot.is_sealed()).then(|| {
        json!({ "level": "error", "message": { "text": "The sync was cut off or is still running, so people are missing." } })
    });
    let gaps = found.not_checked.iter().map(|gap| {
        let text = plain(&format!("Not checked: {}: {}", gap.rule, gap.reason));
        json!({ "level": "warning", "message": { "text": text } })
    });
    let notes = found.notes.iter().map(|note| json!({ "level": "note", "message": { "text": plain(note) } }));
    unfinished.into_iter().chain(gaps).chain(notes).collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

/// A number in the middle of GitHub's range for the word.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.1",
    }
}

/// Text in which nothing is a link or a placeholder (SARIF 3.11.5 and 3.11.6), and nothing turns or hides what follows.
fn plain(untrusted: &str) -> String {
    let mut plain = String::new();
    for c in text::terminal(untrusted).chars() {
        match c {
            '[' | ']' | '\\' => plain.extend(['\\', c]),
            '{' | '}' => plain.extend([c, c]),
            _ => plain.push(c),
        }
    }
    plain
}

/// A path as a URI: relative as it is, absolute as `file://`.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.strip_prefix("./").unwrap_or(&path).bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// FNV-1a, 64 bits: a name for a text that is the same in every version.
fn fnv(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
