//! Files in object stores, wherever a path may be named: `s3://BUCKET/KEY`, `gs://…`, `az://…`.
//!
//! What only reads such a file fetches it into a temporary folder first. What writes one works on this disk, in
//! [`Place`], and sends the sealed file when it is done.
//!
//! Variables, certificates and the folder for unfinished syncs are of the whole process, as its environment is; so they are
//! set once, by [`begin`].

mod errors;
mod fetched;
mod place;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use remote_file::{Address, RemoteFile, Settings, Version};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::args::SyncArgs;
use crate::config::ROOTS_HINT;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::service::{ServiceArgs, data_dir};

pub(crate) use errors::{failure, undelivered};
pub(crate) use fetched::{Fetched, fetch};
pub(crate) use place::{Place, Station};

/// What the command line says about all object stores.
#[derive(Debug, Default)]
struct Ways {
    data_dir: PathBuf,
    ca_cert: Option<PathBuf>,
}

/// The folder in `--data-dir` that holds what stands for addresses.
const STORES: &str = "object-stores";

static WAYS: OnceLock<Ways> = OnceLock::new();

/// Takes what the command line says. A second call changes nothing.
pub(crate) fn begin(service: &ServiceArgs, sync: &SyncArgs) {
    let ways = Ways { data_dir: data_dir(service), ca_cert: sync.ca_cert.clone() };
    if WAYS.set(ways).is_err() {
        tracing::debug!("The ways to object stores were set before.");
    }
}

fn ways() -> &'static Ways {
    WAYS.get_or_init(Ways::default)
}

/// What may be named.
pub(crate) const ADDRESS_HINT: &str =
    "name a path, or s3://BUCKET/KEY, gs://BUCKET/KEY or az://CONTAINER/KEY";

/// The address that a file is named by; `None` when it is a path.
///
/// # Errors
/// When it is meant as an address and is none.
pub(crate) fn address(file: &Path) -> Result<Option<Address>, Failure> {
    if !is_meant_by(file) {
        return Ok(None);
    }
    let address = Address::parse(&file.to_string_lossy());
    address
        .map(Some)
        .map_err(|error| Failure::new(Exit::InvalidArgument, error.to_string()).with_hint(ADDRESS_HINT))
}

/// Whether a file is named by an address, right or wrong.
pub(crate) fn is_meant_by(file: &Path) -> bool {
    Address::is_meant_by(&file.to_string_lossy())
}

/// Where a sync for a file is worked on: at its path, or at the place on this disk that stands for its address.
pub(crate) fn local(file: &Path) -> PathBuf {
    match address(file) {
        Ok(Some(address)) => ways().data_dir.join(STORES).join(address.fingerprint()).join("sync.c1z"),
        _ => file.to_owned(),
    }
}

/// Makes ready to talk to a store, with the environment's variables. Nothing is sent yet.
fn open(address: Address) -> Result<RemoteFile, Failure> {
    let mut settings = Settings::new(variables());
    if let Some(path) = &ways().ca_cert {
        let roots = std::fs::read(path).map_err(|error| {
            let message = format!("errors found:\nfield ca-cert: cannot read {}: {error}", path.display());
            Failure::new(Exit::InvalidArgument, message).with_hint(ROOTS_HINT)
        })?;
        settings = settings.extra_ca_certificates(roots);
    }
    RemoteFile::new(address, &settings).map_err(|error| failure(&error))
}

/// The environment, without what is no text.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Which version stands at an address; `None` when nothing does.
pub(crate) async fn version(address: Address) -> Result<Option<Version>, Failure> {
    open(address)?.version().await.map_err(|error| failure(&error))
}

/// Waits for an answer where nothing else can go on without it.
pub(crate) fn wait<T>(answer: impl Future<Output = T>) -> T {
    block_in_place(|| Handle::current().block_on(answer))
}
