//! Compares what was decided with a later sync.

use std::collections::{HashMap, HashSet};

use governance_model::{ResourceId, ResourceTypeId};

use super::read::Reviewed;
use super::{Alteration, Answer, Checked, Closure, Outcome, Refusal, Workbook};
use crate::export::{Facts, Seal, review_sheet};
use crate::rows::{GrantQuery, GrantRow};
use crate::{Error, Snapshot};

/// Says what became of each row of a workbook in a later sync. `original` is the sync that was reviewed, if it is at hand:
/// with it, each fact is compared with what was given out.
///
/// # Errors
/// When the sync is of another source or older than the reviewed one, or a file cannot be read.
pub fn check(
    workbook: &Workbook,
    original: Option<&Snapshot<'_>>,
    new: &Snapshot<'_>,
) -> Result<Closure, Error> {
    let mut remarks = Vec::new();
    precondition(workbook, new, &mut remarks)?;
    let later = Later::of(new)?;
    let mut rows = Rows::of(workbook);
    if let Some(original) = original {
        rows.compare(original)?;
    } else {
        rows.verify(workbook);
        remarks.push(
            "the reviewed sync is not at hand, so edited facts are noticed by their digests only, which whoever \
             edits on purpose can make anew"
                .to_owned(),
        );
    }
    for grant in GrantRow::all(new, &GrantQuery::default()) {
        let facts = Facts::of(&grant?);
        if let Some(&at) = rows.index.get(facts.id()) {
            rows.all[at].now = Some(facts);
        } else {
            let mut row = Checked::new(Outcome::NotReviewed, &facts, &Answer::default());
            row.say("granted since the review, so nobody decided about it");
            rows.checked.push(row);
        }
    }
    let mut checked = rows.checked;
    for row in rows.all {
        checked.push(row.decide(&later)?);
    }
    Ok(Closure::new(checked, remarks))
}

fn precondition(workbook: &Workbook, new: &Snapshot<'_>, remarks: &mut Vec<String>) -> Result<(), Refusal> {
    let source = new.provenance().map(|known| known.source_id.clone()).unwrap_or_default();
    if !source.is_empty() && !workbook.source_id.is_empty() && source != workbook.source_id {
        return Err(Refusal::OtherSource { reviewed: workbook.source_id.clone(), new: source });
    }
    if let (Some(reviewed), Some(ended)) = (workbook.sync_ended, new.run().ended_at)
        && ended.as_second() < reviewed.as_second()
    {
        return Err(Refusal::Older { reviewed, new: ended });
    }
    if workbook.sync_id == new.run().sync_id {
        remarks.push("this is the very sync that was reviewed: nothing can have happened since".to_owned());
    }
    match new.provenance() {
        Some(known) if known.completeness.verified => {}
        Some(known) => {
            let reasons = known.completeness.reasons.join("; ");
            remarks.push(format!(
                "the later sync is not known to be complete, so what is gone may only be missing: {reasons}"
            ));
        }
        None => remarks.push(
            "the file does not say whether the later sync is complete, so what is gone may only be missing"
                .to_owned(),
        ),
    }
    Ok(())
}

/// What a later sync read.
struct Later<'s, 'f> {
    snapshot: &'s Snapshot<'f>,
    types: HashSet<String>,
    missing: HashSet<String>,
}

impl<'s, 'f> Later<'s, 'f> {
    fn of(snapshot: &'s Snapshot<'f>) -> Result<Self, Error> {
        let types = snapshot.view().resource_types();
        let types = types.map(|record| Ok(record?.value.id.as_str().to_owned()));
        let missing = snapshot.provenance().map(|known| known.completeness.missing.clone());
        Ok(Self {
            snapshot,
            types: types.collect::<Result<_, Error>>()?,
            missing: missing.into_iter().flatten().collect(),
        })
    }

