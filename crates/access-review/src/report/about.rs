//! How the sync was made and how far it can be trusted, as an auditor asks for it.

use std::fmt::Write as _;

use c1z::Stats;

use governance_model::Timestamp;

use super::text::{Text, When, number};
use crate::export::About;
use crate::provenance::{Completeness, Provenance};
use crate::{Error, Snapshot};

/// How many missing ids are listed.
const LISTED: usize = 100;

/// A fact with its name.
#[derive(Debug)]
pub(super) struct Fact {
    pub(super) name: String,
    pub(super) value: Text,
}

/// Facts that belong together.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) title: &'static str,
    pub(super) facts: Vec<Fact>,
}

/// Everything that is known about how a sync was made.
pub(super) fn facts(snapshot: &Snapshot<'_>, about: &About) -> Result<Vec<Facts>, Error> {
    let mut all = vec![sync(about)];
    all.extend(about.completeness.as_ref().map(completeness));
    all.push(counts("Pages read", about.pages.iter()));
    all.push(counts("Left out, as no fact about this source", about.dropped.iter()));
    all.extend(snapshot.provenance().map(usage));
    let details = about.details.iter().map(|(name, value)| fact(name, value)).collect();
    all.push(Facts { title: "The source", facts: details });
    all.push(rows(&snapshot.view().stats()?));
    all.retain(|facts| !facts.facts.is_empty());
    Ok(all)
}

fn fact(name: &str, value: &str) -> Fact {
    Fact { name: Text::new(name).to_string(), value: Text::new(value) }
}

fn sync(about: &About) -> Facts {
    let time = |at: Timestamp| When::from(at).machine;
    let mut facts = vec![
        fact("Sync", &about.sync_id),
        fact("Type", &about.sync_type),
        fact("Begun", &time(about.started_at)),
        fact("Sealed", &about.ended_at.map_or_else(|| "never".to_owned(), time)),
    ];
    if about.runs > 0 {
        facts.push(fact("Runs it took", &number(u64::from(about.runs))));
    }
    if !about.parameters.is_empty() {
        facts.push(fact("What decided what was read", &about.parameters));
    }
    Facts { title: "The sync", facts }
}

fn completeness(completeness: &Completeness) -> Facts {
    let mut facts: Vec<_> = [
        ("Members listed before reading", completeness.listed_before),
        ("Members listed after reading", completeness.listed_after),
        ("Members read", completeness.read),
        ("Read and not listed", completeness.unlisted),
        ("Joined while it was read", completeness.joined),
        ("Left while it was read", completeness.left),
    ]
    .into_iter()
    .map(|(name, count)| fact(name, &number(count)))
    .collect();
    let missing = &completeness.missing;
    if !missing.is_empty() {
        let mut ids = missing.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
        if missing.len() > LISTED {
            let _ = write!(ids, " and {} more", number((missing.len() - LISTED) as u64));
        }
        facts.push(fact("Listed and not read", &ids));
    }
    Facts { title: "Completeness", facts }
}

fn counts<'a>(title: &'static str, counts: impl Iterator<Item = (&'a String, &'a u64)>) -> Facts {
    Facts { title, facts: counts.map(|(name, count)| fact(name, &number(*count))).collect() }
}

/// The costs, as far as they are plain numbers.
fn usage(provenance: &Provenance) -> Facts {
    let costs = provenance.usage.as_object().into_iter().flatten();
    let facts = costs.filter_map(|(name, value)| {
        let value = value.as_u64().map(number).or_else(|| value.as_f64().map(|value| value.to_string()))?;
        Some(fact(&name.replace('_', " "), &value))
    });
    Facts { title: "What reading cost", facts: facts.collect() }
}

fn rows(stats: &Stats) -> Facts {
    let mut facts = vec![
        fact("Resources", &number(stats.resources)),
        fact("Entitlements", &number(stats.entitlements)),
        fact("Grants", &number(stats.grants)),
    ];
    for (of, count) in &stats.resources_by_resource_type {
        facts.push(fact(&format!("Resources of type {of}"), &number(*count)));
    }
    Facts { title: "Rows in the sync", facts }
}
