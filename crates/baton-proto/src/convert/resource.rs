//! Resources and their traits.
//!
//! Status, profile and creation time live on the resource and, since readers older than that still look there, on the
//! trait too (interop reference 2.2). Reading prefers the resource's.

#![expect(
    deprecated,
    reason = "the trait's copies are deprecated and still what the official CSV export reads"
)]

use governance_model::{Annotation, Profile, Resource, ResourceTrait, State, Status, Timestamp};
use prost_types::{Any, Struct};

use super::annotation::{names, opaque, pack, reopen, unpack};
use super::{ConvertError, id, profile, time, user};
use crate::c1::connector::v2;
use crate::c1::connector::v2::status::ResourceStatus;
use crate::c1::connector::v2::user_trait;

const MESSAGE: &str = "Resource";

/// A resource as the protocol writes it: first the annotations of its traits, then those kept.
pub fn resource_to_proto(model: &Resource) -> v2::Resource {
    let traits = model.traits.iter().map(|found| trait_to_proto(found, model));
    v2::Resource {
        id: Some(id::resource_id_to_proto(&model.id)),
        parent_resource_id: model.parent.as_ref().map(id::resource_id_to_proto),
        display_name: model.display_name.to_string(),
        annotations: traits.chain(reopen(&model.annotations)).collect(),
        description: model.description.clone(),
        profile: profile::to_proto_unless_empty(&model.profile),
        status: model.status.as_ref().map(status_to_proto),
        created_at: model.created_at.map(time::timestamp_to_proto),
        ..v2::Resource::default()
    }
}

/// The resource that a message describes. The first trait of each kind becomes one of the model's; all other
/// annotations are kept as they are.
///
/// # Errors
/// When it or its parent has no id, a time is out of range, or a trait cannot be decoded.
pub fn resource_from_proto(proto: v2::Resource) -> Result<Resource, ConvertError> {
    let parent = proto.parent_resource_id.map(|parent| id::read(MESSAGE, "parent_resource_id", Some(parent)));
    let found = Found::read(proto.annotations)?;
    let created_at = time::read(MESSAGE, "created_at", proto.created_at.as_ref())?;
    Ok(Resource {
        id: id::read(MESSAGE, "id", proto.id)?,
        parent: parent.transpose()?,
        display_name: proto.display_name.into(),
        description: proto.description,
        profile: proto.profile.or(found.profile).map_or_else(Profile::new, profile::from_proto),
        status: proto.status.map(status_from_proto).or(found.status),
        created_at: created_at.or(found.created_at),
        traits: found.traits,
        annotations: found.annotations,
    })
}

pub(super) fn trait_to_proto(found: &ResourceTrait, model: &Resource) -> Any {
    match found {
        ResourceTrait::User(facts) => pack(&v2::UserTrait {
            status: model.status.as_ref().map(trait_status_to_proto),
            // Present even when empty: the official CSV export reads it without asking whether there is one.
            profile: Some(profile::to_proto(&model.profile)),
            created_at: model.created_at.map(time::timestamp_to_proto),
            ..user::to_proto(facts)
        }),
        ResourceTrait::Group => pack(&v2::GroupTrait {
            profile: profile::to_proto_unless_empty(&model.profile),
            ..v2::GroupTrait::default()
        }),
        ResourceTrait::Role => pack(&v2::RoleTrait {
            profile: profile::to_proto_unless_empty(&model.profile),
            ..v2::RoleTrait::default()
        }),
    }
}

/// What the annotations of a resource say.
#[derive(Default)]
struct Found {
    traits: Vec<ResourceTrait>,
    profile: Option<Struct>,
    status: Option<Status>,
    created_at: Option<Timestamp>,
    annotations: Vec<Annotation>,
}

impl Found {
    fn read(annotations: Vec<Any>) -> Result<Self, ConvertError> {
        let mut found = Self::default();
        for any in annotations {
            if names::<v2::UserTrait>(&any.type_url) && !found.has(|t| matches!(t, ResourceTrait::User(_))) {
                found.user(unpack(MESSAGE, &any)?)?;
            } else if names::<v2::GroupTrait>(&any.type_url) && !found.has(|t| *t == ResourceTrait::Group) {
                let group: v2::GroupTrait = unpack(MESSAGE, &any)?;
                found.profile = found.profile.or(group.profile);
                found.traits.push(ResourceTrait::Group);
            } else if names::<v2::RoleTrait>(&any.type_url) && !found.has(|t| *t == ResourceTrait::Role) {
                let role: v2::RoleTrait = unpack(MESSAGE, &any)?;
                found.profile = found.profile.or(role.profile);
                found.traits.push(ResourceTrait::Role);
            } else {
                found.annotations.push(opaque(any));
            }
        }
        Ok(found)
    }

    fn has(&self, is: impl Fn(&ResourceTrait) -> bool) -> bool {
        self.traits.iter().any(is)
    }

    fn user(&mut self, mut proto: v2::UserTrait) -> Result<(), ConvertError> {
        self.profile = self.profile.take().or(proto.profile.take());
        self.status = proto.status.take().map(trait_status_from_proto);
        self.created_at = time::read("UserTrait", "created_at", proto.created_at.as_ref())?;
        self.traits.push(ResourceTrait::User(Box::new(user::from_proto(proto)?)));
        Ok(())
    }
}

fn status_to_proto(status: &Status) -> v2::Status {
    v2::Status { status: state_to_proto(status.state).into(), details: status.details.clone() }
}

pub(super) fn state_to_proto(state: State) -> ResourceStatus {
    match state {
        State::Unspecified => ResourceStatus::Unspecified,
        State::Enabled => ResourceStatus::Enabled,
        State::Disabled => ResourceStatus::Disabled,
        State::Deleted => ResourceStatus::Deleted,
    }
}

fn status_from_proto(proto: v2::Status) -> Status {
    let state = match proto.status() {
        ResourceStatus::Unspecified => State::Unspecified,
        ResourceStatus::Enabled => State::Enabled,
        ResourceStatus::Disabled => State::Disabled,
        ResourceStatus::Deleted => State::Deleted,
    };
    Status { state, details: proto.details }
}

fn trait_status_to_proto(status: &Status) -> user_trait::Status {
    user_trait::Status { status: user::state_to_proto(status.state).into(), details: status.details.clone() }
}

fn trait_status_from_proto(proto: user_trait::Status) -> Status {
    Status { state: user::state_from_proto(proto.status()), details: proto.details }
}
