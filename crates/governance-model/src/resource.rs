//! Resources and their types: the things that exist.

use serde::{Deserialize, Serialize};

use crate::{Profile, ResourceId, ResourceTypeId, Text, Timestamp, UserTrait};

/// What a resource type is good for, as the Baton protocol names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TraitKind {
    /// People and service accounts.
    User,
    /// Collections of principals.
    Group,
    /// Bundles of permissions.
    Role,
    /// Applications.
    App,
    /// Credentials.
    Secret,
    /// A trait this model has no name for, by its protobuf number.
    Other(i32),
}

/// A kind of resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceType {
    /// The stable id; never changes once it has been released.
    pub id: ResourceTypeId,
    /// What people call it.
    pub display_name: String,
    /// A sentence about it; empty when there is none.
    pub description: String,
    /// What resources of this type are good for.
    pub traits: Vec<TraitKind>,
    /// Whether resources of this type never carry entitlements or grants of their own.
    pub skip_entitlements_and_grants: bool,
    /// Annotations this model does not interpret.
    pub annotations: Vec<Annotation>,
}

/// Whether a resource is usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum State {
    /// Nothing is known, or the source says something this version does not understand.
    Unspecified,
    /// Usable.
    Enabled,
    /// Exists and cannot be used.
    Disabled,
    /// Gone, and still listed by the source.
    Deleted,
}

/// A state and the source's own words for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The state.
    pub state: State,
    /// Why, in the source's raw values; at most 1024 bytes, empty when there is nothing to say.
    pub details: String,
}

/// The facts that come with one trait of a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ResourceTrait {
    /// The resource is an account.
    User(Box<UserTrait>),
    /// The resource is a group.
    Group,
    /// The resource is a role.
    Role,
}

/// An annotation that this model carries along without reading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// The type URL, `type.googleapis.com/<full message name>`.
    pub type_url: String,
    /// The encoded message.
    pub value: Vec<u8>,
}

/// A thing that exists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// The id.
    pub id: ResourceId,
    /// The resource it lives in, if any.
    pub parent: Option<ResourceId>,
    /// What people call it.
    pub display_name: Text,
    /// A sentence about it; empty when there is none.
    pub description: String,
    /// Everything else that is known about it.
    pub profile: Profile,
    /// Whether it is usable.
    pub status: Option<Status>,
    /// When it came into being.
    pub created_at: Option<Timestamp>,
    /// What it is, with the facts that belong to that.
    pub traits: Vec<ResourceTrait>,
    /// Annotations this model does not interpret.
    pub annotations: Vec<Annotation>,
}

impl Resource {
    /// A resource with an id and a name, and nothing else known.
    pub fn new(id: ResourceId, display_name: impl Into<Text>) -> Self {
        Self {
            id,
            parent: None,
            display_name: display_name.into(),
            description: String::new(),
            profile: Profile::new(),
            status: None,
            created_at: None,
            traits: Vec::new(),
            annotations: Vec::new(),
        }
    }

    /// The user trait, when the resource has one.
    pub fn user(&self) -> Option<&UserTrait> {
        self.traits.iter().find_map(|found| match found {
            ResourceTrait::User(user) => Some(user.as_ref()),
            ResourceTrait::Group | ResourceTrait::Role => None,
        })
    }
}
