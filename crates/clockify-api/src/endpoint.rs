//! The endpoints this client knows, and how a request is named in messages and metrics.

use std::fmt;

/// An endpoint. New ones may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `GET /user`
    Me,
    /// `GET /workspaces`
    Workspaces,
    /// `GET /workspaces/{id}`
    Workspace,
    /// `GET /workspaces/{id}/users`
    Users,
    /// `GET /workspaces/{id}/user-groups`
    UserGroups,
    /// `GET /workspaces/{id}/projects`
    Projects,
}

impl Endpoint {
    /// A short fixed name, fit for a metric label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Me => "user",
            Self::Workspaces => "workspaces",
            Self::Workspace => "workspace",
            Self::Users => "users",
            Self::UserGroups => "user-groups",
            Self::Projects => "projects",
        }
    }

    fn phrase(self) -> &'static str {
        match self {
            Self::Me => "get the key's own user",
            Self::Workspaces => "list workspaces",
            Self::Workspace => "get the workspace",
            Self::Users => "list users",
            Self::UserGroups => "list user groups",
            Self::Projects => "list projects",
        }
    }
}

/// What a request was for. It prints as a phrase such as "list users, page 3".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operation {
    endpoint: Endpoint,
    page: Option<u32>,
}

impl Operation {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, page: None }
    }

    pub(crate) fn paged(endpoint: Endpoint, page: u32) -> Self {
        Self { endpoint, page: Some(page) }
    }

    /// The endpoint asked.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// The page asked for, counted from 1, of an endpoint that has pages.
    pub fn page(&self) -> Option<u32> {
        self.page
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.endpoint.phrase())?;
        self.page.map_or(Ok(()), |page| write!(f, ", page {page}"))
    }
}
