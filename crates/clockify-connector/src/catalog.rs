//! What this connector offers: resource types, the fixed roles, and the entitlements on each kind of resource.
//!
//! Type ids, slugs and the derivation of ids are a public contract: C1 keeps configuration keyed on them, so they
//! never change once released.

use governance_model::{
    Entitlement, EntitlementId, Facts, Purpose, Resource, ResourceId, ResourceTrait, ResourceType,
    ResourceTypeId, TraitKind,
};

/// People with an account in the workspace, in whatever state.
pub const USER: ResourceTypeId = ResourceTypeId::from_static("user");
/// User groups.
pub const GROUP: ResourceTypeId = ResourceTypeId::from_static("group");
/// Workspace roles; Clockify has a fixed set (clockify reference 3.10 and 4.1).
pub const ROLE: ResourceTypeId = ResourceTypeId::from_static("role");
/// Projects, when they are asked for.
pub const PROJECT: ResourceTypeId = ResourceTypeId::from_static("project");

/// What an id in a role's scope is when nobody can tell; no resource has this type.
pub(crate) const UNKNOWN: ResourceTypeId = ResourceTypeId::from_static("unknown");

/// Belonging to a group or a project.
pub(crate) const MEMBER: &str = "member";
/// Managing the people of a group, or a project.
pub(crate) const MANAGER: &str = "manager";
/// Holding a role.
pub(crate) const ASSIGNED: &str = "assigned";

/// A role that somebody can hold in a workspace, from the most to the least powerful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkspaceRole {
    /// Everything; exactly one per workspace, which is deleted with its owner's account.
    Owner,
    /// All settings, people, groups, roles, projects and time.
    WorkspaceAdmin,
    /// The time of the people in their scope.
    TeamManager,
    /// The projects in their scope.
    ProjectManager,
}

impl WorkspaceRole {
    /// All of them, most powerful first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::WorkspaceAdmin, Self::TeamManager, Self::ProjectManager];

    /// The native id of the role's resource.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::WorkspaceAdmin => "workspace-admin",
            Self::TeamManager => "team-manager",
            Self::ProjectManager => "project-manager",
        }
    }

    /// Whether holding it means administrative access to the whole workspace.
    pub const fn is_administrative(self) -> bool {
        matches!(self, Self::Owner | Self::WorkspaceAdmin)
    }

    const fn display_name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::WorkspaceAdmin => "Workspace admin",
            Self::TeamManager => "Team manager",
            Self::ProjectManager => "Project manager",
        }
    }

    const fn description(self) -> &'static str {
        match self {
            Self::Owner => {
                "Can do everything in the workspace; the workspace is deleted if this account leaves or is deleted."
            }
            Self::WorkspaceAdmin => {
                "Manages all settings, people, groups, roles, projects and time of the workspace."
            }
            Self::TeamManager => {
                "Sees and approves the time of the people and groups in the scope of each grant."
            }
            Self::ProjectManager => "Manages the projects in the scope of each grant.",
        }
    }

    /// The resource that stands for the role.
    pub(crate) fn resource_id(self) -> ResourceId {
        ResourceId::new(ROLE, self.id())
    }

    fn resource(self) -> Resource {
        let mut resource = Resource::new(self.resource_id(), self.display_name());
        self.description().clone_into(&mut resource.description);
        resource.profile.insert("administrative".into(), self.is_administrative().into());
        resource.traits.push(ResourceTrait::Role);
        resource
    }

    fn entitlement(self) -> Entitlement {
        let purpose = if self == Self::Owner { Purpose::Ownership } else { Purpose::Permission };
        let mut entitlement = Entitlement::new(self.resource_id(), ASSIGNED, purpose);
        entitlement.display_name = format!("{} role", self.display_name());
        entitlement.description = format!("Has the role {} in the Clockify workspace.", self.display_name());
        entitlement.grantable_to = vec![user_type()];
        // Ownership moves in CAKE.com only; the API neither grants nor revokes it (clockify reference 3.10).
        entitlement.immutable = self == Self::Owner;
        entitlement
    }
}

/// The fixed roles with their entitlements; known without asking.
pub(crate) fn roles() -> Facts {
    Facts {
        resources: WorkspaceRole::ALL.iter().map(|role| role.resource()).collect(),
        entitlements: WorkspaceRole::ALL.iter().map(|role| role.entitlement()).collect(),
        grants: Vec::new(),
    }
}

/// The types offered: projects only when they are asked for.
pub(crate) fn resource_types(projects: bool) -> Vec<ResourceType> {
    let mut types = vec![
        user_type(),
        group_type(),
        ResourceType {
            id: ROLE,
            display_name: "Role".to_owned(),
            description: "Roles in the workspace.".to_owned(),
            traits: vec![TraitKind::Role],
            skip_entitlements_and_grants: false,
            annotations: Vec::new(),
        },
    ];
    if projects {
        types.push(ResourceType {
            id: PROJECT,
            display_name: "Project".to_owned(),
            description: "Projects of the workspace, archived ones included.".to_owned(),
            traits: Vec::new(),
            skip_entitlements_and_grants: false,
            annotations: Vec::new(),
        });
    }
    types
}

fn user_type() -> ResourceType {
    ResourceType {
        id: USER,
        display_name: "User".to_owned(),
        description: "Members of the workspace: full, limited, invited and deactivated ones.".to_owned(),
        traits: vec![TraitKind::User],
        skip_entitlements_and_grants: true,
        annotations: Vec::new(),
    }
}

fn group_type() -> ResourceType {
    ResourceType {
        id: GROUP,
        display_name: "Group".to_owned(),
        description: "User groups of the workspace.".to_owned(),
        traits: vec![TraitKind::Group],
        skip_entitlements_and_grants: false,
        annotations: Vec::new(),
    }
}

/// The two entitlements of a group.
pub(crate) fn group_entitlements(group: &ResourceId, name: &str) -> [Entitlement; 2] {
    let mut member = Entitlement::new(group.clone(), MEMBER, Purpose::Assignment);
    member.display_name = name_of(name, "group member");
    member.description = sentence("Belongs to the group", name);
    member.grantable_to = vec![user_type()];
    let mut manager = Entitlement::new(group.clone(), MANAGER, Purpose::Permission);
    manager.display_name = name_of(name, "team manager");
    manager.description = sentence("Is team manager of the group", name);
    manager.grantable_to = vec![user_type()];
    [member, manager]
}

/// The two entitlements of a project.
pub(crate) fn project_entitlements(project: &ResourceId, name: &str) -> [Entitlement; 2] {
    let mut member = Entitlement::new(project.clone(), MEMBER, Purpose::Assignment);
    member.display_name = name_of(name, "project member");
    member.description = sentence("Is a member of the project", name);
    member.grantable_to = vec![user_type(), group_type()];
    let mut manager = Entitlement::new(project.clone(), MANAGER, Purpose::Permission);
    manager.display_name = name_of(name, "project manager");
    manager.description = sentence("Manages the project", name);
    manager.grantable_to = vec![user_type()];
    [member, manager]
}

/// The id of an entitlement on a resource.
pub(crate) fn entitlement(resource: &ResourceId, slug: &str) -> EntitlementId {
    EntitlementId::new(resource, slug)
}

fn name_of(name: &str, suffix: &str) -> String {
    let room = crate::text::MAX_NAME_BYTES - suffix.len() - 1;
    format!("{} {suffix}", crate::text::clip(name, room))
}

fn sentence(what: &str, name: &str) -> String {
    format!("{what} {}.", crate::text::clip(name, crate::text::MAX_NAME_BYTES))
}
