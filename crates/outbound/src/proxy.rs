//! Which proxy the environment names for a destination: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, as curl
//! reads them.

use std::fmt;
use std::net::IpAddr;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use thiserror::Error;

/// Why the proxy that the environment names cannot be used. It never holds the variable's value, of which a password may be
/// part.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProxyProblem {
    /// It does not speak HTTP, but SOCKS, for example.
    #[error("{variable} names a proxy of the kind {kind}, and only HTTP proxies can be used")]
    Kind {
        /// The variable.
        variable: &'static str,
        /// What stands in front of `://` there.
        kind: String,
    },
    /// It is no address.
    #[error("{variable} is set to something that is no address of a proxy")]
    Address {
        /// The variable.
        variable: &'static str,
    },
}

impl ProxyProblem {
    /// What a person can do about it.
    pub fn hint(&self) -> String {
        let (Self::Kind { variable, .. } | Self::Address { variable }) = self;
        format!(
            "set {variable} to an HTTP proxy, http://HOST:PORT, or unset it; NO_PROXY lists the hosts to reach without one"
        )
    }
}

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

/// What is wrong with the proxy for an address such as `https://api.clockify.me/api/v1`, if anything is. HTTP stacks find it out
/// with every single request, or go without the proxy and say nothing.
pub fn proxy_problem(destination: &str) -> Option<ProxyProblem> {
    problem(&|name| std::env::var(name).ok(), destination)
}

/// The same with the variables that `get` gives, in the order in which HTTP stacks look at them.
fn problem(get: &dyn Fn(&str) -> Option<String>, destination: &str) -> Option<ProxyProblem> {
    const ANY: &str = "http://proxy.invalid";
    // A program behind a web server does not take its proxy from a header of the request.
    if get("REQUEST_METHOD").is_some() {
        return None;
    }
    let first = |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, get(name)?)));
    let excepted = first(["NO_PROXY", "no_proxy"]).map(|(_, text)| text).unwrap_or_default();
    through(&Matcher::builder().all(ANY).no(excepted).build(), destination)?;
    let is_https = destination.parse::<Uri>().ok()?.scheme_str() == Some("https");
    let own = if is_https { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let set = |names| first(names).filter(|(_, text)| !text.trim().is_empty());
    let (variable, text) = set(own).or_else(|| set(["ALL_PROXY", "all_proxy"]))?;
    let kind = text.split_once("://").map_or("http", |(kind, _)| kind);
    if !kind.eq_ignore_ascii_case("http") && !kind.eq_ignore_ascii_case("https") {
        return Some(ProxyProblem::Kind { variable, kind: kind.to_lowercase() });
    }
    let usable = through(&Matcher::builder().all(text).build(), destination).is_some();
    (!usable).then_some(ProxyProblem::Address { variable })
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

    #[track_caller]
    fn told(variables: &[(&str, &str)], destination: &str, expected: Option<&str>) {
        let get = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let problem = problem(&get, destination);
        assert_eq!(problem.as_ref().map(ToString::to_string).as_deref(), expected, "{variables:?}");
        assert!(!format!("{problem:?}").contains("secret"), "{problem:?}");
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_told_with_its_variable() {
        const THERE: &str = "https://api.clockify.me/api/v1";
        const SOCKS: &str = "socks5h://user:secret@proxy.example:1080";
        const KIND: &str = "names a proxy of the kind socks5h, and only HTTP proxies can be used";
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            told(&[(name, SOCKS)], THERE, Some(&format!("{name} {KIND}")));
            told(&[(name, SOCKS), ("NO_PROXY", "clockify.me")], THERE, None);
            told(&[(name, SOCKS)], "https://localhost:8443/", None);
        }
        told(&[("HTTP_PROXY", SOCKS)], THERE, None);
        told(&[("HTTP_PROXY", SOCKS)], "http://minio.example/", Some(&format!("HTTP_PROXY {KIND}")));
        told(&[("HTTPS_PROXY", "http://proxy.example:1"), ("ALL_PROXY", SOCKS)], THERE, None);
        told(&[("HTTPS_PROXY", ""), ("ALL_PROXY", SOCKS)], THERE, Some(&format!("ALL_PROXY {KIND}")));
        told(&[("HTTPS_PROXY", "SOCKS5H://proxy.example")], THERE, Some(&format!("HTTPS_PROXY {KIND}")));
        for usable in
            ["http://user:secret@proxy.example:3128/", "https://proxy.example", "proxy.example:3128"]
        {
            told(&[("HTTPS_PROXY", usable)], THERE, None);
        }
        told(
            &[("HTTPS_PROXY", "http://user:secret@proxy example")],
            THERE,
            Some("HTTPS_PROXY is set to something that is no address of a proxy"),
        );
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
