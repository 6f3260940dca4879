//! Finding what a person means: by id, address or name, in any case, and what comes near when nothing fits.
//!
//! A person is looked for in messages that are not decoded, first; who is not found there is looked for in one pass over all
//! that there is. What is kept is the few that fit or come near.

use std::collections::BTreeSet;

use c1z::{GrantFilter, ResourceFilter};
use governance_model::{Resource, ResourceId, ResourceTypeId, TraitKind};

use crate::names::Kind;
use crate::rows::Principal;
use crate::sieve::Sieve;
use crate::{Error, Snapshot};

/// How many candidates are named; the rest is counted.
const NAMED: usize = 20;
/// More than so many of one name are not put into order in memory.
const SORTED: usize = 1_000;
/// How many that come near are named.
const NEAR: usize = 5;

/// What a search found.
#[derive(Clone, Debug)]
pub enum Found {
    /// Exactly one.
    One(Box<Resource>),
    /// What grants name and the file does not have.
    Missing(ResourceId),
    /// Several that fit equally well.
    Several {
        /// The first of them, by id.
        candidates: Vec<Principal>,
        /// How many there are besides.
        more: usize,
    },
    /// None.
    None {
        /// What comes near, the nearest first.
        near: Vec<Principal>,
    },
}

/// How a resource fits what was asked for, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Id,
    Address,
    Name,
}

/// Finds a person by id, e-mail address, login or name; any principal as `type:id`.
///
/// # Errors
/// When the file cannot be read.
pub fn person(snapshot: &Snapshot<'_>, text: &str) -> Result<Found, Error> {
    if let Some(found) = exact(snapshot, text, holds_anything)? {
        return Ok(found);
    }
    // What is of a type of accounts is one, also when its own traits do not say so.
    let types = types_of(snapshot, TraitKind::User, "user")?;
    let is_account = |resource: &Resource| {
        Kind::of(&resource.traits) == Kind::User || types.contains(&resource.id.resource_type)
    };
    if let Some(found) = at_a_glance(snapshot, text, is_account)? {
        return Ok(found);
    }
    let mut search = Search::new(text);
    for record in snapshot.view().resources(&ResourceFilter::default()).by_id() {
        let resource = record?.value;
        if is_account(&resource) {
            search.look_at(resource, snapshot)?;
        } else if search.fit(&resource).is_some() {
            // A group, say, of that name: no person, and worth a mention.
            search.come_near(0, &resource, snapshot)?;
        }
    }
    let found = search.found();
    if let Found::None { .. } = found {
        for resource_type in types {
            let id = ResourceId::new(resource_type, text);
            if holds_anything(snapshot, &id)? {
                return Ok(Found::Missing(id));
            }
        }
    }
    Ok(found)
}

/// Those that fit, without decoding others; nothing when there are none, or too many.
fn at_a_glance(
    snapshot: &Snapshot<'_>,
    text: &str,
    is_account: impl Fn(&Resource) -> bool,
) -> Result<Option<Found>, Error> {
    let mut search = Search::new(text);
    let Some(sieve) = Sieve::of(&search.wanted) else { return Ok(None) };
    let mut fitting = Vec::new();
    let all = snapshot.view().resources(&ResourceFilter::default());
    for record in all.passing_over(|message| !sieve.may_hold(message)) {
        let resource = record?.value;
        if is_account(&resource) && search.fit(&resource).is_some() {
            if fitting.len() == SORTED {
                return Ok(None);
            }
            fitting.push(resource);
        }
    }
    if fitting.is_empty() {
        return Ok(None);
    }
    fitting.sort_by_cached_key(|resource| resource.id.to_string());
    for resource in fitting {
        search.look_at(resource, snapshot)?;
    }
    Ok(Some(search.found()))
}

