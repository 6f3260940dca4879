//! Overrides: which account belongs to whom, said by hand where the address does not tell.
//!
//! A CSV of two columns, account and identity; further columns, such as a reason, are for people. The account is an id or an
//! address, the identity an address of the list or the word `ignore`. Lines that begin with `#` are comments. A heading is
//! optional.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use super::list::delimiter;
use super::{ListError, normal};

/// What is said by hand.
#[derive(Clone, Debug, Default)]
pub struct Overrides(HashMap<String, Target>);

/// To whom an account belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To this address of the list.
    Identity(String),
    /// To nobody, and that is in order.
    Ignore,
}

impl Overrides {
    /// Reads overrides.
    ///
    /// # Errors
    /// When they are no CSV, when a row says nothing, or when two rows speak of one account.
    pub fn read(file: impl Read) -> Result<Self, ListError> {
        let mut file = BufReader::new(file);
        let delimiter = delimiter(file.fill_buf().map_err(csv::Error::from)?);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .comment(Some(b'#'))
            .from_reader(file);
        let mut found = HashMap::new();
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |index| normal(record.get(index).unwrap_or_default().trim_start_matches('\u{feff}'));
            let (account, identity) = (cell(0), cell(1));
            if (account.as_str(), identity.as_str()) == ("account", "identity") {
                continue;
            }
            let target = match identity.as_str() {
                "ignore" => Target::Ignore,
                address if address.contains('@') => Target::Identity(identity),
                _ => return Err(ListError::Override { line }),
            };
            if account.is_empty() {
                return Err(ListError::Override { line });
            }
            if found.insert(account.clone(), target).is_some() {
                return Err(ListError::Twice { line, account });
            }
        }
        Ok(Self(found))
    }

    /// What is said about an account: by its id, else by its address.
    pub(super) fn find(&self, id: &str, email: &str) -> Option<&Target> {
        self.0.get(&id.to_lowercase()).or_else(|| self.0.get(&normal(email)))
    }

    /// The keys under which an account may stand, as far as they do.
    pub(in crate::findings) fn used<'o>(&'o self, id: &str, email: &str) -> impl Iterator<Item = &'o str> {
        let keys = [id.to_lowercase(), normal(email)];
        keys.into_iter().filter_map(|key| self.0.get_key_value(&key)).map(|(key, _)| key.as_str())
    }

    /// All accounts of which something is said.
    pub(in crate::findings) fn accounts(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
