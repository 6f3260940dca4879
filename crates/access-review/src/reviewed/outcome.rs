//! What became of a row.

use serde::Serialize;

use super::Answer;
use crate::export::Facts;
use crate::format::Row;

/// What became of a decision, or why there is none. The open ones come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// To be revoked, and still there.
    NotRevoked,
    /// To be changed, and still as it was.
    NotChanged,
    /// Kept, and something about it is not as it was when that was decided.
    ChangedSince,
    /// Nobody decided.
    Undecided,
    /// The later sync did not read it, so nothing is known.
    NotRead,
    /// A grant of the later sync that was not there to be reviewed.
    NotReviewed,
    /// A row that was given out for review and did not come back.
    RowMissing,
    /// A row that was not given out, or came back twice.
    RowForeign,
    /// The workbook as a whole is not as it was given out.
    WorkbookAltered,
    /// To be revoked, and gone.
    Revoked,
    /// To be revoked, and the principal is gone altogether.
    PrincipalGone,
    /// To be changed, and not as it was.
    Changed,
    /// Kept, and gone since.
    GoneSince,
    /// Kept, and as it was.
    Kept,
}

impl Outcome {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotRevoked => "not-revoked",
            Self::NotChanged => "not-changed",
            Self::ChangedSince => "changed-since",
            Self::Undecided => "undecided",
            Self::NotRead => "not-read",
            Self::NotReviewed => "not-reviewed",
            Self::RowMissing => "row-missing",
            Self::RowForeign => "row-foreign",
            Self::WorkbookAltered => "workbook-altered",
            Self::Revoked => "revoked",
            Self::PrincipalGone => "principal-gone",
            Self::Changed => "changed",
            Self::GoneSince => "gone-since",
            Self::Kept => "kept",
        }
    }

    /// Whether nothing is left to do about it, provided that the row is whole.
    pub fn is_closed(self) -> bool {
        self >= Self::Revoked
    }
}

/// A fact that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alteration {
    /// The column.
    pub field: &'static str,
    /// What it said.
    pub old: String,
    /// What it says.
    pub new: String,
}

/// A row and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// What became of it.
    pub outcome: Outcome,
    /// Whether nothing is left to do about it.
    pub closed: bool,
    /// Who has it.
    pub principal: String,
    /// The address to write to.
    pub email: String,
    /// The entitlement's short name.
    pub permission: String,
    /// The type of the thing it is on.
    pub resource_type: String,
    /// The thing it is on.
    pub resource: String,
    /// What was decided: `keep`, `revoke`, `change`, or whatever stands there.
    pub decision: String,
    /// Why.
    pub rationale: String,
    /// Who decided.
    pub reviewer: String,
    /// When.
    pub date: String,
    /// What else is to be said, for people.
    pub detail: String,
    /// Which answers are missing: `rationale`, `reviewer`, `date`. Without a date a row can be closed.
    pub missing: Vec<&'static str>,
    /// Which facts differ between the workbook and what was given out. Without the reviewed sync it is only known that
    /// something does, and the list is empty.
    pub altered: Vec<Alteration>,
    /// Whether the facts are not those that were given out.
    pub is_altered: bool,
    /// Which facts the later sync has otherwise.
    pub changes: Vec<Alteration>,
    /// The grant's id.
    pub id: String,
}

impl Checked {
    pub(super) fn new(outcome: Outcome, facts: &Facts, answer: &Answer) -> Self {
        let [principal, email, _, permission, resource_type, resource, ..] = facts.0.clone();
        Self {
            outcome,
            closed: outcome.is_closed(),
            principal,
            email,
            permission,
            resource_type,
            resource,
            decision: answer.decision.clone(),
            rationale: answer.rationale.clone(),
            reviewer: answer.reviewer.clone(),
            date: answer.date.clone(),
            detail: String::new(),
            missing: Vec::new(),
            altered: Vec::new(),
            is_altered: false,
            changes: Vec::new(),
            id: facts.id().to_owned(),
        }
    }

    /// Adds a sentence.
    pub(super) fn say(&mut self, sentence: &str) {
        if !self.detail.is_empty() {
            self.detail.push_str("; ");
        }
        self.detail.push_str(sentence);
    }
}

impl Row for Checked {
    const COLUMNS: &'static [&'static str] = &[
        "outcome",
        "closed",
        "principal",
        "email",
        "permission",
        "resource_type",
        "resource",
        "decision",
        "reviewer",
        "date",
        "detail",
        "rationale",
        "id",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.outcome.as_str().to_owned(),
            if self.closed { "yes" } else { "no" }.to_owned(),
            self.principal.clone(),
            self.email.clone(),
            self.permission.clone(),
            self.resource_type.clone(),
            self.resource.clone(),
            self.decision.clone(),
            self.reviewer.clone(),
            self.date.clone(),
            self.detail.clone(),
            self.rationale.clone(),
            self.id.clone(),
        ]
    }
}
