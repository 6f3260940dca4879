//! Groups: how many belong to each, and who manages them.

use c1z::ResourceFilter;
use governance_model::{EntitlementId, Resource, ResourceId, ResourceTypeId, State, Timestamp};
use serde::Serialize;

use super::states::States;
use super::{Principal, Reference};
use crate::names::Kind;
use crate::{Error, Snapshot};

/// A group of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The id that the source gave it.
    pub id: String,
    /// The resource type; `group` for Clockify.
    pub resource_type: String,
    /// What people call it.
    pub name: String,
    /// How many belong to it.
    pub members: u64,
    /// How many of those are enabled.
    pub enabled_members: u64,
    /// Who manages it.
    pub managers: Vec<Principal>,
    /// When it was made, if known.
    pub created_at: Option<Timestamp>,
}

impl Group {
    /// The groups in a snapshot, by id.
    pub fn all<'s>(snapshot: &'s Snapshot<'_>) -> impl Iterator<Item = Result<Self, Error>> + 's {
        let states = States::default();
        resources(snapshot, |resource| Kind::of(&resource.traits) == Kind::Group)
            .map(move |resource| Self::of(snapshot, &states, resource?))
    }

    fn of(snapshot: &Snapshot<'_>, states: &States, resource: Resource) -> Result<Self, Error> {
        let belonging = Belonging::of(snapshot, states, &resource.id)?;
        Ok(Self {
            members: belonging.members,
            enabled_members: belonging.enabled,
            managers: belonging.managers,
            created_at: resource.created_at,
            resource_type: resource.id.resource_type.as_str().to_owned(),
            name: resource.display_name.into_string(),
            id: resource.id.resource.into_string(),
        })
    }

    /// What to show: the name, else the id.
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }
}

/// Resources that are no accounts and fulfil a condition, by id.
pub(super) fn resources<'s>(
    snapshot: &'s Snapshot<'_>,
    wanted: impl Fn(&Resource) -> bool + 's,
) -> impl Iterator<Item = Result<Resource, Error>> + 's {
    let resources = snapshot.view().resources(&ResourceFilter::default()).by_id().without_users();
    resources.filter_map(move |record| match record {
        Ok(record) => wanted(&record.value).then_some(Ok(record.value)),
        Err(error) => Some(Err(error.into())),
    })
}

/// Who has something on a resource, counted.
#[derive(Debug, Default)]
pub(super) struct Belonging {
    pub(super) members: u64,
    pub(super) enabled: u64,
    pub(super) groups: Vec<Reference>,
    pub(super) managers: Vec<Principal>,
}

impl Belonging {
    pub(super) fn of(snapshot: &Snapshot<'_>, states: &States, id: &ResourceId) -> Result<Self, Error> {
        let (names, view) = (&snapshot.names, snapshot.view());
        let mut found = Self::default();
        // Managers and groups are few and stand in the order of their grants' ids; members are counted, undecoded.
        let (mut managers, mut groups) = (Vec::new(), Vec::new());
        let mut last: Option<(EntitlementId, bool)> = None;
        view.glance_at_grants(id, |grant| {
            let is_manager = match &last {
                Some((entitlement, is_manager)) if entitlement.as_str() == grant.entitlement => *is_manager,
                _ => {
                    let entitlement = EntitlementId::from_raw(grant.entitlement);
                    let is_manager = names.entitlement(view, &entitlement)?.slug == "manager";
                    last.insert((entitlement, is_manager)).1
                }
            };
            let (kind, id) = grant.principal;
            let principal = || ResourceId::new(ResourceTypeId::new(kind), id);
            if is_manager {
                managers.push((grant.external_id.to_owned(), principal()));
                return Ok(());
            }
            let mut state = states.of(view, kind, id)?;
            if state.is_none() {
                let called = names.resource(view, &principal())?;
                if called.kind == Kind::Group {
                    groups.push((grant.external_id.to_owned(), principal()));
                    return Ok(());
                }
                state = called.state;
            }
            found.members += 1;
            found.enabled += u64::from(state == Some(State::Enabled));
            Ok::<_, Error>(())
        })?;
        for of_kind in [&mut managers, &mut groups] {
            of_kind.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        for (_, manager) in &managers {
            found.managers.push(Principal::find(snapshot, manager)?);
        }
        for (_, group) in &groups {
            found.groups.push(Reference::find(snapshot, group)?);
        }
        Ok(found)
    }
}