    /// Why nothing can be said about a row that is not there; nothing when it is really gone.
    fn unread(&self, facts: &Facts) -> Option<String> {
        for kind in [&facts.0[Facts::RESOURCE_TYPE], &facts.0[Facts::PRINCIPAL_TYPE]] {
            if !self.types.contains(kind.as_str()) {
                return Some(format!("the later sync did not read resources of the type {kind}"));
            }
        }
        self.missing
            .contains(&facts.0[Facts::PRINCIPAL_ID])
            .then(|| "the source listed the principal and returned nothing about it".to_owned())
    }

    fn has_principal(&self, facts: &Facts) -> Result<bool, Error> {
        let kind = ResourceTypeId::new(facts.0[Facts::PRINCIPAL_TYPE].clone());
        let id = ResourceId::new(kind, facts.0[Facts::PRINCIPAL_ID].clone());
        Ok(self.snapshot.view().resource(&id)?.is_some())
    }
}

/// A row on its way.
struct Pending {
    reviewed: Reviewed,
    /// The facts that were given out, where they are known.
    given: Option<Facts>,
    altered: bool,
    now: Option<Facts>,
}

struct Rows<'w> {
    all: Vec<Pending>,
    index: HashMap<&'w str, usize>,
    /// Rows about which there is nothing more to find out.
    checked: Vec<Checked>,
}

impl<'w> Rows<'w> {
    fn of(workbook: &'w Workbook) -> Self {
        let mut rows = Self { all: Vec::new(), index: HashMap::new(), checked: Vec::new() };
        for reviewed in &workbook.rows {
            let id = reviewed.facts.id();
            if id.is_empty() || rows.index.contains_key(id) {
                rows.foreign(
                    reviewed,
                    if id.is_empty() { "a row without a grant ID" } else { "a second row of one grant" },
                );
                continue;
            }
            rows.index.insert(id, rows.all.len());
            rows.all.push(Pending { reviewed: reviewed.clone(), given: None, altered: false, now: None });
        }
        rows
    }

    fn foreign(&mut self, reviewed: &Reviewed, why: &str) {
        let mut row = Checked::new(Outcome::RowForeign, &reviewed.facts, &reviewed.answer);
        row.say(why);
        self.checked.push(row);
    }

    /// Compares with the sync that was reviewed.
    fn compare(&mut self, original: &Snapshot<'_>) -> Result<(), Error> {
        for grant in GrantRow::all(original, &GrantQuery::default()) {
            let facts = Facts::of(&grant?);
            if let Some(&at) = self.index.get(facts.id()) {
                let row = &mut self.all[at];
                row.altered = row.reviewed.facts != facts;
                row.given = Some(facts);
            } else {
                let mut row = Checked::new(Outcome::RowMissing, &facts, &Answer::default());
                row.say("was given out for review and is not in the workbook");
                self.checked.push(row);
            }
        }
        let (known, unknown): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.all).into_iter().partition(|row| row.given.is_some());
        for row in unknown {
            self.foreign(&row.reviewed, "not a grant of the reviewed sync");
        }
        self.all = known;
        // Positions have moved, and a row that was not given out reviews no grant.
        let at: HashMap<&str, usize> =
            self.all.iter().enumerate().map(|(at, row)| (row.reviewed.facts.id(), at)).collect();
        self.index = self.index.drain().filter_map(|(id, _)| at.get(id).map(|at| (id, *at))).collect();
        Ok(())
    }

    /// Compares with the digests that the workbook carries.
    fn verify(&mut self, workbook: &Workbook) {
        let mut order: Vec<&Pending> = self.all.iter().collect();
        order.sort_by(|a, b| a.reviewed.facts.id().cmp(b.reviewed.facts.id()));
        let mut seal = Seal::default();
        for row in order {
            seal.add(&row.reviewed.digest);
        }
        let (rows, digest) = (seal.rows, seal.finish());
        let problem = match &workbook.given {
            None => {
                Some("the sheet About does not say which rows were given out, so some may be gone".to_owned())
            }
            Some((given, _)) if *given != rows => {
                Some(format!("{given} rows were given out for review, and {rows} came back"))
            }
            Some((_, given)) if *given != digest => {
                Some("the rows that came back are not those that were given out".to_owned())
            }
            Some(_) => None,
        };
        if let Some(problem) = problem {
            let nothing = Facts(std::array::from_fn(|_| String::new()));
            let mut row = Checked::new(Outcome::WorkbookAltered, &nothing, &Answer::default());
            row.say(&problem);
            self.checked.push(row);
        }
        for row in &mut self.all {
            row.altered = row.reviewed.facts.digest() != row.reviewed.digest;
        }
    }
}

