//! Grants that differ.

use governance_model::Grant;

use super::facts::Facts;
use super::resource::{PROJECT, is_unlisted, no_data};
use super::walk::{Differ, action};
use super::{Action, Cause, Change, ChangeKind, Permission, Section, Thing};
use crate::names::Kind;
use crate::rows::{GrantRow, Privilege, Reference};
use crate::{Error, Snapshot};

/// The resource type of roles, for files that lack the role itself.
const ROLE: &str = "role";

impl Differ<'_> {
    pub(super) fn grant(
        &self,
        id: String,
        old: Option<&Grant>,
        new: Option<&Grant>,
    ) -> Result<Option<Change>, Error> {
        let Some((action, present)) = action(old, new) else { return Ok(None) };
        if !self.is_compared(&present.resource.resource_type, action)?
            || !self.is_compared(&present.principal.resource_type, action)?
        {
            return Ok(None);
        }
        let row = |snapshot: &Snapshot<'_>, grant: Option<&Grant>| {
            grant.map(|grant| GrantRow::of(snapshot, grant)).transpose()
        };
        let (before, after) = (row(self.old, old)?, row(self.new, new)?);
        let facts = |grant: Option<&Grant>, row: &Option<GrantRow>| {
            grant.zip(row.as_ref()).map(|(grant, row)| Facts::of_grant(grant, row))
        };
        let mut fields = Facts::differences(facts(old, &before), facts(new, &after));
        if action == Action::Changed && fields.is_empty() {
            return Ok(None);
        }
        if action != Action::Changed {
            fields.retain(|field| !["principal", "entitlement", "resource"].contains(&field.field.as_str()));
        }
        let Some(shown) = after.or(before) else { return Ok(None) };
        let sides = [(self.old, old), (self.new, new)];
        let mut section = Section::Entitlements;
        for (snapshot, grant) in sides {
            if let Some(grant) = grant {
                section = section.min(section_of(snapshot, grant)?);
            }
        }
        let mut notes = Vec::new();
        let by_role = section <= Section::Roles || shown.permission == "manager";
        if by_role && action != Action::Changed {
            // Roles come with the account, so an account without data has none.
            let without = if action == Action::Added { self.old } else { self.new };
            if is_unlisted(without, &present.principal)? {
                notes.push(no_data(action == Action::Added));
            }
        }
        let consequence_of = match self.cause(&present.principal, action, Cause::of_principal)? {
            None => self.cause(&present.resource, action, Cause::of_resource)?,
            found => found,
        };
        Ok(Some(Change {
            kind: ChangeKind { thing: Thing::Grant, action },
            section,
            administrative: section == Section::Administrative,
            id,
            principal: Some(shown.principal),
            resource: Some(shown.resource),
            entitlement: Some(Permission {
                id: shown.entitlement,
                permission: shown.permission,
                name: shown.entitlement_name,
            }),
            fields,
            consequence_of,
            notes,
        }))
    }
}

/// Whether a grant gives administrative access.
pub(super) fn is_administrative(snapshot: &Snapshot<'_>, grant: &Grant) -> Result<bool, Error> {
    Ok(section_of(snapshot, grant)? == Section::Administrative)
}

fn section_of(snapshot: &Snapshot<'_>, grant: &Grant) -> Result<Section, Error> {
    let on = snapshot.names.resource(snapshot.view(), &grant.resource)?;
    if on.kind == Kind::Role || grant.resource.resource_type.as_str() == ROLE {
        let role = Reference::find(snapshot, &grant.resource)?;
        let administrative = Privilege::of_role(&role).is_administrative();
        return Ok(if administrative { Section::Administrative } else { Section::Roles });
    }
    // Other connectors grant `admin` on the thing itself. Names are not judged, because they hold the thing's own name.
    let slug = snapshot.names.entitlement(snapshot.view(), &grant.entitlement)?.slug.clone();
    let permission = Reference { kind: String::new(), id: slug, name: String::new() };
    Ok(match on.kind {
        _ if Privilege::of_role(&permission).is_administrative() => Section::Administrative,
        Kind::Group => Section::Groups,
        _ if grant.resource.resource_type.as_str() == PROJECT => Section::Projects,
        _ => Section::Resources,
    })
}
