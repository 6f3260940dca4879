//! A comparison: what differs, in the order of importance, and how much.
//!
//! One walk over both syncs finds everything. The changes are kept to be put in order; when there are more than may be
//! kept, they are let go, and the tables that have changes of a section are walked again when its turn comes, so that memory
//! does not grow with the files.

use std::collections::{BTreeMap, BTreeSet};

use c1z::{ResourceFilter, SyncType};
use governance_model::ResourceTypeId;

use super::returns::Returns;
use super::walk::{Differ, Table};
use super::{Action, Change, Refusal, RemarkCode, Section, Side, Summary, Thing};
use crate::{Error, Snapshot};

/// How many resource types are watched for having lost all their resources.
const WATCHED_TYPES: usize = 1_000;

/// How to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether syncs of two sources may be compared.
    pub across_sources: bool,
    /// How many changes are kept in memory to put them in order; with more, each section that has any costs a walk of its own.
    pub kept: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { across_sources: false, kept: 10_000 }
    }
}

/// Two syncs, compared.
#[derive(Debug)]
pub struct Comparison<'s> {
    differ: Differ<'s>,
    summary: Summary,
    returns: Returns,
    /// In order; `None` when there are too many.
    kept: Option<Vec<Change>>,
    /// In which tables each section has changes: no other is walked again.
    places: BTreeSet<(Section, Table)>,
}

impl<'s> Comparison<'s> {
    /// Compares two syncs.
    ///
    /// # Errors
    /// A [`Refusal`] when the answer would be false, and whatever keeps the files from being read.
    pub fn new(old: &'s Snapshot<'s>, new: &'s Snapshot<'s>, options: Options) -> Result<Self, Error> {
        let mut summary = Summary::new(Side::of(old), Side::of(new));
        let grants = check(old, new, options, &mut summary)?;
        let differ = Differ::new(old, new, grants);
        let mut returns = Returns::default();
        let (mut kept, mut places) = (Some(Vec::new()), BTreeSet::new());
        let mut gone = BTreeMap::<String, u64>::new();
        for change in differ.all() {
            let change = change?;
            summary.add(&change);
            returns.note(&change);
            places.insert((change.section, Table::of(change.kind.thing)));
            if let Some(of) = lost_of(&change)
                && (gone.len() < WATCHED_TYPES || gone.contains_key(of))
            {
                *gone.entry(of.to_owned()).or_default() += 1;
            }
            if let Some(changes) = &mut kept {
                changes.push(change);
                if changes.len() > options.kept {
                    kept = None;
                }
            }
        }
        returns.search(old, new)?;
        if returns.is_full() {
            let text =
                "so many accounts came or went that nobody was looked for who came back under another id";
            summary.remark(RemarkCode::ReturnsNotSearched, text);
        }
        for (of, count) in gone {
            all_gone(new, &of, count, &mut summary)?;
        }
        if let Some(changes) = &mut kept {
            for change in &mut *changes {
                change.notes.extend(returns.notes(change));
            }
            // Stable, so that what was found in the order of ids stays so.
            changes.sort_by_key(|change| change.section);
        }
        Ok(Self { differ, summary, returns, kept, places })
    }

    /// How much differs, between what, and what limits the answer.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// What differs: by section, and in each resources before entitlements before grants, by id.
    pub fn changes(&self) -> Box<dyn Iterator<Item = Result<Change, Error>> + '_> {
        Box::new(Section::ALL.into_iter().flat_map(|section| self.section(section)))
    }

    /// What differs in one section.
    pub fn section(&self, section: Section) -> Box<dyn Iterator<Item = Result<Change, Error>> + '_> {
        if let Some(changes) = &self.kept {
            let start = changes.partition_point(|change| change.section < section);
            let here = move |change: &&Change| change.section == section;
            return Box::new(changes[start..].iter().take_while(here).cloned().map(Ok));
        }
        let here = self.places.iter().filter(|(of, _)| *of == section).map(|(_, table)| *table);
        let tables: Vec<_> = here.collect();
        Box::new(self.differ.section(section, &tables).map(|change| {
            let mut change = change?;
            change.notes.extend(self.returns.notes(&change));
            Ok(change)
        }))
    }
}

