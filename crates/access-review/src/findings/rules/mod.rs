//! The rules, one file for each family, and what they share.

mod admins;
mod domains;
mod duplicates;
mod groups;
mod identities;
mod invites;
mod limited;
mod managers;
mod outsiders;
mod owner;
mod sync;
mod unlisted;

use governance_model::{ResourceId, ResourceTypeId, State, Timestamp};

use super::{Assessment, Evidence, Finding, NotChecked, Options, Rule, Severity, Subject};
use crate::rows::{Group, Person};
use crate::{Error, Snapshot};

/// What every rule may ask.
pub(super) struct Context<'a, 'f> {
    pub(super) snapshot: &'a Snapshot<'f>,
    pub(super) options: &'a Options,
    /// Up to when ages are measured: nobody knows what came after the sync.
    pub(super) until: Timestamp,
    /// Whether the file has Clockify's own roles, so that what is special about them can be judged.
    pub(super) has_clockify_roles: bool,
}

/// A person, with what rules need beside it.
pub(super) struct Account {
    pub(super) person: Person,
    /// The source's raw word for the account.
    pub(super) registration: String,
    /// The source's raw word for the membership.
    pub(super) membership: String,
    /// Whether it signs in through an identity provider.
    pub(super) sso: bool,
}

/// A family of rules: sees everybody and every group once, then says what it found.
pub(super) trait Check {
    fn person(&mut self, _context: &Context<'_, '_>, _account: &Account) -> Result<(), Error> {
        Ok(())
    }

    /// Whether it wants to see the people, which costs a look at everything they have.
    fn reads_people(&self) -> bool {
        true
    }

    /// Whether it wants to see the groups, which costs a look at every membership.
    fn reads_groups(&self) -> bool {
        false
    }

    fn group(&mut self, _context: &Context<'_, '_>, _group: &Group) {}

    fn end(self: Box<Self>, context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error>;
}

type Make = fn() -> Box<dyn Check>;

/// The checks that the wanted rules need.
pub(super) fn wanted(options: &Options) -> Vec<Box<dyn Check>> {
    let all: [(&[Rule], Make); 12] = [
        (owner::RULES, || Box::new(owner::Owner::default())),
        (admins::RULES, || Box::new(admins::Admins::default())),
        (outsiders::RULES, || Box::new(outsiders::Outsiders)),
        (managers::RULES, || Box::new(managers::Managers::default())),
        (identities::RULES, || Box::new(identities::Identities::default())),
        (domains::RULES, || Box::new(domains::Domains::default())),
        (invites::RULES, || Box::new(invites::Invites::default())),
        (duplicates::RULES, || Box::new(duplicates::Duplicates::default())),
        (limited::RULES, || Box::new(limited::Limited::default())),
        (unlisted::RULES, || Box::new(unlisted::Unlisted::default())),
        (groups::RULES, || Box::new(groups::Groups::default())),
        (sync::RULES, || Box::new(sync::Sync)),
    ];
    all.into_iter()
        .filter(|(rules, _)| rules.iter().any(|rule| options.wants(*rule)))
        .map(|(_, make)| make())
        .collect()
}

impl<'a, 'f> Context<'a, 'f> {
    pub(super) fn new(snapshot: &'a Snapshot<'f>, options: &'a Options) -> Result<Self, Error> {
        let has_role = |id: &str| -> Result<bool, Error> {
            let id = ResourceId::new(ResourceTypeId::from_static("role"), id);
            Ok(snapshot.view().resource(&id)?.is_some())
        };
        let ended_at = snapshot.run().ended_at.unwrap_or(options.as_of);
        Ok(Self {
            has_clockify_roles: has_role("owner")? && has_role("workspace-admin")?,
            until: ended_at.min(options.as_of),
            snapshot,
            options,
        })
    }

    /// Whether the account is Clockify's one owner, and `owner-at-risk` judges it.
    fn is_left_to_owner(&self, person: &Person) -> bool {
        self.options.wants(Rule::OwnerAtRisk) && self.is_owner(person)
    }

    /// Whether the account is Clockify's one owner. Owners elsewhere are many, and nothing dies with them.
    fn is_owner(&self, person: &Person) -> bool {
        self.has_clockify_roles && person.roles.iter().any(|role| role.id == "owner")
    }

