//! Entitlements.

use governance_model::{Entitlement, EntitlementId, Purpose};

use super::annotation::{flag, names, opaque, reopen};
use super::{ConvertError, id, resource_type_from_proto, resource_type_to_proto};
use crate::c1::connector::v2;
use crate::c1::connector::v2::entitlement::PurposeValue;

const MESSAGE: &str = "Entitlement";

/// An entitlement as the protocol writes it. The embedded resource carries only its id; readers look the rest up.
pub fn entitlement_to_proto(model: &Entitlement) -> v2::Entitlement {
    let immutable = flag::<v2::EntitlementImmutable>(model.immutable, &model.annotations);
    v2::Entitlement {
        resource: Some(id::stub(&model.resource)),
        id: model.id.as_str().to_owned(),
        display_name: model.display_name.clone(),
        description: model.description.clone(),
        grantable_to: model.grantable_to.iter().map(resource_type_to_proto).collect(),
        annotations: immutable.into_iter().chain(reopen(&model.annotations)).collect(),
        purpose: purpose_to_proto(model.purpose).into(),
        slug: model.slug.clone(),
    }
}

/// The entitlement that a message describes. An `EntitlementImmutable` with contents is kept as an annotation too.
///
/// # Errors
/// When it, its resource or one of the types it can be granted to has no id.
pub fn entitlement_from_proto(proto: v2::Entitlement) -> Result<Entitlement, ConvertError> {
    let purpose = purpose_from_proto(proto.purpose());
    let mut immutable = false;
    let mut annotations = Vec::new();
    for any in proto.annotations {
        let is_flag = names::<v2::EntitlementImmutable>(&any.type_url);
        immutable |= is_flag;
        if !(is_flag && any.value.is_empty()) {
            annotations.push(opaque(any));
        }
    }
    Ok(Entitlement {
        id: EntitlementId::from_raw(id::text(MESSAGE, "id", proto.id)?),
        resource: id::read(MESSAGE, "resource.id", proto.resource.and_then(|resource| resource.id))?,
        slug: proto.slug,
        display_name: proto.display_name,
        description: proto.description,
        purpose,
        grantable_to: proto
            .grantable_to
            .into_iter()
            .map(resource_type_from_proto)
            .collect::<Result<_, _>>()?,
        immutable,
        annotations,
    })
}

fn purpose_to_proto(purpose: Purpose) -> PurposeValue {
    match purpose {
        Purpose::Unspecified => PurposeValue::Unspecified,
        Purpose::Assignment => PurposeValue::Assignment,
        Purpose::Permission => PurposeValue::Permission,
        Purpose::Ownership => PurposeValue::Ownership,
    }
}

fn purpose_from_proto(purpose: PurposeValue) -> Purpose {
    match purpose {
        PurposeValue::Unspecified => Purpose::Unspecified,
        PurposeValue::Assignment => Purpose::Assignment,
        PurposeValue::Permission => Purpose::Permission,
        PurposeValue::Ownership => Purpose::Ownership,
    }
}
