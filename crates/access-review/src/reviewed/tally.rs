//! What became of a review as a whole.

use std::collections::BTreeMap;

use super::{Checked, Outcome};

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// All rows: the open ones first, by outcome and id.
    pub rows: Vec<Checked>,
    /// What limits the answer, for people.
    pub remarks: Vec<String>,
}

impl Closure {
    pub(super) fn new(mut rows: Vec<Checked>, remarks: Vec<String>) -> Self {
        rows.sort_by(|a, b| (a.closed, a.outcome, &a.id).cmp(&(b.closed, b.outcome, &b.id)));
        Self { rows, remarks }
    }

    /// Whether nothing is left to do.
    pub fn is_closed(&self) -> bool {
        self.rows.iter().all(|row| row.closed)
    }

    /// How many rows there are of each outcome.
    pub fn counts(&self) -> BTreeMap<Outcome, u64> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(row.outcome).or_default() += 1;
        }
        counts
    }

    /// A number with its word. What was carried out can be open all the same: an answer is missing, or a fact was edited.
    fn count(&self, outcome: Outcome, count: u64) -> String {
        let open = self.rows.iter().filter(|row| row.outcome == outcome && !row.closed).count();
        let word = outcome.as_str();
        if outcome.is_closed() && open > 0 {
            format!("{count} {word} ({open} of them open)")
        } else {
            format!("{count} {word}")
        }
    }

    /// One line: how many are open, and what became of all.
    pub fn sentence(&self) -> String {
        let open = self.rows.iter().filter(|row| !row.closed).count();
        let counts: Vec<_> =
            self.counts().iter().map(|(outcome, count)| self.count(*outcome, *count)).collect();
        let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
        format!("{} rows, {open} open{counts}", self.rows.len())
    }
}
