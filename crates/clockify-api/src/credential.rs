//! Credentials: what proves to Clockify who is asking.
//!
//! A value is a secret from the moment it is made: no `Debug`, `Display` or error shows any of it. There is no
//! `Authorization: Bearer`, which Clockify counts as no credential at all (clockify reference 2.1).

use std::fmt;

use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

/// Why a text is no credential. The text itself is never part of the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// Nothing is left after trimming.
    #[error("the credential is empty")]
    Empty,
    /// A character cannot stand in a header: only visible ASCII can.
    #[error("the credential contains a space, a line break or another character that no credential has")]
    Character,
}

/// A personal API key, sent as `X-Api-Key`. Treated as opaque; whitespace around it is trimmed.
#[derive(Clone)]
pub struct ApiKey(SecretString);

/// The token of an installed add-on, sent as `X-Addon-Token`. It may not list workspaces (clockify reference 3.3).
#[derive(Clone)]
pub struct AddonToken(SecretString);

impl ApiKey {
    /// Takes a key as an operator typed it.
    ///
    /// # Errors
    ///
    /// When nothing is left after trimming, or when a character cannot stand in a header.
    pub fn new(text: impl AsRef<str>) -> Result<Self, CredentialError> {
        secret(text.as_ref()).map(Self)
    }
}

impl AddonToken {
    /// Takes a token as it was issued.
    ///
    /// # Errors
    ///
    /// When nothing is left after trimming, or when a character cannot stand in a header.
    pub fn new(text: impl AsRef<str>) -> Result<Self, CredentialError> {
        secret(text.as_ref()).map(Self)
    }
}

fn secret(text: &str) -> Result<SecretString, CredentialError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CredentialError::Empty);
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(CredentialError::Character);
    }
    Ok(SecretString::from(text))
}

/// Exactly one credential: Clockify refuses a request that carries both (clockify reference 2.1).
#[derive(Clone)]
#[non_exhaustive]
pub enum Credential {
    /// A personal API key.
    ApiKey(ApiKey),
    /// The token of an installed add-on.
    AddonToken(AddonToken),
}

impl Credential {
    pub(crate) fn header(&self) -> (HeaderName, HeaderValue) {
        let (name, secret) = match self {
            Self::ApiKey(key) => ("x-api-key", &key.0),
            Self::AddonToken(token) => ("x-addon-token", &token.0),
        };
        let mut value =
            HeaderValue::from_str(secret.expose_secret()).expect("only visible ASCII passes the constructor");
        value.set_sensitive(true);
        (HeaderName::from_static(name), value)
    }

    /// Replaces every occurrence of the secret, for texts that a server may have echoed.
    pub(crate) fn redact(&self, text: &str) -> String {
        let (Self::ApiKey(ApiKey(secret)) | Self::AddonToken(AddonToken(secret))) = self;
        text.replace(secret.expose_secret(), "[redacted]")
    }
}

impl From<ApiKey> for Credential {
    fn from(key: ApiKey) -> Self {
        Self::ApiKey(key)
    }
}

impl From<AddonToken> for Credential {
    fn from(token: AddonToken) -> Self {
        Self::AddonToken(token)
    }
}

macro_rules! print_nothing {
    ($($type:ident),*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "([redacted])"))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }
    )*};
}

print_nothing!(ApiKey, AddonToken, Credential);
