//! TLS towards a server: 1.2 or later, with the roots of this crate.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls_platform_verifier::Verifier;
use thiserror::Error;

use crate::roots::{RootsError, added_roots, environment_problem};

/// Why TLS cannot be set up.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The further certificates cannot be read.
    #[error(transparent)]
    Certificates(#[from] RootsError),
    /// There are no root certificates, or rustls says no.
    #[error("TLS cannot be set up")]
    Setup(#[source] rustls::Error),
}

/// The configuration for whatever protocol is spoken inside; ALPN is the caller's. `extra_roots` is PEM, and is trusted
/// besides what the crate's description says.
///
/// # Errors
/// When the further certificates are none, or there is nothing to trust.
pub fn client_config(extra_roots: &[u8]) -> Result<ClientConfig, TlsError> {
    if let Some(problem) = environment_problem() {
        tracing::warn!("{problem}.");
    }
    let roots = added_roots(extra_roots)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, provider.clone()).map_err(TlsError::Setup)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Setup)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_refused() {
        assert!(matches!(client_config(b"not a certificate"), Err(TlsError::Certificates(_))));
    }
}