/// Finds a thing as `type:id` or `type:name`, or by its id or name alone.
///
/// # Errors
/// When the file cannot be read.
pub fn thing(snapshot: &Snapshot<'_>, text: &str) -> Result<Found, Error> {
    let missing = match exact(snapshot, text, is_held)? {
        Some(found @ Found::One(_)) => return Ok(found),
        missing => missing,
    };
    match named(snapshot, text)? {
        Found::None { near } => Ok(missing.unwrap_or(Found::None { near })),
        found => Ok(found),
    }
}

fn named(snapshot: &Snapshot<'_>, text: &str) -> Result<Found, Error> {
    let typed = text.split_once(':').filter(|(kind, _)| {
        snapshot.view().resource_type(&ResourceTypeId::new(*kind)).is_ok_and(|found| found.is_some())
    });
    let Some((kind, name)) = typed else { return of_types(snapshot, None, text) };
    match of_types(snapshot, Some(ResourceTypeId::new(kind)), name)? {
        // A name can hold a colon, too.
        Found::None { near } => match of_types(snapshot, None, text)? {
            Found::None { .. } => Ok(Found::None { near }),
            found => Ok(found),
        },
        found => Ok(found),
    }
}

fn of_types(
    snapshot: &Snapshot<'_>,
    resource_type: Option<ResourceTypeId>,
    text: &str,
) -> Result<Found, Error> {
    let mut search = Search::new(text);
    let filter = ResourceFilter { resource_type, ..ResourceFilter::default() };
    for record in snapshot.view().resources(&filter).by_id() {
        search.look_at(record?.value, snapshot)?;
    }
    Ok(search.found())
}

/// Finds a role by its id or name.
///
/// # Errors
/// When the file cannot be read.
pub fn role(snapshot: &Snapshot<'_>, text: &str) -> Result<Found, Error> {
    among(snapshot, types_of(snapshot, TraitKind::Role, "role")?, text)
}

/// Finds a group by its id or name.
///
/// # Errors
/// When the file cannot be read.
pub fn group(snapshot: &Snapshot<'_>, text: &str) -> Result<Found, Error> {
    among(snapshot, types_of(snapshot, TraitKind::Group, "group")?, text)
}

fn among(snapshot: &Snapshot<'_>, types: BTreeSet<ResourceTypeId>, text: &str) -> Result<Found, Error> {
    let mut search = Search::new(text);
    for resource_type in types {
        let filter = ResourceFilter { resource_type: Some(resource_type), ..ResourceFilter::default() };
        for record in snapshot.view().resources(&filter) {
            search.look_at(record?.value, snapshot)?;
        }
    }
    Ok(search.found())
}

/// The types of resource with a trait, and one that has it by custom.
pub(crate) fn types_of(
    snapshot: &Snapshot<'_>,
    wanted: TraitKind,
    custom: &'static str,
) -> Result<BTreeSet<ResourceTypeId>, Error> {
    let mut types = BTreeSet::from([ResourceTypeId::from_static(custom)]);
    for found in snapshot.view().resource_types() {
        let found = found?.value;
        if found.traits.contains(&wanted) {
            types.insert(found.id);
        }
    }
    Ok(types)
}

