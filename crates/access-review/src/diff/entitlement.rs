//! Entitlements that differ.

use governance_model::{Entitlement, ResourceId};

use super::facts::Facts;
use super::walk::{Differ, action};
use super::{Action, Cause, Change, ChangeKind, FieldChange, Permission, Section, Thing};
use crate::rows::Reference;
use crate::{Error, Snapshot};

impl Differ<'_> {
    pub(super) fn entitlement(
        &self,
        id: String,
        old: Option<&Entitlement>,
        new: Option<&Entitlement>,
    ) -> Result<Option<Change>, Error> {
        let Some((action, present)) = action(old, new) else { return Ok(None) };
        if !self.is_compared(&present.resource.resource_type, action)? {
            return Ok(None);
        }
        let mut fields = Facts::differences(old.map(Facts::of_entitlement), new.map(Facts::of_entitlement));
        if action == Action::Changed {
            let (before, after) = (name(self.old, &present.resource)?, name(self.new, &present.resource)?);
            fields.retain(|field| !follows_name(field, &before, &after));
            if fields.is_empty() {
                return Ok(None);
            }
        } else {
            fields.retain(|field| !["permission", "resource"].contains(&field.field.as_str()));
        }
        let snapshot = if action == Action::Removed { self.old } else { self.new };
        Ok(Some(Change {
            kind: ChangeKind { thing: Thing::Entitlement, action },
            section: Section::Entitlements,
            administrative: false,
            principal: None,
            resource: Some(Reference::find(snapshot, &present.resource)?),
            entitlement: Some(Permission {
                id: id.clone(),
                permission: present.slug.clone(),
                name: present.display_name.clone(),
            }),
            fields,
            consequence_of: self.cause(&present.resource, action, Cause::of_resource)?,
            notes: Vec::new(),
            id,
        }))
    }

    /// Whether a thing is on one side only because something that it hangs on is.
    pub(super) fn cause(
        &self,
        on: &ResourceId,
        action: Action,
        cause: fn(Action) -> Option<Cause>,
    ) -> Result<Option<Cause>, Error> {
        let (with, without) = match action {
            Action::Added => (self.new, self.old),
            Action::Removed => (self.old, self.new),
            Action::Changed => return Ok(None),
        };
        let exists = |snapshot: &Snapshot<'_>| -> Result<bool, Error> {
            Ok(snapshot.names.resource(snapshot.view(), on)?.exists)
        };
        Ok(if exists(with)? && !exists(without)? { cause(action) } else { None })
    }
}

impl Cause {
    pub(super) fn of_resource(action: Action) -> Option<Self> {
        match action {
            Action::Added => Some(Self::ResourceAdded),
            Action::Removed => Some(Self::ResourceRemoved),
            Action::Changed => None,
        }
    }

    pub(super) fn of_principal(action: Action) -> Option<Self> {
        match action {
            Action::Added => Some(Self::PrincipalAdded),
            Action::Removed => Some(Self::PrincipalRemoved),
            Action::Changed => None,
        }
    }
}

fn name(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<String, Error> {
    Ok(snapshot.names.resource(snapshot.view(), id)?.name.clone())
}

/// Whether a text differs only because it holds the name of a resource that was renamed.
fn follows_name(field: &FieldChange, before: &str, after: &str) -> bool {
    let (Some(old), Some(new)) = (field.old.as_str(), field.new.as_str()) else { return false };
    ["name", "description"].contains(&field.field.as_str())
        && !before.is_empty()
        && !after.is_empty()
        && old.replace(before, after) == new
        && new.replace(after, before) == old
}