/// The type of a resource that is gone.
fn lost_of(change: &Change) -> Option<&str> {
    let is_resource = !matches!(change.kind.thing, Thing::ResourceType | Thing::Entitlement | Thing::Grant);
    if !is_resource || change.kind.action != Action::Removed {
        return None;
    }
    let principal = change.principal.as_ref().map(|principal| principal.kind.as_str());
    principal.or(change.resource.as_ref().map(|resource| resource.kind.as_str()))
}

fn all_gone(new: &Snapshot<'_>, of: &str, count: u64, summary: &mut Summary) -> Result<(), Error> {
    let filter = ResourceFilter { resource_type: Some(ResourceTypeId::new(of)), parent: None };
    if new.view().resources(&filter).next().transpose()?.is_some() {
        return Ok(());
    }
    let because = match of {
        "group" => {
            "; Clockify deletes all user groups when SCIM provisioning is switched on, so see whether that was done"
        }
        _ => "",
    };
    summary.remark(RemarkCode::AllGone, format!("no {of} is left of {count}{because}"));
    Ok(())
}

/// Refuses what would be false, remarks what limits the answer, and says whether grants can be compared.
fn check(
    old: &Snapshot<'_>,
    new: &Snapshot<'_>,
    options: Options,
    summary: &mut Summary,
) -> Result<bool, Error> {
    for snapshot in [old, new] {
        let (sync_id, sync_type) = (snapshot.run().sync_id.clone(), &snapshot.run().sync_type);
        match sync_type {
            SyncType::Full | SyncType::ResourcesOnly => {}
            other => {
                let sync_type = other.as_str().to_owned();
                return Err(Refusal::Partial { sync_id, sync_type }.into());
            }
        }
    }
    let ids = [old, new].map(|side| side.provenance().map_or("", |known| known.source_id.as_str()));
    match ids {
        ["", _] | [_, ""] => {
            let text = "a file does not say which workspace it is of, so nobody can tell whether both are of the same";
            summary.remark(RemarkCode::UnknownSource, text);
        }
        [a, b] if a != b => {
            if !options.across_sources {
                let [old, new] = [&summary.old, &summary.new].map(Side::source);
                return Err(Refusal::DifferentSources { old, new }.into());
            }
            let text = format!("the syncs are of {} and of {}", summary.old.source(), summary.new.source());
            summary.remark(RemarkCode::DifferentSources, text);
        }
        _ => {}
    }
    for (which, snapshot) in [("older", old), ("newer", new)] {
        if !snapshot.is_sealed() {
            let text = format!("the {which} sync is not finished, so rows are missing in it");
            summary.remark(RemarkCode::Unfinished, text);
        }
    }
    if old.path() == new.path() && old.run().sync_id == new.run().sync_id {
        summary.remark(RemarkCode::SameSync, "both are the same sync");
    } else if moment(old) > moment(new) {
        let text =
            "what is called older ended after what is called newer, so what is called added was taken away";
        summary.remark(RemarkCode::Backwards, text);
    }
    for (which, side) in [("older", summary.old.verified), ("newer", summary.new.verified)] {
        if side == Some(false) {
            let text =
                format!("not everybody is known to be in the {which} sync, so who is not there may be");
            summary.remark(RemarkCode::NotVerified, text);
        }
    }
    let resources_only = [old, new].iter().any(|side| side.run().sync_type == SyncType::ResourcesOnly);
    if resources_only {
        let text = "one of the syncs holds resources only, so who has what is not compared";
        summary.remark(RemarkCode::ResourcesOnly, text);
    }
    Ok(!resources_only)
}

fn moment(snapshot: &Snapshot<'_>) -> governance_model::Timestamp {
    snapshot.run().ended_at.unwrap_or(snapshot.run().started_at)
}
