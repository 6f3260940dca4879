//! What the rules need to be told.

use std::time::Duration;

use governance_model::Timestamp;

use super::{Identities, Rule};

/// How long an invitation may stay open when nothing else is said: 30 days.
const INVITE_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What to look for, and what to measure it by.
#[derive(Clone, Debug)]
pub struct Options {
    /// The moment as of which ages are measured. What came after the sync is not in it, so ages end with the sync.
    pub as_of: Timestamp,
    /// How many enabled accounts may have administrative access.
    pub max_admins: u64,
    /// How long an invitation may stay open.
    pub invite_age: Duration,
    /// The organisation's own e-mail domains; who has an address elsewhere is an outsider. Nothing is judged when empty.
    pub domains: Vec<String>,
    /// The organisation's own list of people; nothing is judged without.
    pub identities: Option<Identities>,
    /// Only these rules; all when empty.
    pub rules: Vec<Rule>,
    /// Not these rules.
    pub skip: Vec<Rule>,
}

impl Options {
    /// How many accounts may have administrative access when nothing else is said. Microsoft asks for fewer than five global
    /// administrators, and an owner comes on top.
    pub const MAX_ADMINS: u64 = 5;

    /// All rules, by their default measures.
    pub fn new(as_of: Timestamp) -> Self {
        Self {
            as_of,
            max_admins: Self::MAX_ADMINS,
            invite_age: INVITE_AGE,
            domains: Vec::new(),
            identities: None,
            rules: Vec::new(),
            skip: Vec::new(),
        }
    }

    /// Whether a rule is wanted.
    pub fn wants(&self, rule: Rule) -> bool {
        (self.rules.is_empty() || self.rules.contains(&rule)) && !self.skip.contains(&rule)
    }
}
