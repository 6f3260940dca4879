//! The governance model: who has access to what.
//!
//! Plain Rust types for resources, entitlements and grants, the rules that make their ids, and the
//! [`Connector`] trait through which facts arrive. Deliberately absent: I/O, an async runtime, protobuf and SQL.
//! Those live in the crates that depend on this one.
//!
//! A group, what can be granted on it, and somebody who has it:
//!
//! ```
//! use governance_model::{Entitlement, Grant, Purpose, ResourceId, ResourceTypeId};
//!
//! const USER: ResourceTypeId = ResourceTypeId::from_static("user");
//! const GROUP: ResourceTypeId = ResourceTypeId::from_static("group");
//!
//! let pilots = ResourceId::new(GROUP, "t1");
//! let member = Entitlement::new(pilots.clone(), "member", Purpose::Assignment);
//! let grant = Grant::new(member.id.clone(), pilots, ResourceId::new(USER, "p1"));
//!
//! assert_eq!(member.id.as_str(), "group:t1:member");
//! assert_eq!(grant.id().as_str(), "group:t1:member:user:p1");
//! assert!(grant.is_valid());
//! ```

/// A text that takes no memory of its own when it has at most 24 bytes, as most ids, names and attributes have. A large source
/// has millions of them.
pub type Text = compact_str::CompactString;

mod connector;
mod entitlement;
mod error;
mod grant;
mod id;
mod inventory;
mod profile;
mod resource;
mod sorted;
mod user;

pub use connector::{
    Baseline, Connector, Cursor, Deferred, Descriptor, Dropped, Facts, Known, KnownError, Missing, Page,
    Scope, Usage,
};
pub use entitlement::{Entitlement, Purpose};
pub use error::{ConnectorError, ErrorClass};
pub use grant::{Expandable, Grant, GrantDetails};
pub use id::{EntitlementId, GrantId, MAX_ID_BYTES, ResourceId, ResourceTypeId};
pub use inventory::{Entries, Finder, Inventory};
pub use jiff::Timestamp;
pub use profile::{Profile, Value};
pub use resource::{Annotation, Resource, ResourceTrait, ResourceType, State, Status, TraitKind};
pub use user::{AccountType, Email, StructuredName, UserTrait};
