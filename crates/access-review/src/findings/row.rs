//! Findings as rows: one for each row of evidence, for CSV and spreadsheets.

use serde::Serialize;

use super::{Control, Finding, Rule, Severity};
use crate::format::Row;

/// A row of evidence together with the finding it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    /// How bad it is.
    pub severity: Severity,
    /// The rule.
    pub rule: Rule,
    /// The rule's case; empty when it has only one.
    pub case: &'static str,
    /// What is the matter, with numbers.
    pub title: String,
    /// The type of what it is about.
    pub subject_type: String,
    /// The id of what it is about.
    pub subject_id: String,
    /// The name of what it is about, else the address, else the id.
    pub subject: String,
    /// Its address; empty when it has none.
    pub email: String,
    /// Its state; empty when it has none.
    pub status: &'static str,
    /// What is the matter with it.
    pub detail: String,
    /// Why it matters.
    pub why: &'static str,
    /// What to do about it.
    pub remediation: &'static str,
    /// The controls, by framework and number.
    pub controls: String,
}

impl Finding {
    /// A row for each row of evidence.
    pub fn rows(&self) -> impl Iterator<Item = FindingRow> + '_ {
        let controls = self.controls().iter().map(Control::label).collect::<Vec<_>>().join("; ");
        self.evidence.iter().map(move |evidence| FindingRow {
            severity: self.severity,
            rule: self.rule,
            case: self.case,
            title: self.title.clone(),
            subject_type: evidence.subject.kind.clone(),
            subject_id: evidence.subject.id.clone(),
            subject: evidence.subject.label().to_owned(),
            email: evidence.subject.email.clone(),
            status: evidence.subject.status.map(crate::rows::StateName::as_str).unwrap_or_default(),
            detail: evidence.detail.clone(),
            why: self.why,
            remediation: self.remediation,
            controls: controls.clone(),
        })
    }
}

impl Row for FindingRow {
    const COLUMNS: &'static [&'static str] = &[
        "severity",
        "rule",
        "case",
        "title",
        "subject",
        "email",
        "status",
        "detail",
        "why",
        "remediation",
        "controls",
        "subject_type",
        "subject_id",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.severity.as_str().to_owned(),
            self.rule.id().to_owned(),
            self.case.to_owned(),
            self.title.clone(),
            self.subject.clone(),
            self.email.clone(),
            self.status.to_owned(),
            self.detail.clone(),
            self.why.to_owned(),
            self.remediation.to_owned(),
            self.controls.clone(),
            self.subject_type.clone(),
            self.subject_id.clone(),
        ]
    }
}

/// One row for each finding, without its evidence: what JSON writes whole.
impl Row for &Finding {
    const COLUMNS: &'static [&'static str] = &["severity", "rule", "case", "title", "evidence", "controls"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.severity.as_str().to_owned(),
            self.rule.id().to_owned(),
            self.case.to_owned(),
            self.title.clone(),
            self.evidence.len().to_string(),
            self.controls().iter().map(Control::label).collect::<Vec<_>>().join("; "),
        ]
    }
}
