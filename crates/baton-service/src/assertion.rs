//! The proof of who the connector is: a signed statement for the token endpoint (interop reference 7.2).

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::json;

use crate::credentials::{ClientId, ClientSecret};

/// How far the statement reaches into the past and the future, in seconds.
const VALID: i64 = 120;

/// A statement that holds from two minutes ago to two minutes from now, with a nonce of its own.
///
/// # Errors
/// When the system has no random bytes.
pub(crate) fn assertion(id: &ClientId, secret: &ClientSecret, now: Timestamp) -> Result<String, Unspecified> {
    let mut nonce = [0; 16];
    rand::fill(&mut nonce)?;
    let now = now.as_second();
    let header = json!({ "alg": "EdDSA", "nonce": crate::hex(&nonce) });
    let claims = json!({
        "iss": id.as_str(),
        "sub": id.as_str(),
        // The host of the client id, whatever address is really asked.
        "aud": id.address().host(),
        "iat": now,
        "nbf": now - VALID,
        "exp": now + VALID,
    });
    Ok(compact(header.to_string().as_bytes(), claims.to_string().as_bytes(), secret.key()))
}

/// The compact form of a signature over a payload (RFC 7515, RFC 8037).
fn compact(header: &[u8], payload: &[u8], key: &Ed25519KeyPair) -> String {
    let mut text = URL_SAFE_NO_PAD.encode(header);
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut text);
    let signature = key.sign(text.as_bytes());
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(signature.as_ref(), &mut text);
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    #[test]
    fn signs_as_in_rfc_8037_a4() {
        let key = Ed25519KeyPair::from_seed_and_public_key(&bytes(SEED), &bytes(PUBLIC)).unwrap();
        let signed = compact(br#"{"alg":"EdDSA"}"#, b"Example of Ed25519 signing", &key);
        assert_eq!(
            signed,
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWb\
             hijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        );
    }

    #[test]
    fn claims_what_c1_expects() {
        let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{PUBLIC}","d":"{SEED}"}}"#);
        let secret = format!("secret-token:conductorone.com:v1:{}", URL_SAFE_NO_PAD.encode(jwk));
        let secret = ClientSecret::parse(&secret).unwrap();
        let id = ClientId::parse("calm-panda@tenant.example:8443/valet").unwrap();
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let mut nonces = BTreeSet::new();
        for _ in 0..3 {
            let token = assertion(&id, &secret, now).unwrap();
            let parts: Vec<&str> = token.split('.').collect();
            let header: Value = serde_json::from_slice(&bytes(parts[0])).unwrap();
            let claims: Value = serde_json::from_slice(&bytes(parts[1])).unwrap();
            assert_eq!(
                claims,
                json!({
                    "iss": "calm-panda@tenant.example:8443/valet",
                    "sub": "calm-panda@tenant.example:8443/valet",
                    "aud": "tenant.example",
                    "iat": 1_700_000_000,
                    "nbf": 1_699_999_880,
                    "exp": 1_700_000_120,
                })
            );
            assert_eq!(header["alg"], "EdDSA");
            assert_eq!(header.as_object().unwrap().len(), 2);
            let nonce = header["nonce"].as_str().unwrap().to_owned();
            assert_eq!(nonce.len(), 32);
            assert!(nonce.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)), "{nonce}");
            nonces.insert(nonce);
        }
        assert_eq!(nonces.len(), 3, "a nonce came twice");
    }
}
