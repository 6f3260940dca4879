//! Everything that one principal reaches.

use governance_model::{Resource, ResourceId};

use super::forward::Forward;
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
