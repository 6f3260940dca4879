//! Which people are wanted, and how they are found without looking at what everybody has.
//!
//! What is asked of roles and groups says who comes into question: those who have a grant on one that fits. What is asked of
//! an account itself is looked at before its grants are read.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::iter;

use c1z::ResourceFilter;
use governance_model::{ResourceId, ResourceTypeId, TraitKind};

use super::{Person, Privilege, Reference};
use crate::find::types_of;
use crate::sieve::Sieve;
use crate::{Error, Snapshot};

/// Which people are wanted. A person must fulfil all that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct PersonFilter {
    /// Only in one of these states, as [`StateName::as_str`](super::StateName::as_str) says them; all when empty.
    pub status: Vec<String>,
    /// Only with one of these roles, by id or name, in any case.
    pub role: Vec<String>,
    /// Only in one of these groups, by id or name, in any case.
    pub group: Vec<String>,
    /// Only with an administrative role.
    pub admin: bool,
    /// Only without a second factor; who is not known to have one is shown, too.
    pub no_mfa: bool,
    /// Only who was invited and has not accepted.
    pub pending: bool,
    /// Only limited accounts.
    pub limited: bool,
    /// Only who is known by id alone, whether the file has it or not.
    pub unlisted: bool,
    /// Only with an address in one of these domains, in any case.
    pub domain: Vec<String>,
}

