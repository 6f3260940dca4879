//! Resource ids.

use governance_model::{ResourceId, ResourceTypeId};

use super::ConvertError;
use crate::c1::connector::v2;

/// The id as the protocol writes it.
pub fn resource_id_to_proto(id: &ResourceId) -> v2::ResourceId {
    v2::ResourceId {
        resource_type: id.resource_type.as_str().to_owned(),
        resource: id.resource.to_string(),
        baton_resource: false,
    }
}

/// A resource that carries nothing but its id, for embedding.
pub(super) fn stub(id: &ResourceId) -> v2::Resource {
    v2::Resource { id: Some(resource_id_to_proto(id)), ..v2::Resource::default() }
}

/// Reads an id that must be there with both its parts.
pub(super) fn read(
    message: &'static str,
    field: &'static str,
    id: Option<v2::ResourceId>,
) -> Result<ResourceId, ConvertError> {
    id.filter(|id| !id.resource_type.is_empty() && !id.resource.is_empty())
        .map(|id| ResourceId::new(ResourceTypeId::new(id.resource_type), id.resource))
        .ok_or(ConvertError::Missing { message, field })
}

/// Reads an id in text form that must not be empty.
pub(super) fn text(message: &'static str, field: &'static str, id: String) -> Result<String, ConvertError> {
    if id.is_empty() { Err(ConvertError::Missing { message, field }) } else { Ok(id) }
}
