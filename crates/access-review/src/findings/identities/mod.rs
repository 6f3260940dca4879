//! The organisation's own list of people, and how an account is matched with it.
//!
//! Matching is by e-mail address alone, in any case, and nothing is guessed: two people are never the same because their
//! names are alike. What the address cannot tell, a file of overrides says by hand; see [`Overrides`].

mod columns;
mod list;
mod overrides;

use std::collections::HashMap;

use thiserror::Error;

use crate::rows::Person;
pub use overrides::Overrides;
use overrides::Target;

/// People by address. Holds the addresses of the list, so memory grows with the list.
#[derive(Clone, Debug, Default)]
pub struct Identities {
    /// Address in lower case to whether the person is active; nothing when the list does not say.
    people: HashMap<String, Option<bool>>,
    overrides: Overrides,
    rows: u64,
    without_address: u64,
    has_status: bool,
    /// Words in the column of states that mean nothing here, with how often they came.
    unknown_words: HashMap<String, u64>,
}

/// Why a list cannot be used.
#[derive(Debug, Error)]
pub enum ListError {
    /// It is not CSV, or not in UTF-8.
    #[error("it is no CSV in UTF-8: {0}")]
    Csv(#[from] csv::Error),
    /// No column of addresses.
    #[error(
        "it has no column of e-mail addresses; its columns are {0}, and one must be called email, mail or userPrincipalName"
    )]
    NoAddresses(String),
    /// A list without people: everybody would be found to be missing.
    #[error("it holds no e-mail address")]
    Empty,
    /// A row of the overrides that says nothing.
    #[error(
        "line {line}: an override is an account (id or e-mail address), a comma, and an e-mail address of the list or the word ignore"
    )]
    Override {
        /// Where, from 1.
        line: u64,
    },
    /// Two rows of the overrides for one account.
    #[error("line {line}: there is an override for {account} already")]
    Twice {
        /// Where, from 1.
        line: u64,
        /// The account.
        account: String,
    },
}

/// What the list says about an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// Somebody who is active, or of whom the list has no state.
    Active,
    /// Somebody who is disabled there.
    Disabled { identity: String },
    /// Nobody.
    None { why: String },
    /// Nobody, but somebody when the tag behind the plus sign is left out.
    Near { why: String },
    /// It cannot be told, because the account has no address.
    Unknown { why: String },
    /// The overrides say that it is nobody's, such as a program's.
    Ignored,
}

impl Identities {
    /// The same list with overrides.
    #[must_use]
    pub fn with_overrides(mut self, overrides: Overrides) -> Self {
        self.overrides = overrides;
        self
    }

    /// How many people are on the list.
    pub fn len(&self) -> u64 {
        self.rows
    }

    /// Whether nobody is on the list; never so for one that was read.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether the list says who is active.
    pub(super) fn has_status(&self) -> bool {
        self.has_status
    }

    /// The overrides.
    pub(super) fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    /// What was odd about the list, for people.
    pub(super) fn oddities(&self) -> Vec<String> {
        let mut odd = Vec::new();
        if self.without_address > 0 {
            odd.push(format!(
                "{} of {} rows of the identity list have no e-mail address",
                self.without_address,
                self.rows + self.without_address
            ));
        }
        let mut words: Vec<_> = self.unknown_words.iter().collect();
        words.sort();
        for (word, times) in words {
            odd.push(format!("the state {word:?} on the identity list ({times} ×) is not understood, and counts as not known"));
        }
        odd
    }

    /// Looks an account up.
    pub(super) fn find(&self, person: &Person) -> Match {
        match self.overrides.find(&person.id, &person.email) {
            Some(Target::Ignore) => return Match::Ignored,
            Some(Target::Identity(identity)) => {
                return self.state(identity).unwrap_or_else(|| Match::None {
                    why: format!("the overrides say {identity}, who is not on the identity list"),
                });
            }
            None => {}
        }
        let address = normal(&person.email);
        if address.is_empty() {
            return Match::Unknown { why: "no e-mail address to look for on the identity list".to_owned() };
        }
        if let Some(state) = self.state(&address) {
            return state;
        }
        if let Some(plain) = without_tag(&address).filter(|plain| self.people.contains_key(plain)) {
            return Match::Near { why: format!("not on the identity list, which has {plain}") };
        }
        Match::None { why: format!("{address} is not on the identity list") }
    }

    fn state(&self, address: &str) -> Option<Match> {
        Some(match self.people.get(address)? {
            Some(false) => Match::Disabled { identity: address.to_owned() },
            Some(true) | None => Match::Active,
        })
    }
}

/// An address as it is compared: in lower case, without blanks around it and without a scheme in front of it.
fn normal(address: &str) -> String {
    let address = address.trim().to_lowercase();
    let plain = ["mailto:", "smtp:"].iter().find_map(|scheme| address.strip_prefix(scheme));
    plain.unwrap_or(&address).trim().to_owned()
}

/// `name+tag@domain` as `name@domain`.
fn without_tag(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let (name, _) = local.split_once('+')?;
    Some(format!("{name}@{domain}"))
}
