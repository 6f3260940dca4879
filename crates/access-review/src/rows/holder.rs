//! Principals of grants that are no people of the file: those that it lacks, and groups or other things that hold a role.
//!
//! Who is missing is asked of SQLite, so that nothing is read of those who are there. Missing principals are few; the ids of
//! all of them are held.

use std::collections::BTreeMap;

use c1z::{GrantFilter, ResourceFilter};
use governance_model::{ResourceId, TraitKind};

use super::person::Held;
use super::{HeldRole, Principal, Privilege, Reference, Scope};
use crate::find::types_of;
use crate::names::Kind;
use crate::{Error, Snapshot};

/// A principal that is no person of the file, and what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub principal: Principal,
    /// The roles it has, those that allow most first. Of what the file holds only the administrative ones.
    pub roles: Vec<HeldRole>,
    /// What else it has something on. Nothing for what the file holds.
    pub on: Vec<Reference>,
}

impl Holder {
    /// Every principal that grants name and the file does not have, by type and id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn missing<'s>(
        snapshot: &'s Snapshot<'_>,
    ) -> Result<impl Iterator<Item = Result<Self, Error>> + use<'s>, Error> {
        let missing = snapshot.view().principals_missing()?;
        Ok(missing.into_iter().map(move |id| {
            let held = Held::by(snapshot, &id)?;
            let on = held.groups.into_iter().chain(held.manages).chain(held.others);
            Ok(Self { principal: Principal::find(snapshot, &id)?, roles: held.roles, on: on.collect() })
        }))
    }

    /// Everything that has an administrative role and is no account: groups and other resources that the file holds.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn administrative_things(snapshot: &Snapshot<'_>) -> Result<Vec<Self>, Error> {
        let mut found = BTreeMap::<ResourceId, Vec<HeldRole>>::new();
        for resource_type in types_of(snapshot, TraitKind::Role, "role")? {
            let filter = ResourceFilter { resource_type: Some(resource_type), ..ResourceFilter::default() };
            for role in snapshot.view().resources(&filter).by_id() {
                let role = role?.value.id;
                let reference = Reference::find(snapshot, &role)?;
                let privilege = Privilege::of_role(&reference);
                if !privilege.is_administrative() {
                    continue;
                }
                let of_role = GrantFilter { resource: Some(role), ..GrantFilter::default() };
                for grant in snapshot.view().grants(&of_role).by_id() {
                    let grant = grant?.value;
                    let called = snapshot.names.resource(snapshot.view(), &grant.principal)?;
                    if !called.exists || called.kind == Kind::User {
                        continue;
                    }
                    let scopes = Scope::all(snapshot, &grant.details().metadata)?;
                    let (id, name) = (reference.id.clone(), reference.name.clone());
                    let held = HeldRole { id, name, privilege, scopes };
                    found.entry(grant.principal).or_default().push(held);
                }
            }
        }
        let holder = |(id, mut roles): (ResourceId, Vec<HeldRole>)| {
            roles.sort_by_key(|role| role.privilege);
            Ok(Self { principal: Principal::find(snapshot, &id)?, roles, on: Vec::new() })
        };
        found.into_iter().map(holder).collect()
    }

    /// The most that any of its roles allows.
    pub fn privilege(&self) -> Privilege {
        self.roles.first().map_or(Privilege::Regular, |role| role.privilege)
    }
}
