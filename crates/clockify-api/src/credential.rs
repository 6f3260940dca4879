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
        let name = match self {
            Self::ApiKey(_) => "x-api-key",
            Self::AddonToken(_) => "x-addon-token",
        };
        let mut value =
            HeaderValue::from_str(self.secret()).expect("only visible ASCII passes the constructor");
        value.set_sensitive(true);
        (HeaderName::from_static(name), value)
    }

    fn secret(&self) -> &str {
        let (Self::ApiKey(ApiKey(secret)) | Self::AddonToken(AddonToken(secret))) = self;
        secret.expose_secret()
    }

    /// Replaces every occurrence of the secret, for texts that a server may have echoed. In any case of its letters,
    /// because host names come in lower case.
    pub(crate) fn redact(&self, text: &str) -> String {
        // Lower case in ASCII moves no byte, so that places in one text are places in the other.
        let (lower, secret) = (text.to_ascii_lowercase(), self.secret().to_ascii_lowercase());
        let mut shown = String::with_capacity(text.len());
        let mut at = 0;
        for (place, _) in lower.match_indices(&secret) {
            shown.push_str(&text[at..place]);
            shown.push_str("[redacted]");
            at = place + secret.len();
        }
        shown.push_str(&text[at..]);
        shown
    }

    /// A short mark, see [`crate::Client::credential_mark`]: FNV-1a over the header, folded to 32 bits.
    pub(crate) fn mark(&self) -> u32 {
        let (name, _) = self.header();
        let bytes = name.as_str().bytes().chain([0]).chain(self.secret().bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        u32::try_from((hash >> 32) ^ (hash & 0xffff_ffff)).expect("either half has 32 bits")
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
