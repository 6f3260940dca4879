//! The people of a sync, counted, and those with administrative access by name.

use std::collections::BTreeMap;

use super::graph::Graph;
use super::text::{Text, When, link};
use crate::rows::{HeldRole, Holder, Person, Privilege, StateName};
use crate::{Error, Snapshot};

/// How many administrators are listed by name; the table of people has them all.
const LISTED: usize = 1_000;

/// The numbers.
#[derive(Debug, Default)]
pub(super) struct Census {
    pub(super) people: u64,
    pub(super) states: BTreeMap<StateName, u64>,
    pub(super) owners: u64,
    pub(super) administrators: u64,
    /// Who or what has administrative access and is no account of the file.
    pub(super) outsiders: u64,
    pub(super) managers: u64,
    pub(super) without_factor: u64,
    pub(super) unknown_factor: u64,
    pub(super) pending: u64,
    pub(super) limited: u64,
    pub(super) unlisted: u64,
    pub(super) administrative: Vec<Administrator>,
}

/// Somebody with administrative access.
#[derive(Debug)]
pub(super) struct Administrator {
    privilege: Privilege,
    pub(super) link: String,
    pub(super) name: Text,
    pub(super) email: Text,
    /// Its administrative roles, with how much each allows.
    pub(super) roles: Vec<(Text, &'static str)>,
    /// As a word; empty for what has no state.
    pub(super) state: &'static str,
    pub(super) reason: Text,
    pub(super) factor: Option<bool>,
    pub(super) since: Option<When>,
}

impl Census {
    /// Counts everybody, and adds them to the graph.
    pub(super) fn take(snapshot: &Snapshot<'_>, graph: &mut Graph) -> Result<Self, Error> {
        let mut census = Self::default();
        for person in Person::all(snapshot) {
            let person = person?;
            census.count(&person);
            graph.person(&person)?;
        }
        for holder in Holder::missing(snapshot)? {
            census.outsider(&holder?);
        }
        for holder in Holder::administrative_things(snapshot)? {
            census.outsider(&holder);
        }
        census.administrative.sort_by(|a, b| (a.privilege, &a.name).cmp(&(b.privilege, &b.name)));
        Ok(census)
    }

    fn count(&mut self, person: &Person) {
        let enabled = person.status.0 == governance_model::State::Enabled;
        self.people += 1;
        *self.states.entry(person.status).or_default() += 1;
        match person.privilege {
            Privilege::Owner => self.owners += 1,
            Privilege::Administrator => self.administrators += 1,
            Privilege::Manager => self.managers += 1,
            Privilege::Regular => {}
        }
        self.without_factor += u64::from(enabled && person.mfa == Some(false));
        self.unknown_factor += u64::from(enabled && person.mfa.is_none());
        self.pending += u64::from(person.pending);
        self.limited += u64::from(person.limited);
        self.unlisted += u64::from(person.unlisted);
        if person.privilege.is_administrative() && self.administrative.len() < LISTED {
            self.administrative.push(Administrator::new(person));
        }
    }

    fn outsider(&mut self, holder: &Holder) {
        if !holder.privilege().is_administrative() {
            return;
        }
        self.outsiders += 1;
        if self.administrative.len() < LISTED {
            self.administrative.push(Administrator::outsider(holder));
        }
    }

    /// How many have administrative access.
    pub(super) fn administrative_total(&self) -> u64 {
        self.owners + self.administrators + self.outsiders
    }

    /// How many of those are not listed by name.
    pub(super) fn more_administrative(&self) -> Option<u64> {
        self.administrative_total().checked_sub(self.administrative.len() as u64).filter(|more| *more > 0)
    }

    pub(super) fn enabled(&self) -> u64 {
        self.state(governance_model::State::Enabled)
    }

    pub(super) fn state(&self, state: governance_model::State) -> u64 {
        self.states.get(&StateName(state)).copied().unwrap_or(0)
    }
}

impl Administrator {
    fn new(person: &Person) -> Self {
        Self {
            privilege: person.privilege,
            link: link(&person.resource_type, &person.id),
            name: Text::new(person.label()),
            email: Text::new(&person.email),
            roles: administrative(&person.roles),
            state: person.status.as_str(),
            reason: Text::new(&person.status_reason),
            factor: person.mfa,
            since: person.created_at.map(When::from),
        }
    }

    fn outsider(holder: &Holder) -> Self {
        let principal = &holder.principal;
        let what = if principal.missing { "not in the file" } else { "no account" };
        Self {
            privilege: holder.privilege(),
            link: link(&principal.kind, &principal.id),
            name: Text::new(principal.label()),
            email: Text::new(&principal.email),
            roles: administrative(&holder.roles),
            state: principal.state(),
            reason: Text::new(&format!("{}, {what}", principal.kind)),
            factor: None,
            since: None,
        }
    }
}

fn administrative(roles: &[HeldRole]) -> Vec<(Text, &'static str)> {
    let roles = roles.iter().filter(|role| role.privilege.is_administrative());
    let label = |role: &HeldRole| Text::new(if role.name.is_empty() { &role.id } else { &role.name });
    roles.map(|role| (label(role), role.privilege.as_str())).collect()
}