impl Pending {
    /// What became of it.
    fn decide(self, later: &Later<'_, '_>) -> Result<Checked, Error> {
        let Self { reviewed, given, altered, now } = self;
        let before = given.as_ref().unwrap_or(&reviewed.facts);
        let answer = &reviewed.answer;
        let changes = now.as_ref().map(|now| alterations(before, now)).unwrap_or_default();
        let names = Facts::NAMES.map(|name| Facts::COLUMNS[name]);
        let differs = changes.iter().any(|change| !names.contains(&change.field));
        let mut why = None;
        let outcome = match (answer.decision.as_str(), &now) {
            (decision, _) if !review_sheet::DECISIONS.contains(&decision) => Outcome::Undecided,
            (_, None) if let_some(&mut why, later.unread(before)) => Outcome::NotRead,
            ("revoke", Some(_)) => Outcome::NotRevoked,
            ("revoke", None) if !later.has_principal(before)? => Outcome::PrincipalGone,
            ("revoke", None) => Outcome::Revoked,
            ("keep", Some(_)) if differs => Outcome::ChangedSince,
            ("keep", Some(_)) => Outcome::Kept,
            ("keep", None) => Outcome::GoneSince,
            (_, Some(_)) if !differs => Outcome::NotChanged,
            _ => Outcome::Changed,
        };
        let mut row = Checked::new(outcome, before, answer);
        match (outcome, &now) {
            (Outcome::Undecided, _) if answer.decision.is_empty() => row.say("nobody decided"),
            (Outcome::Undecided, _) => {
                row.say(&format!("{:?} is no decision: keep, revoke or change", answer.decision));
            }
            (Outcome::NotRevoked, Some(now)) => row.say(&format!("still there: {}", now.0[Facts::HOW])),
            (Outcome::NotChanged, _) => row.say("still as it was"),
            _ => {}
        }
        if let Some(why) = why {
            row.say(&why);
        }
        for change in &changes {
            row.say(&format!("{}: {:?} → {:?}", change.field, change.old, change.new));
        }
        row.changes = changes;
        if altered {
            row.is_altered = true;
            row.closed = false;
            row.say("facts were edited in the workbook");
            row.altered = given.as_ref().map(|given| alterations(given, &reviewed.facts)).unwrap_or_default();
            for edit in row.altered.clone() {
                row.say(&format!("{} was {:?} and reads {:?}", edit.field, edit.old, edit.new));
            }
        }
        if outcome != Outcome::Undecided {
            let answers =
                [("rationale", &answer.rationale), ("reviewer", &answer.reviewer), ("date", &answer.date)];
            row.missing = answers.iter().filter(|(_, text)| text.is_empty()).map(|(name, _)| *name).collect();
            if !row.missing.is_empty() {
                row.closed &= row.missing == ["date"];
                row.say(&format!("no {}", row.missing.join(", no ")));
            }
        }
        Ok(row)
    }
}

/// Whether there is something, which is kept.
fn let_some(place: &mut Option<String>, found: Option<String>) -> bool {
    *place = found;
    place.is_some()
}

fn alterations(old: &Facts, new: &Facts) -> Vec<Alteration> {
    let facts = old.0.iter().zip(&new.0).zip(Facts::COLUMNS);
    facts
        .filter(|((old, new), _)| old != new)
        .map(|((old, new), field)| Alteration { field, old: old.clone(), new: new.clone() })
        .collect()
}
