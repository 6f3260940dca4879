//! Addresses, as people write them: which kind of store, which bucket, which key.

use std::fmt;

use object_store::path::Path;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// A kind of object store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Amazon S3, and what speaks its protocol.
    S3,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage.
    Azure,
}

/// Where a file is in an object store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    kind: Kind,
    bucket: String,
    key: Path,
}

/// Why a text is no address. The text is not repeated: somebody may have written a secret into it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The scheme is none that is known.
    #[error("addresses begin with s3://, gs:// or az://, and everything else is a path")]
    Scheme,
    /// There is no bucket, or something that cannot be the name of one.
    #[error(
        "an address is s3://BUCKET/KEY (or gs://, az://), and what stands for BUCKET is no name of a bucket"
    )]
    Bucket,
    /// Something secret may stand before an `@`.
    #[error("an address holds a bucket and a key and no credentials; those come from the environment")]
    Credentials,
    /// There is no key, or one that names a folder.
    #[error("an address is s3://BUCKET/KEY (or gs://, az://), and what stands for KEY is no name of a file")]
    Key,
}

impl Kind {
    /// The scheme of its addresses.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Google => "gs",
            Self::Azure => "az",
        }
    }
}

impl Address {
    /// Whether a text is meant as an address rather than as a path.
    pub fn is_meant_by(text: &str) -> bool {
        text.contains("://")
    }

    /// Reads an address. The key is taken as it stands, without any escapes, as the cloud's own tools take it.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = text.split_once("://").ok_or(AddressError::Scheme)?;
        let kind = [Kind::S3, Kind::Google, Kind::Azure].into_iter().find(|kind| kind.scheme() == scheme);
        let kind = kind.ok_or(AddressError::Scheme)?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.contains('@') {
            return Err(AddressError::Credentials);
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !(3..=222).contains(&bucket.len()) || !bucket.chars().all(fits) || bucket.starts_with('.') {
            return Err(AddressError::Bucket);
        }
        if key.is_empty() || key.ends_with('/') || key.len() > 1000 || key.contains(char::is_control) {
            return Err(AddressError::Key);
        }
        let key = Path::parse(key).map_err(|_| AddressError::Key)?;
        Ok(Self { kind, bucket: bucket.to_owned(), key })
    }

    /// The kind of store.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The bucket or container.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The key of the object, or its name.
    pub fn key(&self) -> &str {
        self.key.as_ref()
    }

    /// Sixteen hexadecimal digits that stand for it, as the name of a folder.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.to_string().as_bytes());
        let first = digest.iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        format!("{first:016x}")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.key
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/{}", self.kind.scheme(), self.bucket, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_as_they_were_written() {
        for text in ["s3://bucket/sync.c1z", "gs://b.c-d_e/a/b/c.c1z", "az://con/with space & %20?#.c1z"] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
        let address = Address::parse("s3://bucket/a/b.c1z").unwrap();
        assert_eq!((address.bucket(), address.key()), ("bucket", "a/b.c1z"));
        // printf 's3://bucket/a/b.c1z' | sha256sum
        assert_eq!(address.fingerprint(), "7678f76d72bcc6ad");
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        use AddressError::{Bucket, Credentials, Key, Scheme};
        for (text, wrong) in [
            ("http://bucket/key", Scheme),
            ("S3://bucket/key", Scheme),
            ("s3:///key", Bucket),
            ("s3://b/key", Bucket),
            ("s3://buc ket/key", Bucket),
            ("s3://bucket:9000/key", Bucket),
            ("s3://id:secret@bucket/key", Credentials),
            ("s3://bucket", Key),
            ("s3://bucket/", Key),
            ("s3://bucket/folder/", Key),
            ("s3://bucket/a//b", Key),
            ("s3://bucket/a/../b", Key),
            ("s3://bucket/a\nb", Key),
        ] {
            let error = Address::parse(text).unwrap_err();
            assert_eq!(error, wrong, "{text}");
            assert!(!error.to_string().contains("secret"));
        }
    }
}
