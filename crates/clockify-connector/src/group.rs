//! A user group becomes a `group` resource with its members and team managers.

use std::collections::BTreeSet;

use clockify_api::model::UserGroup;
use governance_model::{Deferred, Grant, Page, Resource, ResourceId, ResourceTrait};

use crate::catalog::{GROUP, MANAGER, MEMBER, USER, entitlement, group_entitlements};
use crate::context::Drops;
use crate::deferred::Note;
use crate::{text, user};

/// Adds a group to a page.
pub(crate) fn add(group: &UserGroup, page: &mut Page, drops: &mut Drops) {
    let id = ResourceId::new(GROUP, group.id.as_str());
    let name = text::first_of(&[group.name.as_deref()], &group.id);
    let mut resource = Resource::new(id.clone(), text::clip(name, text::MAX_NAME_BYTES));
    resource.created_at = user::created_at(&group.id);
    resource.profile.insert("group_id".to_owned(), group.id.as_str().into());
    resource.profile.insert("group_name".to_owned(), name.into());
    resource.traits.push(ResourceTrait::Group);
    page.facts.entitlements.extend(group_entitlements(&id, name));
    page.facts.resources.push(resource);

    let mut seen = BTreeSet::new();
    for member in &group.user_ids {
        if seen.insert(member.as_str()) {
            let holder = ResourceId::new(USER, member.as_str());
            page.facts.grants.push(Grant::new(entitlement(&id, MEMBER), id.clone(), holder));
        } else {
            drops.count("duplicate group member");
        }
    }
    let mut seen = BTreeSet::new();
    for manager in &group.team_managers {
        let Some(manager) = manager.id.as_deref() else {
            drops.count("team manager without id");
            continue;
        };
        if seen.insert(manager) {
            let holder = ResourceId::new(USER, manager);
            page.facts.grants.push(Grant::new(entitlement(&id, MANAGER), id.clone(), holder));
            let note = Note::GroupManager { group: group.id.clone(), user: manager.to_owned() };
            page.deferred.push(Deferred { note: note.write() });
        } else {
            drops.count("duplicate team manager");
        }
    }
}
