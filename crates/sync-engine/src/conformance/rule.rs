//! The rules, and how a broken one is told.

use std::collections::BTreeSet;
use std::fmt;

/// A promise that the engine builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The connector has a name and a fingerprint, and every instance says the same of itself and its types.
    Descriptor,
    /// Validation succeeds, names the source, and says the same each time.
    Validation,
    /// Every page can be read, and every series of pages ends.
    Paging,
    /// Cursors are plain text under a plain name, and the next one belongs to the same series.
    Cursors,
    /// Two reads of the same content bring the same ids.
    StableIds,
    /// Two reads of the same content bring the same, in the same order.
    Determinism,
    /// A page depends on nothing but its cursor and the baseline, so that another process can read it.
    Resume,
    /// Deferred statements are settled in one go, by any instance, and leave nothing open.
    Deferred,
    /// A read of one type brings all of that type.
    Scopes,
    /// Ids are there, within bounds, free of `:`, and joined by the rules of the model.
    Ids,
    /// Every type and every resource has a name for people, if only its id.
    Names,
    /// Nothing comes twice; a grant may, if it is the same both times.
    Duplicates,
    /// What is read is of a declared type, and every declared type is read.
    Types,
    /// A resource has the traits that its type declares, each once.
    Traits,
    /// Every reference leads to something that was read, or to a stand-in for a principal.
    References,
    /// What a grant expands exists, belongs to the principal, and is not what is granted.
    Expansion,
    /// No entitlement is inherited from itself by way of others.
    Cycles,
    /// Whoever is on the source's own list is read, or has a stand-in; so is the account whose credential is used.
    Inventory,
    /// Whoever is on the source's own list is found on the pages where they are said to be.
    Locate,
    /// What the connector makes up or changes keeps the id that was asked about.
    StandIns,
}

impl Rule {
    /// The name of the rule, such as `stable-ids`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Descriptor => "descriptor",
            Self::Validation => "validation",
            Self::Paging => "paging",
            Self::Cursors => "cursors",
            Self::StableIds => "stable-ids",
            Self::Determinism => "determinism",
            Self::Resume => "resume",
            Self::Deferred => "deferred",
            Self::Scopes => "scopes",
            Self::Ids => "ids",
            Self::Names => "names",
            Self::Duplicates => "duplicates",
            Self::Types => "types",
            Self::Traits => "traits",
            Self::References => "references",
            Self::Expansion => "expansion",
            Self::Cycles => "cycles",
            Self::Inventory => "inventory",
            Self::Locate => "locate",
            Self::StandIns => "stand-ins",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A rule that is broken, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// What breaks it: an id, a cursor, a call. It quotes the content that was read.
    pub subject: String,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.rule, self.subject, self.problem)
    }
}

/// What has been found so far; a thing that is found twice is told once.
#[derive(Debug, Default)]
pub(super) struct Violations(BTreeSet<Violation>);

impl Violations {
    pub(super) fn add(&mut self, rule: Rule, subject: impl fmt::Display, problem: impl Into<String>) {
        self.0.insert(Violation { rule, subject: subject.to_string(), problem: problem.into() });
    }

    pub(super) fn sorted(self) -> Vec<Violation> {
        self.0.into_iter().collect()
    }
}
