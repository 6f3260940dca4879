//! Resource types.

use governance_model::{ResourceType, ResourceTypeId, TraitKind};

use super::{ConvertError, annotation, id};
use crate::c1::connector::v2;
use crate::c1::connector::v2::resource_type::Trait;

const MESSAGE: &str = "ResourceType";

/// A resource type as the protocol writes it.
pub fn resource_type_to_proto(model: &ResourceType) -> v2::ResourceType {
    let skip = annotation::flag::<v2::SkipEntitlementsAndGrants>(
        model.skip_entitlements_and_grants,
        &model.annotations,
    );
    v2::ResourceType {
        id: model.id.as_str().to_owned(),
        display_name: model.display_name.clone(),
        traits: model.traits.iter().copied().map(trait_number).collect(),
        annotations: skip.into_iter().chain(annotation::reopen(&model.annotations)).collect(),
        description: model.description.clone(),
        sourced_externally: false,
    }
}

/// The resource type that a message describes.
///
/// # Errors
/// When it has no id.
pub fn resource_type_from_proto(proto: v2::ResourceType) -> Result<ResourceType, ConvertError> {
    let mut skip = false;
    let mut annotations = Vec::new();
    for any in proto.annotations {
        if annotation::names::<v2::SkipEntitlementsAndGrants>(&any.type_url) {
            skip = true;
        } else {
            annotations.push(annotation::opaque(any));
        }
    }
    Ok(ResourceType {
        id: ResourceTypeId::new(id::text(MESSAGE, "id", proto.id)?),
        display_name: proto.display_name,
        description: proto.description,
        traits: proto.traits.into_iter().map(trait_kind).collect(),
        skip_entitlements_and_grants: skip,
        annotations,
    })
}

fn trait_number(kind: TraitKind) -> i32 {
    match kind {
        TraitKind::User => Trait::User.into(),
        TraitKind::Group => Trait::Group.into(),
        TraitKind::Role => Trait::Role.into(),
        TraitKind::App => Trait::App.into(),
        TraitKind::Secret => Trait::Secret.into(),
        TraitKind::Other(number) => number,
        // `TraitKind` may grow; until this crate knows the new kind, it is written as none.
        _ => Trait::Unspecified.into(),
    }
}

fn trait_kind(number: i32) -> TraitKind {
    match Trait::try_from(number) {
        Ok(Trait::User) => TraitKind::User,
        Ok(Trait::Group) => TraitKind::Group,
        Ok(Trait::Role) => TraitKind::Role,
        Ok(Trait::App) => TraitKind::App,
        Ok(Trait::Secret) => TraitKind::Secret,
        _ => TraitKind::Other(number),
    }
}
