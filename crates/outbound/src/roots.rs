//! Which root certificates are trusted besides those that the system's verifier reads by itself.

use std::path::PathBuf;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_native_certs::load_certs_from_paths;
use thiserror::Error;

use crate::platform;

/// Further root certificates that are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no PEM certificate in the file of further certificates")]
pub struct RootsError;

/// The certificates in a PEM text; none in an empty one.
///
/// # Errors
/// When the text is not empty and holds no certificate, or a broken one.
pub fn certificates_in(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, RootsError> {
    let found: Vec<_> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| RootsError)?;
    if found.is_empty() && !pem.is_empty() { Err(RootsError) } else { Ok(found) }
}

/// The roots that an HTTP stack must be given so that it trusts what [`client_config`](crate::client_config) does: the
/// caller's, as PEM, and those that the system's verifier does not read by itself.
///
/// # Errors
/// As [`certificates_in`].
pub fn added_roots(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, RootsError> {
    let mut roots = certificates_in(pem)?;
    // One odd certificate of the system must not keep all the others from being used.
    let is_readable = |root: &CertificateDer<'static>| RootCertStore::empty().add(root.clone()).is_ok();
    roots.extend(platform::missed_by_the_verifier().into_iter().filter(is_readable));
    Ok(roots)
}

/// What is wrong with the file that `SSL_CERT_FILE` names, if anything is: what cannot be read there is not trusted, and
/// nothing else would say so.
pub fn environment_problem() -> Option<String> {
    let file = named_file()?;
    let read = load_certs_from_paths(Some(&file), None);
    let shown = file.display();
    match (read.certs.is_empty(), read.errors.first()) {
        (_, Some(error)) => Some(format!("SSL_CERT_FILE names {shown}, which cannot be read: {error}")),
        (true, None) => Some(format!("SSL_CERT_FILE names {shown}, which holds no PEM certificate")),
        (false, None) => None,
    }
}

/// The file that `SSL_CERT_FILE` names.
pub(crate) fn named_file() -> Option<PathBuf> {
    std::env::var_os("SSL_CERT_FILE").filter(|name| !name.is_empty()).map(PathBuf::from)
}

/// The folders that `SSL_CERT_DIR` names.
pub(crate) fn folders() -> Vec<PathBuf> {
    let list = std::env::var_os("SSL_CERT_DIR").unwrap_or_default();
    std::env::split_paths(&list).filter(|folder| !folder.as_os_str().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_empty_or_holds_certificates() {
        assert_eq!(certificates_in(b"").unwrap(), []);
        assert_eq!(certificates_in(b"not a certificate"), Err(RootsError));
        let broken = b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
        assert_eq!(certificates_in(broken), Err(RootsError));
        let key = rcgen::generate_simple_self_signed(vec!["a.example".to_owned()]).unwrap();
        let two = format!("{}# a comment\n{}", key.cert.pem(), key.cert.pem());
        assert_eq!(certificates_in(two.as_bytes()).unwrap().len(), 2);
    }
}
