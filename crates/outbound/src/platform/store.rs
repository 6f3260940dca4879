//! Windows and macOS: root certificates are kept by the system, and its own verifier uses them, and no variable.

use rustls::pki_types::CertificateDer;
use rustls_native_certs::load_certs_from_paths;

use crate::roots::{folders, named_file};

/// What `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
pub(crate) fn missed_by_the_verifier() -> Vec<CertificateDer<'static>> {
    let mut found = load_certs_from_paths(named_file().as_deref(), None).certs;
    for folder in folders() {
        found.extend(load_certs_from_paths(None, Some(&folder)).certs);
    }
    found
}
