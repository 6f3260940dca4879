//! The states of accounts, for whoever counts members and asks about nearly everybody.

use std::cell::OnceCell;
use std::collections::HashMap;

use c1z::SyncView;
use governance_model::{State, Text};

use crate::Error;

/// The states of all accounts whose messages say them outright, by type and id. They are read at the first question, at
/// about 40 bytes each, and go with the listing that counts.
#[derive(Debug, Default)]
pub(super) struct States(OnceCell<HashMap<String, HashMap<Text, State>>>);

impl States {
    /// The state of an account; `None` when the account itself has to be asked for, and for everything else.
    pub(super) fn of(&self, view: &SyncView<'_>, kind: &str, id: &str) -> Result<Option<State>, Error> {
        let known = if let Some(known) = self.0.get() {
            known
        } else {
            let read = read(view)?;
            self.0.get_or_init(|| read)
        };
        Ok(known.get(kind).and_then(|accounts| accounts.get(id)).copied())
    }
}

fn read(view: &SyncView<'_>) -> Result<HashMap<String, HashMap<Text, State>>, Error> {
    let mut read = HashMap::<String, HashMap<Text, State>>::new();
    view.states_of_accounts(|kind, id, state| {
        if !read.contains_key(kind) {
            read.insert(kind.to_owned(), HashMap::new());
        }
        if let Some(accounts) = read.get_mut(kind) {
            // The first of several, as it is found by its id.
            accounts.entry(id.into()).or_insert(state);
        }
    })?;
    Ok(read)
}
