//! Who has what, as the script of the page reads it: lists of people, of other resources, and of entitlements with their
//! holders, which refer to each other by number.
//!
//! The lists and the number of each resource are held in memory: the page is one file that holds everybody. What a grant
//! names and the file lacks gets a number, too, and is marked.

use std::collections::HashMap;
use std::io::Write;

use c1z::{EntitlementFilter, GrantFilter, ResourceFilter};
use governance_model::{EntitlementId, Grant, Resource, ResourceId, ResourceTypeId, Timestamp};
use serde::Serialize;

use super::script::{self, List};
use super::text::Text;
use crate::names::Kind;
use crate::rows::{self, Person, Privilege, Reference, Scope};
use crate::{Error, Snapshot};

/// What the script is told about a person.
#[derive(Serialize)]
struct PersonRow<'a>(
    u32,
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    u32,
    u32,
    Option<bool>,
    Option<i64>,
    Option<i64>,
    u8,
    Privilege,
);

/// What the script is told about another resource.
#[derive(Serialize)]
struct ThingRow<'a>(u32, &'a str, &'a str, Sort, Option<i64>, Option<Privilege>, Option<ProjectFacts>);

#[derive(Serialize)]
struct ProjectFacts(String, Option<bool>, Option<bool>);

/// What a resource is on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Sort {
    /// A group.
    Group,
    /// A role.
    Role,
    /// A project.
    Project,
    /// Anything else.
    Other,
    /// Something that a grant names and the file does not have.
    Missing,
}

/// An entitlement and who has it.
#[derive(Debug, Serialize)]
struct Held(u32, u32, String, Vec<u32>, Vec<Otherwise>);

/// A grant that is not simply direct.
#[derive(Debug, Serialize)]
struct Otherwise(u32, u8, Vec<u32>, Vec<Covered>);

/// What a role covers: a resource by its number, or what the grant says.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Covered {
    Here(u32),
    Elsewhere(u32, String, String),
}

const DIRECT: u8 = 1;
const INHERITED_BY_MEMBERS: u8 = 2;

const PENDING: u8 = 1;
const LIMITED: u8 = 2;
const UNLISTED: u8 = 4;

/// Everything that the script reads.
#[derive(Debug, Default)]
pub(super) struct Graph {
    words: Words,
    numbers: HashMap<ResourceId, u32>,
    people: List,
    things: List,
    /// What each of `things` is.
    sorts: Vec<Sort>,
    entitlements: Vec<Held>,
    entitlement_numbers: HashMap<EntitlementId, u32>,
    grants: u64,
}

impl Graph {
    /// Adds a person. All people come before everything else, because one numbering runs through both lists.
    pub(super) fn person(&mut self, person: &Person) -> Result<(), Error> {
        let flags = [(person.pending, PENDING), (person.limited, LIMITED), (person.unlisted, UNLISTED)];
        let login = if person.login == person.email { "" } else { &person.login };
        let [name, email, login] = [&person.name, &person.email, login].map(Text::new);
        let row = PersonRow(
            self.words.number(&person.resource_type),
            &person.id,
            name.as_str(),
            email.as_str(),
            login.as_str(),
            self.words.number(person.status.as_str()),
            self.words.number(&person.status_reason),
            person.mfa,
            person.created_at.map(Timestamp::as_second),
            person.last_login.map(Timestamp::as_second),
            flags.into_iter().map(|(is, flag)| if is { flag } else { 0 }).sum(),
            person.privilege,
        );
        let number = self.people.push(&row)?;
        let id = ResourceId::new(ResourceTypeId::new(&*person.resource_type), &*person.id);
        self.numbers.insert(id, number);
        Ok(())
    }

    /// Adds everything but people.
    pub(super) fn rest(&mut self, snapshot: &Snapshot<'_>) -> Result<(), Error> {
        for record in snapshot.view().resources(&ResourceFilter::default()).by_id() {
            let resource = record?.value;
            if resource.user().is_none() {
                self.thing(&resource)?;
            }
        }
        for record in snapshot.view().entitlements(&EntitlementFilter::default()).by_id() {
            let entitlement = record?.value;
            let on = self.number(&entitlement.resource)?;
            let slug = self.words.number(&entitlement.slug);
            let name = Text::new(&entitlement.display_name).to_string();
            self.entitlement(entitlement.id, || Held(on, slug, name, Vec::new(), Vec::new()));
        }
        for record in snapshot.view().grants(&GrantFilter::default()).by_id() {
            self.grant(snapshot, &record?.value)?;
        }
        Ok(())
    }

    fn thing(&mut self, resource: &Resource) -> Result<(), Error> {
        let id = &resource.id;
        let sort = match Kind::of(&resource.traits) {
            Kind::Group => Sort::Group,
            Kind::Role => Sort::Role,
            Kind::User | Kind::Other if id.resource_type.as_str() == "project" => Sort::Project,
            Kind::User | Kind::Other => Sort::Other,
        };
        let privilege = (sort == Sort::Role).then(|| {
            Privilege::of_role(&Reference {
                kind: String::new(),
                id: id.resource.to_string(),
                name: resource.display_name.to_string(),
            })
        });
        let facts = (sort == Sort::Project).then(|| {
            ProjectFacts(
                Text::new(&rows::text(&resource.profile, "client_name")).to_string(),
                rows::flag(&resource.profile, "public"),
                rows::flag(&resource.profile, "archived"),
            )
        });
        let created = resource.created_at.map(Timestamp::as_second);
        let name = Text::new(&resource.display_name);
        self.add(id, name.as_str(), sort, created, privilege, facts).map(drop)
    }

