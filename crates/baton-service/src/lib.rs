//! Service mode: a self-hosted connector that says hello to ConductorOne (C1), takes its tasks, and reports how they ended.
//!
//! C1 is spoken to over gRPC as a connector built on the Go SDK speaks to it ([`C1`], [`GrpcC1`]). What a task means for the
//! source is not decided here: [`Syncer`] and [`Provisioner`] are what the program plugs in. Deliberately absent: printing,
//! reading the environment and ending the process.

mod address;
mod assertion;
mod c1;
mod connect;
mod credentials;
mod data_dir;
mod debug_log;
mod error;
mod events;
mod exchange;
mod finish;
mod grpc;
pub mod health;
mod heartbeat;
mod hello;
mod identity;
mod known;
pub mod metrics;
mod platform;
mod proxy;
mod run;
mod sync;
mod tasks;
pub mod telemetry;
mod token;
mod transport;
mod unsent;
mod upload;

pub use address::Address;
pub use c1::C1;
pub use connect::{ConnectError, Connection, connect, connect_counted};
pub use credentials::{ClientId, ClientSecret, CredentialError};
pub use debug_log::DebugLog;
pub use error::{ServiceError, TaskError};
pub use events::{Event, Events, NoEvents, TaskKind};
pub use exchange::{Exchange, ExchangeError, Granted, TokenEndpoint};
pub use grpc::GrpcC1;
pub use identity::Identity;
/// Why TLS cannot be set up.
pub use outbound::TlsError;
pub use run::{Ended, Settings, run};
pub use sync::{SyncRequest, SyncScope, Syncer};
pub use tasks::{Provisioner, ProvisioningDisabled, Work};
pub use token::{Token, Tokens};
pub use transport::{AddressError, Transport};

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
