//! The Baton protobuf messages and their conversion from and to the governance model.
//!
//! - The messages are in modules named after their packages, such as [`c1::connector::v2::Resource`] and
//!   [`baton::v1::ResourceListOutput`]. They are generated from the crate's own `.proto` files; maps are ordered, so
//!   equal messages have equal bytes. With the feature `grpc` the services get client and server stubs.
//! - The conversions go both ways. Writing cannot fail; reading says what was wrong ([`ConvertError`]):
//!
//!   ```text
//!   resource_type_to_proto(&ResourceType) -> v2::ResourceType
//!   resource_type_from_proto(v2::ResourceType) -> Result<ResourceType, ConvertError>
//!   resource_to_proto(&Resource) -> v2::Resource
//!   resource_from_proto(v2::Resource) -> Result<Resource, ConvertError>
//!   entitlement_to_proto(&Entitlement) -> v2::Entitlement
//!   entitlement_from_proto(v2::Entitlement) -> Result<Entitlement, ConvertError>
//!   grant_to_proto(&Grant) -> (v2::Grant, Option<v2::GrantExpandable>)
//!   grant_from_proto(v2::Grant, Option<v2::GrantExpandable>) -> Result<Grant, ConvertError>
//!   resource_id_to_proto(&ResourceId) -> v2::ResourceId
//!   write_resource(&Resource, &mut Vec<u8>)
//!   write_grant(&Grant, &GrantId, &mut Vec<u8>)
//!   timestamp_to_proto(Timestamp) -> prost_types::Timestamp
//!   timestamp_from_proto(&prost_types::Timestamp) -> Option<Timestamp>
//!   ```
//! - [`to_json`] and [`json`] print any of the messages as protojson, [`pretty_json`] as text; [`pretty_capabilities`] does it
//!   for one message at a small part of the memory.
//!
//! Left out: validation rules (the protocol's server checks them, not the messages), every decision about what to
//! write, and all I/O.

mod capabilities;
mod convert;
mod protojson;

#[allow(
    missing_docs,
    deprecated,
    clippy::all,
    clippy::pedantic,
    rustdoc::all,
    reason = "generated code: what it looks like is prost's business"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/packages.rs"));
}

pub use capabilities::pretty_capabilities;
pub use convert::{
    ConvertError, entitlement_from_proto, entitlement_to_proto, expandable_to_proto, grant_from_proto,
    grant_to_proto, resource_from_proto, resource_id_to_proto, resource_to_proto, resource_type_from_proto,
    resource_type_to_proto, timestamp_from_proto, timestamp_to_proto, write_grant, write_resource,
};
pub use generated::{baton, c1, google};
pub use protojson::{JsonError, json, pretty_json, pretty_json_any, to_json};
