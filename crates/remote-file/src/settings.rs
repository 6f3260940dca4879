//! What opening a file needs besides its address: the variables of the cloud's own tools, and whom to trust.

use std::collections::BTreeMap;
use std::fmt;

/// Variables and certificates.
#[derive(Clone, Default)]
pub struct Settings {
    variables: BTreeMap<String, String>,
    pub(crate) extra_roots: Vec<u8>,
    pub(crate) user_agent: String,
}

impl Settings {
    /// Takes the variables of an environment. Those that are set to nothing count as not set.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let user_agent = concat!("baton-clockify/", env!("CARGO_PKG_VERSION")).to_owned();
        let variables = variables.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
        Self { variables, extra_roots: Vec::new(), user_agent }
    }

    /// CA certificates to trust besides the platform's, as PEM.
    #[must_use]
    pub fn extra_ca_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.extra_roots = pem.into();
        self
    }

    /// The value of a variable.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Whether a variable says yes.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        let value = self.get(name).unwrap_or_default().trim();
        ["true", "1", "yes"].iter().any(|yes| value.eq_ignore_ascii_case(yes))
    }

    /// All variables whose names begin so, in the order of their names.
    pub(crate) fn beginning(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        let found = self.variables.iter().filter(move |(name, _)| name.starts_with(prefix));
        found.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Names alone: values may be secret.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").finish_non_exhaustive()
    }
}
