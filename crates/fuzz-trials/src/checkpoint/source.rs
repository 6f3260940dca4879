//! A small source that always answers the same: four people on two pages, two groups on a chain of two pages, and one
//! statement that has to wait.

use std::collections::{BTreeMap, BTreeSet};

use governance_model::{
    Baseline, Connector, ConnectorError, Cursor, Deferred, Descriptor, Entitlement, EntitlementId,
    ErrorClass, Facts, Grant, Inventory, Known, Missing, Page, Purpose, Resource, ResourceId, ResourceType,
    ResourceTypeId, Scope, State, Status, Timestamp, TraitKind, Usage,
};
use sync_engine::{NoObserver, Options};

use super::At;
use super::store::Shelf;

pub(super) const USER: ResourceTypeId = ResourceTypeId::from_static("user");
const GROUP: ResourceTypeId = ResourceTypeId::from_static("group");
const PEOPLE: [&str; 4] = ["u001", "u002", "u003", "u004"];

/// When everything happens.
pub(crate) const NOW: Timestamp = Timestamp::constant(1_772_323_200, 0);

/// The source. It can be told to fail.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// The page that cannot be had.
    pub(crate) broken: Option<Cursor>,
}

/// What a checkpoint of this source must say to be valid, as the engine itself says it in a report.
pub(crate) fn fingerprint(source: &Source) -> String {
    static KNOWN: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    KNOWN
        .get_or_init(|| {
            let shelf = Shelf::new(None);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let options = Options::default();
            let synced = sync_engine::sync(source, &shelf, &At(NOW), &options, &NoObserver);
            runtime.block_on(synced).unwrap().0.fingerprint
        })
        .clone()
}

pub(super) fn person(id: &str) -> Resource {
    let mut person = Resource::new(ResourceId::new(USER, id), format!("Person {id}"));
    person.status = Some(Status { state: State::Enabled, details: String::new() });
    person
}

pub(crate) fn cursor(stream: &str, position: &str) -> Cursor {
    Cursor { stream: stream.to_owned(), position: position.to_owned() }
}

fn inventory() -> Inventory {
    Inventory { entries: PEOPLE.iter().map(|id| ((*id).into(), "ACTIVE".into())).collect() }
}

fn group(id: &str, members: &[&str]) -> Facts {
    let group = ResourceId::new(GROUP, id);
    let member = EntitlementId::new(&group, "member");
    Facts {
        resources: vec![Resource::new(group.clone(), format!("Group {id}"))],
        entitlements: vec![Entitlement::new(group.clone(), "member", Purpose::Assignment)],
        grants: members
            .iter()
            .map(|who| Grant::new(member.clone(), group.clone(), ResourceId::new(USER, *who)))
            .collect(),
    }
}

fn people(ids: &[&str]) -> Page {
    Page {
        facts: Facts { resources: ids.iter().map(|id| person(id)).collect(), ..Facts::default() },
        ..Page::default()
    }
}

impl Connector for Source {
    fn descriptor(&self) -> Descriptor {
        Descriptor {
            display_name: "Source".to_owned(),
            description: String::new(),
            fingerprint: "source".to_owned(),
        }
    }

    fn resource_types(&self) -> Vec<ResourceType> {
        [(USER, TraitKind::User), (GROUP, TraitKind::Group)]
            .into_iter()
            .map(|(id, kind)| ResourceType {
                display_name: id.to_string(),
                id,
                description: String::new(),
                traits: vec![kind],
                skip_entitlements_and_grants: false,
                annotations: Vec::new(),
            })
            .collect()
    }

    async fn validate(&self) -> Result<Baseline, ConnectorError> {
        Ok(Baseline {
            source_id: "s1".to_owned(),
            source_name: "Source".to_owned(),
            operator: Some(ResourceId::new(USER, PEOPLE[0])),
            inventory: Some(inventory()),
            inventory_type: USER,
            details: BTreeMap::new(),
        })
    }

    fn plan(&self, _: &Baseline, _: &Scope) -> Vec<Cursor> {
        vec![cursor("users", "1"), cursor("users", "2"), cursor("groups", "1")]
    }

    async fn page(&self, _: &Baseline, at: &Cursor) -> Result<Page, ConnectorError> {
        if self.broken.as_ref() == Some(at) {
            return Err(ConnectorError::new(ErrorClass::Unavailable, "the planned failure"));
        }
        Ok(match (at.stream.as_str(), at.position.as_str()) {
            ("users", "1") => people(&PEOPLE[..2]),
            ("users", "2") => people(&PEOPLE[2..]),
            ("groups", "1") => Page {
                facts: group("g1", &PEOPLE),
                next: Some(cursor("groups", "2")),
                deferred: vec![Deferred { note: "g1 u004".to_owned() }],
                ..Page::default()
            },
            ("groups", "2") => Page { facts: group("g2", &["gone"]), ..Page::default() },
            _ => return Err(ConnectorError::new(ErrorClass::Internal, "there is no such page")),
        })
    }

    fn resolve(&self, _: &Baseline, notes: &[Deferred], known: &dyn Known) -> Result<Page, ConnectorError> {
        let mut page = Page::default();
        for Deferred { note } in notes {
            let Some((of, who)) = note.split_once(' ') else {
                return Err(ConnectorError::new(ErrorClass::Internal, "a statement cannot be read back"));
            };
            let who = ResourceId::new(USER, who);
            let known = known.contains(&who).unwrap();
            page.facts.grants.extend(group(of, &[&who.resource]).grants.into_iter().filter(|_| known));
        }
        Ok(page)
    }

    fn stand_in(&self, id: &ResourceId, why: &Missing) -> Option<Resource> {
        (id.resource_type == USER).then(|| Resource::new(id.clone(), format!("{why:?}")))
    }

    fn locate(&self, _: &Baseline, ids: &BTreeSet<&str>, _: &Inventory) -> Vec<Cursor> {
        let place = |page: usize| PEOPLE.iter().skip(page * 2).take(2).any(|id| ids.contains(id));
        let pages = [(0, "1"), (1, "2")].into_iter().filter(|(page, _)| place(*page));
        pages.map(|(_, position)| cursor("users", position)).collect()
    }

    fn departed(&self, mut resource: Resource) -> Resource {
        resource.status = Some(Status { state: State::Deleted, details: String::new() });
        resource
    }

    fn why_none(&self, _: &Baseline, _: &ResourceTypeId) -> Option<String> {
        None
    }

    async fn inventory(&self, _: &Baseline) -> Result<Option<Inventory>, ConnectorError> {
        Ok(Some(inventory()))
    }

    fn usage(&self) -> Usage {
        Usage { requests: 1, retries: 0, bytes: 1 }
    }
}
