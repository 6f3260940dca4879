//! What can go wrong with a file in an object store, in words for people. Never with a credential in it.

use std::io;
use std::path::PathBuf;

use outbound::CertificateFault;
use thiserror::Error as ThisError;

use crate::Kind;

/// Why a file in an object store cannot be opened, fetched or replaced.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// A variable is wrong or missing.
    #[error("{address} cannot be used: {what}")]
    Settings {
        /// The address.
        address: String,
        /// What is wrong.
        what: String,
        /// The kind of store.
        kind: Kind,
    },
    /// One of several variables that belong together is not set.
    #[error("{address} cannot be used: {set} is set, and {missing} is not")]
    Half {
        /// The address.
        address: String,
        /// The variable that is set.
        set: &'static str,
        /// The one that is not, or several of which one is enough.
        missing: &'static str,
    },
    /// The server's certificate is not accepted, so nothing was sent.
    #[error("{address} cannot be reached: the certificate of {host} {fault}")]
    Certificate {
        /// The address.
        address: String,
        /// The server.
        host: String,
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// The proxy on the way cannot be used.
    #[error("{address} cannot be reached: {problem}")]
    Proxy {
        /// The address.
        address: String,
        /// What is wrong with it.
        problem: outbound::ProxyProblem,
    },
    /// There are no credentials.
    #[error("there are no credentials for {address}")]
    NoCredentials {
        /// The address.
        address: String,
        /// The kind of store.
        kind: Kind,
    },
    /// The credentials are not accepted.
    #[error("the credentials for {address} are not accepted: {what}")]
    Unauthenticated {
        /// The address.
        address: String,
        /// What the store says.
        what: String,
        /// The kind of store.
        kind: Kind,
    },
    /// The credentials do not allow this.
    #[error("the credentials may not {action} {address}: {what}")]
    Denied {
        /// The address.
        address: String,
        /// What was tried: `read` or `write`.
        action: &'static str,
        /// What the store says.
        what: String,
        /// The kind of store.
        kind: Kind,
    },
    /// The bucket does not exist.
    #[error("there is no {} {bucket}", if *.kind == Kind::Azure { "container" } else { "bucket" })]
    NoBucket {
        /// The bucket.
        bucket: String,
        /// The kind of store.
        kind: Kind,
    },
    /// The bucket is in another region.
    #[error("the bucket of {address} is in another region{}", region.as_deref().map(|region| format!(": {region}")).unwrap_or_default())]
    Region {
        /// The address.
        address: String,
        /// The region, if the store says it.
        region: Option<String>,
    },
    /// Somebody else replaced the file meanwhile.
    #[error("{address} was replaced by somebody else meanwhile, and was not overwritten")]
    Conflict {
        /// The address.
        address: String,
    },
    /// The store does not write on conditions.
    #[error("the store of {address} cannot write on the condition that nobody else did: {what}")]
    Unconditional {
        /// The address.
        address: String,
        /// What it says.
        what: String,
    },
    /// The file is larger than one request may carry.
    #[error("{what} is larger than 5 GB, which is the most that one request carries")]
    TooLarge {
        /// Which file.
        what: String,
    },
    /// The store cannot be reached, or does not answer as it should. It may pass.
    #[error("the store of {address} cannot be reached: {what}")]
    Unavailable {
        /// The address.
        address: String,
        /// What happened.
        what: String,
    },
    /// The store refuses for another reason.
    #[error("the store of {address} refuses: {what}")]
    Refused {
        /// The address.
        address: String,
        /// What it says.
        what: String,
    },
    /// A local file cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl Error {
    /// Whether it may be gone the next time, without anybody doing anything.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Conflict { .. })
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Half { set, missing, .. } => {
                return Some(format!(
                    "set {missing} as well, or unset {set} where the machine itself has a role"
                ));
            }
            Self::Proxy { problem, .. } => return Some(problem.hint()),
            Self::Certificate { fault: CertificateFault::UnknownIssuer, .. } => {
                "the store, or something on the way to it, has certificates of its own; name the root certificate of who \
                 runs it, as PEM, with --ca-cert FILE or in SSL_CERT_FILE"
            }
            Self::Certificate {
                fault: CertificateFault::Expired | CertificateFault::NotYetValid, ..
            } => "check this machine's clock, and the endpoint",
            Self::Certificate { .. } => "check the endpoint, and what is on the way to it",
            Self::NoCredentials { kind, .. } => credentials(*kind),
            Self::Unauthenticated { kind: Kind::S3, .. } => {
                "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary ones, AWS_SESSION_TOKEN; they must \
                 belong together and not be expired, and the clock must be right"
            }
            Self::Unauthenticated { kind: Kind::Google, .. } => {
                "check the file that GOOGLE_APPLICATION_CREDENTIALS names, and the clock"
            }
            Self::Unauthenticated { kind: Kind::Azure, .. } => {
                "check AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, whether it is expired, and the clock"
            }
            Self::Denied { kind: Kind::S3, .. } => {
                "allow s3:GetObject and s3:PutObject on the object, and s3:ListBucket on the bucket: without that, S3 \
                 does not say that an object is not there yet"
            }
            Self::Denied { kind: Kind::Google, .. } => {
                "grant the account the role Storage Object User (roles/storage.objectUser) on the bucket"
            }
            Self::Denied { kind: Kind::Azure, .. } => {
                "grant the account the role Storage Blob Data Contributor on the container, or a SAS that may read, \
                 create and write"
            }
            Self::NoBucket { .. } => {
                "make it first, or correct the address; a wrong account or endpoint looks the same"
            }
            Self::Region { region: Some(region), .. } => return Some(format!("set AWS_REGION={region}")),
            Self::Region { region: None, .. } => "set AWS_REGION to the region of the bucket",
            Self::Conflict { .. } => {
                "let only one machine write to an address; the next run of this one goes on with what is there now"
            }
            Self::Unconditional { .. } => {
                "use a store that knows If-Match and If-None-Match on PUT; if only this machine ever writes there, \
                 AWS_CONDITIONAL_PUT=disabled does without"
            }
            Self::Settings { kind: Kind::S3, .. } => "set the AWS_ variables as for the cloud's own tools",
            Self::Settings { kind: Kind::Google, .. } => {
                "set the GOOGLE_ variables as for the cloud's own tools"
            }
            Self::Settings { kind: Kind::Azure, .. } => {
                "set AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY, or another of the ways that Azure's own tools know"
            }
            Self::Unavailable { .. } => "check the network, HTTPS_PROXY and the endpoint",
            Self::TooLarge { .. } | Self::Refused { .. } | Self::Io { .. } => return None,
        };
        Some(hint.to_owned())
    }
}

fn credentials(kind: Kind) -> &'static str {
    match kind {
        Kind::S3 => {
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is attached; profiles are not read: \
             `aws configure export-credentials --format env` prints them as variables"
        }
        Kind::Google => {
            "set GOOGLE_APPLICATION_CREDENTIALS to a file of a service account, log in with `gcloud auth \
             application-default login`, or run where a service account is attached"
        }
        Kind::Azure => {
            "set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN, or AZURE_CLIENT_ID, AZURE_TENANT_ID and \
             AZURE_CLIENT_SECRET; or run where a managed identity is attached"
        }
    }
}
