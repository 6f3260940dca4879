//! Accounts, groups, roles, projects and other resources that differ.

use c1z::GrantFilter;
use governance_model::{Resource, ResourceId};

use super::facts::Facts;
use super::walk::{Differ, action};
use super::{Action, Change, ChangeKind, Note, NoteCode, Section, Thing, noise};
use crate::names::Kind;
use crate::rows::{Principal, Privilege, Reference, StateName};
use crate::{Error, Snapshot};

/// The resource type of projects.
pub(super) const PROJECT: &str = "project";

/// The attribute of an account about which the source returned no data.
const UNLISTED: &str = "profile.unlisted";

impl Differ<'_> {
    pub(super) fn resource(
        &self,
        id: String,
        old: Option<&Resource>,
        new: Option<&Resource>,
    ) -> Result<Option<Change>, Error> {
        let Some((action, present)) = action(old, new) else { return Ok(None) };
        if !self.is_compared(&present.id.resource_type, action)? {
            return Ok(None);
        }
        let facts = |snapshot: &Snapshot<'_>, resource: Option<&Resource>| {
            resource.map(|resource| Facts::of_resource(snapshot, resource, self.grants)).transpose()
        };
        let (before, after) = (facts(self.old, old)?, facts(self.new, new)?);
        let unlisted = |facts: &Option<Facts>| facts.as_ref().is_some_and(|facts| facts.is_set(UNLISTED));
        let unlisted = (unlisted(&before), unlisted(&after));
        let mut fields = Facts::differences(before, after);
        noise::drop_restated(&mut fields, (action != Action::Changed).then_some(&present.id.resource));
        let mut notes = Vec::new();
        if action == Action::Changed && unlisted.0 != unlisted.1 {
            // Everything that the source did not say would look as if it had been taken away.
            fields.retain(|field| [UNLISTED, "status", "status_reason"].contains(&field.field.as_str()));
            notes.push(no_data(unlisted.0));
        }
        if action == Action::Changed && fields.is_empty() {
            return Ok(None);
        }
        let thing = [old, new].into_iter().flatten().map(thing).min().unwrap_or(Thing::Resource);
        let administrative = match (thing, action) {
            (Thing::User, Action::Changed) => self.administers(&present.id)?,
            (Thing::Role, _) => [old, new].into_iter().flatten().any(is_administrative_role),
            _ => false,
        };
        let section = match thing {
            _ if administrative => Section::Administrative,
            Thing::User => Section::People,
            Thing::Role => Section::Roles,
            Thing::Group => Section::Groups,
            Thing::Project => Section::Projects,
            _ => Section::Resources,
        };
        let is_user = thing == Thing::User;
        Ok(Some(Change {
            kind: ChangeKind { thing, action },
            section,
            administrative,
            id,
            principal: is_user.then(|| principal(present)),
            resource: (!is_user).then(|| reference(present)),
            entitlement: None,
            fields,
            consequence_of: None,
            notes,
        }))
    }

    /// Whether an account holds an administrative role in one of the syncs.
    fn administers(&self, id: &ResourceId) -> Result<bool, Error> {
        if !self.grants {
            return Ok(false);
        }
        for snapshot in [self.old, self.new] {
            let filter = GrantFilter { principal: Some(id.clone()), ..GrantFilter::default() };
            for grant in snapshot.view().grants(&filter) {
                if super::grant::is_administrative(snapshot, &grant?.value)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// That the source returned no data about an account in one of the syncs.
pub(super) fn no_data(before: bool) -> Note {
    if before {
        NoteCode::NoDataBefore.note(
            "the older sync has no data about this account, so what is new here may have been so before",
        )
    } else {
        NoteCode::NoDataAfter
            .note("the newer sync has no data about this account, so what is gone here may still be so")
    }
}

/// Whether the source returned no data about an account.
pub(super) fn is_unlisted(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<bool, Error> {
    let found = snapshot.view().resource(id)?;
    Ok(found.is_some_and(|record| {
        record.value.profile.get("unlisted") == Some(&governance_model::Value::Bool(true))
    }))
}

fn thing(resource: &Resource) -> Thing {
    match Kind::of(&resource.traits) {
        Kind::User => Thing::User,
        Kind::Group => Thing::Group,
        Kind::Role => Thing::Role,
        Kind::Other if resource.id.resource_type.as_str() == PROJECT => Thing::Project,
        Kind::Other => Thing::Resource,
    }
}

fn is_administrative_role(resource: &Resource) -> bool {
    Privilege::of_role(&reference(resource)).is_administrative()
}

fn reference(resource: &Resource) -> Reference {
    Reference {
        kind: resource.id.resource_type.as_str().to_owned(),
        id: resource.id.resource.to_string(),
        name: resource.display_name.to_string(),
    }
}

fn principal(resource: &Resource) -> Principal {
    Principal {
        kind: resource.id.resource_type.as_str().to_owned(),
        id: resource.id.resource.to_string(),
        name: resource.display_name.to_string(),
        email: resource.user().map(crate::rows::email).unwrap_or_default(),
        status: resource.status.as_ref().map(|status| StateName(status.state)),
        missing: false,
    }
}
