//! Roles: how many hold each.

use governance_model::{Resource, State};
use serde::Serialize;

use super::group::resources;
use super::{GrantQuery, GrantRow, Principal, Privilege, Reference};
use crate::names::Kind;
use crate::{Error, Snapshot};

/// A bundle of permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Role {
    /// The id that the source gave it.
    pub id: String,
    /// The resource type; `role` for Clockify.
    pub resource_type: String,
    /// What people call it.
    pub name: String,
    /// How much it allows.
    pub privilege: Privilege,
    /// Who holds it.
    pub holders: Vec<Principal>,
    /// How many of those are enabled.
    pub enabled_holders: u64,
}

impl Role {
    /// The roles in a snapshot, by id.
    pub fn all<'s>(snapshot: &'s Snapshot<'_>) -> impl Iterator<Item = Result<Self, Error>> + 's {
        resources(snapshot, |resource| Kind::of(&resource.traits) == Kind::Role)
            .map(move |resource| Self::of(snapshot, &resource?))
    }

    fn of(snapshot: &Snapshot<'_>, resource: &Resource) -> Result<Self, Error> {
        let query = GrantQuery { resource: Some(resource.id.clone()), ..GrantQuery::default() };
        let holders = GrantRow::all(snapshot, &query)
            .map(|row| Ok(row?.principal))
            .collect::<Result<Vec<_>, Error>>()?;
        let reference = Reference::find(snapshot, &resource.id)?;
        let enabled =
            holders.iter().filter(|holder| holder.status.is_some_and(|state| state.0 == State::Enabled));
        Ok(Self {
            privilege: Privilege::of_role(&reference),
            enabled_holders: enabled.count() as u64,
            id: reference.id,
            name: reference.name,
            resource_type: reference.kind,
            holders,
        })
    }
}
