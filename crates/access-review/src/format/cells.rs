//! The cells of each kind of row.

use governance_model::Timestamp;

use super::Row;
use crate::rows::{
    EntitlementRow, GrantRow, Group, HeldRole, Person, Project, ResourceRow, ResourceTypeRow, Role,
};

impl Row for Person {
    const COLUMNS: &'static [&'static str] = &[
        "name",
        "email",
        "status",
        "status_reason",
        "roles",
        "groups",
        "manages",
        "mfa",
        "created_at",
        "id",
    ];
    const LEFT_OUT_FIRST: &'static [&'static str] = &["id", "created_at", "manages", "status_reason"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.email.clone(),
            self.status.as_str().to_owned(),
            self.status_reason.clone(),
            list(self.roles.iter().map(role)),
            list(self.groups.iter().map(|group| group.label().to_owned())),
            list(self.manages.iter().map(|thing| format!("{} {}", thing.kind, thing.label()))),
            known(self.mfa),
            time(self.created_at),
            self.id.clone(),
        ]
    }
}

impl Row for Group {
    const COLUMNS: &'static [&'static str] =
        &["name", "members", "enabled_members", "managers", "created_at", "id"];
    const LEFT_OUT_FIRST: &'static [&'static str] = &["id", "created_at"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.members.to_string(),
            self.enabled_members.to_string(),
            list(self.managers.iter().map(|manager| manager.label().to_owned())),
            time(self.created_at),
            self.id.clone(),
        ]
    }
}

impl Row for ResourceRow {
    const COLUMNS: &'static [&'static str] = &[
        "resource_type",
        "name",
        "status",
        "status_reason",
        "parent",
        "traits",
        "description",
        "created_at",
        "id",
    ];
    const LEFT_OUT_FIRST: &'static [&'static str] = &["created_at", "description", "traits", "status_reason"];

    fn cells(&self) -> Vec<String> {
        let parent = self.parent.as_ref().map(|parent| format!("{} {}", parent.kind, parent.label()));
        vec![
            self.resource_type.clone(),
            self.name.clone(),
            self.status.map(|state| state.as_str().to_owned()).unwrap_or_default(),
            self.status_reason.clone(),
            parent.unwrap_or_default(),
            self.traits.join("; "),
            self.description.clone(),
            time(self.created_at),
            self.id.clone(),
        ]
    }
}

impl Row for ResourceTypeRow {
    const COLUMNS: &'static [&'static str] = &["id", "name", "traits", "description"];

    fn cells(&self) -> Vec<String> {
        vec![self.id.clone(), self.name.clone(), self.traits.join("; "), self.description.clone()]
    }
}

impl Row for EntitlementRow {
    const COLUMNS: &'static [&'static str] =
        &["resource_type", "resource", "permission", "purpose", "name", "description", "id"];
    const LEFT_OUT_FIRST: &'static [&'static str] = &["description", "id", "name"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.resource.kind.clone(),
            self.resource.label().to_owned(),
            self.permission.clone(),
            self.purpose.to_owned(),
            self.name.clone(),
            self.description.clone(),
            self.id.clone(),
        ]
    }
}

impl Row for Role {
    const COLUMNS: &'static [&'static str] = &["name", "privilege", "holders", "enabled_holders", "id"];

    fn cells(&self) -> Vec<String> {
        let privilege = serde_json::to_value(self.privilege).ok();
        vec![
            self.name.clone(),
            privilege.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default(),
            self.holders.len().to_string(),
            self.enabled_holders.to_string(),
            self.id.clone(),
        ]
    }
}

impl Row for Project {
    const COLUMNS: &'static [&'static str] =
        &["name", "client", "members", "enabled_members", "groups", "managers", "public", "archived", "id"];
    const LEFT_OUT_FIRST: &'static [&'static str] = &["id", "client", "archived"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.client.clone(),
            self.members.to_string(),
            self.enabled_members.to_string(),
            list(self.groups.iter().map(|group| group.label().to_owned())),
            list(self.managers.iter().map(|manager| manager.label().to_owned())),
            known(self.public),
            known(self.archived),
            self.id.clone(),
        ]
    }
}

impl Row for GrantRow {
    const COLUMNS: &'static [&'static str] = &[
        "principal",
        "email",
        "principal_status",
        "permission",
        "resource_type",
        "resource",
        "how",
        "scopes",
        "id",
    ];
    const LEFT_OUT_FIRST: &'static [&'static str] = &["id", "email"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.principal.label().to_owned(),
            self.principal.email.clone(),
            self.principal.state().to_owned(),
            self.permission.clone(),
            self.resource.kind.clone(),
            self.resource.label().to_owned(),
            how(self),
            list(self.scopes.iter().map(crate::rows::Scope::label)),
            self.id.clone(),
        ]
    }
}

/// `direct`, `through group X`, or both, and whether it is not in force.
pub(crate) fn how(grant: &GrantRow) -> String {
    let direct = grant.direct.then(|| "direct".to_owned());
    let through = grant
        .through
        .iter()
        .map(|source| format!("through {} {}", source.resource.kind, source.resource.label()));
    let status = &grant.membership_status;
    let status = (!status.is_empty()).then(|| format!("not in force: {status}"));
    list(direct.into_iter().chain(through).chain(status))
}

/// A role with what it covers.
pub(crate) fn role(role: &HeldRole) -> String {
    let name = if role.name.is_empty() { &role.id } else { &role.name };
    if role.scopes.is_empty() {
        return name.clone();
    }
    format!("{name} ({})", list(role.scopes.iter().map(crate::rows::Scope::label)))
}

fn list(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("; ")
}

pub(crate) fn known(truth: Option<bool>) -> String {
    truth.map_or("unknown", |truth| if truth { "yes" } else { "no" }).to_owned()
}

pub(crate) fn time(at: Option<Timestamp>) -> String {
    at.map(|at| format!("{at:.0}")).unwrap_or_default()
}
