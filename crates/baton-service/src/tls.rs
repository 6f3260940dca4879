//! TLS towards C1: the system's root certificates (and what `SSL_CERT_FILE` names), and more when the user has them.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;
use thiserror::Error;

/// Why TLS cannot be set up.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The further certificates cannot be read.
    #[error("there is no PEM certificate in the file of further certificates")]
    Certificates,
    /// There are no root certificates, or rustls says no.
    #[error("TLS cannot be set up")]
    Setup(#[source] rustls::Error),
}

/// TLS 1.2 or later, for whatever protocol is spoken inside.
///
/// # Errors
/// When the further certificates are none, or there is nothing to trust.
pub(crate) fn config(extra_roots: &[u8]) -> Result<ClientConfig, TlsError> {
    let extra = CertificateDer::pem_slice_iter(extra_roots)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| TlsError::Certificates)?;
    if extra.is_empty() && !extra_roots.is_empty() {
        return Err(TlsError::Certificates);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(extra, provider.clone()).map_err(TlsError::Setup)?;
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
        assert!(matches!(config(b"not a certificate"), Err(TlsError::Certificates)));
    }
}
