//! A typed, tolerant client for the Clockify REST API.
//!
//! It knows the wire and nothing of what a caller makes of it: base addresses, credentials, pages, errors,
//! retries and the rate limit. It reads: the key's own user, workspaces, and the members, user groups and
//! projects of a workspace. It deliberately has no writes, no webhooks, no reports and no time entries.
//!
//! ```
//! use clockify_api::{ApiKey, BaseUrl, Client, WorkspaceId};
//! use futures_util::TryStreamExt as _;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = clockify_sim::Simulator::builder(clockify_sim::SeededWorkspace::new(7).users(25)).start().await?;
//! # let (key, address, workspace_id) = (server.api_key(), server.base_url(), server.workspace_id());
//! let client = Client::builder(ApiKey::new(key)?).base_url(BaseUrl::parse(&address)?).build()?;
//! let workspace: WorkspaceId = workspace_id.parse()?;
//! let mut users = std::pin::pin!(client.users(&workspace).page_size(20).items());
//! let mut count = 0;
//! while let Some(user) = users.try_next().await? {
//!     assert!(!user.id.is_empty());
//!     count += 1;
//! }
//! # assert_eq!(count, 25);
//! # Ok(())
//! # }
//! ```
//!
//! # What it promises
//!
//! * The credential goes to the one host the caller named, never along a redirect, and is in no log, error or
//!   `Debug` output.
//! * Every parameter that has a default on the server is sent explicitly, because the defaults changed before
//!   (clockify reference 3.5).
//! * A page never fails because of one odd element: it is skipped and counted.
//! * Only reads are retried, only for 429, 500, 502, 503, 504 and transport errors, and never longer than
//!   [`RetryPolicy`] allows.
//! * A client and its clones never send faster than their [`Pace`], slow down together when the server answers 429,
//!   and send nothing before the moment that the server names in `Retry-After`.
//! * A wait that does not fit into the total time is not begun: the error comes back at once, and
//!   [`Error::retry_after`] says how long the server asked to wait.
//! * Nothing is printed, and no environment variable is read by this crate itself. What is below honours `HTTPS_PROXY` and
//!   `NO_PROXY` for hosts that are not loopback, and the platform's certificate store with what `SSL_CERT_FILE` adds to it.

mod base_url;
mod client;
mod clock;
mod credential;
mod endpoint;
mod error;
mod id;
mod list;
pub mod model;
mod observer;
mod pace;
mod retry;
mod usage;

pub use base_url::{BaseUrl, BaseUrlError};
pub use client::{BuildError, Client, ClientBuilder};
pub use clock::{Clock, Sleep, TokioClock};
pub use credential::{AddonToken, ApiKey, Credential, CredentialError};
pub use endpoint::{Endpoint, Operation};
pub use error::{Error, ErrorKind, Fault};
pub use id::{IdError, ObjectId, WorkspaceId};
pub use list::{List, Listed, MembershipScope, Page, PageCursor, StatusFilter};
pub use observer::{Finished, Head, Observer, PaceChange, Request, Wait, WaitReason};
/// Why a server's certificate is not accepted.
pub use outbound::CertificateFault;
pub use pace::{Pace, PaceError};
pub use retry::{Jitter, RetryPolicy};
pub use usage::Usage;
