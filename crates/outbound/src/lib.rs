//! The way out of this machine, the same for every server that is spoken to: which certificates are trusted, and which
//! proxy is used.
//!
//! [`client_config`] makes the one TLS configuration of Clockify's client and of C1's; [`added_roots`] is for HTTP stacks
//! that bring their own and take further roots. Trusted are the system's root certificates, *and* those in `SSL_CERT_FILE`,
//! *and* those that the caller has. `SSL_CERT_DIR` names folders in place of the system's, where the system keeps its roots
//! in files; on Windows and macOS it adds, too.
//!
//! Deliberately absent: opening connections, and anything about a server.

mod fault;
mod platform;
mod proxy;
mod roots;
mod tls;

pub use fault::{CertificateFault, certificate_fault};
pub use proxy::{Proxy, ProxyProblem, proxy_for, proxy_problem};
pub use roots::{RootsError, added_roots, certificates_in, environment_problem};
pub use tls::{TlsError, client_config};

/// The configuration that [`client_config`] makes.
pub use rustls::ClientConfig;
