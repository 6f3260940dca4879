//! An assertion made by hand, every part of which a test can spoil.

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use c1_sim::Credentials;
use serde_json::{Value, json};

/// The parts of an assertion and of the form around it.
#[derive(Clone)]
pub(crate) struct Assertion {
    pub(crate) client_id: String,
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) seed: Vec<u8>,
    pub(crate) spoil: fn(String) -> String,
}

impl Assertion {
    /// A good one, made for the host `tenant.c1.example`.
    pub(crate) fn of(credentials: &Credentials) -> Self {
        let key = credentials.client_secret.rsplit(':').next().unwrap();
        let key: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(key).unwrap()).unwrap();
        let now = jiff::Timestamp::now().as_second();
        let nonce: String = std::iter::repeat_with(|| fastrand::digit(16)).take(32).collect();
        Self {
            client_id: credentials.client_id.clone(),
            header: json!({ "alg": "EdDSA", "nonce": nonce }),
            claims: json!({
                "iss": credentials.client_id,
                "sub": credentials.client_id,
                "aud": "tenant.c1.example",
                "iat": now,
                "nbf": now - 120,
                "exp": now + 120,
            }),
            seed: URL_SAFE_NO_PAD.decode(key["d"].as_str().unwrap()).unwrap(),
            spoil: |compact| compact,
        }
    }

    pub(crate) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims[name] = value.into();
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header[name] = value.into();
        self
    }

    pub(crate) fn spoil(mut self, spoil: fn(String) -> String) -> Self {
        self.spoil = spoil;
        self
    }

    pub(crate) fn compact(&self) -> String {
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(&self.header), encode(&self.claims));
        let key = Ed25519KeyPair::from_seed_unchecked(&self.seed).unwrap();
        let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
        (self.spoil)(format!("{signed}.{signature}"))
    }

    pub(crate) fn form(&self) -> Vec<(&'static str, String)> {
        vec![
            ("client_id", self.client_id.clone()),
            ("grant_type", "client_credentials".to_owned()),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned()),
            ("client_assertion", self.compact()),
        ]
    }
}
