//! How a look-alike behaves before anybody scripts it, and who its client is.

use std::path::PathBuf;

use aws_lc_rs::encoding::AsBigEndian as _;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// What a look-alike is started with. Times are shorter than the real service's, so that tests are quick.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The port of the service; 0 takes a free one.
    pub port: u16,
    /// Where the certificate of the authority is written; by default a folder that goes with the look-alike.
    pub folder: Option<PathBuf>,
    /// The client's name, in front of the `@` of its id.
    pub client_name: String,
    /// The tenant's host in the client's id, which is what assertions are made for.
    pub tenant: String,
    /// How long a token is good for.
    pub token_lifetime_ms: u64,
    /// What `expires_in` says, in seconds; by default the truth.
    pub expires_in: Option<u64>,
    /// When to ask for the next task.
    pub next_poll_ms: u64,
    /// When to send the next heartbeat.
    pub next_heartbeat_ms: u64,
    /// When a sync that sends no heartbeats is given to somebody else; by default after three intervals.
    pub lost_after_ms: Option<u64>,
    /// When a task of a kind that needs no heartbeats is given to somebody else.
    pub others_lost_after_ms: u64,
    /// How far the service's clock is ahead.
    pub clock_ahead_s: i64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            folder: None,
            client_name: "calm-panda-12345".to_owned(),
            tenant: "tenant.c1.example".to_owned(),
            token_lifetime_ms: 3_600_000,
            expires_in: None,
            next_poll_ms: 50,
            next_heartbeat_ms: 1_000,
            lost_after_ms: None,
            others_lost_after_ms: 300_000,
            clock_ahead_s: 0,
        }
    }
}

impl Options {
    pub(crate) fn client_id(&self) -> String {
        format!("{}@{}/connector", self.client_name, self.tenant)
    }
}

/// What a connector is set up with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Credentials {
    /// `name@host/path`.
    pub client_id: String,
    /// `secret-token:conductorone.com:v1:` and a private key.
    pub client_secret: String,
}

impl Credentials {
    /// Makes a key, and returns its public half beside the credentials.
    pub(crate) fn generate(client_id: &str) -> Option<(Self, Vec<u8>)> {
        let pair = Ed25519KeyPair::generate().ok()?;
        let seed = pair.seed().ok()?.as_be_bytes().ok()?;
        let public = pair.public_key().as_ref().to_vec();
        let jwk = serde_json::json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "x": URL_SAFE_NO_PAD.encode(&public),
            "d": URL_SAFE_NO_PAD.encode(seed.as_ref()),
        });
        let key = URL_SAFE_NO_PAD.encode(jwk.to_string());
        let client_secret = format!("secret-token:conductorone.com:v1:{key}");
        Some((Self { client_id: client_id.to_owned(), client_secret }, public))
    }
}
