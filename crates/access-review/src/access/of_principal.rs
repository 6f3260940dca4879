//! Everything that one principal reaches.
//!
//! From what it holds the way leads forward: a grant to a collection that is expandable gives the same to whoever holds the
//! entitlement that it names. Only what this principal can reach is kept in memory.

use std::collections::{BTreeMap, VecDeque};

use c1z::GrantFilter;
use governance_model::{EntitlementId, Grant, Resource, ResourceId};

use super::chain::Chains;
use super::{AccessRow, Note, notes};
use crate::rows::{Person, Principal, Privilege, StateName};
use crate::{Error, Snapshot};

/// One principal with everything that it reaches.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Who.
    pub principal: Principal,
    /// More about it, if it is a person that the file has.
    pub person: Option<Person>,
    /// Its state and why, in the source's own words.
    pub status: Option<(StateName, String)>,
    /// Everything that it reaches: roles first, then groups, projects, and other types; within a type by name.
    pub rows: Vec<AccessRow>,
    /// What is to be known besides.
    pub notes: Vec<Note>,
}

impl Reach {
    /// Everything that a resource reaches.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of(snapshot: &Snapshot<'_>, resource: Resource) -> Result<Self, Error> {
        let id = resource.id.clone();
        let status = resource.status.clone().map(|status| (StateName(status.state), status.details));
        let person = Person::of(snapshot, resource)?;
        Self::find(snapshot, &id, person, status)
    }

    /// Everything that a principal reaches that grants name and the file does not have.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of_missing(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<Self, Error> {
        Self::find(snapshot, id, None, None)
    }

    fn find(
        snapshot: &Snapshot<'_>,
        id: &ResourceId,
        person: Option<Person>,
        status: Option<(StateName, String)>,
    ) -> Result<Self, Error> {
        let principal = Principal::find(snapshot, id)?;
        let mut rows = Forward::of(snapshot, id)?.rows(snapshot, &principal)?;
        cover(&mut rows);
        rows.sort_by_cached_key(place);
        let notes = notes::of_principal(snapshot, &principal, person.as_ref(), &rows)?;
        Ok(Self { principal, person, status, rows, notes })
    }
}

/// What a principal holds, and what follows from it.
struct Forward {
    /// Its own grants.
    own: Vec<Grant>,
    /// Expandable grants to collections that give it what it has no grant of its own for.
    inherited: BTreeMap<EntitlementId, Grant>,
    chains: Chains,
}

impl Forward {
    fn of(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<Self, Error> {
        let mut own = Vec::new();
        let mut chains = Chains::default();
        let mut waiting = VecDeque::new();
        for grant in held_by(snapshot, id) {
            let grant = grant?;
            let direct = grant.sources.is_empty() || grant.sources.contains_key(&grant.entitlement);
            chains.hold(&grant.entitlement, direct);
            waiting.push_back((grant.entitlement.clone(), grant.resource.clone()));
            own.push(grant);
        }
        let mut inherited = BTreeMap::new();
        while let Some((held, collection)) = waiting.pop_front() {
            for grant in held_by(snapshot, &collection) {
                let grant = grant?;
                let Some(expandable) = &grant.expandable else { continue };
                let admitted = expandable.resource_types.is_empty()
                    || expandable.resource_types.contains(&id.resource_type);
                let named = expandable.entitlements.contains(&held);
                // A shallow one passes on only what is held in its own right.
                if !admitted || !named || (expandable.shallow && !chains.is_direct(&held)) {
                    continue;
                }
                let is_new = !chains.knows(&grant.entitlement);
                chains.lead(&held, &grant.entitlement, expandable.shallow);
                if is_new {
                    waiting.push_back((grant.entitlement.clone(), grant.resource.clone()));
                    inherited.insert(grant.entitlement.clone(), grant);
                }
            }
        }
        // What was recorded counts, too, where the file no longer says how it came about.
        for grant in &own {
            for source in grant.sources.keys() {
                if *source == grant.entitlement || chains.leads(source, &grant.entitlement) {
                    continue;
                }
                if !chains.knows(source) {
                    chains.hold(source, true);
                }
                chains.lead(source, &grant.entitlement, false);
            }
        }
        Ok(Self { own, inherited, chains })
    }

    fn rows(self, snapshot: &Snapshot<'_>, principal: &Principal) -> Result<Vec<AccessRow>, Error> {
        let Self { own, inherited, chains } = self;
        let mut rows = Vec::with_capacity(own.len() + inherited.len());
        for grant in &own {
            let row = AccessRow::of_grant(snapshot, grant)?;
            rows.push(row.with_paths(snapshot, &chains, &grant.entitlement)?);
        }
        for grant in inherited.values() {
            let row = AccessRow::inherited(snapshot, grant, principal.clone())?;
            rows.push(row.with_paths(snapshot, &chains, &grant.entitlement)?);
        }
        Ok(rows)
    }
}

fn held_by<'s>(
    snapshot: &'s Snapshot<'_>,
    id: &ResourceId,
) -> impl Iterator<Item = Result<Grant, Error>> + use<'s> {
    let filter = GrantFilter { principal: Some(id.clone()), ..GrantFilter::default() };
    snapshot.view().grants(&filter).by_id().map(|record| Ok(record?.value))
}

/// Says where a role covers a thing that is listed, and adds what only a role tells of.
fn cover(rows: &mut Vec<AccessRow>) {
    let roles: Vec<AccessRow> = rows.iter().filter(|row| !row.scopes.is_empty()).cloned().collect();
    for role in &roles {
        for scope in &role.scopes {
            let mut covers = false;
            for row in rows.iter_mut() {
                covers |= row.cover(&role.resource, scope);
            }
            if !covers {
                rows.push(AccessRow::in_scope(role, scope));
            }
        }
    }
}

/// Where a row stands: roles by what they allow, then groups and projects, then the rest, each by name.
fn place(row: &AccessRow) -> impl Ord + use<> {
    let resource = &row.resource;
    let rank = match resource.kind.as_str() {
        "role" => 0,
        "group" => 1,
        "project" => 2,
        _ => 3,
    };
    let privilege = (rank == 0).then(|| Privilege::of_role(resource));
    let named = (resource.label().to_lowercase(), resource.id.clone());
    (rank, privilege, resource.kind.clone(), named, row.permission.clone(), row.grant.clone())
}
