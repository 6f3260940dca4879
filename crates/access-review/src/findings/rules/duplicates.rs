//! Several accounts with one address.
//!
//! Addresses are not kept: the walk keeps eight bytes for each, and only when two of those are alike a second walk compares
//! the addresses themselves.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use c1z::ResourceFilter;
use governance_model::State;

use super::{Account, Case, Check, Context, about, count, state};
use crate::Error;
use crate::findings::{Assessment, Rule, Severity};
use crate::rows::Person;

pub(super) const RULES: &[Rule] = &[Rule::DuplicateEmail];

const WHAT: &str = "Find out which one the person uses, move what belongs to the other, and remove that.";

/// Addresses seen so far.
#[derive(Default)]
pub(super) struct Duplicates {
    seen: HashSet<u64>,
    again: HashSet<u64>,
}

impl Check for Duplicates {
    fn person(&mut self, _context: &Context<'_, '_>, account: &Account) -> Result<(), Error> {
        if let Some(address) = address(&account.person.email) {
            let mark = mark(&address);
            if !self.seen.insert(mark) {
                self.again.insert(mark);
            }
        }
        Ok(())
    }

    fn end(self: Box<Self>, context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error> {
        let Self { seen, again } = *self;
        drop(seen);
        let mut shared = Case::new(
            Rule::DuplicateEmail,
            "in-use",
            Severity::Medium,
            "One person with two accounts has the access of both, and removing one leaves the other; who is removed by address may stay.",
            WHAT,
        );
        let mut remains = Case::new(
            Rule::DuplicateEmail,
            "with-deleted",
            Severity::Low,
            "The same address stands on an account that is in use and on a deleted one; what the old one had is easily taken for current access.",
            "Nothing if the person left and came back; otherwise remove what the deleted account still has.",
        );
        let (mut addresses, mut left) = (0, 0);
        for people in alike(context, &again)?.into_values().filter(|people| people.len() > 1) {
            let in_use = people.iter().filter(|person| person.status.0 != State::Deleted).count();
            let (case, number) =
                if in_use > 1 { (&mut shared, &mut addresses) } else { (&mut remains, &mut left) };
            *number += 1;
            for person in &people {
                let others = people.iter().filter(|other| other.id != person.id);
                let others = others.map(|other| other.id.as_str()).collect::<Vec<_>>().join(", ");
                let detail = format!("{}; {} is also the address of {others}", state(person), person.email);
                case.add(about(person, detail).with("same_address_as", others));
            }
        }
        let title = |number, people| {
            format!("{} by {people} accounts", count(number, "address is shared", "addresses are shared"))
        };
        shared.end(found, |people| title(addresses, people));
        remains.end(found, |people| format!("{}, all but one of them deleted", title(left, people)));
        Ok(())
    }
}

/// The people behind marks that came more than once, by address.
fn alike(context: &Context<'_, '_>, again: &HashSet<u64>) -> Result<BTreeMap<String, Vec<Person>>, Error> {
    let mut alike = BTreeMap::<_, Vec<Person>>::new();
    if again.is_empty() {
        return Ok(alike);
    }
    for record in context.snapshot.view().resources(&ResourceFilter::default()).by_id() {
        let resource = record?.value;
        let Some(address) = resource.user().and_then(|user| address(&crate::rows::email(user))) else {
            continue;
        };
        if !again.contains(&mark(&address)) {
            continue;
        }
        if let Some(person) = Person::of(context.snapshot, resource)? {
            alike.entry(address).or_default().push(person);
        }
    }
    Ok(alike)
}

/// An address as mail programs compare it in practice.
fn address(email: &str) -> Option<String> {
    let address = email.trim().to_lowercase();
    (!address.is_empty()).then_some(address)
}

fn mark(address: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    address.hash(&mut hasher);
    hasher.finish()
}
