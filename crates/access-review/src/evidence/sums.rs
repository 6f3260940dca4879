//! `SHA256SUMS`, as `sha256sum --check` reads it.

use std::collections::BTreeMap;

use super::Entry;
use super::digest::sha256;
use super::names::{MANIFEST, SIGNATURE};

/// The file: the manifest's own digest and the signature's, then what the manifest lists. There is one way to write it.
pub(super) fn text(files: &BTreeMap<String, Entry>, manifest: &[u8], signature: Option<&[u8]>) -> String {
    let mut text = String::new();
    let own = [(MANIFEST, Some(sha256(manifest))), (SIGNATURE, signature.map(sha256))];
    let own = own.iter().filter_map(|(name, digest)| Some((*name, digest.as_deref()?)));
    let listed = files.iter().map(|(name, entry)| (name.as_str(), entry.sha256.as_str()));
    for (name, digest) in own.chain(listed) {
        text.push_str(digest);
        text.push_str("  ");
        text.push_str(name);
        text.push('\n');
    }
    text
}
