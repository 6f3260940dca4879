//! What is to be known about access besides grants: what everybody has, what a role over everything covers, and what the
//! sync cannot tell.

use c1z::{GrantFilter, ResourceFilter};
use governance_model::{Resource, ResourceId, ResourceTypeId, State, Value};

use super::AccessRow;
use crate::rows::{Person, Principal, Privilege, Reference, StateName};
use crate::{Error, Snapshot};

/// How many names a note lists.
const NAMES: usize = 10;
const PROJECT: ResourceTypeId = ResourceTypeId::from_static("project");
const ROLE: ResourceTypeId = ResourceTypeId::from_static("role");
/// Clockify's roles over the whole workspace.
const OVER_EVERYTHING: [&str; 2] = ["owner", "workspace-admin"];

pub(super) const MISSING: &str = "The file has no such resource; grants name it all the same.";

/// A sentence that belongs to an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note(pub String);

pub(super) fn of_principal(
    snapshot: &Snapshot<'_>,
    principal: &Principal,
    person: Option<&Person>,
    rows: &[AccessRow],
) -> Result<Vec<Note>, Error> {
    let mut notes = Vec::new();
    if principal.missing {
        notes.push(MISSING.to_owned());
    }
    if let Some(state) = unusable(principal.status) {
        notes.push(format!("The account is {state}: nothing here can be used while it is."));
    }
    let roles = rows.iter().filter(|row| row.grant.is_some() || !row.paths.is_empty());
    for role in roles.filter(|row| row.resource.kind == "role") {
        match Privilege::of_role(&role.resource) {
            Privilege::Manager | Privilege::Regular => {}
            Privilege::Owner | Privilege::Administrator => {
                let covers = if is_over_everything(&role.resource) {
                    "covers the whole workspace: every person, group and project, listed here or not"
                } else {
                    "looks like an administrative role, which may cover more than is listed here"
                };
                notes.push(format!("{} {covers}.", role.resource.label()));
            }
        }
    }
    if person.is_some() {
        public_projects(snapshot, &mut notes)?;
    }
    of_sync(snapshot, &mut notes);
    Ok(notes.into_iter().map(Note).collect())
}

pub(super) fn of_resource(snapshot: &Snapshot<'_>, resource: &Resource) -> Result<Vec<Note>, Error> {
    let mut notes = Vec::new();
    if is_public(resource) {
        notes.push("It is public: everybody in the workspace sees it, listed here or not.".to_owned());
    }
    if resource.profile.get("archived") == Some(&Value::Bool(true)) {
        notes.push("It is archived.".to_owned());
    }
    if resource.id.resource_type != ROLE {
        for role in OVER_EVERYTHING {
            holders_cover(snapshot, role, &mut notes)?;
        }
    }
    of_sync(snapshot, &mut notes);
    Ok(notes.into_iter().map(Note).collect())
}

fn unusable(status: Option<StateName>) -> Option<&'static str> {
    let status = status?;
    matches!(status.0, State::Disabled | State::Deleted).then(|| status.as_str())
}

fn is_over_everything(role: &Reference) -> bool {
    role.kind == ROLE.as_str() && OVER_EVERYTHING.contains(&role.id.as_str())
}

fn is_public(resource: &Resource) -> bool {
    resource.id.resource_type == PROJECT && resource.profile.get("public") == Some(&Value::Bool(true))
}

/// Whoever may do everything reaches this, too.
fn holders_cover(snapshot: &Snapshot<'_>, role: &str, notes: &mut Vec<String>) -> Result<(), Error> {
    let role = ResourceId::new(ROLE, role);
    let mut names = Names::default();
    for grant in snapshot
        .view()
        .grants(&GrantFilter { resource: Some(role.clone()), ..GrantFilter::default() })
        .by_id()
    {
        let principal = grant?.value.principal;
        names.add(|| Ok(Principal::find(snapshot, &principal)?.label().to_owned()))?;
    }
    if names.count > 0 {
        let role = Reference::find(snapshot, &role)?;
        notes.push(format!("{} covers it, too: {names}.", role.label()));
    }
    Ok(())
}

fn public_projects(snapshot: &Snapshot<'_>, notes: &mut Vec<String>) -> Result<(), Error> {
    let mut names = Names::default();
    let projects = ResourceFilter { resource_type: Some(PROJECT), ..ResourceFilter::default() };
    for project in snapshot.view().resources(&projects).by_id() {
        let project = project?.value;
        if is_public(&project) {
            names.add(|| Ok(project.display_name.to_string()))?;
        }
    }
    match names.count {
        0 => {}
        1 => notes.push(format!("Everybody in the workspace sees 1 public project: {names}.")),
        count => notes.push(format!("Everybody in the workspace sees {count} public projects: {names}.")),
    }
    Ok(())
}

/// What the sync itself limits.
fn of_sync(snapshot: &Snapshot<'_>, notes: &mut Vec<String>) {
    if let Some(provenance) = snapshot.provenance() {
        if !provenance.pages.contains_key("projects") {
            notes.push("Projects were not read; --sync-projects at the next sync reads them.".to_owned());
        }
        if !provenance.completeness.verified {
            notes.push("The sync could not be verified as complete; `stats` says why.".to_owned());
        }
    }
}

/// Names in a sentence, the first of many.
#[derive(Debug, Default)]
struct Names {
    first: Vec<String>,
    count: usize,
}

impl Names {
    fn add(&mut self, name: impl FnOnce() -> Result<String, Error>) -> Result<(), Error> {
        self.count += 1;
        if self.first.len() < NAMES {
            self.first.push(name()?);
        }
        Ok(())
    }
}

impl std::fmt::Display for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.first.join(", "))?;
        match self.count - self.first.len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
