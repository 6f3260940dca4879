//! Grants.
//!
//! A c1z keeps the `GrantExpandable` of a grant beside its message, in a column of its own (interop reference 1.3);
//! files of older writers keep it among the annotations. Writing gives the first, reading takes both.

use std::collections::BTreeMap;

use governance_model::{EntitlementId, Expandable, Grant, GrantDetails, GrantId, Profile, ResourceTypeId};

use prost_types::Any;

use super::annotation::{flag, names, opaque, pack, reopen, unpack};
use super::{ConvertError, id, profile};
use crate::c1::connector::v2;
use crate::c1::connector::v2::grant_sources::GrantSource;

const MESSAGE: &str = "Grant";

/// A grant as the protocol writes it, and its `GrantExpandable`, which is not among the annotations.
///
/// The embedded entitlement carries only its id and its resource's, the principal only its id. An expansion that names
/// no entitlement is none (interop reference 1.4).
pub fn grant_to_proto(model: &Grant) -> (v2::Grant, Option<v2::GrantExpandable>) {
    let grant = v2::Grant {
        entitlement: Some(v2::Entitlement {
            resource: Some(id::stub(&model.resource)),
            id: model.entitlement.as_str().to_owned(),
            ..v2::Entitlement::default()
        }),
        principal: Some(id::stub(&model.principal)),
        id: model.id().to_string(),
        annotations: annotations(model).chain(reopen(&model.details().annotations)).collect(),
        sources: sources_to_proto(&model.details().sources),
    };
    (grant, model.details().expandable.as_ref().and_then(expandable_to_proto))
}

/// The annotations that a grant's own facts become.
pub(super) fn annotations(model: &Grant) -> impl Iterator<Item = Any> {
    let details = model.details();
    let immutable = flag::<v2::GrantImmutable>(details.immutable, &details.annotations);
    let metadata = profile::to_proto_unless_empty(&details.metadata)
        .map(|metadata| pack(&v2::GrantMetadata { metadata: Some(metadata) }));
    immutable.into_iter().chain(metadata)
}

/// The grant that a message describes, with the expansion kept beside it. When there is none beside it, one among the
/// annotations counts. A `GrantImmutable` with contents is kept as an annotation too.
///
/// Writers may leave entitlement and principal out of the message when a store has them in columns (interop reference
/// 1.4); the store must put them back first.
///
/// # Errors
/// When it, its entitlement, the entitlement's resource or its principal has no id, or an annotation that matters cannot
/// be decoded.
pub fn grant_from_proto(
    proto: v2::Grant,
    expandable: Option<v2::GrantExpandable>,
) -> Result<Grant, ConvertError> {
    let mut embedded = None;
    let mut metadata = None;
    let mut immutable = false;
    let mut annotations = Vec::new();
    for any in proto.annotations {
        if names::<v2::GrantExpandable>(&any.type_url) && embedded.is_none() {
            embedded = Some(unpack::<v2::GrantExpandable>(MESSAGE, &any)?);
        } else if names::<v2::GrantMetadata>(&any.type_url) && metadata.is_none() {
            metadata = Some(unpack::<v2::GrantMetadata>(MESSAGE, &any)?.metadata.unwrap_or_default());
        } else if names::<v2::GrantImmutable>(&any.type_url) && any.value.is_empty() {
            immutable = true;
        } else {
            immutable |= names::<v2::GrantImmutable>(&any.type_url);
            annotations.push(opaque(any));
        }
    }
    let details = GrantDetails {
        sources: sources_from_proto(proto.sources),
        expandable: expandable.or(embedded).and_then(expandable_from_proto),
        immutable,
        metadata: metadata.map_or_else(Profile::new, profile::from_proto),
        annotations,
    };
    let id = id::text(MESSAGE, "id", proto.id)?;
    let entitlement = proto.entitlement.unwrap_or_default();
    let resource = entitlement.resource.and_then(|resource| resource.id);
    let mut grant = Grant::new(
        EntitlementId::from_raw(id::text(MESSAGE, "entitlement.id", entitlement.id)?),
        id::read(MESSAGE, "entitlement.resource.id", resource)?,
        id::read(MESSAGE, "principal.id", proto.principal.and_then(|principal| principal.id))?,
    );
    grant.set_id(GrantId::from_raw(id));
    if details != GrantDetails::default() {
        *grant.details_mut() = details;
    }
    Ok(grant)
}

/// What makes a grant expandable, as it is kept beside the grant; nothing when it names no entitlement.
pub fn expandable_to_proto(model: &Expandable) -> Option<v2::GrantExpandable> {
    model.entitlements.iter().any(|id| is_named(id.as_str())).then(|| v2::GrantExpandable {
        entitlement_ids: model.entitlements.iter().map(|id| id.as_str().to_owned()).collect(),
        shallow: model.shallow,
        resource_type_ids: model.resource_types.iter().map(|id| id.as_str().to_owned()).collect(),
    })
}

fn expandable_from_proto(proto: v2::GrantExpandable) -> Option<Expandable> {
    proto.entitlement_ids.iter().any(|id| is_named(id)).then(|| Expandable {
        entitlements: proto.entitlement_ids.into_iter().map(EntitlementId::from_raw).collect(),
        shallow: proto.shallow,
        resource_types: proto.resource_type_ids.into_iter().map(ResourceTypeId::new).collect(),
    })
}

fn is_named(entitlement: &str) -> bool {
    !entitlement.trim().is_empty()
}

pub(super) fn sources_to_proto(sources: &BTreeMap<EntitlementId, bool>) -> Option<v2::GrantSources> {
    (!sources.is_empty()).then(|| v2::GrantSources {
        sources: sources
            .iter()
            .map(|(id, &is_direct)| (id.as_str().to_owned(), GrantSource { is_direct }))
            .collect(),
    })
}

fn sources_from_proto(proto: Option<v2::GrantSources>) -> BTreeMap<EntitlementId, bool> {
    proto
        .unwrap_or_default()
        .sources
        .into_iter()
        .map(|(id, source)| (EntitlementId::from_raw(id), source.is_direct))
        .collect()
}