/// What `type:id` names, exactly; what the file lacks is found when something in the file names it.
fn exact(
    snapshot: &Snapshot<'_>,
    text: &str,
    is_named: impl Fn(&Snapshot<'_>, &ResourceId) -> Result<bool, Error>,
) -> Result<Option<Found>, Error> {
    let Some((kind, id)) = text.split_once(':') else { return Ok(None) };
    let id = ResourceId::new(ResourceTypeId::new(kind), id);
    if let Some(record) = snapshot.view().resource(&id)? {
        return Ok(Some(Found::One(Box::new(record.value))));
    }
    Ok(is_named(snapshot, &id)?.then_some(Found::Missing(id)))
}

fn holds_anything(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<bool, Error> {
    let filter = GrantFilter { principal: Some(id.clone()), ..GrantFilter::default() };
    Ok(snapshot.view().grants(&filter).next().transpose()?.is_some())
}

/// Whether anybody has something on a resource.
fn is_held(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<bool, Error> {
    let filter = GrantFilter { resource: Some(id.clone()), ..GrantFilter::default() };
    Ok(snapshot.view().grants(&filter).next().transpose()?.is_some())
}

struct Search {
    /// What is wanted, in lower case.
    wanted: String,
    best: Option<Fit>,
    /// The first that fit best.
    first: Option<Box<Resource>>,
    candidates: Vec<Principal>,
    more: usize,
    near: Vec<(usize, Principal)>,
}

impl Search {
    fn new(text: &str) -> Self {
        let wanted = text.trim().to_lowercase();
        Self { wanted, best: None, first: None, candidates: Vec::new(), more: 0, near: Vec::new() }
    }

    fn fit(&self, resource: &Resource) -> Option<Fit> {
        let is = |text: &str| !text.is_empty() && text.to_lowercase() == self.wanted;
        if is(&resource.id.resource) {
            Some(Fit::Id)
        } else if addresses(resource).any(is) {
            Some(Fit::Address)
        } else if is(&resource.display_name) {
            Some(Fit::Name)
        } else {
            None
        }
    }

    fn look_at(&mut self, resource: Resource, snapshot: &Snapshot<'_>) -> Result<(), Error> {
        let Some(fit) = self.fit(&resource) else {
            if self.best.is_none()
                && let Some(distance) = self.distance(&resource)
            {
                self.come_near(distance, &resource, snapshot)?;
            }
            return Ok(());
        };
        if self.best.is_none_or(|best| fit < best) {
            self.best = Some(fit);
            self.candidates.clear();
            self.more = 0;
            self.first = None;
        } else if self.best != Some(fit) {
            return Ok(());
        }
        if self.candidates.len() < NAMED {
            self.candidates.push(Principal::find(snapshot, &resource.id)?);
        } else {
            self.more += 1;
        }
        self.first.get_or_insert_with(|| Box::new(resource));
        Ok(())
    }

    /// How far a name or an address is from what is wanted; nothing when it is too far to be meant.
    fn distance(&self, resource: &Resource) -> Option<usize> {
        let allowed = (self.wanted.chars().count() / 4).clamp(1, 4);
        let texts = addresses(resource).chain([resource.display_name.as_str()]);
        texts.filter_map(|text| self.distance_of(&text.to_lowercase(), allowed)).min()
    }

    fn distance_of(&self, text: &str, allowed: usize) -> Option<usize> {
        if self.wanted.is_empty() || text.is_empty() {
            return None;
        }
        // Part of a name, or the name in front of an address, is as good as a slip of one key.
        if self.wanted.chars().count() > 2 && text.contains(&self.wanted) {
            return Some(1);
        }
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2);
        let all = std::iter::once(text).chain(words);
        all.map(|text| strsim::osa_distance(&self.wanted, text)).filter(|distance| *distance <= allowed).min()
    }

    fn come_near(
        &mut self,
        distance: usize,
        resource: &Resource,
        snapshot: &Snapshot<'_>,
    ) -> Result<(), Error> {
        let full = self.near.len() == NEAR;
        if full && self.near.last().is_some_and(|(farthest, _)| *farthest <= distance) {
            return Ok(());
        }
        let at = self.near.partition_point(|(other, _)| *other <= distance);
        self.near.insert(at, (distance, Principal::find(snapshot, &resource.id)?));
        self.near.truncate(NEAR);
        Ok(())
    }

    fn found(self) -> Found {
        match self.first {
            Some(first) if self.candidates.len() == 1 => Found::One(first),
            Some(_) => Found::Several { candidates: self.candidates, more: self.more },
            None => Found::None { near: self.near.into_iter().map(|(_, near)| near).collect() },
        }
    }
}

/// Every address and login of an account.
fn addresses(resource: &Resource) -> impl Iterator<Item = &str> {
    resource.user().into_iter().flat_map(|user| {
        let emails = user.emails.iter().map(|email| email.address.as_str());
        let logins = user.login.iter().chain(&user.login_aliases).map(String::as_str);
        emails.chain(logins)
    })
}
