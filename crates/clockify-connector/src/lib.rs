//! A Clockify workspace in terms of the governance model.
//!
//! What Clockify's answers mean is decided here and nowhere else: who is enabled, which roles and scopes somebody
//! holds, who belongs to which group. The reasons are in `docs/clockify-mapping.md`. Deliberately absent: HTTP (that
//! is `clockify-api`), storage and scheduling.

mod catalog;
mod connector;
mod context;
mod custom;
mod deferred;
mod errors;
mod group;
mod inventory;
mod project;
mod role;
mod status;
mod text;
mod user;

pub use catalog::{GROUP, PROJECT, ROLE, USER, WorkspaceRole};
pub use connector::{ClockifyConnector, Settings};
pub use errors::explain;

use governance_model::ResourceTypeId;

/// The ids of all resource types that can be asked for, projects included.
pub fn resource_type_ids() -> Vec<ResourceTypeId> {
    catalog::resource_types(true).into_iter().map(|offered| offered.id).collect()
}
