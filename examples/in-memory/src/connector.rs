//! What the source's answers mean: people are users, teams are groups, and a team in a team brings its people along.

use std::collections::{BTreeMap, BTreeSet};

use governance_model::{
    AccountType, Baseline, Connector, ConnectorError, Cursor, Deferred, Descriptor, Email, Entitlement,
    EntitlementId, ErrorClass, Expandable, Facts, Grant, Inventory, Known, Missing, Page, Purpose, Resource,
    ResourceId, ResourceTrait, ResourceType, ResourceTypeId, Scope, State, Status, TraitKind, Usage,
    UserTrait,
};

use crate::{Directory, Person, Team};

/// People.
pub const USER: ResourceTypeId = ResourceTypeId::from_static("user");
/// Teams.
pub const TEAM: ResourceTypeId = ResourceTypeId::from_static("team");

const MEMBER: &str = "member";
const PEOPLE: &str = "people";
const TEAMS: &str = "teams";

/// Rows on a page, as few as that so that there are several.
const PAGE_SIZE: usize = 2;

/// Reads a directory.
#[derive(Clone, Debug)]
pub struct DirectoryConnector {
    directory: Directory,
}

impl DirectoryConnector {
    /// A connector for one directory.
    pub fn new(directory: Directory) -> Self {
        Self { directory }
    }

    fn list(&self) -> Inventory {
        let status = |person: &Person| if person.active { "active" } else { "locked" };
        let entries =
            self.directory.people.iter().map(|person| (person.id.as_str().into(), status(person).into()));
        Inventory { entries: entries.collect() }
    }
}

impl Connector for DirectoryConnector {
    fn descriptor(&self) -> Descriptor {
        Descriptor {
            display_name: "Directory".to_owned(),
            description: "People and teams of a directory in memory.".to_owned(),
            fingerprint: format!("directory;mapping=1;page-size={PAGE_SIZE}"),
        }
    }

    fn resource_types(&self) -> Vec<ResourceType> {
        vec![resource_type(USER, "User", TraitKind::User), resource_type(TEAM, "Team", TraitKind::Group)]
    }

    async fn validate(&self) -> Result<Baseline, ConnectorError> {
        if self.directory.people.is_empty() {
            let empty = ConnectorError::new(ErrorClass::FailedPrecondition, "the directory holds nobody");
            return Err(empty.with_hint("add a person, then sync again"));
        }
        Ok(Baseline {
            source_id: "harbour".to_owned(),
            source_name: "Harbour".to_owned(),
            operator: None,
            inventory: Some(self.list()),
            inventory_type: USER,
            details: BTreeMap::new(),
        })
    }

    fn plan(&self, _: &Baseline, scope: &Scope) -> Vec<Cursor> {
        let mut cursors = Vec::new();
        if scope.includes(&USER) {
            cursors.push(cursor(PEOPLE, 0));
        }
        if scope.includes(&TEAM) {
            cursors.push(cursor(TEAMS, 0));
        }
        cursors
    }

    async fn page(&self, _: &Baseline, from: &Cursor) -> Result<Page, ConnectorError> {
        let start: usize = from.position.parse().map_err(|error| {
            ConnectorError::new(ErrorClass::Internal, "a cursor cannot be read back").with_source(error)
        })?;
        let mut facts = Facts::default();
        let total = match from.stream.as_str() {
            PEOPLE => {
                let rows = self.directory.people.iter().skip(start).take(PAGE_SIZE);
                facts.resources.extend(rows.map(user));
                self.directory.people.len()
            }
            TEAMS => {
                let rows = self.directory.teams.iter().skip(start).take(PAGE_SIZE);
                rows.for_each(|row| team(row, &mut facts));
                self.directory.teams.len()
            }
            other => {
                let message = format!("there is no series of pages called {other}");
                return Err(ConnectorError::new(ErrorClass::Internal, message));
            }
        };
        let next = start + PAGE_SIZE;
        Ok(Page { facts, next: (next < total).then(|| cursor(&from.stream, next)), ..Page::default() })
    }

    fn resolve(&self, _: &Baseline, _: &[Deferred], _: &dyn Known) -> Result<Page, ConnectorError> {
        // The directory says whether a member is a person or a team, so nothing has to wait for other pages.
        Ok(Page::default())
    }

    fn stand_in(&self, id: &ResourceId, _: &Missing) -> Option<Resource> {
        if id.resource_type != USER {
            return None;
        }
        let mut unknown = Resource::new(id.clone(), id.resource.as_str());
        unknown.status = Some(Status { state: State::Unspecified, details: "not returned".to_owned() });
        unknown.traits.push(ResourceTrait::User(Box::default()));
        Some(unknown)
    }

    fn locate(&self, _: &Baseline, ids: &BTreeSet<&str>, now: &Inventory) -> Vec<Cursor> {
        let places = now.entries.keys().enumerate().filter(|(_, id)| ids.contains(id.as_str()));
        let pages: BTreeSet<usize> = places.map(|(place, _)| place - place % PAGE_SIZE).collect();
        pages.into_iter().map(|start| cursor(PEOPLE, start)).collect()
    }

    fn departed(&self, mut resource: Resource) -> Resource {
        resource.status = Some(Status { state: State::Deleted, details: "left".to_owned() });
        resource
    }

    fn why_none(&self, _: &Baseline, _: &ResourceTypeId) -> Option<String> {
        None
    }

    async fn inventory(&self, _: &Baseline) -> Result<Option<Inventory>, ConnectorError> {
        Ok(Some(self.list()))
    }

    fn usage(&self) -> Usage {
        Usage::default()
    }
}

fn resource_type(id: ResourceTypeId, name: &str, kind: TraitKind) -> ResourceType {
    ResourceType {
        id,
        display_name: name.to_owned(),
        description: String::new(),
        traits: vec![kind],
        skip_entitlements_and_grants: kind == TraitKind::User,
        annotations: Vec::new(),
    }
}

fn cursor(stream: &str, start: usize) -> Cursor {
    Cursor { stream: stream.to_owned(), position: start.to_string() }
}

fn user(person: &Person) -> Resource {
    let mut user = Resource::new(ResourceId::new(USER, person.id.as_str()), person.name.as_str());
    let state = if person.active { State::Enabled } else { State::Disabled };
    user.status = Some(Status { state, details: String::new() });
    user.traits.push(ResourceTrait::User(Box::new(UserTrait {
        emails: vec![Email { address: person.email.clone(), primary: true }],
        login: Some(person.email.clone()),
        account_type: AccountType::Human,
        ..UserTrait::default()
    })));
    user
}

fn team(team: &Team, facts: &mut Facts) {
    let id = ResourceId::new(TEAM, team.id.as_str());
    let mut resource = Resource::new(id.clone(), team.name.as_str());
    resource.traits.push(ResourceTrait::Group);
    facts.resources.push(resource);

    let mut member = Entitlement::new(id.clone(), MEMBER, Purpose::Assignment);
    member.display_name = format!("{} member", team.name);
    facts.entitlements.push(member);

    let of_this = EntitlementId::new(&id, MEMBER);
    for person in &team.people {
        let person = ResourceId::new(USER, person.as_str());
        facts.grants.push(Grant::new(of_this.clone(), id.clone(), person));
    }
    for part in &team.teams {
        let part = ResourceId::new(TEAM, part.as_str());
        let mut grant = Grant::new(of_this.clone(), id.clone(), part.clone());
        grant.details_mut().expandable = Some(Expandable {
            entitlements: vec![EntitlementId::new(&part, MEMBER)],
            shallow: false,
            resource_types: vec![USER],
        });
        facts.grants.push(grant);
    }
}
