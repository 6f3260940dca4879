//! What the rules found, as the page shows it.

use super::graph::Graph;
use super::text::{Text, counted, link, number};
use crate::findings::{Assessment, Evidence, Finding, NotChecked, Severity};

/// How many rows of evidence a finding shows; the command `findings` has them all.
const SHOWN: usize = 1_000;

/// All findings.
#[derive(Debug)]
pub(super) struct FindingsView {
    pub(super) findings: Vec<FindingView>,
    pub(super) not_checked: Vec<(&'static str, Text)>,
    pub(super) notes: Vec<Text>,
}

/// A finding.
#[derive(Debug)]
pub(super) struct FindingView {
    pub(super) severity: Severity,
    pub(super) title: Text,
    pub(super) key: String,
    pub(super) why: &'static str,
    pub(super) remediation: &'static str,
    pub(super) controls: Vec<(String, &'static str)>,
    pub(super) count: String,
    pub(super) evidence: Vec<EvidenceView>,
    pub(super) more: Option<String>,
}

/// A row of evidence.
#[derive(Debug)]
pub(super) struct EvidenceView {
    /// Where the page shows what it is about, if it does.
    pub(super) link: Option<String>,
    pub(super) reference: String,
    pub(super) kind: Text,
    pub(super) label: Text,
    pub(super) email: Text,
    pub(super) detail: Text,
    pub(super) facts: Vec<(&'static str, Text)>,
}

impl FindingsView {
    pub(super) fn new(assessment: &Assessment, graph: &Graph) -> Self {
        let not_checked = |skipped: &NotChecked| (skipped.rule.id(), Text::new(&skipped.reason));
        Self {
            findings: assessment.findings.iter().map(|finding| FindingView::new(finding, graph)).collect(),
            not_checked: assessment.not_checked.iter().map(not_checked).collect(),
            notes: assessment.notes.iter().map(|note| Text::new(note)).collect(),
        }
    }

    /// How many there are of each severity, the worst first, as `2 critical, 1 high`.
    pub(super) fn by_severity(&self) -> String {
        let counts = Severity::ALL.into_iter().filter_map(|severity| {
            let count = self.findings.iter().filter(|finding| finding.severity == severity).count();
            (count > 0).then(|| format!("{} {severity}", number(count as u64)))
        });
        counts.collect::<Vec<_>>().join(", ")
    }

    /// Whether one is to be settled before anything else.
    pub(super) fn is_bad(&self) -> bool {
        self.findings.iter().any(FindingView::is_bad)
    }
}

impl FindingView {
    fn new(finding: &Finding, graph: &Graph) -> Self {
        let rows = finding.evidence.len();
        let more = rows.saturating_sub(SHOWN) as u64;
        Self {
            severity: finding.severity,
            title: Text::new(&finding.title),
            key: finding.key(),
            why: finding.why,
            remediation: finding.remediation,
            controls: finding.controls().iter().map(|control| (control.label(), control.title)).collect(),
            count: counted(rows as u64, "row of evidence", "rows of evidence"),
            evidence: finding.evidence.iter().take(SHOWN).map(|row| EvidenceView::new(row, graph)).collect(),
            more: (more > 0).then(|| number(more)),
        }
    }

    pub(super) fn is_bad(&self) -> bool {
        self.severity >= Severity::High
    }

    pub(super) fn has_facts(&self) -> bool {
        self.evidence.iter().any(|row| !row.facts.is_empty())
    }
}

impl EvidenceView {
    fn new(evidence: &Evidence, graph: &Graph) -> Self {
        let subject = &evidence.subject;
        let shown = graph.has(&subject.kind, &subject.id);
        Self {
            link: shown.then(|| link(&subject.kind, &subject.id)),
            reference: format!("{}:{}", subject.kind, subject.id),
            kind: Text::new(&subject.kind),
            label: Text::new(subject.label()),
            email: Text::new(&subject.email),
            detail: Text::new(&evidence.detail),
            facts: evidence.facts.iter().map(|(fact, value)| (*fact, Text::new(value))).collect(),
        }
    }
}
