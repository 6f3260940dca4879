//! Linux and its like: root certificates are files.
//!
//! The verifier reads `SSL_CERT_FILE` and `SSL_CERT_DIR` itself, in place of the system's files. What it misses then is the
//! system's.

use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls_native_certs::load_certs_from_paths;

use crate::roots::folders;

/// Files that hold all roots, on systems without a folder of them.
const FILES: [&str; 4] = [
    // Alpine and OpenBSD.
    "/etc/ssl/cert.pem",
    // SUSE.
    "/etc/ssl/ca-bundle.pem",
    // Fedora and Red Hat.
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
];

/// The system's roots when `SSL_CERT_FILE` keeps the verifier from reading them; nothing when it reads them, and nothing
/// when `SSL_CERT_DIR` says what to read in their place.
pub(crate) fn missed_by_the_verifier() -> Vec<CertificateDer<'static>> {
    // The verifier takes an empty variable for one that is set.
    let reads_the_file = std::env::var_os("SSL_CERT_FILE").is_some();
    if !reads_the_file || !folders().is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for folder in openssl_probe::candidate_cert_dirs() {
        // A system's folder may hold things that are no certificate.
        found.extend(load_certs_from_paths(None, Some(folder)).certs);
    }
    for file in FILES.map(PathBuf::from).iter().filter(|file| file.exists()) {
        found.extend(load_certs_from_paths(Some(Path::new(file)), None).certs);
    }
    found.sort_unstable_by(|one, other| one.as_ref().cmp(other.as_ref()));
    found.dedup();
    found
}