    /// How long ago something was.
    fn age(&self, since: Timestamp) -> u64 {
        u64::try_from(self.until.as_second().saturating_sub(since.as_second())).unwrap_or(0)
    }

    /// The workspace itself, for what is about the sync as a whole.
    fn workspace(&self) -> Subject {
        let from = self.snapshot.provenance();
        let id = from.map(|from| from.source_id.clone()).filter(|id| !id.is_empty());
        Subject {
            kind: "workspace".to_owned(),
            id: id.unwrap_or_else(|| "unknown".to_owned()),
            name: from.map(|from| from.source_name.clone()).unwrap_or_default(),
            ..Subject::default()
        }
    }

    /// Why it is not certain that the source told all about something, if so.
    fn doubt_about(&self, word: &str) -> Option<&'a str> {
        let reasons = &self.snapshot.provenance()?.completeness.reasons;
        reasons.iter().find(|reason| reason.contains(word)).map(String::as_str)
    }
}

/// Whether the account may be in use: enabled, or nobody knows.
fn is_usable(person: &Person) -> bool {
    matches!(person.status.0, State::Enabled | State::Unspecified)
}

/// The account's state as part of a sentence, with the source's own words.
fn state(person: &Person) -> String {
    let state = if person.pending && person.status.0 == State::Disabled {
        "invited and not yet there"
    } else {
        person.status.as_str()
    };
    if person.status_reason.is_empty() {
        state.to_owned()
    } else {
        format!("{state} ({})", person.status_reason)
    }
}

/// Why nobody knows about an account's second factor.
fn mfa_unknown(account: &Account) -> &'static str {
    if account.sso {
        "signs in through an identity provider, which decides about a second factor"
    } else {
        "whether there is a second factor is not in the file"
    }
}

/// Evidence about an account, with the fields that most rules look at.
fn about(person: &Person, detail: impl Into<String>) -> Evidence {
    let roles = person.roles.iter().map(crate::format::cells::role).collect::<Vec<_>>().join("; ");
    let mut evidence = Evidence::new(Subject::person(person), detail)
        .with("status_reason", person.status_reason.clone())
        .with("roles", roles)
        .with("mfa", person.mfa.map_or("unknown", |on| if on { "yes" } else { "no" }));
    if let Some(created_at) = person.created_at {
        evidence = evidence.with("created_at", format!("{created_at:.0}"));
    }
    evidence
}

/// One case of a rule, while its evidence is collected.
struct Case {
    rule: Rule,
    name: &'static str,
    severity: Severity,
    why: &'static str,
    remediation: &'static str,
    evidence: Vec<Evidence>,
}

impl Case {
    fn new(
        rule: Rule,
        name: &'static str,
        severity: Severity,
        why: &'static str,
        remediation: &'static str,
    ) -> Self {
        Self { rule, name, severity, why, remediation, evidence: Vec::new() }
    }

    fn add(&mut self, evidence: Evidence) {
        self.evidence.push(evidence);
    }

    /// Makes a finding of it, if there is anything; `title` gets the number of rows.
    fn end(self, found: &mut Assessment, title: impl FnOnce(usize) -> String) {
        if self.evidence.is_empty() {
            return;
        }
        found.findings.push(Finding {
            title: title(self.evidence.len()),
            rule: self.rule,
            case: self.name,
            severity: self.severity,
            why: self.why,
            remediation: self.remediation,
            evidence: self.evidence,
        });
    }
}

/// Says once that who signs in through an identity provider has their second factor there: the plan allows that, and
/// Clockify does not say who does.
fn note_single_sign_on(context: &Context<'_, '_>, found: &mut Assessment) {
    let details = context.snapshot.provenance().map(|from| &from.details);
    let has = details.and_then(|details| details.get("feature.SSO")).is_some_and(|has| has == "true");
    let note = "the workspace's plan includes single sign-on; who signs in that way has the second factor at the identity \
                provider, where Clockify does not see it";
    if has && !found.notes.iter().any(|known| known == note) {
        found.notes.push(note.to_owned());
    }
}

/// `1 account`, `2 accounts`: the word with its number.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A length of time in whole days.
fn days(seconds: u64) -> String {
    let days = usize::try_from(seconds / 86_400).unwrap_or(usize::MAX);
    count(days, "day", "days")
}

fn not_checked(found: &mut Assessment, rule: Rule, reason: impl Into<String>) {
    found.not_checked.push(NotChecked { rule, reason: reason.into() });
}
