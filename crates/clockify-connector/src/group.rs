//! A user group becomes a `group` resource with its members and team managers.

use std::collections::HashSet;
use std::sync::Arc;

use clockify_api::model::UserGroup;
use governance_model::{Deferred, Grant, MAX_ID_BYTES, Page, Resource, ResourceId, ResourceTrait};

use crate::catalog::{GROUP, MANAGER, MEMBER, USER, entitlement, group_entitlements};
use crate::context::Drops;
use crate::deferred::Note;
use crate::{text, user};

const MEMBERS: &str = "Clockify did not say who belongs to some groups";
const MANAGERS: &str = "Clockify did not say who manages some groups";

/// Adds a group to a page.
pub(crate) fn add(group: &UserGroup, page: &mut Page, drops: &mut Drops) {
    let id = ResourceId::new(GROUP, group.id.as_str());
    let name = text::first_of(&[group.name.as_deref()], &group.id);
    let mut resource = Resource::new(id.clone(), drops.fit(name, text::MAX_NAME_BYTES));
    resource.created_at = user::created_at(&group.id);
    resource.profile.insert("group_id".into(), group.id.as_str().into());
    resource.profile.insert("group_name".into(), text::clip(name, text::MAX_TEXT_BYTES).into());
    resource.traits.push(ResourceTrait::Group);
    page.facts.entitlements.extend(group_entitlements(&id, name));
    page.facts.resources.push(resource);

    if !group.user_ids.is_told() {
        drops.count("group without a list of members");
        drops.doubt(MEMBERS);
    }
    drops.unreadable(group.user_ids.unreadable(), "group member that could not be read", MEMBERS);
    // Tens of thousands of grants of one page share them.
    let id = Arc::new(id);
    let entitlement_of_members = entitlement(&id, MEMBER);
    let mut seen = HashSet::with_capacity(group.user_ids.len());
    for member in &group.user_ids {
        if member.len() > MAX_ID_BYTES {
            drops.unreadable(1, "group member that could not be read", MEMBERS);
        } else if seen.insert(member.as_str()) {
            let holder = ResourceId::new(USER, member.clone());
            page.facts.grants.push(Grant::new(entitlement_of_members.clone(), Arc::clone(&id), holder));
        } else {
            drops.count("duplicate group member");
        }
    }
    // A group that lacks the list altogether is an old one, and the rows of its managers tell of them (clockify reference
    // 3.9 and 4.2).
    drops.unreadable(group.team_managers.unreadable(), "team manager that could not be read", MANAGERS);
    let mut seen = HashSet::new();
    for manager in &group.team_managers {
        let Some(manager) = manager.id.as_deref().filter(|id| id.len() <= MAX_ID_BYTES) else {
            drops.unreadable(1, "team manager without id", MANAGERS);
            continue;
        };
        if seen.insert(manager) {
            let holder = ResourceId::new(USER, manager);
            page.facts.grants.push(Grant::new(entitlement(&id, MANAGER), Arc::clone(&id), holder));
            let note = Note::GroupManager { group: group.id.clone(), user: manager.into() };
            page.deferred.push(Deferred { note: note.write() });
        } else {
            drops.count("duplicate team manager");
        }
    }
}
