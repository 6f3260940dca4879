//! Who may have left and come back: accounts that came or went, and other accounts with the same e-mail address.

use std::collections::HashMap;

use c1z::ResourceFilter;
use governance_model::{Resource, State};

use super::{Action, Change, Note, NoteCode, Thing};
use crate::rows::StateName;
use crate::{Error, Snapshot};

/// How many addresses of accounts that came or went are kept. Beyond that nobody is looked for: so many people do not
/// come back one by one.
const KEPT: usize = 50_000;
/// How many other accounts with one address are named.
const NAMED: usize = 5;

/// The addresses of accounts that came and of those that went, and which others have them in the other sync.
#[derive(Debug, Default)]
pub(super) struct Returns {
    came: Addresses,
    went: Addresses,
    full: bool,
}

type Addresses = HashMap<String, Vec<Account>>;

/// Another account with the same address.
#[derive(Clone, Debug)]
struct Account {
    id: String,
    name: String,
    state: Option<State>,
}

impl Returns {
    /// Hears of a change.
    pub(super) fn note(&mut self, change: &Change) {
        let Some(address) = address(change) else { return };
        if self.came.len() + self.went.len() >= KEPT {
            self.full = true;
            return;
        }
        match change.kind.action {
            Action::Added => drop(self.came.entry(address).or_default()),
            Action::Removed => drop(self.went.entry(address).or_default()),
            Action::Changed => {}
        }
    }

    /// Whether there were too many to look for.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Looks for the others: for who came among the older accounts, for who went among the newer ones.
    pub(super) fn search(&mut self, old: &Snapshot<'_>, new: &Snapshot<'_>) -> Result<(), Error> {
        if self.full {
            (self.came, self.went) = (HashMap::new(), HashMap::new());
        }
        search(&mut self.came, old, new)?;
        search(&mut self.went, new, old)
    }

    /// What is to be said with a change.
    pub(super) fn notes(&self, change: &Change) -> Vec<Note> {
        let Some(address) = address(change) else { return Vec::new() };
        let (others, code, side, other_side) = match change.kind.action {
            Action::Added => (self.came.get(&address), NoteCode::SameEmailBefore, "older", "newer"),
            Action::Removed => (self.went.get(&address), NoteCode::SameEmailAfter, "newer", "older"),
            Action::Changed => return Vec::new(),
        };
        let note = |other: &Account| {
            let Account { id, name, state } = other;
            let there = match state {
                None => format!("is not in the {other_side} one"),
                Some(state) => format!("is {} in the {other_side} one", StateName(*state).as_str()),
            };
            code.note(format!(
                "account {id} ({name}) of the {side} sync has the same e-mail address and {there}: maybe the same \
                 person under another id"
            ))
        };
        others.into_iter().flatten().map(note).collect()
    }
}

fn search(wanted: &mut Addresses, here: &Snapshot<'_>, there: &Snapshot<'_>) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    for record in here.view().resources(&ResourceFilter::default()).by_id() {
        let resource = record?.value;
        let Some(user) = resource.user() else { continue };
        let Some(others) = wanted.get_mut(&crate::rows::email(user).to_lowercase()) else { continue };
        if others.len() < NAMED {
            let state = state(there, &resource)?;
            others.push(Account {
                id: resource.id.resource.to_string(),
                name: resource.display_name.to_string(),
                state,
            });
        }
    }
    Ok(())
}

/// The state of the same account in the other sync; `None` when it is not there.
fn state(there: &Snapshot<'_>, resource: &Resource) -> Result<Option<State>, Error> {
    let found = there.view().resource(&resource.id)?;
    Ok(found.map(|record| record.value.status.map_or(State::Unspecified, |status| status.state)))
}

/// The address of an account that came or went, in one spelling.
fn address(change: &Change) -> Option<String> {
    let principal = change.principal.as_ref().filter(|_| change.kind.thing == Thing::User)?;
    (!principal.email.is_empty()).then(|| principal.email.to_lowercase())
}
