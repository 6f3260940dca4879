//! The roles of a member and what they cover.
//!
//! A role is granted once per holder, with its scope in the grant's metadata. The same fact also appears where it
//! bites: as `manager` on each group or project in the scope. Whether an entity of a team manager is a person or a
//! group is not said (clockify reference 4.2); what the workspace's member list cannot tell is deferred until the
//! groups are known.

use std::collections::{BTreeMap, BTreeSet};

use clockify_api::model::{Role, User, UserRole};
use governance_model::{
    Deferred, Grant, GrantId, MAX_ID_BYTES, Page, Profile, ResourceId, ResourceTypeId, Text, Value,
};

use crate::catalog::{ASSIGNED, GROUP, MANAGER, PROJECT, USER, WorkspaceRole, entitlement};
use crate::context::{Context, Drops};
use crate::deferred::Note;
use crate::text;

/// The name of having no role.
pub(crate) const REGULAR: &str = "regular";
/// The name of a role that is not known.
pub(crate) const UNKNOWN: &str = "unknown";

const ROLES: &str = "Clockify did not say which roles some people hold";

/// What a role covers, by kind and id, with the name that Clockify gives it.
pub(crate) type Scopes = BTreeMap<(ResourceTypeId, Text), Option<Text>>;

/// The roles of one member.
#[derive(Debug, Default)]
pub(crate) struct Held {
    roles: BTreeMap<WorkspaceRole, Scopes>,
    /// Raw codes of roles that this version does not know.
    unknown: BTreeSet<String>,
    /// Ids in the scope of the team manager role that may be people or groups.
    open: BTreeSet<Text>,
    /// Whether Clockify said anything about roles.
    told: bool,
}

impl Held {
    /// The most powerful role, for the profile.
    pub(crate) fn highest(&self) -> &str {
        match (self.roles.keys().next(), self.unknown.first(), self.told) {
            (Some(role), _, _) => role.id(),
            (None, Some(raw), _) => raw,
            (None, None, true) => REGULAR,
            (None, None, false) => UNKNOWN,
        }
    }

    /// All roles, most powerful first, then the unknown ones by their raw codes.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.roles.keys().map(|role| role.id()).chain(self.unknown.iter().map(String::as_str))
    }

    /// Why a key of this holder may not be shown everything, if that is so (clockify reference 2.3 and 2.4).
    pub(crate) fn doubt(&self) -> Option<&'static str> {
        if self.roles.keys().any(|role| role.is_administrative()) {
            None
        } else if self.told {
            Some("the key's owner is neither owner nor admin, so Clockify may hide people")
        } else {
            Some("Clockify does not say whether the key's owner is an admin, so it may hide people and roles")
        }
    }
}

/// Reads the roles of a member.
pub(crate) fn held(user: &User, context: &Context<'_>, drops: &mut Drops) -> Held {
    let mut held = Held { told: user.roles.is_told(), ..Held::default() };
    if !held.told {
        drops.count("user without a list of roles");
        drops.doubt(ROLES);
    }
    drops.unreadable(user.roles.unreadable(), "role that could not be read", ROLES);
    for given in &user.roles {
        drops.unreadable(given.unreadable, "role scope that could not be read", ROLES);
        match &given.role {
            Some(Role::Owner) => workspace_role(&mut held, WorkspaceRole::Owner, given, context, drops),
            Some(Role::WorkspaceAdmin) => {
                workspace_role(&mut held, WorkspaceRole::WorkspaceAdmin, given, context, drops);
            }
            Some(Role::TeamManager) => team_manager(&mut held, given, context, drops),
            Some(Role::ProjectManager) => project_manager(&mut held, given, drops),
            Some(other) => {
                drops.count(format!("unknown role {}", text::clip(other.as_str(), text::MAX_RAW_BYTES)));
                held.unknown.insert(drops.fit(other.as_str(), text::MAX_CODE_BYTES).to_owned());
            }
            None => drops.unreadable(1, "role without a name", ROLES),
        }
    }
    // The owner is listed as admin as well; one person, one administrative role (clockify reference 4.2).
    if held.roles.contains_key(&WorkspaceRole::Owner)
        && held.roles.remove(&WorkspaceRole::WorkspaceAdmin).is_some()
    {
        drops.count("admin role of the owner");
    }
    held
}

fn workspace_role(
    held: &mut Held,
    role: WorkspaceRole,
    given: &UserRole,
    context: &Context<'_>,
    drops: &mut Drops,
) {
    let here =
        given.entities.is_empty() || given.entities.iter().any(|entity| entity.id == context.workspace);
    if !here {
        drops.count("role in another workspace");
    } else if held.roles.insert(role, Scopes::new()).is_some() {
        drops.count("duplicate role");
    }
}

