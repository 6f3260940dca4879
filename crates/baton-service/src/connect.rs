//! From credentials to C1: address, TLS, proxies, token and channel put together.

use hyper_util::client::proxy::matcher::Matcher;
use outbound::TlsError;
use std::sync::Arc;
use thiserror::Error;

use crate::address::Address;
use crate::credentials::{ClientId, ClientSecret};
use crate::exchange::{Exchange, TokenEndpoint};
use crate::grpc::GrpcC1;
use crate::metrics::{CountedExchange, Metrics};
use crate::token::Tokens;
use crate::transport::{AddressError, Transport};

/// What is needed to speak to C1.
#[derive(Debug)]
pub struct Connection {
    /// Who the connector is.
    pub client_id: ClientId,
    /// How it proves that.
    pub client_secret: ClientSecret,
    /// Where C1 is, when it is not where the client id says.
    pub address: Option<Address>,
    /// Further root certificates, as PEM; none when empty.
    pub extra_roots: Vec<u8>,
    /// How the connector calls itself.
    pub user_agent: String,
}

/// Why C1 cannot be spoken to at all.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address or the user agent is none.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The proxy that the environment names cannot be used.
    #[error(transparent)]
    Proxy(#[from] outbound::ProxyProblem),
    /// HTTP cannot be set up.
    #[error("HTTP cannot be set up")]
    Http(#[source] reqwest::Error),
}

/// Puts together what speaks to C1; nothing is sent yet. Proxies are those of the environment (`HTTPS_PROXY`, `NO_PROXY`).
///
/// # Errors
/// See [`ConnectError`].
pub fn connect(connection: Connection) -> Result<GrpcC1, ConnectError> {
    put_together(connection, |endpoint| Arc::new(endpoint))
}

/// The same, and counts how often the token endpoint is asked.
///
/// # Errors
/// See [`ConnectError`].
pub fn connect_counted(connection: Connection, metrics: &Metrics) -> Result<GrpcC1, ConnectError> {
    put_together(connection, |endpoint| Arc::new(CountedExchange::new(endpoint, metrics.clone())))
}

fn put_together(
    connection: Connection,
    exchange: impl FnOnce(TokenEndpoint) -> Arc<dyn Exchange>,
) -> Result<GrpcC1, ConnectError> {
    let Connection { client_id, client_secret, address, extra_roots, user_agent } = connection;
    let tls = outbound::client_config(&extra_roots)?;
    let address = address.unwrap_or_else(|| client_id.address().clone());
    if let Some(problem) = outbound::proxy_problem(&format!("https://{}:{}", address.host(), address.port()))
    {
        return Err(problem.into());
    }
    let transport = Transport::new(&address, &user_agent, &tls, Matcher::from_env())?;
    let endpoint = TokenEndpoint::new(&address, client_id, client_secret, &user_agent, tls)
        .map_err(ConnectError::Http)?;
    Ok(GrpcC1::new(transport, Tokens::new(exchange(endpoint))))
}
