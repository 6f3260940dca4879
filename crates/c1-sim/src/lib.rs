//! A look-alike of C1's service mode, for tests: what a self-hosted connector talks to.
//!
//! [`C1Sim`] serves, over TLS on the loopback interface, the token endpoint and the `BatonService` that connectors take
//! their tasks from. It refuses what the real service's rules refuse and remembers it: [`C1Sim::violations`] is what a
//! test of a connector ends by finding empty. Tasks are scripted ([`TaskScript`]), uploads are kept, everything received
//! is recorded ([`Seen`]), and [`Fault`]s make the service misbehave on purpose.
//!
//! ```text
//! let c1 = C1Sim::start(Options::default()).await?;
//! c1.script(TaskScript::sync());
//! // A connector with BATON_C1_API_HOST = c1.address(), SSL_CERT_FILE = c1.ca_file(), c1.credentials() …
//! assert_eq!(c1.violations(), []);
//! ```
//!
//! The same as a process of its own: the program `c1-sim`, or [`run`] in a process that a test starts, which is asked and
//! told over HTTP on a second port ([`control`]).
//!
//! The crate shares only the protocol's messages with the rest of the workspace: like the Clockify look-alike it is an
//! outside opinion.

pub mod control;
mod fault;
mod jws;
mod options;
mod program;
mod rules;
mod script;
mod server;
mod sim;
mod state;

pub use fault::{Action, Endpoint, Fault};
pub use jws::{Signed, check_signature};
pub use options::{Credentials, Options};
pub use program::run;
pub use script::{SyncFull, TaskKind, TaskScript};
pub use sim::C1Sim;
pub use state::{
    Beat, Exchange, Finish, HandOut, Hello, RequestRecord, Seen, TaskState, TaskView, Upload, Violation,
};
