//! The client id and the client secret, as C1 issues them (interop reference 7.1).

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::address::Address;

/// Why a credential is refused. Says nothing of what the secret holds.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialError {
    /// It is not `name@host/path`.
    #[error("invalid client id: {0}")]
    ClientId(&'static str),
    /// It is not `secret-token:conductorone.com:v1:…`.
    #[error("invalid client secret: {0}")]
    ClientSecret(&'static str),
}

/// Who the connector is: `name@host/path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientId {
    text: String,
    address: Address,
}

impl ClientId {
    /// Takes a client id apart.
    ///
    /// # Errors
    /// When it lacks a part, or its host is none.
    pub fn parse(text: &str) -> Result<Self, CredentialError> {
        let text = text.trim();
        let (name, rest) =
            text.split_once('@').ok_or(CredentialError::ClientId("it has no @ between name and host"))?;
        let (host, _path) =
            rest.split_once('/').ok_or(CredentialError::ClientId("it has no / after the host"))?;
        if name.is_empty() {
            return Err(CredentialError::ClientId("there is nothing before the @"));
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(CredentialError::ClientId("it holds a space or a control character"));
        }
        let address =
            Address::parse(host).ok_or(CredentialError::ClientId("what stands after the @ is no host"))?;
        Ok(Self { text: text.to_owned(), address })
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where C1 is, as the id says.
    pub fn address(&self) -> &Address {
        &self.address
    }
}

/// The private key that the connector proves itself with. Never shown.
#[derive(Clone)]
pub struct ClientSecret {
    key: Arc<Ed25519KeyPair>,
}

/// The part of a JSON Web Key that counts here.
#[derive(Deserialize)]
struct Jwk<'a> {
    kty: &'a str,
    crv: &'a str,
    x: &'a str,
    #[serde(default)]
    d: &'a str,
}

impl ClientSecret {
    /// Takes a client secret apart. What is copied on the way is wiped.
    ///
    /// # Errors
    /// When it is not of version 1, or holds no private Ed25519 key whose two halves belong together.
    pub fn parse(text: &str) -> Result<Self, CredentialError> {
        let refused = CredentialError::ClientSecret;
        let parts: Vec<&str> = text.trim().split(':').collect();
        let &[_, _, version, encoded] = parts.as_slice() else {
            return Err(refused("it does not have four parts with a colon between them"));
        };
        if version != "v1" {
            return Err(refused("its third part is not v1"));
        }
        let json = decoded(encoded).ok_or(refused("its fourth part is not unpadded base64url"))?;
        // What serde would say may quote the key.
        let jwk: Jwk<'_> =
            serde_json::from_slice(&json).map_err(|_| refused("its fourth part is not a JSON Web Key"))?;
        if jwk.kty != "OKP" || jwk.crv != "Ed25519" {
            return Err(refused("its key is not an Ed25519 key"));
        }
        if jwk.d.is_empty() {
            return Err(refused("its key has no private half"));
        }
        let halves = decoded(jwk.d).zip(decoded(jwk.x));
        let (seed, public) = halves.ok_or(refused("a half of its key is not unpadded base64url"))?;
        let key = Ed25519KeyPair::from_seed_and_public_key(&seed, &public)
            .map_err(|_| refused("the halves of its key do not belong together"))?;
        Ok(Self { key: Arc::new(key) })
    }

    pub(crate) fn key(&self) -> &Ed25519KeyPair {
        &self.key
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(hidden)")
    }
}

fn decoded(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    URL_SAFE_NO_PAD.decode(text).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A.1.
    const JWK: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    fn secret(jwk: &str) -> String {
        format!("secret-token:conductorone.com:v1:{}", URL_SAFE_NO_PAD.encode(jwk))
    }

    #[test]
    fn a_client_id_is_split_at_the_first_at_and_the_first_slash() {
        let id = ClientId::parse("calm-panda-12345@tenant.conductor.one/a/b@c").unwrap();
        assert_eq!(id.address().host(), "tenant.conductor.one");
        assert_eq!(id.address().port(), 443);
        assert_eq!(id.as_str(), "calm-panda-12345@tenant.conductor.one/a/b@c");
    }

    #[test]
    fn a_client_id_without_its_parts_is_refused() {
        for text in ["", "name", "name@host", "host/path", "@host/p", "name@/p", "name@a b/p", "na me@host/p"]
        {
            let error = ClientId::parse(text).unwrap_err();
            assert!(error.to_string().starts_with("invalid client id"), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_secret_is_taken_apart_and_not_shown() {
        let secret = ClientSecret::parse(&secret(JWK)).unwrap();
        let shown = format!("{secret:?}");
        assert!(!shown.contains("nWGxne") && !shown.contains("11qYAY"), "{shown}");
    }

    #[test]
    fn secrets_of_another_shape_are_refused_without_quoting_them() {
        let other_half = JWK.replace("11qY", "21qY");
        let public = JWK.replace("\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\",", "");
        let wrong = [
            String::new(),
            "nWGxne".to_owned(),
            secret(JWK).replace(":v1:", ":v2:"),
            secret(JWK) + "=",
            secret(JWK) + ":more",
            secret("{\"d\":\"nWGxne\"}"),
            secret(&JWK.replace("OKP", "EC")),
            secret(&JWK.replace("Ed25519", "X25519")),
            secret(&JWK.replace("nWGx", "n+Gx")),
            secret(&JWK.replace("nWGxne_9", "")),
            secret(&other_half),
            secret(&public),
        ];
        for text in wrong {
            let error = ClientSecret::parse(&text).unwrap_err().to_string();
            assert!(error.starts_with("invalid client secret"), "{text:?}: {error}");
            assert!(!error.contains("nWGx"), "{error}");
        }
    }
}
