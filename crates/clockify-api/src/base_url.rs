//! The address of the API: what an operator gives, made into one canonical form.
//!
//! Parsing says whether the host belongs to Clockify; whether a foreign host may be used is decided where the
//! client is built. Regional and subdomain addresses are never derived from anything (clockify reference 1).

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// Where Clockify's API is: the global host, and the regional ones (clockify reference 1).
const PUBLISHED: [&str; 5] = [
    DEFAULT,
    "https://euc1.clockify.me/api/v1",
    "https://use2.clockify.me/api/v1",
    "https://euw2.clockify.me/api/v1",
    "https://apse2.clockify.me/api/v1",
];

const DEFAULT: &str = "https://api.clockify.me/api/v1";

/// Why a text is no usable base address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// No `https://` in front.
    #[error("the base URL must start with https://, for example {DEFAULT}")]
    MissingScheme,
    /// A space, a line break or a control character inside.
    #[error("the base URL contains a space or a control character")]
    Character,
    /// Not a URL at all.
    #[error("the base URL is malformed: {0}")]
    Malformed(#[from] url::ParseError),
    /// A scheme other than https, or http to a host that is not this machine.
    #[error("the base URL must use https, not {scheme}; http is accepted for loopback hosts only")]
    Scheme {
        /// The scheme found.
        scheme: String,
    },
    /// A user name or a password in front of the host. It is not part of the error.
    #[error("the base URL must not contain a user name or a password")]
    UserInfo,
    /// A `?` part.
    #[error("the base URL must not have a query")]
    Query,
    /// A `#` part.
    #[error("the base URL must not have a fragment")]
    Fragment,
    /// A path that is not the API's.
    #[error("the base URL's path {path:?} is not the Clockify API's, which ends in /api/v1")]
    Path {
        /// The path found.
        path: String,
    },
}

/// The API's root, always ending in `/api/v1` without a slash.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    url: Url,
    trust: Trust,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Trust {
    Clockify,
    Loopback,
    Foreign,
}

impl BaseUrl {
    /// Parses and normalises an address.
    ///
    /// Accepted with or without a trailing slash, `/api`, `/v1` or `/api/v1`, and with the doubled `/api/api` of
    /// some help articles. Https only, except http to a loopback host.
    ///
    /// # Errors
    ///
    /// When the text is no https URL, or has credentials, a query, a fragment or another API's path.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(BaseUrlError::Character);
        }
        if !text.contains("://") {
            return Err(BaseUrlError::MissingScheme);
        }
        let mut url = Url::parse(text)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        if url.query().is_some() {
            return Err(BaseUrlError::Query);
        }
        if url.fragment().is_some() {
            return Err(BaseUrlError::Fragment);
        }
        let trust = trust(&url);
        match (url.scheme(), trust) {
            ("https", _) | ("http", Trust::Loopback) => {}
            (scheme, _) => return Err(BaseUrlError::Scheme { scheme: scheme.to_owned() }),
        }
        let path = canonical_path(&url, trust)?;
        url.set_path(&path);
        Ok(Self { url, trust })
    }

    /// Every address at which Clockify says that its API is: the global one first, then the regions. Workspaces on a
    /// subdomain have their own.
    pub fn published() -> Vec<Self> {
        PUBLISHED.iter().filter_map(|text| Self::parse(text).ok()).collect()
    }

    /// Whether the host is Clockify's own: one label under `clockify.me` or one label under `api.clockify.me`.
    pub fn is_clockify(&self) -> bool {
        self.trust == Trust::Clockify
    }

    /// Whether the host is this machine: `localhost`, `127.0.0.0/8` or `::1`.
    pub fn is_loopback(&self) -> bool {
        self.trust == Trust::Loopback
    }

    /// The host, without the port; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The port, the usual one of the scheme when none is named.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// Whether TLS is spoken, as it is with every host but this machine.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The address of an endpoint. The segments are escaped, so that none can leave the API's root.
    pub(crate) fn endpoint(&self, segments: &[&str]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }
}

/// The trust rule of clockify reference 1. A trailing dot or the bare `clockify.me` is not Clockify's API.
fn trust(url: &Url) -> Trust {
    match url.host() {
        Some(Host::Ipv4(address)) if address.is_loopback() => Trust::Loopback,
        Some(Host::Ipv6(address)) if address.is_loopback() => Trust::Loopback,
        Some(Host::Domain("localhost")) => Trust::Loopback,
        Some(Host::Domain(domain)) if is_one_label_under(domain, ".clockify.me") => Trust::Clockify,
        Some(Host::Domain(domain)) if is_one_label_under(domain, ".api.clockify.me") => Trust::Clockify,
        _ => Trust::Foreign,
    }
}

fn is_one_label_under(domain: &str, suffix: &str) -> bool {
    domain.strip_suffix(suffix).is_some_and(|label| !label.is_empty() && !label.contains('.'))
}

fn canonical_path(url: &Url, trust: Trust) -> Result<String, BaseUrlError> {
    let mut segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
    segments.pop_if(|last| *last == "v1");
    while segments.pop_if(|last| *last == "api").is_some() {}
    let is_version = |segment: &&str| {
        segment.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let other_api = segments.iter().any(|segment| *segment == "api" || is_version(segment));
    if other_api || (trust == Trust::Clockify && !segments.is_empty()) {
        return Err(BaseUrlError::Path { path: url.path().to_owned() });
    }
    segments.extend(["api", "v1"]);
    Ok(format!("/{}", segments.join("/")))
}

impl Default for BaseUrl {
    /// The global host, which serves workspaces with and without a subdomain.
    fn default() -> Self {
        Self::parse(DEFAULT).expect("the default is a valid base URL, which a test checks")
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        Self::parse(text)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str())
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}