fn team_manager(held: &mut Held, given: &UserRole, context: &Context<'_>, drops: &mut Drops) {
    let scopes = held.roles.entry(WorkspaceRole::TeamManager).or_default();
    for entity in &given.entities {
        if entity.group_id().unwrap_or(&entity.id).len() > MAX_ID_BYTES {
            drops.unreadable(1, "role scope that could not be read", ROLES);
            continue;
        }
        // Seen as one entity, or as one per member of the group: the source is the real target either way.
        let scope = match entity.group_id() {
            Some(group) => (GROUP, group.into()),
            None if context.is_member(&entity.id) => (USER, entity.id.clone()),
            None => {
                held.open.insert(entity.id.clone());
                continue;
            }
        };
        // The name is the entity's, and a group may show as one of its members.
        let name = entity.name.as_deref().filter(|_| scope.0 == USER);
        let name = name.map(|name| drops.fit(name, text::MAX_NAME_BYTES));
        let of_group = scope.0 == GROUP;
        if !cover(scopes, scope, name) && !of_group {
            drops.count("duplicate role scope");
        }
    }
}

/// Adds to a scope; false if it was covered already. A name once given stays.
fn cover(scopes: &mut Scopes, covered: (ResourceTypeId, Text), name: Option<&str>) -> bool {
    let mut added = false;
    let known = scopes.entry(covered).or_insert_with(|| {
        added = true;
        None
    });
    if known.is_none() {
        *known = name.map(Text::from);
    }
    added
}

fn project_manager(held: &mut Held, given: &UserRole, drops: &mut Drops) {
    let scopes = held.roles.entry(WorkspaceRole::ProjectManager).or_default();
    for entity in &given.entities {
        if entity.id.len() > MAX_ID_BYTES {
            drops.unreadable(1, "role scope that could not be read", ROLES);
            continue;
        }
        let name = entity.name.as_deref().map(|name| drops.fit(name, text::MAX_NAME_BYTES));
        if !cover(scopes, (PROJECT, entity.id.clone()), name) {
            drops.count("duplicate role scope");
        }
    }
}

/// Adds the grants of a member's roles to a page.
pub(crate) fn add_grants(user: &str, held: &Held, context: &Context<'_>, page: &mut Page) {
    for (role, scopes) in &held.roles {
        if *role == WorkspaceRole::TeamManager && !held.open.is_empty() {
            let note = Note::TeamManager {
                user: user.into(),
                groups: ids(scopes, &GROUP),
                users: scopes
                    .iter()
                    .filter(|((kind, _), _)| *kind == USER)
                    .map(|((_, id), name)| (id.clone(), name.clone()))
                    .collect(),
                open: held.open.iter().cloned().collect(),
            };
            page.deferred.push(Deferred { note: note.write() });
            continue;
        }
        add_role(user, *role, scopes, context.projects, page);
    }
}

/// Adds the grant of one role, and `manager` on what is in its scope.
pub(crate) fn add_role(user: &str, role: WorkspaceRole, scopes: &Scopes, projects: bool, page: &mut Page) {
    let holder = ResourceId::new(USER, user);
    let resource = role.resource_id();
    let mut grant = Grant::new(entitlement(&resource, ASSIGNED), resource, holder.clone());
    if !scopes.is_empty() {
        let scopes = scopes.iter().map(|((kind, id), name)| scope_value(kind, id, name.as_deref())).collect();
        grant.details_mut().metadata.insert("scopes".into(), Value::List(scopes));
    }
    page.facts.grants.push(grant);
    for (kind, id) in scopes.keys() {
        if *kind == GROUP || (*kind == PROJECT && projects) {
            let managed = ResourceId::new(kind.clone(), id.as_str());
            page.facts.grants.push(Grant::new(entitlement(&managed, MANAGER), managed, holder.clone()));
        }
    }
}

/// The id of the grant of a role.
pub(crate) fn grant_id(user: &str, role: WorkspaceRole) -> GrantId {
    GrantId::new(&entitlement(&role.resource_id(), ASSIGNED), &ResourceId::new(USER, user))
}

fn scope_value(kind: &ResourceTypeId, id: &str, name: Option<&str>) -> Value {
    let mut scope = Profile::new();
    scope.insert("type".into(), kind.as_str().into());
    scope.insert("id".into(), id.into());
    if let Some(name) = name {
        scope.insert("name".into(), name.into());
    }
    Value::Map(scope)
}

fn ids(scopes: &Scopes, of: &ResourceTypeId) -> Vec<Text> {
    scopes.keys().filter(|(kind, _)| kind == of).map(|(_, id)| id.clone()).collect()
}
