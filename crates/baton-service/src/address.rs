//! Where C1 is: a host, and a port when it is not the usual one.

use std::fmt;

use http::uri::Authority;

/// The port of HTTPS.
const HTTPS: u16 = 443;

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
}

impl Address {
    /// Reads `host` or `host:port`; `None` when it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.contains(['@', '/', '?', '#']) {
            return None;
        }
        let authority: Authority = text.parse().ok()?;
        let rest = text.strip_prefix(authority.host())?;
        let port = match rest.strip_prefix(':') {
            Some(port) => port.parse().ok().filter(|port| *port > 0)?,
            None if rest.is_empty() => HTTPS,
            None => return None,
        };
        let host = authority.host();
        (!host.is_empty()).then(|| Self { host: host.to_ascii_lowercase(), port })
    }

    /// The host; an IPv6 address keeps its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is on this machine, where no proxy has any business.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_matches(['[', ']']);
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        if self.port == HTTPS { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_and_without_port_are_read() {
        let read = |text| Address::parse(text).map(|address| (address.host().to_owned(), address.port()));
        assert_eq!(read("tenant.conductor.one"), Some(("tenant.conductor.one".to_owned(), 443)));
        assert_eq!(read("127.0.0.1:8443"), Some(("127.0.0.1".to_owned(), 8443)));
        assert_eq!(read("[::1]:8443"), Some(("[::1]".to_owned(), 8443)));
        for wrong in ["", ":443", "host:", "host:0", "host:99999", "https://host", "user@host", "host/path"] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let loopback = |text| Address::parse(text).unwrap().is_loopback();
        assert!(loopback("localhost:1") && loopback("127.0.0.1") && loopback("[::1]"));
        assert!(!loopback("localhost.example.org") && !loopback("10.0.0.1"));
    }
}
