//! Everything in a pack that is made of its c1z. Whether it is written or only measured is not decided here, so that making
//! a pack and checking it cannot drift apart.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use c1z::C1zFile;
use governance_model::Timestamp;
use serde::Serialize;

use super::changes::{self, Outcome};
use super::digest::Measure;
use super::{
    Entry, Manifest, Operator, Parameters, Previous, PublicKey, SignatureNote, Source, Statement, SyncNote,
    Tool, manifest, names, readme,
};
use crate::export::{self, About, Counts};
use crate::findings::{Assessment, Finding, NotChecked, Severity, Tool as Judge, evaluate};
use crate::report::{self, Changes};
use crate::{Error, Selection, Snapshot, json_text};

/// What decides the bytes of a pack, besides the files that go into it.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    pub(super) tool: Tool,
    pub(super) made_at: Timestamp,
    pub(super) selection: Selection,
    pub(super) parameters: Parameters,
    pub(super) previous: Option<Previous>,
    pub(super) public_key: Option<PublicKey>,
}

/// What writes one file.
pub(super) type Content<'a> = &'a mut dyn FnMut(&mut (dyn Write + Send)) -> Result<(), Error>;

/// Where files go.
pub(super) trait Sink {
    fn put(&mut self, name: &'static str, content: Content<'_>) -> Result<Measure, Error>;
}

/// The files that go into a pack, opened.
pub(super) struct Inputs<'f> {
    /// The pack's folder, for the lists.
    pub(super) folder: &'f Path,
    pub(super) file: &'f C1zFile,
    /// The other file that is compared with.
    pub(super) since: Option<&'f C1zFile>,
    /// How the manifest lists them.
    pub(super) entries: BTreeMap<String, Entry>,
}

/// Makes everything, and says what it is.
pub(super) fn make(inputs: Inputs<'_>, recipe: &Recipe, sink: &mut dyn Sink) -> Result<Manifest, Error> {
    let snapshot = Snapshot::open(inputs.file, &recipe.selection)?;
    let since = &recipe.parameters.since;
    let older = changes::earlier(since, inputs.file, inputs.since, &snapshot)?;
    let outcome = changes::compare(since, older.as_ref(), &snapshot)?;
    let assessment = evaluate(&snapshot, &recipe.parameters.options(inputs.folder)?)?;
    let tool = recipe.tool.label();
    let options = export::Options {
        at: recipe.made_at,
        tool: tool.clone(),
        assessment: Some(assessment.clone()),
        temporary: Some(inputs.folder.to_owned()),
    };
    let unfinished = !snapshot.is_sealed();

    let mut files = Files { sink, entries: inputs.entries };
    let mut counts = Counts::default();
    files.put(names::REPORT, &mut |out| {
        let changes = match &outcome {
            Outcome::Compared(comparison) => Changes::Since(comparison),
            Outcome::Not(reason) => Changes::None(reason),
        };
        let options = report::Options { made_at: recipe.made_at, tool: &tool };
        report::write(out, &snapshot, &assessment, changes, options)
    })?;
    files.put(names::CSV, &mut |out| export::csv(&mut *out, &snapshot, &options).map(drop))?;
    files.put(names::XLSX, &mut |out| export::xlsx(out, &snapshot, &options).map(drop))?;
    files.put(names::JSON, &mut |out| {
        counts = export::json(&mut *out, &snapshot, &options)?;
        Ok(())
    })?;
    files.put(names::JSON_LINES, &mut |out| export::json_lines(&mut *out, &snapshot, &options).map(drop))?;
    files.put(names::FINDINGS, &mut |out| findings(out, &assessment, unfinished))?;
    files.put(names::SARIF, &mut |out| {
        let judge = Judge { name: &recipe.tool.name, version: &recipe.tool.version, file: names::C1Z };
        assessment.write_sarif(&snapshot, out, &judge)
    })?;
    files.put(names::CHANGES, &mut |out| outcome.write(out, unfinished))?;
    if let Some(key) = &recipe.public_key {
        files.put(names::PUBLIC_KEY, &mut |out| Ok(out.write_all(key.to_pem().as_bytes())?))?;
    }

    let about = About::of(&snapshot, &options)?;
    let mut manifest = Manifest {
        changes: outcome.note(),
        counts: by_kind(&counts),
        findings: by_severity(&assessment),
        ..described(about, recipe)
    };
    if unfinished {
        files.put(names::WARNING, &mut |out| Ok(out.write_all(readme::warning(&manifest).as_bytes())?))?;
    }
    manifest.files.clone_from(&files.entries);
    files.put(names::README, &mut |out| Ok(out.write_all(readme::text(&manifest).as_bytes())?))?;
    manifest.files = files.entries;
    Ok(manifest)
}

