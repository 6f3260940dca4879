//! The HTTP side: one handler behind a loopback listener.
//!
//! A request passes, in this order: the log, the latency, the quota, the faults, the key, the route. Everything is decided
//! here; the `wire` module only writes objects.

mod answer;
mod distort;
mod faults;
mod groups;
mod handler;
mod keys;
mod listener;
mod log;
mod params;
mod projects;
mod route;
mod simulator;
mod snapshot;
mod users;
mod workspaces;

pub use log::RequestRecord;
pub use simulator::{Simulator, SimulatorBuilder};

/// What happens when a request asks for a larger page than the service allows; nobody recorded which it is
/// (clockify reference 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageSizePolicy {
    /// The largest allowed page is served, silently.
    Clamp,
    /// The request is refused with 400.
    Reject,
}

/// How a team manager of a group appears in `roles`; nobody recorded which it is (clockify reference 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupScopeShape {
    /// One entity for each member of the group, with the group as its source.
    PerMember,
    /// One entity with the group's id, and the group as its source.
    Group,
}
