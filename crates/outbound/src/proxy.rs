//! Which proxy the environment names for a destination: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, as curl
//! reads them.

use std::fmt;
use std::net::IpAddr;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

/// A proxy. It prints as `http://host:port`: what proves who is asking is not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    scheme: String,
    host: String,
    port: u16,
}

impl Proxy {
    /// Its host; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

/// The proxy for an address such as `https://api.clockify.me/api/v1`; none for this machine, and none for what is no address.
pub fn proxy_for(destination: &str) -> Option<Proxy> {
    through(&Matcher::from_env(), destination)
}

fn through(proxies: &Matcher, destination: &str) -> Option<Proxy> {
    let destination: Uri = destination.parse().ok()?;
    if is_loopback(destination.host()?) {
        return None;
    }
    let proxy = proxies.intercept(&destination)?;
    let uri = proxy.uri();
    let scheme = uri.scheme_str().unwrap_or("http").to_owned();
    let usual = if scheme == "https" { 443 } else { 80 };
    let host = uri.host()?.to_owned();
    Some(Proxy { scheme, host, port: uri.port_u16().unwrap_or(usual) })
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(no: &str) -> Matcher {
        Matcher::builder().https("http://user:secret@proxy.example:3128").no(no).build()
    }

    #[test]
    fn a_proxy_is_named_without_what_proves_who_asks() {
        let proxy = through(&set(""), "https://api.clockify.me/api/v1").unwrap();
        assert_eq!(proxy.to_string(), "http://proxy.example:3128");
        assert!(!format!("{proxy:?}").contains("secret"));
    }

    #[test]
    fn this_machine_and_what_is_excepted_has_none() {
        for near in
            ["https://127.0.0.1:8443/", "https://[::1]/", "https://localhost:1/", "https://LOCALHOST/"]
        {
            assert_eq!(through(&set(""), near), None, "{near}");
        }
        assert_eq!(through(&set("clockify.me"), "https://api.clockify.me/api/v1"), None);
        assert!(through(&set("clockify.me"), "https://clockify.example/api/v1").is_some());
        assert_eq!(through(&set(""), "http://api.clockify.me/"), None, "HTTPS_PROXY is for https");
        for (excepted, near, far) in [
            ("10.0.0.0/8, other.example", "https://10.1.2.3/", "https://11.1.2.3/"),
            ("10.1.2.3", "https://10.1.2.3/", "https://10.1.2.4/"),
            (".clockify.me", "https://euc1.clockify.me/", "https://clockify.example/"),
            ("api.clockify.me", "https://api.clockify.me/", "https://euc1.clockify.me/"),
        ] {
            assert_eq!(through(&set(excepted), near), None, "{excepted}");
            assert!(through(&set(excepted), far).is_some(), "{excepted}");
        }
        assert_eq!(through(&set("*"), "https://api.clockify.me/"), None);
    }
}
