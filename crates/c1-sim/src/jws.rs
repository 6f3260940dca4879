//! Compact JWS with Ed25519 signatures (RFC 7515 and RFC 8037), as far as an assertion needs them.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// What a good signature was found under.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The protected header.
    pub header: Map<String, Value>,
    /// The payload's bytes.
    pub payload: Vec<u8>,
}

/// Why a JWS is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum JwsError {
    /// It is none.
    Malformed(String),
    /// It is signed with another key.
    Signature,
}

pub(crate) fn open(compact: &str, public_key: &[u8]) -> Result<Signed, JwsError> {
    let malformed = |what: &str| JwsError::Malformed(what.to_owned());
    let parts: Vec<&str> = compact.split('.').collect();
    let [header, payload, signature] = parts[..] else { return Err(malformed("three parts are wanted")) };
    let decode =
        |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed("unpadded base64url is wanted"));
    let parsed: Value =
        serde_json::from_slice(&decode(header)?).map_err(|_| malformed("the header is not JSON"))?;
    let Value::Object(parsed) = parsed else { return Err(malformed("the header is not an object")) };
    if parsed.get("alg") != Some(&Value::from("EdDSA")) {
        return Err(malformed("the algorithm is not EdDSA"));
    }
    let signature = decode(signature)?;
    let signed = format!("{header}.{payload}");
    let key = UnparsedPublicKey::new(&ED25519, public_key);
    key.verify(signed.as_bytes(), &signature).map_err(|_| JwsError::Signature)?;
    Ok(Signed { header: parsed, payload: decode(payload)? })
}

/// Opens a compact JWS that must carry an Ed25519 signature made with the private half of `public_key`.
///
/// # Errors
///
/// When it is no JWS, is signed by another algorithm, or by another key.
pub fn check_signature(compact: &str, public_key: &[u8]) -> Result<Signed, String> {
    open(compact, public_key).map_err(|error| match error {
        JwsError::Malformed(what) => what,
        JwsError::Signature => "the signature is not the key's".to_owned(),
    })
}
