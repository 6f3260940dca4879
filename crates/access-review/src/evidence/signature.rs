//! Signatures of a manifest: Ed25519, with keys and signatures as OpenSSL writes them.

use std::fmt;
use std::fs;
use std::path::Path;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePublicKey};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use secrecy::{ExposeSecret, SecretString};

use super::Refusal;
use super::digest::sha256;

/// How the manifest calls it.
pub(super) const ALGORITHM: &str = "Ed25519";

/// A private key. It is never shown, and its memory is overwritten when it goes.
pub struct Signer(SigningKey);

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl Signer {
    /// Reads a private key: PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// # Errors
    /// When the file cannot be read or holds something else.
    pub fn read(path: &Path) -> Result<Self, Refusal> {
        let text = fs::read_to_string(path).map_err(|error| Refusal::io("read the key", path, error))?;
        Self::from_pem(&SecretString::from(text))
    }

    /// Takes a private key.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_pem(text: &SecretString) -> Result<Self, Refusal> {
        let text = text.expose_secret();
        let key = SigningKey::from_pkcs8_pem(text.trim()).map_err(|_| {
            Refusal::Key(if text.contains("ENCRYPTED") {
                "the key is encrypted with a password; `openssl pkey -in KEY -out PLAIN` takes it off"
            } else if text.contains("PUBLIC KEY") {
                "that is a public key; signing needs the private one"
            } else {
                "that is no Ed25519 key in PEM; `openssl genpkey -algorithm ed25519 -out KEY` makes one"
            })
        })?;
        Ok(Self(key))
    }

    /// The public key that goes with it.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(super) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.sign(bytes).to_bytes().to_vec()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signer").field(&self.public_key().fingerprint()).finish()
    }
}

impl PublicKey {
    /// Reads a public key in PEM, as `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    /// When the file cannot be read or holds something else.
    pub fn read(path: &Path) -> Result<Self, Refusal> {
        let text = fs::read_to_string(path).map_err(|error| Refusal::io("read the key", path, error))?;
        Self::from_pem(&text).ok_or(Refusal::Key(
            "that is no public Ed25519 key in PEM; `openssl pkey -in KEY -pubout` writes it",
        ))
    }

    /// Takes a public key; `None` when it is something else.
    pub fn from_pem(text: &str) -> Option<Self> {
        VerifyingKey::from_public_key_pem(text.trim()).ok().map(Self)
    }

    /// The key in PEM.
    pub fn to_pem(&self) -> String {
        // Thirty-two bytes that were a key a moment ago always encode.
        self.0.to_public_key_pem(LineEnding::LF).unwrap_or_default()
    }

    /// The SHA-256 of the key in DER, which people compare over the telephone.
    pub fn fingerprint(&self) -> String {
        self.0.to_public_key_der().map(|der| sha256(der.as_bytes())).unwrap_or_default()
    }

    /// Whether a signature of these bytes is of this key.
    pub(super) fn accepts(&self, bytes: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(bytes, &signature).is_ok())
    }
}
