//! The client: a cheap handle on one connection pool, one credential and one pace.

mod answer;
mod aside;
mod builder;
mod call;
mod exchange;

use std::fmt;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use crate::list::List;
use crate::model::{Project, Role, User, UserGroup, Workspace};
use crate::observer::Observer;
use crate::pace::Limiter;
use crate::usage::Counters;
use crate::{BaseUrl, Clock, Credential, Endpoint, Error, Operation, Pace, RetryPolicy, Usage, WorkspaceId};

pub use builder::{BuildError, ClientBuilder};

/// A client of the Clockify API. Clones share everything: connections, pace and usage.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    http: reqwest::Client,
    base: BaseUrl,
    credential: Credential,
    body_limit: u64,
    limiter: Limiter,
    retry: RetryPolicy,
    rng: Mutex<fastrand::Rng>,
    clock: Arc<dyn Clock>,
    observer: Arc<dyn Observer>,
    counters: Counters,
    /// How many members the last workspace had.
    members: AtomicUsize,
    /// This machine has no CA certificates, so that no https server can be verified.
    no_roots: bool,
}

impl Client {
    /// Starts a client with a credential and the defaults of [`ClientBuilder`].
    pub fn builder(credential: impl Into<Credential>) -> ClientBuilder {
        ClientBuilder::new(credential.into())
    }

    /// The address of the API.
    pub fn base_url(&self) -> &BaseUrl {
        &self.shared.base
    }

    /// A short mark of the credential, from which it cannot be got back. It is only good for noticing that another
    /// credential is used than before, which may see more or less: it proves nothing, and one time in four thousand
    /// million two credentials share one.
    pub fn credential_mark(&self) -> u32 {
        self.shared.credential.mark()
    }

    /// What this client and its clones spent so far.
    pub fn usage(&self) -> Usage {
        self.shared.counters.usage()
    }

    /// The pace in force: the one the client was built with, or a slower one after answers 429, see [`Pace`].
    pub fn pace_now(&self) -> Pace {
        self.shared.limiter.pace()
    }

    /// The key's own user: the cheapest test of a credential. Memberships are not asked for.
    ///
    /// # Errors
    ///
    /// As every request, see [`crate::ErrorKind`].
    pub async fn me(&self) -> Result<User, Error> {
        let operation = Operation::new(Endpoint::Me);
        let mut url = self.shared.base.endpoint(&["user"]);
        url.query_pairs_mut().append_pair("include-memberships", "false");
        let answer = self.shared.call(operation, &url).await?;
        answer.record(operation)
    }

    /// Every workspace the key's user belongs to, optionally only those in which the user has one of the roles.
    /// There, an owner does not count as an administrator (clockify reference 2.4). Add-on tokens are refused.
    /// Elements that are no workspace are left out.
    ///
    /// # Errors
    ///
    /// As every request, see [`crate::ErrorKind`].
    pub async fn workspaces(&self, roles: &[Role]) -> Result<Vec<Workspace>, Error> {
        let operation = Operation::new(Endpoint::Workspaces);
        let mut url = self.shared.base.endpoint(&["workspaces"]);
        for role in roles {
            // The filter spells the owner differently from the data (clockify reference 10.5).
            let spelling = if *role == Role::Owner { "OWNER" } else { role.as_str() };
            url.query_pairs_mut().append_pair("roles", spelling);
        }
        let answer = self.shared.call(operation, &url).await?;
        answer.rows(operation).map(|rows| rows.items)
    }

    /// One workspace, with a membership for every member of any status.
    ///
    /// # Errors
    ///
    /// As every request, see [`crate::ErrorKind`].
    pub async fn workspace(&self, id: &WorkspaceId) -> Result<Workspace, Error> {
        let operation = Operation::new(Endpoint::Workspace);
        let url = self.shared.base.endpoint(&["workspaces", &id.to_string()]);
        let answer = self.shared.call(operation, &url).await?;
        answer.workspace(operation)
    }

    /// The members of a workspace: of every status and account status, with the workspace membership and roles.
    pub fn users(&self, workspace: &WorkspaceId) -> List<User> {
        List::new(self.clone(), *workspace)
    }

    /// The user groups of a workspace, with their members and team managers.
    pub fn user_groups(&self, workspace: &WorkspaceId) -> List<UserGroup> {
        List::new(self.clone(), *workspace)
    }

    /// The projects of a workspace, with their memberships.
    pub fn projects(&self, workspace: &WorkspaceId) -> List<Project> {
        List::new(self.clone(), *workspace)
    }

    pub(crate) async fn call(&self, operation: Operation, url: &url::Url) -> Result<Answer, Error> {
        self.shared.call(operation, url).await
    }
}

pub(crate) use answer::Answer;

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.shared.base)
            .field("retry", &self.shared.retry)
            .field("pace_now", &self.pace_now())
            .field("usage", &self.usage())
            .finish_non_exhaustive()
    }
}
