//! What one sync holds, where it comes from, and how far it can be trusted.
//!
//! Rows are counted when asked, whatever the file says about itself; where its own statistics say otherwise, that is said.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use c1z::Stats;
use governance_model::{ResourceTypeId, Timestamp};
use serde::Serialize;

use crate::format::{self, Format, Row, Style, UNFINISHED};
use crate::rows::Principal;
use crate::{Completeness, Error, Snapshot};

/// Counts and provenance of one sync.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statistics {
    /// The sync's id.
    pub id: String,
    /// What it set out to read, such as `full`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; nothing for one that was cut off or still runs.
    pub ended_at: Option<Timestamp>,
    /// The source's id, such as the workspace's; empty when the writer did not keep it.
    pub source_id: String,
    /// What people call the source.
    pub source_name: String,
    /// Whether the source is a look-alike for demonstrations; nothing when that is not known.
    pub demonstration: Option<bool>,
    /// Whose key was used.
    pub read_by: Option<Principal>,
    /// Everything that decided what was read.
    pub parameters: String,
    /// How many runs it took; more than one means that it was resumed.
    pub runs: Option<u32>,
    /// What all runs cost: requests, retries, bytes.
    pub usage: BTreeMap<String, u64>,
    /// Pages read, per stream.
    pub pages: BTreeMap<String, u64>,
    /// Whether everybody is in it; nothing when its writer did not check.
    pub completeness: Option<Completeness>,
    /// What did not become a fact, per reason.
    pub dropped: BTreeMap<String, u64>,
    /// Facts about the source, such as its plan.
    pub details: BTreeMap<String, String>,
    /// How many resource types it has.
    pub resource_types: u64,
    /// How many resources.
    pub resources: u64,
    /// How many entitlements.
    pub entitlements: u64,
    /// How many grants.
    pub grants: u64,
    /// The same by the type of the resource.
    pub by_resource_type: Vec<TypeCount>,
    /// Whether the statistics that the file keeps agree; nothing when it keeps none.
    pub stored_counts_agree: Option<bool>,
}

/// Counts of one resource type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TypeCount {
    /// The type's id.
    pub resource_type: String,
    /// What people call it; empty when the file does not have the type.
    pub name: String,
    /// How many resources are of it.
    pub resources: u64,
    /// How many entitlements are on those.
    pub entitlements: u64,
    /// How many grants are of those entitlements.
    pub grants: u64,
}

impl Statistics {
    /// Counts the rows of a sync.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of(snapshot: &Snapshot<'_>) -> Result<Self, Error> {
        let run = snapshot.run();
        let counts = snapshot.view().count()?;
        let provenance = snapshot.provenance().cloned().unwrap_or_default();
        let is_known = snapshot.provenance().is_some();
        let read_by =
            provenance.operator.as_ref().map(|operator| Principal::find(snapshot, operator)).transpose()?;
        let usage = provenance.usage.as_object().into_iter().flatten();
        Ok(Self {
            id: run.sync_id.clone(),
            kind: run.sync_type.as_str().to_owned(),
            started_at: run.started_at,
            ended_at: run.ended_at,
            demonstration: is_known.then_some(provenance.demonstration),
            runs: is_known.then_some(provenance.runs),
            completeness: is_known.then_some(provenance.completeness),
            source_id: provenance.source_id,
            source_name: provenance.source_name,
            parameters: provenance.fingerprint,
            usage: usage.filter_map(|(name, count)| Some((name.clone(), count.as_u64()?))).collect(),
            pages: provenance.pages,
            dropped: provenance.dropped,
            details: provenance.details,
            by_resource_type: by_type(snapshot, &counts)?,
            resource_types: counts.resource_types,
            resources: counts.resources,
            entitlements: counts.entitlements,
            grants: counts.grants,
            stored_counts_agree: run.stats.as_ref().map(|stored| agree(stored, &counts)),
            read_by,
        })
    }

    /// Writes them: as tables for people, as one object in JSON, as a row for each resource type in CSV.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write(&self, out: &mut dyn Write, style: Style) -> Result<(), Error> {
        match style.format {
            Format::Json | Format::JsonLines => {
                format::write(out, style, std::iter::once(Ok(self.clone()))).map(drop)
            }
            Format::Csv => format::write(out, style, self.types()).map(drop),
            Format::Table => self.tables(out, style),
        }
    }

    fn tables(&self, out: &mut dyn Write, style: Style) -> Result<(), Error> {
        let plain = Style { unfinished: false, ..style };
        if style.unfinished {
            writeln!(out, "{UNFINISHED}\n")?;
        }
        format::write(out, plain, self.facts().into_iter().map(Ok))?;
        writeln!(out)?;
        format::write(out, plain, self.totals().into_iter().map(Ok))?;
        writeln!(out)?;
        format::write(out, plain, self.types())?;
        if style.unfinished {
            writeln!(out, "\n{UNFINISHED}")?;
        }
        Ok(())
    }

    fn types(&self) -> impl Iterator<Item = Result<TypeCount, Error>> {
        self.by_resource_type.iter().cloned().map(Ok)
    }

    fn totals(&self) -> [Total; 4] {
        [
            Total { kind: "resource types", count: self.resource_types },
            Total { kind: "resources", count: self.resources },
            Total { kind: "entitlements", count: self.entitlements },
            Total { kind: "grants", count: self.grants },
        ]
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut fact = |field: &'static str, value: String| {
            if !value.is_empty() {
                facts.push(Fact { field, value });
            }
        };
        let demonstration =
            if self.demonstration == Some(true) { ", a look-alike with invented people" } else { "" };
        let source = match (self.source_name.as_str(), self.source_id.as_str()) {
            ("", "") => "not said by the program that wrote the file".to_owned(),
            ("", id) => format!("{id}{demonstration}"),
            (name, id) => format!("{name} ({id}){demonstration}"),
        };
        fact("read from", source);
        fact("sync", self.id.clone());
        fact("type", self.kind.clone());
        fact("started", format!("{:.0}", self.started_at));
        fact(
            "ended",
            match self.ended_at {
                Some(at) => format!("{at:.0}"),
                None => "not ended: it was cut off or is still running".to_owned(),
            },
        );
        if let Some(ended_at) = self.ended_at {
            let took = ended_at.as_second().saturating_sub(self.started_at.as_second());
            let runs = self.runs.filter(|&runs| runs > 1).map(|runs| format!(", in {runs} runs"));
            fact("took", format!("{took} s{}", runs.unwrap_or_default()));
        }
        fact("complete", self.verdict());
        if let Some(completeness) = &self.completeness {
            fact("why not", completeness.reasons.join("; "));
            fact("missing", completeness.missing.join("; "));
        }
        if let Some(by) = &self.read_by {
            let email = if by.email.is_empty() { String::new() } else { format!(" <{}>", by.email) };
            fact("read by", format!("the key of {}{email}", by.label()));
        }
        fact("cost", list(&self.usage));
        fact("pages", list(&self.pages));
        fact("left out", list(&self.dropped));
        fact("source", list(&self.details));
        fact("parameters", self.parameters.clone());
        if self.stored_counts_agree == Some(false) {
            fact("counts", "the statistics stored in the file say otherwise than its rows".to_owned());
        }
        facts
    }

    fn verdict(&self) -> String {
        match &self.completeness {
            None => "not known: the program that wrote the file does not say".to_owned(),
            Some(found) if found.verified => {
                format!("yes: all {} listed members are in it", found.listed_after)
            }
            Some(found) => {
                format!("not verified: {} members listed, {} read", found.listed_after, found.read)
            }
        }
    }
}

