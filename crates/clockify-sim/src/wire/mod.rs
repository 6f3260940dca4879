//! The facts as Clockify's JSON: every field of the real objects, in the order of the real objects.
//!
//! Only shapes live here. Which rows an answer holds is the `server` module's business.

mod common;
mod group;
mod project;
mod user;
mod workspace;

pub(crate) use group::group;
pub(crate) use project::project;
pub(crate) use user::{EntityScope, MembershipFilter, RoleEntity, UserParts, user};
pub(crate) use workspace::{WorkspaceFrame, membership, workspace_frame};
