//! The cells of each kind of row.

use governance_model::Timestamp;

use super::Row;
use crate::rows::{GrantRow, Group, HeldRole, Person, Project, Role};

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

    fn cells(&self) -> Vec<String> {
        vec![
            self.principal.label().to_owned(),
            self.principal.email.clone(),
            self.principal.status.map(|state| state.as_str().to_owned()).unwrap_or_default(),
            self.permission.clone(),
            self.resource.kind.clone(),
            self.resource.label().to_owned(),
            how(self),
            list(self.scopes.iter().map(crate::rows::Scope::label)),
            self.id.clone(),
        ]
    }
}

/// `direct`, `through group X`, or both.
pub(crate) fn how(grant: &GrantRow) -> String {
    let direct = grant.direct.then(|| "direct".to_owned());
    let through = grant
        .through
        .iter()
        .map(|source| format!("through {} {}", source.resource.kind, source.resource.label()));
    list(direct.into_iter().chain(through))
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

fn known(truth: Option<bool>) -> String {
    truth.map_or("unknown", |truth| if truth { "yes" } else { "no" }).to_owned()
}

fn time(at: Option<Timestamp>) -> String {
    at.map(|at| format!("{at:.0}")).unwrap_or_default()
}