fn list<V: std::fmt::Display>(counts: &BTreeMap<String, V>) -> String {
    counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join("; ")
}

fn by_type(snapshot: &Snapshot<'_>, counts: &Stats) -> Result<Vec<TypeCount>, Error> {
    let mut types: BTreeSet<String> = snapshot
        .view()
        .resource_types()
        .map(|record| Ok(record?.value.id.as_str().to_owned()))
        .collect::<Result<_, Error>>()?;
    // Rows of types that the file does not explain are there all the same.
    for counted in [
        &counts.resources_by_resource_type,
        &counts.entitlements_by_resource_type,
        &counts.grants_by_resource_type,
    ] {
        types.extend(counted.keys().cloned());
    }
    let of = |counted: &BTreeMap<String, u64>, of: &str| counted.get(of).copied().unwrap_or_default();
    let count = |resource_type: String| {
        let known = snapshot.view().resource_type(&ResourceTypeId::new(resource_type.clone()))?;
        Ok(TypeCount {
            name: known.map(|record| record.value.display_name).unwrap_or_default(),
            resources: of(&counts.resources_by_resource_type, &resource_type),
            entitlements: of(&counts.entitlements_by_resource_type, &resource_type),
            grants: of(&counts.grants_by_resource_type, &resource_type),
            resource_type,
        })
    };
    types.into_iter().map(count).collect()
}

/// Assets are left out: the Go tools count those of all syncs.
fn agree(stored: &Stats, counted: &Stats) -> bool {
    let plain = |stats: &Stats| Stats { assets: 0, ..stats.clone() };
    // Empty statistics are none; the Go tools count again then, too.
    stored.resource_types == 0 || plain(stored) == plain(counted)
}

impl Row for Statistics {
    const COLUMNS: &'static [&'static str] = &["id"];

    fn cells(&self) -> Vec<String> {
        vec![self.id.clone()]
    }
}

impl Row for TypeCount {
    const COLUMNS: &'static [&'static str] =
        &["resource_type", "name", "resources", "entitlements", "grants"];

    fn cells(&self) -> Vec<String> {
        let counts = [self.resources, self.entitlements, self.grants];
        let names = [self.resource_type.clone(), self.name.clone()];
        names.into_iter().chain(counts.map(|count| count.to_string())).collect()
    }
}

/// A line of the first table.
#[derive(Serialize)]
struct Fact {
    field: &'static str,
    value: String,
}

impl Row for Fact {
    const COLUMNS: &'static [&'static str] = &["field", "value"];

    fn cells(&self) -> Vec<String> {
        vec![self.field.to_owned(), self.value.clone()]
    }
}

/// A line of the second table.
#[derive(Serialize)]
struct Total {
    kind: &'static str,
    count: u64,
}

impl Row for Total {
    const COLUMNS: &'static [&'static str] = &["type", "count"];

    fn cells(&self) -> Vec<String> {
        vec![self.kind.to_owned(), self.count.to_string()]
    }
}
