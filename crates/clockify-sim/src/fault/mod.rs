//! Planned misbehaviour: faults that hit chosen requests, and a quota that runs out.
//!
//! The plan is only data here; the server carries it out and counts what fired.

mod action;
mod quota;
mod schedule;

pub use action::{Action, EditContent};
pub use quota::Quota;
pub use schedule::Schedule;

/// The endpoints that faults and the request log tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Endpoint {
    /// `GET /v1/user`.
    CurrentUser,
    /// `GET /v1/workspaces`.
    Workspaces,
    /// `GET /v1/workspaces/{id}`.
    Workspace,
    /// `GET /v1/workspaces/{id}/users`.
    Users,
    /// `GET /v1/workspaces/{id}/user-groups`.
    UserGroups,
    /// `GET /v1/workspaces/{id}/projects`.
    Projects,
    /// Everything else, known to the real service or not.
    Other,
}

impl Endpoint {
    /// Whether the endpoint answers in pages.
    pub(crate) fn has_pages(self) -> bool {
        matches!(self, Self::Users | Self::UserGroups | Self::Projects)
    }
}

/// A fault: which requests it hits, and what happens to them.
///
/// A fault counts as fired only when the answer, the connection or the content became another one than without it: the
/// first page "repeated", or `Last-Page` set to what it is anyway, is no fault, and is reported by
/// [`Simulator::unfired`](crate::Simulator::unfired).
#[derive(Clone, Debug)]
pub struct Fault {
    pub(crate) endpoint: Endpoint,
    pub(crate) page: Option<u32>,
    pub(crate) attempt: Option<u32>,
    pub(crate) limit: Option<u32>,
    pub(crate) action: Action,
}

impl Fault {
    /// A fault that hits every request to `endpoint`.
    pub fn on(endpoint: Endpoint, action: Action) -> Self {
        Self { endpoint, page: None, attempt: None, limit: None, action }
    }

    /// `count` faults that a client overcomes by asking again, spread by `seed` over the endpoints that a sync reads:
    /// [`Schedule::seeded`] with its defaults, and [`Schedule::transient`].
    pub fn random_transient(seed: u64, count: usize) -> Vec<Self> {
        Schedule::seeded(seed).transient(count)
    }

    /// Narrows the fault to one page, counted from 1. A request without `page` asks for page 1.
    #[must_use]
    pub fn page(mut self, page: u32) -> Self {
        self.page = Some(page);
        self
    }

    /// Narrows the fault to the `attempt`-th request for the same endpoint and page, counted from 1.
    #[must_use]
    pub fn attempt(mut self, attempt: u32) -> Self {
        self.attempt = Some(attempt);
        self
    }

    /// Lets the fault fire at most `limit` times.
    #[must_use]
    pub fn times(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The endpoint whose requests the fault hits.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// What the fault does.
    pub fn action(&self) -> &Action {
        &self.action
    }
}
