//! The way to the collector: OTLP over gRPC, over TLS unless it is asked for without.

use std::time::Duration;

use http::uri::Scheme;
use hyper_util::client::proxy::matcher::Matcher;
use outbound::TlsError;
use thiserror::Error;
use tonic::transport::{Channel, Endpoint, Uri};

use crate::address::Address;
use crate::transport::{AddressError, Transport};

/// The port of OTLP over gRPC.
const OTLP: u16 = 4317;

/// How long opening a connection in the clear may take.
const CONNECT: Duration = Duration::from_secs(5);

/// Where a collector is, and how it is spoken to.
#[derive(Clone, Debug)]
pub struct Collector {
    address: Address,
    /// Further root certificates, as PEM; `None` without TLS.
    roots: Option<Vec<u8>>,
}

/// Why nothing can be sent to a collector.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TelemetryError {
    /// The endpoint is none.
    #[error("{0:?} is no address of a collector: it should look like collector.example.org:4317")]
    Endpoint(String),
    /// The endpoint says http, and TLS is asked for, or the other way round.
    #[error("{0:?} says http, and without TLS nothing is sent unless that is asked for")]
    Clear(String),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address cannot be used.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The exporter refuses its settings, most likely one of the environment's `OTEL_…` variables.
    #[error("{0}")]
    Exporter(String),
}

impl Collector {
    /// Reads `host:port`, with or without `https://` in front; the port of OTLP is assumed where there is none. With TLS,
    /// `roots` are trusted besides those of the system.
    ///
    /// # Errors
    /// When it is no address.
    pub fn with_tls(endpoint: &str, roots: Vec<u8>) -> Result<Self, TelemetryError> {
        let (scheme, address) = read(endpoint)?;
        if scheme == Some(Scheme::HTTP) {
            return Err(TelemetryError::Clear(endpoint.to_owned()));
        }
        Ok(Self { address, roots: Some(roots) })
    }

    /// The same in the clear.
    ///
    /// # Errors
    /// When it is no address.
    pub fn in_the_clear(endpoint: &str) -> Result<Self, TelemetryError> {
        let (_, address) = read(endpoint)?;
        Ok(Self { address, roots: None })
    }

    /// A channel; nothing is opened yet. Works inside of a runtime only.
    pub(super) fn channel(&self, user_agent: &str) -> Result<Channel, TelemetryError> {
        if let Some(roots) = &self.roots {
            let tls = outbound::client_config(roots)?;
            let transport = Transport::new(&self.address, user_agent, &tls, Matcher::from_env())?;
            return Ok(transport.channel());
        }
        let uri = format!("http://{}:{}", self.address.host(), self.address.port());
        let wrong = |_| TelemetryError::Endpoint(uri.clone());
        let endpoint = Endpoint::from_shared(uri.clone())
            .and_then(|endpoint| endpoint.user_agent(user_agent.to_owned()));
        Ok(endpoint.map_err(wrong)?.connect_timeout(CONNECT).connect_lazy())
    }
}

fn read(endpoint: &str) -> Result<(Option<Scheme>, Address), TelemetryError> {
    let wrong = || TelemetryError::Endpoint(endpoint.to_owned());
    let uri: Uri = endpoint.trim().parse().map_err(|_| wrong())?;
    let scheme = uri.scheme().cloned();
    let known = scheme.as_ref().is_none_or(|scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS);
    let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
    let authority = uri.authority().filter(|_| known && bare).ok_or_else(wrong)?;
    let text = match authority.port_u16() {
        Some(_) => authority.to_string(),
        None if authority.as_str() == authority.host() => format!("{authority}:{OTLP}"),
        None => return Err(wrong()),
    };
    Ok((scheme, Address::parse(&text).ok_or_else(wrong)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_read_as_people_write_them() {
        let read =
            |text| read(text).map(|(_, address)| format!("{}:{}", address.host(), address.port())).ok();
        assert_eq!(read("collector:4317").as_deref(), Some("collector:4317"));
        assert_eq!(read("otel.example.org").as_deref(), Some("otel.example.org:4317"));
        assert_eq!(read("https://otel.example.org/").as_deref(), Some("otel.example.org:4317"));
        assert_eq!(read("http://127.0.0.1:9000").as_deref(), Some("127.0.0.1:9000"));
        assert_eq!(read("[::1]:4317").as_deref(), Some("[::1]:4317"));
        for wrong in
            ["", "/v1/traces", "ftp://host:1", "host:port", "http://host:4318/v1/traces", "user@host:1"]
        {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn an_address_in_the_clear_is_not_taken_for_one_with_tls() {
        assert!(matches!(Collector::with_tls("http://host:4317", Vec::new()), Err(TelemetryError::Clear(_))));
        assert!(Collector::in_the_clear("http://host:4317").is_ok());
        assert!(Collector::with_tls("host:4317", Vec::new()).is_ok());
    }
}
