//! From the governance model to the protocol and back, one module per kind of fact.
//!
//! What the model knows is written in one fixed order, what it does not know travels as opaque annotations behind it:
//! equal facts have equal bytes. When reading, an id that is missing or empty is an error, an enum number this version
//! does not know is not. Fields that the model has no place for (icons, the deprecated `external_id`, source types of
//! groups) are left out; they stay in the bytes a store keeps.

mod annotation;
mod entitlement;
mod error;
mod grant;
mod id;
mod profile;
mod resource;
mod resource_type;
mod time;
mod user;
mod wire;
mod write;

pub use entitlement::{entitlement_from_proto, entitlement_to_proto};
pub use error::ConvertError;
pub use grant::{expandable_to_proto, grant_from_proto, grant_to_proto};
pub use id::resource_id_to_proto;
pub use resource::{resource_from_proto, resource_to_proto};
pub use resource_type::{resource_type_from_proto, resource_type_to_proto};
pub use time::{timestamp_from_proto, timestamp_to_proto};
pub use write::{write_grant, write_resource};
