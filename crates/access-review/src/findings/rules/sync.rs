//! What the sync itself says about whether everybody is in it.

use super::{Case, Check, Context, count};
use crate::Error;
use crate::findings::{Assessment, Evidence, Rule, Severity, Subject};

pub(super) const RULES: &[Rule] = &[Rule::IncompleteSync];

const WHY: &str = "A review of a list that lacks somebody is no review of that somebody; an auditor asks for proof that the list is complete.";
const AGAIN: &str =
    "Sync again; if it stays, settle the reason that is given, or write down why it does not matter.";

/// The completeness check.
pub(super) struct Sync;

impl Check for Sync {
    fn reads_people(&self) -> bool {
        false
    }

    fn end(self: Box<Self>, context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error> {
        let case = |case, severity, what| Case::new(Rule::IncompleteSync, case, severity, WHY, what);
        let whole = |detail: String| Evidence::new(context.workspace(), detail);
        if !context.snapshot.is_sealed() {
            let mut unfinished = case("unfinished", Severity::High, "Let the sync finish, and judge that.");
            unfinished.add(whole("the sync was cut off or is still running".to_owned()));
            unfinished.end(found, |_| "The sync is not finished".to_owned());
        }
        let Some(from) = context.snapshot.provenance() else {
            let mut unknown = case(
                "not-known",
                Severity::Info,
                "Compare the number of people with what the source shows, or sync with a tool that does.",
            );
            unknown.add(whole("the file has no report on how the sync was made".to_owned()));
            unknown.end(found, |_| "It is not known whether everybody is in the file".to_owned());
            return Ok(());
        };
        let completeness = &from.completeness;
        let mut missing = case("missing", Severity::High, AGAIN);
        for id in &completeness.missing {
            let subject = Subject { kind: "user".to_owned(), id: id.clone(), ..Subject::default() };
            let detail = "on the workspace's own list of members, and not returned by the list of people";
            missing.add(Evidence::new(subject, detail));
        }
        missing.end(found, |number| {
            format!(
                "{} on the workspace's list and could not be read",
                count(number, "member is", "members are")
            )
        });
        let mut not_verified = case("not-verified", Severity::Medium, AGAIN);
        if context.snapshot.is_sealed() && !completeness.verified {
            let reasons = completeness.reasons.iter().cloned().map(whole);
            not_verified.evidence.extend(reasons);
            if not_verified.evidence.is_empty() && completeness.missing.is_empty() {
                not_verified.add(whole("the sync says so without a reason".to_owned()));
            }
        }
        not_verified.end(found, |_| "It could not be verified that everybody is in the file".to_owned());
        let mut surplus = case(
            "read-not-listed",
            Severity::Low,
            "Look for people in Clockify who were removed shortly before the sync; sync again to see whether they are gone.",
        );
        if completeness.unlisted > 0 {
            let read = completeness.unlisted;
            let detail =
                format!("{read} read of {}, {} listed", completeness.read, completeness.listed_after);
            surplus.add(whole(detail).with("unlisted", read.to_string()));
        }
        let number = usize::try_from(completeness.unlisted).unwrap_or(usize::MAX);
        surplus.end(found, |_| {
            format!(
                "{} read who {} not on the workspace's own list",
                count(number, "member was", "members were"),
                if number == 1 { "is" } else { "are" }
            )
        });
        Ok(())
    }
}
