//! Between rows and the model: the protobuf messages in `data` and `expansion` columns. Nothing else in this crate
//! touches protobuf.

use std::collections::BTreeMap;
use std::error::Error as StdError;

use baton_proto::c1::connector::v2;
use baton_proto::c1::connector::v2::grant_sources::GrantSource;
use governance_model::{
    Entitlement, EntitlementId, Expandable, Grant, Resource, ResourceType, ResourceTypeId,
};
use prost::Message;

/// The longest message that is decoded, in bytes: four times what the protocol carries. In memory a message can take
/// many times its length.
const MAX_MESSAGE_BYTES: usize = 16 << 20;

/// Why a message could not be turned into the model.
pub(crate) type MessageError = Box<dyn StdError + Send + Sync>;

/// A model type that is kept as a message in a `data` column.
pub(crate) trait Stored: Sized {
    /// Decodes the message.
    fn decode(data: &[u8]) -> Result<Self, MessageError>;
}

impl Stored for ResourceType {
    fn decode(data: &[u8]) -> Result<Self, MessageError> {
        Ok(baton_proto::resource_type_from_proto(parse(data)?)?)
    }
}

impl Stored for Resource {
    fn decode(data: &[u8]) -> Result<Self, MessageError> {
        Ok(baton_proto::resource_from_proto(parse(data)?)?)
    }
}

impl Stored for Entitlement {
    fn decode(data: &[u8]) -> Result<Self, MessageError> {
        Ok(baton_proto::entitlement_from_proto(parse(data)?)?)
    }
}

fn parse<M: Message + Default>(data: &[u8]) -> Result<M, MessageError> {
    if data.len() > MAX_MESSAGE_BYTES {
        return Err(format!("it has {} bytes, and {MAX_MESSAGE_BYTES} are read", data.len()).into());
    }
    Ok(M::decode(data)?)
}

pub(crate) fn encode_resource_type(model: &ResourceType) -> Vec<u8> {
    baton_proto::resource_type_to_proto(model).encode_to_vec()
}

pub(crate) fn encode_entitlement(model: &Entitlement) -> Vec<u8> {
    baton_proto::entitlement_to_proto(model).encode_to_vec()
}

/// The `expansion` of a grant.
pub(crate) fn encode_expansion(model: &Grant) -> Option<Vec<u8>> {
    let expandable = model.details().expandable.as_ref().and_then(baton_proto::expandable_to_proto);
    expandable.map(|expandable| expandable.encode_to_vec())
}

/// The columns that name what a grant connects. Slim writers leave these parts out of `data` (interop reference 1.4).
pub(crate) struct GrantColumns {
    pub(crate) resource: (String, String),
    pub(crate) entitlement: String,
    pub(crate) principal: (String, String),
    pub(crate) external_id: String,
}

/// Decodes a grant, putting back from its columns what `data` leaves out. The second value is the message as it is
/// after that, when it had to change.
pub(crate) fn decode_grant(
    data: &[u8],
    expansion: Option<&[u8]>,
    columns: GrantColumns,
) -> Result<(Grant, Option<Vec<u8>>), MessageError> {
    let mut proto: v2::Grant = parse(data)?;
    let rebuilt = rebuild(&mut proto, columns).then(|| proto.encode_to_vec());
    let expandable = expansion.map(parse).transpose()?;
    Ok((baton_proto::grant_from_proto(proto, expandable)?, rebuilt))
}

fn rebuild(proto: &mut v2::Grant, columns: GrantColumns) -> bool {
    let stub = |(resource_type, resource): (String, String)| v2::Resource {
        id: Some(v2::ResourceId { resource_type, resource, ..v2::ResourceId::default() }),
        ..v2::Resource::default()
    };
    let mut changed = false;
    if proto.id.is_empty() {
        proto.id = columns.external_id;
        changed = true;
    }
    if proto.entitlement.is_none() {
        proto.entitlement = Some(v2::Entitlement {
            resource: Some(stub(columns.resource)),
            id: columns.entitlement,
            ..v2::Entitlement::default()
        });
        changed = true;
    }
    if proto.principal.is_none() {
        proto.principal = Some(stub(columns.principal));
        changed = true;
    }
    changed
}

/// What an `expansion` column says; `None` when it names no entitlement.
pub(crate) fn decode_expansion(expansion: &[u8]) -> Result<Option<Expandable>, MessageError> {
    let proto: v2::GrantExpandable = parse(expansion)?;
    let entitlements: Vec<EntitlementId> = proto
        .entitlement_ids
        .into_iter()
        .filter(|id| !id.trim().is_empty())
        .map(EntitlementId::from_raw)
        .collect();
    let resource_types = proto.resource_type_ids.into_iter().map(ResourceTypeId::new).collect();
    Ok((!entitlements.is_empty()).then_some(Expandable {
        entitlements,
        shallow: proto.shallow,
        resource_types,
    }))
}

/// The sources of an encoded grant.
pub(crate) fn grant_sources(data: &[u8]) -> Result<BTreeMap<String, bool>, MessageError> {
    let sources = parse::<v2::Grant>(data)?.sources.unwrap_or_default().sources;
    Ok(sources.into_iter().map(|(id, source)| (id, source.is_direct)).collect())
}

/// An encoded grant with other sources, and everything else as it was.
pub(crate) fn with_grant_sources(
    data: &[u8],
    sources: BTreeMap<String, bool>,
) -> Result<Vec<u8>, MessageError> {
    let mut proto: v2::Grant = parse(data)?;
    let sources = sources.into_iter().map(|(id, is_direct)| (id, GrantSource { is_direct })).collect();
    proto.sources = Some(v2::GrantSources { sources });
    Ok(proto.encode_to_vec())
}

/// The exclusion groups that an encoded entitlement is in, each with whether it is the group's default.
pub(crate) fn exclusion_groups(data: &[u8]) -> Result<Vec<(String, bool)>, MessageError> {
    const NAME: &str = "c1.connector.v2.EntitlementExclusionGroup";
    let mut groups = Vec::new();
    for annotation in parse::<v2::Entitlement>(data)?.annotations {
        if annotation.type_url.rsplit('/').next() == Some(NAME) {
            let group = parse::<v2::EntitlementExclusionGroup>(&annotation.value)?;
            groups.push((group.exclusion_group_id, group.is_default));
        }
    }
    Ok(groups)
}