    fn add(
        &mut self,
        id: &ResourceId,
        name: &str,
        sort: Sort,
        created: Option<i64>,
        privilege: Option<Privilege>,
        facts: Option<ProjectFacts>,
    ) -> Result<u32, Error> {
        let of = self.words.number(id.resource_type.as_str());
        let row = ThingRow(of, &id.resource, name, sort, created, privilege, facts);
        let number = self.people.len() + self.things.push(&row)?;
        self.sorts.push(sort);
        self.numbers.insert(id.clone(), number);
        Ok(number)
    }

    /// The number of a resource; what nobody has seen yet is missing in the file.
    fn number(&mut self, id: &ResourceId) -> Result<u32, Error> {
        match self.numbers.get(id) {
            Some(number) => Ok(*number),
            None => self.add(id, "", Sort::Missing, None, None, None),
        }
    }

    fn entitlement(&mut self, id: EntitlementId, held: impl FnOnce() -> Held) -> u32 {
        let entitlements = &mut self.entitlements;
        *self.entitlement_numbers.entry(id).or_insert_with(|| {
            entitlements.push(held());
            u32::try_from(entitlements.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn grant(&mut self, snapshot: &Snapshot<'_>, grant: &Grant) -> Result<(), Error> {
        let details = grant.details();
        let principal = self.number(&grant.principal)?;
        let on = self.number(&grant.resource)?;
        let nothing = self.words.number("");
        let entitlement =
            self.entitlement(grant.entitlement.clone(), || Held(on, nothing, String::new(), vec![], vec![]));
        let mut through = Vec::new();
        for source in details.sources.keys().filter(|source| **source != grant.entitlement) {
            through.push(self.source(snapshot, source)?);
        }
        let mut scopes = Vec::new();
        for scope in Scope::all(snapshot, &details.metadata)? {
            let id = ResourceId::new(ResourceTypeId::new(&*scope.kind), &*scope.id);
            scopes.push(match self.numbers.get(&id) {
                Some(number) => Covered::Here(*number),
                None => Covered::Elsewhere(
                    self.words.number(&scope.kind),
                    scope.id,
                    Text::new(&scope.name).to_string(),
                ),
            });
        }
        let direct = details.sources.is_empty() || details.sources.contains_key(&grant.entitlement);
        let Some(held) = self.entitlements.get_mut(entitlement as usize) else { return Ok(()) };
        if direct && through.is_empty() && scopes.is_empty() && details.expandable.is_none() {
            held.3.push(principal);
        } else {
            let direct = if direct { DIRECT } else { 0 };
            let expandable = if details.expandable.is_some() { INHERITED_BY_MEMBERS } else { 0 };
            held.4.push(Otherwise(principal, direct | expandable, through, scopes));
        }
        self.grants += 1;
        Ok(())
    }

    /// The number of an entitlement through which another one comes; the file may lack it.
    fn source(&mut self, snapshot: &Snapshot<'_>, id: &EntitlementId) -> Result<u32, Error> {
        if let Some(number) = self.entitlement_numbers.get(id) {
            return Ok(*number);
        }
        let known = snapshot.names.entitlement(snapshot.view(), id)?;
        let unknown = ResourceId::new(ResourceTypeId::new("entitlement"), id.as_str());
        let on = self.number(known.resource.as_ref().unwrap_or(&unknown))?;
        let slug = self.words.number(&known.slug);
        let name = Text::new(&known.name).to_string();
        Ok(self.entitlement(id.clone(), || Held(on, slug, name, Vec::new(), Vec::new())))
    }

    /// Whether the page shows this resource.
    pub(super) fn has(&self, kind: &str, id: &str) -> bool {
        self.numbers.contains_key(&ResourceId::new(ResourceTypeId::new(kind), id))
    }

    /// How many resources of a sort there are.
    pub(super) fn count(&self, sort: Sort) -> u64 {
        self.sorts.iter().filter(|known| **known == sort).count() as u64
    }

    pub(super) fn grants(&self) -> u64 {
        self.grants
    }

    /// Writes all of it as one JSON object.
    pub(super) fn write(&self, out: &mut dyn Write) -> Result<(), Error> {
        out.write_all(b"{\"words\":")?;
        script::write(out, &self.words.list)?;
        out.write_all(b",\n\"people\":")?;
        self.people.write(out)?;
        out.write_all(b",\n\"things\":")?;
        self.things.write(out)?;
        out.write_all(b",\n\"entitlements\":")?;
        script::write(out, &self.entitlements)?;
        out.write_all(b"}")?;
        Ok(())
    }
}

/// Texts that occur again and again, each written once.
#[derive(Debug, Default)]
struct Words {
    list: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Words {
    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(Text::new(word).to_string());
        self.numbers.insert(word.to_owned(), number);
        number
    }
}
