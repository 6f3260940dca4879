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

use governance_model::{ResourceType, ResourceTypeId};

/// All resource types that can be asked for, projects included; known without asking Clockify.
pub fn resource_types() -> Vec<ResourceType> {
    catalog::resource_types(true)
}

/// Their ids.
pub fn resource_type_ids() -> Vec<ResourceTypeId> {
    resource_types().into_iter().map(|offered| offered.id).collect()
}

/// Whether a type is read only when the settings say so.
pub fn is_opt_in(id: &ResourceTypeId) -> bool {
    catalog::resource_types(false).iter().all(|usual| usual.id != *id)
}
