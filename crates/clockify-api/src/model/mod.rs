//! What Clockify sends, as typed values.
//!
//! Every field except an identifier is optional; null, absent and `""` are the same; unknown fields are ignored; a
//! field of the wrong type counts as absent; enumerations keep a value they do not know (clockify reference,
//! "A tolerant client must handle", 9). Lists on which access depends are [`Told`]: not sent, or of a wrong type, is
//! not the same as empty. Rates are not read: they say nothing about access.

/// A text that takes no memory of its own when it has at most 24 bytes, as Clockify's ids, codes and most names have.
pub type Text = compact_str::CompactString;

mod group;
mod lenient;
mod members;
mod membership;
mod open_enum;
mod project;
mod role;
mod rows;
mod salvage;
mod told;
mod user;
mod workspace;

pub use group::{TeamManager, UserGroup};
pub use members::Members;
pub use membership::{Membership, MembershipStatus, MembershipType};
pub use project::Project;
pub use role::{Role, RoleEntity, RoleSource, UserRole};
pub use told::Told;
pub use user::{AccountStatus, CustomFieldValue, User, UserSettings};
pub use workspace::{Subdomain, Workspace, WorkspaceSettings};

pub(crate) use lenient::Element;
pub(crate) use rows::{Record, Rows};
pub(crate) use salvage::salvage;