/// Files that were put, as the manifest lists them.
struct Files<'s> {
    sink: &'s mut dyn Sink,
    entries: BTreeMap<String, Entry>,
}

impl Files<'_> {
    fn put(&mut self, name: &'static str, content: Content<'_>) -> Result<(), Error> {
        let measure = self.sink.put(name, content)?;
        self.entries.insert(name.to_owned(), entry(name, measure));
        Ok(())
    }
}

/// How the manifest lists a file.
pub(super) fn entry(name: &str, measure: Measure) -> Entry {
    let about = names::about(name).unwrap_or_default().to_owned();
    Entry { about, size: measure.size, sha256: measure.sha256 }
}

/// The manifest without what was found and made.
fn described(about: About, recipe: &Recipe) -> Manifest {
    Manifest {
        format: manifest::FORMAT,
        statement: if about.sealed { Statement::Evidence } else { Statement::NotEvidence },
        tool: recipe.tool.clone(),
        made_at: recipe.made_at,
        source: Source {
            id: about.source_id,
            name: about.source_name,
            demonstration: about.demonstration,
            details: about.details,
        },
        operator: about.operator.map(|who| Operator { id: who.id, name: who.name, email: who.email }),
        sync: SyncNote {
            id: about.sync_id,
            kind: about.sync_type,
            sealed: about.sealed,
            started_at: about.started_at,
            ended_at: about.ended_at,
            query: about.parameters,
            runs: about.runs,
            pages: about.pages,
            dropped: about.dropped,
        },
        complete: about.complete.as_str().to_owned(),
        reasons: about.reasons,
        completeness: about.completeness,
        counts: BTreeMap::new(),
        findings: BTreeMap::new(),
        changes: super::Changes::NotCompared(String::new()),
        parameters: recipe.parameters.clone(),
        previous: recipe.previous.clone(),
        signature: recipe.public_key.as_ref().map(SignatureNote::of),
        files: BTreeMap::new(),
    }
}

fn by_kind(counts: &Counts) -> BTreeMap<String, u64> {
    let counts = [
        ("users", counts.users),
        ("groups", counts.groups),
        ("roles", counts.roles),
        ("projects", counts.projects),
        ("other_resources", counts.other_resources),
        ("entitlements", counts.entitlements),
        ("grants", counts.grants),
        ("findings", counts.findings),
    ];
    counts.map(|(kind, count)| (kind.to_owned(), count)).into()
}

fn by_severity(assessment: &Assessment) -> BTreeMap<String, u64> {
    let count = |severity: Severity| (severity.to_string(), assessment.count(severity) as u64);
    Severity::ALL.into_iter().map(count).collect()
}

/// `findings.json`: all that the rules said, also what they could not judge.
fn findings(out: &mut dyn Write, assessment: &Assessment, unfinished: bool) -> Result<(), Error> {
    #[derive(Serialize)]
    struct Document<'a> {
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        unfinished: bool,
        as_of: Timestamp,
        findings: &'a [Finding],
        not_checked: &'a [NotChecked],
        notes: &'a [String],
    }
    let Assessment { as_of, findings, not_checked, notes } = assessment;
    let document = Document { unfinished, as_of: *as_of, findings, not_checked, notes };
    json_text::pretty(&mut *out, &document)?;
    Ok(out.write_all(b"\n")?)
}
