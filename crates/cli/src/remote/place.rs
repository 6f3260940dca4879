//! Where a sync is made: at the output, or at a place on this disk from which the sealed file is sent to the output's address.
//!
//! That place is kept for the address, so that a sync that was cut off goes on there. Only what is unfinished stays in it: the
//! file that was fetched, and the one that was sealed, go with the run. Two runs on one machine are kept apart by the lock, as
//! for any output; two machines by the store, which takes a file only in place of the one that was fetched.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use remote_file::RemoteFile;
use sync_engine::{C1zStores, Stop};

use super::errors::StoppedSending;
use super::{STORES, address, failure, local, open, wait, ways};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::platform;
use crate::service::USUAL_DATA_DIR;

/// Where a sync is made.
#[derive(Debug)]
pub(crate) struct Place {
    shown: String,
    local: PathBuf,
    remote: Option<Arc<RemoteFile>>,
    made: Option<Arc<Made>>,
}

/// A locked place, and what stands there until this is dropped.
#[derive(Debug)]
pub(crate) struct Station {
    /// Goes first, because that is the order of the fields: still under the lock.
    _passing: Option<Passing>,
    pub(crate) stores: C1zStores,
    /// Goes last: without the lock, whose file stands in it.
    _made: Option<Arc<Made>>,
}

/// The folder that stands for an address. It goes with the last who uses it, unless something is left in it.
#[derive(Debug)]
struct Made(PathBuf);

impl Made {
    fn make(&self) -> io::Result<()> {
        platform::make_private_folder(&self.0)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // Only what is empty can be removed like this. Of what the user named, nothing is.
        let ours = |folder: &&Path| {
            folder
                .parent()
                .is_some_and(|above| above == ways().data_dir || above == ways().data_dir.join(STORES))
                || *folder == Path::new(USUAL_DATA_DIR)
        };
        for folder in self.0.ancestors().take_while(ours) {
            if std::fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
}

/// A file that does not stay on this disk.
#[derive(Debug)]
struct Passing(PathBuf);

impl Place {
    /// The place of an output. A folder is made for an address, and nothing is sent yet.
    pub(crate) fn of(file: &Path) -> Result<Self, Failure> {
        let (shown, local) = (file.to_string_lossy().into_owned(), local(file));
        let Some(address) = address(file)? else {
            return Ok(Self { shown, local, remote: None, made: None });
        };
        let remote = Some(Arc::new(open(address)?));
        let folder = local.parent().unwrap_or(Path::new("."));
        let made = Made(folder.to_owned());
        made.make().map_err(|error| {
            let message = format!("cannot make the folder {} to work in: {error}", folder.display());
            Failure::new(Exit::FailedPrecondition, message).with_hint("name another one with --data-dir")
        })?;
        // As everything that speaks of it calls it.
        Ok(Self { shown, local: c1z::atomic::resolved(&local), remote, made: Some(Arc::new(made)) })
    }

    /// Makes the folder for an address again, which another run may have removed when it was done. Where that fails, so will
    /// what is done there, and say why.
    pub(crate) fn renew(&self) {
        if let Some(Err(error)) = self.made.as_ref().map(|made| made.make()) {
            tracing::debug!(%error, "The folder to work in cannot be made again.");
        }
    }

    /// The path on this disk.
    pub(crate) fn local(&self) -> &Path {
        &self.local
    }

    /// Where the file is wanted, if not on this disk.
    pub(crate) fn remote(&self) -> Option<&RemoteFile> {
        self.remote.as_deref()
    }

    /// Lets a failure speak of the output as the user named it.
    pub(crate) fn name(&self, failure: Failure) -> Failure {
        match self.remote {
            Some(_) => failure.naming(&self.shown, &self.local.to_string_lossy()),
            None => failure,
        }
    }

    /// Makes a locked place ready: for an address it is made sure that it can be written, what stands there is fetched, and the
    /// sealed file will be sent. Nobody else has been asked anything by then.
    pub(crate) async fn station(&self, stores: C1zStores, stop: &Stop) -> Result<Station, Failure> {
        let made = self.made.clone();
        let Some(remote) = self.remote.clone() else {
            return Ok(Station { _passing: None, stores, _made: made });
        };
        let passing = Some(Passing(self.local.clone()));
        let ready = async {
            remote.check().await?;
            remote.fetch(&self.local).await
        };
        let mut asked = stop.clone();
        let version = tokio::select! {
            biased;
            () = asked.asked() => {
                return Err(Failure::new(Exit::Resumable, "stopped before the beginning"));
            }
            version = ready => version.map_err(|error| failure(&error))?,
        };
        let stop = stop.clone();
        let stores = stores.delivering(Arc::new(move |sealed: &Path| {
            let mut stop = stop.clone();
            wait(async {
                tokio::select! {
                    biased;
                    () = stop.asked() => Err(StoppedSending.into()),
                    sent = remote.put(sealed, version.as_ref()) => sent.map(drop).map_err(Into::into),
                }
            })
        }));
        Ok(Station { _passing: passing, stores, _made: made })
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        match std::fs::remove_file(&self.0) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, path = %self.0.display(), "A copy of the file stays on this disk.");
            }
            _ => {}
        }
    }
}
