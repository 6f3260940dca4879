//! Groups: how many belong to each, and who manages them.

use c1z::{GrantFilter, ResourceFilter};
use governance_model::{Resource, ResourceId, State, Timestamp};
use serde::Serialize;

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
        resources(snapshot, |resource| Kind::of(&resource.traits) == Kind::Group)
            .map(move |resource| Self::of(snapshot, resource?))
    }

    fn of(snapshot: &Snapshot<'_>, resource: Resource) -> Result<Self, Error> {
        let belonging = Belonging::of(snapshot, &resource.id)?;
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
    pub(super) fn of(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<Self, Error> {
        let mut found = Self::default();
        let filter = GrantFilter { resource: Some(id.clone()), ..GrantFilter::default() };
        for grant in snapshot.view().grants(&filter).by_id() {
            let grant = grant?.value;
            let slug = &snapshot.names.entitlement(snapshot.view(), &grant.entitlement)?.slug;
            let called = snapshot.names.resource(snapshot.view(), &grant.principal)?;
            if slug == "manager" {
                found.managers.push(Principal::find(snapshot, &grant.principal)?);
            } else if called.kind == Kind::Group {
                found.groups.push(Reference::find(snapshot, &grant.principal)?);
            } else {
                found.members += 1;
                found.enabled += u64::from(called.state == Some(State::Enabled));
            }
        }
        Ok(found)
    }
}
