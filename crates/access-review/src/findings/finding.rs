//! What a rule found.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::SerializeStruct;

use super::{Control, Rule, Severity};
use crate::rows::{Person, StateName};

/// Something to look at, with everything it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: Rule,
    /// Which of the rule's cases it is, stable as the rule's id is; empty when the rule has only one.
    pub case: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is the matter, with numbers.
    pub title: String,
    /// Why it matters.
    pub why: &'static str,
    /// What to do about it.
    pub remediation: &'static str,
    /// What it rests on, one row for each account, group or fact; never empty.
    pub evidence: Vec<Evidence>,
}

/// One thing that a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What it is about.
    pub subject: Subject,
    /// What is the matter with it, for people.
    pub detail: String,
    /// The fields of the file that say so.
    pub facts: BTreeMap<&'static str, String>,
}

/// What evidence is about: an account, a group, or the workspace itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The resource type, such as `user`; `workspace` for what is about the sync as a whole.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
    /// What people call it; empty when that is not known.
    pub name: String,
    /// The address to write to; empty when there is none.
    pub email: String,
    /// Whether it is usable; nothing for what has no state.
    pub status: Option<StateName>,
}

impl Subject {
    /// An account.
    pub fn person(person: &Person) -> Self {
        Self {
            kind: person.resource_type.clone(),
            id: person.id.clone(),
            name: person.name.clone(),
            email: person.email.clone(),
            status: Some(person.status),
        }
    }

    /// What to show: the name, else the address, else the id.
    pub fn label(&self) -> &str {
        [&self.name, &self.email].into_iter().find(|text| !text.is_empty()).unwrap_or(&self.id)
    }
}

impl Evidence {
    /// A row.
    pub fn new(subject: Subject, detail: impl Into<String>) -> Self {
        Self { subject, detail: detail.into(), facts: BTreeMap::new() }
    }

    /// The same with one more fact.
    #[must_use]
    pub fn with(mut self, fact: &'static str, value: impl Into<String>) -> Self {
        self.facts.insert(fact, value.into());
        self
    }
}

impl Finding {
    /// The controls it speaks to; none when it only says that something could not be judged.
    pub fn controls(&self) -> &'static [Control] {
        if self.severity == Severity::Info { &[] } else { self.rule.controls() }
    }

    /// Rule and case, such as `owner-at-risk/no-mfa`.
    pub fn key(&self) -> String {
        if self.case.is_empty() { self.rule.id().to_owned() } else { format!("{}/{}", self.rule, self.case) }
    }

    /// What a row of evidence is recognised by in another sync: rule, case, and what it is about.
    pub fn fingerprint(&self, evidence: &Evidence) -> String {
        format!("{}/{}:{}", self.key(), evidence.subject.kind, evidence.subject.id)
    }
}

/// Evidence with what it is recognised by, for programs.
#[derive(Serialize)]
struct Marked<'a> {
    fingerprint: String,
    #[serde(flatten)]
    evidence: &'a Evidence,
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Finding", 8)?;
        object.serialize_field("rule", &self.rule)?;
        object.serialize_field("case", self.case)?;
        object.serialize_field("severity", &self.severity)?;
        object.serialize_field("title", &self.title)?;
        object.serialize_field("why", self.why)?;
        object.serialize_field("remediation", self.remediation)?;
        object.serialize_field("controls", self.controls())?;
        let marked = |evidence| Marked { fingerprint: self.fingerprint(evidence), evidence };
        object.serialize_field("evidence", &self.evidence.iter().map(marked).collect::<Vec<_>>())?;
        object.end()
    }
}
