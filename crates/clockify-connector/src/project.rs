//! A project becomes a `project` resource with its members; its managers come with their roles.
//!
//! A membership's `userId` may be a group's id (clockify reference 3.12). Ids on the workspace's member list are
//! people; the rest is deferred until the groups are known. A public project is open to everybody whatever its
//! memberships say; that is in the profile and makes no grants.

use std::collections::BTreeSet;

use clockify_api::model::{MembershipStatus, MembershipType, Project};
use governance_model::{Deferred, Expandable, Grant, MAX_ID_BYTES, Page, Resource, ResourceId, Text};

use crate::catalog::{GROUP, MEMBER, PROJECT, USER, entitlement, project_entitlements};
use crate::context::{Context, Drops};
use crate::deferred::Note;
use crate::{text, user};

const MEMBERS: &str = "Clockify did not say who belongs to some projects";

/// Adds a project to a page.
pub(crate) fn add(project: &Project, context: &Context<'_>, page: &mut Page, drops: &mut Drops) {
    let id = ResourceId::new(PROJECT, project.id.as_str());
    let name = text::first_of(&[project.name.as_deref()], &project.id);
    let mut resource = Resource::new(id.clone(), drops.fit(name, text::MAX_NAME_BYTES));
    resource.created_at = user::created_at(&project.id);
    let profile = &mut resource.profile;
    profile.insert("project_id".into(), project.id.as_str().into());
    if let Some(client) = project.client_name.as_deref() {
        profile.insert("client_name".into(), drops.fit(client, text::MAX_TEXT_BYTES).into());
    }
    for (key, flag) in
        [("archived", project.archived), ("public", project.public), ("template", project.template)]
    {
        if let Some(flag) = flag {
            profile.insert(key.into(), flag.into());
        }
    }
    page.facts.entitlements.extend(project_entitlements(&id, name));
    page.facts.resources.push(resource);

    if !project.memberships.is_told() {
        drops.count("project without a list of members");
        drops.doubt(MEMBERS);
    }
    drops.unreadable(project.memberships.unreadable(), "project membership that could not be read", MEMBERS);
    let mut seen = BTreeSet::new();
    for membership in &project.memberships {
        let Some(member) = membership.user_id.as_deref().filter(|id| id.len() <= MAX_ID_BYTES) else {
            drops.unreadable(1, "project membership without user", MEMBERS);
            continue;
        };
        if membership.target_id.as_deref().is_some_and(|target| target != project.id) {
            drops.count("membership of another project");
            continue;
        }
        if !seen.insert(member) {
            drops.count("duplicate project membership");
            continue;
        }
        let status = membership.membership_status.as_ref().map(MembershipStatus::as_str);
        let status = status.map(|raw| drops.fit(raw, text::MAX_CODE_BYTES));
        if membership.membership_type == Some(MembershipType::UserGroup) {
            add_member(&project.id, ResourceId::new(GROUP, member), status, page);
        } else if context.is_member(member) {
            add_member(&project.id, ResourceId::new(USER, member), status, page);
        } else {
            let note = Note::ProjectMember {
                project: project.id.clone(),
                member: member.into(),
                status: status.map(Text::from),
            };
            page.deferred.push(Deferred { note: note.write() });
        }
    }
}

/// Adds the grant of one member, expandable if the member is a group.
pub(crate) fn add_member(project: &str, member: ResourceId, status: Option<&str>, page: &mut Page) {
    let project = ResourceId::new(PROJECT, project);
    let mut grant = Grant::new(entitlement(&project, MEMBER), project, member);
    if grant.principal.resource_type == GROUP {
        grant.details_mut().expandable = Some(Expandable {
            entitlements: vec![entitlement(&grant.principal, MEMBER)],
            shallow: false,
            resource_types: vec![USER],
        });
    }
    // A membership that is not in force is kept, because it comes back with the person, and marked.
    if let Some(status) = status.filter(|raw| !raw.is_empty() && *raw != MembershipStatus::Active.as_str()) {
        grant.details_mut().metadata.insert("membership_status".into(), status.into());
    }
    page.facts.grants.push(grant);
}