impl PersonFilter {
    /// The people who are wanted, by id, and after them the accounts that grants name and the file does not have: they are
    /// accounts by their type.
    ///
    /// # Errors
    /// When it cannot be read who comes into question.
    pub fn people<'s>(
        &self,
        snapshot: &'s Snapshot<'_>,
    ) -> Result<Box<dyn Iterator<Item = Result<Person, Error>> + 's>, Error> {
        let filter = self.clone();
        let types = types_of(snapshot, TraitKind::User, "user")?;
        let accounts: Box<dyn Iterator<Item = Result<Person, Error>>> = if self.asks_for_grants() {
            let ids = self.candidates(snapshot)?.into();
            Box::new(Candidates { snapshot, types, ids, missing: BTreeSet::new() })
        } else {
            let mut resources = snapshot.view().resources(&ResourceFilter::default()).by_id();
            if let Some(sieves) = self.sieves() {
                resources = resources
                    .passing_over(move |message| !sieves.iter().any(|sieve| sieve.may_hold(message)));
            }
            let accounts = resources.filter_map(|record| match record {
                Ok(record) => Person::account(record.value).map(Ok),
                Err(error) => Some(Err(error.into())),
            });
            // Looked for when it is their turn: the first row need not wait for it.
            let missing = iter::once_with(|| snapshot.view().principals_missing()).flat_map(move |found| {
                let found = found.map(|ids| ids.into_iter().filter(|id| types.contains(&id.resource_type)));
                match found {
                    Ok(ids) => ids.map(|id| Ok(Person::missing(id))).collect::<Vec<_>>(),
                    Err(error) => vec![Err(error.into())],
                }
            });
            Box::new(accounts.chain(missing))
        };
        Ok(Box::new(accounts.filter_map(move |account| {
            let person = match account {
                Ok(account) if !filter.accepts_account(&account) => return None,
                Ok(account) => account.with_grants(snapshot),
                Err(error) => Err(error),
            };
            person.map(|person| filter.accepts_grants(&person).then_some(person)).transpose()
        })))
    }

    /// What is asked of the account itself.
    fn accepts_account(&self, person: &Person) -> bool {
        let domain = person.domain();
        (self.status.is_empty() || self.status.iter().any(|state| state == person.status.as_str()))
            && (!self.no_mfa || person.mfa != Some(true))
            && (!self.pending || person.pending)
            && (!self.limited || person.limited)
            && (!self.unlisted || person.unlisted || person.missing)
            && (self.domain.is_empty()
                || domain.is_some_and(|domain| self.domains().any(|wanted| wanted == domain)))
    }

    /// The domains that are wanted, in lower case.
    fn domains(&self) -> impl Iterator<Item = String> {
        self.domain.iter().map(|wanted| wanted.trim_start_matches('@').to_lowercase())
    }

    /// What tells accounts in a wanted domain from others before they are decoded; nothing when all have to be.
    fn sieves(&self) -> Option<Vec<Sieve>> {
        let sieves: Vec<Sieve> = self.domains().map(|wanted| Sieve::of(&wanted)).collect::<Option<_>>()?;
        (!sieves.is_empty()).then_some(sieves)
    }

    /// What is asked of its roles and groups.
    fn accepts_grants(&self, person: &Person) -> bool {
        (self.role.is_empty() || person.roles.iter().any(|role| named(&self.role, &role.id, &role.name)))
            && (self.group.is_empty()
                || person.groups.iter().any(|group| named(&self.group, &group.id, &group.name)))
            && (!self.admin || person.privilege.is_administrative())
    }

    fn asks_for_grants(&self) -> bool {
        self.admin || !self.role.is_empty() || !self.group.is_empty()
    }

    /// Everybody who has a grant on something that fits, for each thing that is asked, in the order of the file. Whether it
    /// is a role and not a group of that name, or its manager, is left to [`Self::accepts_grants`]. Where a grant's columns and
    /// its message disagree, which no writer that is known does, the columns decide who is looked at.
    fn candidates(&self, snapshot: &Snapshot<'_>) -> Result<Vec<ResourceId>, Error> {
        let asked = [!self.role.is_empty(), !self.group.is_empty(), self.admin];
        let mut has = HashMap::<ResourceId, [bool; 3]>::new();
        for resource in snapshot.view().resources_with_grants()? {
            let fits = self.fits(&Reference::find(snapshot, &resource)?);
            if !fits.contains(&true) {
                continue;
            }
            snapshot.view().glance_at_grants(&resource, |grant| {
                let (kind, id) = grant.principal;
                let has = has.entry(ResourceId::new(ResourceTypeId::new(kind), id)).or_default();
                for (has, fits) in has.iter_mut().zip(fits) {
                    *has |= fits;
                }
                Ok::<_, Error>(())
            })?;
        }
        // Nothing fits what is not asked for.
        let all = has.into_iter().filter_map(|(id, has)| (has == asked).then_some(id));
        let mut found: Vec<ResourceId> = all.collect();
        found.sort_by_cached_key(ResourceId::store_key);
        Ok(found)
    }

    /// Whether a resource is a role, a group, an administrative role that is asked for.
    fn fits(&self, resource: &Reference) -> [bool; 3] {
        [
            named(&self.role, &resource.id, &resource.name),
            named(&self.group, &resource.id, &resource.name),
            self.admin && Privilege::of_role(resource).is_administrative(),
        ]
    }
}

/// Whether an id or a name is one of those wanted, names in any case.
fn named(wanted: &[String], id: &str, name: &str) -> bool {
    wanted.iter().any(|text| text == id || text.to_lowercase() == name.to_lowercase())
}

/// Accounts by their ids, those that the file lacks at the end.
struct Candidates<'s, 'f> {
    snapshot: &'s Snapshot<'f>,
    /// What is missing is an account if it is of one of these types.
    types: BTreeSet<ResourceTypeId>,
    ids: VecDeque<ResourceId>,
    missing: BTreeSet<ResourceId>,
}

impl Iterator for Candidates<'_, '_> {
    type Item = Result<Person, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(id) = self.ids.pop_front() {
            match self.snapshot.view().resource(&id) {
                Ok(Some(record)) => {
                    if let Some(account) = Person::account(record.value) {
                        return Some(Ok(account));
                    }
                }
                Ok(None) if self.types.contains(&id.resource_type) => drop(self.missing.insert(id)),
                Ok(None) => {}
                Err(error) => return Some(Err(error.into())),
            }
        }
        self.missing.pop_first().map(|id| Ok(Person::missing(id)))
    }
}
