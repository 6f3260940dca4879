//! The file itself: checked, fetched, replaced.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use bytes::Bytes;
use futures_util::StreamExt;
use object_store::{GetResult, ObjectMeta, ObjectStoreExt, PutMode, PutOptions, PutPayload, UpdateVersion};

use crate::http::{self, SILENCE};
use crate::open::{self, Store};
use crate::seen::{Answer, Failure, Seen, What};
use crate::{Address, Error, Kind, Settings};

/// The most that one request carries: S3's limit, and no c1z of a workspace comes near it.
const MOST: u64 = 5_000_000_000;

/// So much of a file is read at a time.
const PIECE: usize = 1 << 20;

/// How often an upload that was cut off, and of which nothing arrived, is tried.
const ATTEMPTS: u32 = 3;

/// What stood at an address, to be recognised again: the store's entity tag or generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(UpdateVersion);

impl Version {
    fn of(meta: &ObjectMeta) -> Self {
        Self(UpdateVersion { e_tag: meta.e_tag.clone(), version: meta.version.clone() })
    }
}

/// One file in an object store.
pub struct RemoteFile {
    address: Address,
    store: Store,
    seen: Seen,
    /// Whether the user says that the store writes without conditions.
    unconditional: bool,
}

impl RemoteFile {
    /// Makes ready to talk to the store. Nothing is sent yet.
    ///
    /// # Errors
    /// When a variable is wrong, or it is clear already that there are no credentials.
    pub fn new(address: Address, settings: &Settings) -> Result<Self, Error> {
        let seen = Seen::default();
        let store = open::open(&address, settings, seen.clone())?;
        let put = settings.get("AWS_CONDITIONAL_PUT").unwrap_or_default();
        let unconditional = address.kind() == Kind::S3 && put.trim().eq_ignore_ascii_case("disabled");
        Ok(Self { address, store, seen, unconditional })
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What stands there now; `None` when nothing does.
    ///
    /// # Errors
    /// When the store cannot be reached, or does not let us look.
    pub async fn version(&self) -> Result<Option<Version>, Error> {
        self.seen.take();
        match self.store.objects.head(self.address.path()).await {
            Ok(meta) => Ok(Some(Version::of(&meta))),
            // A refusal of HEAD has no body, so that what is missing, key or bucket, is told by GET alone.
            Err(_) => Ok(self.get().await?.map(|found| Version::of(&found.meta))),
        }
    }

    /// Whether the file could be written. Begins an upload and takes it back: that needs the right to write this very key,
    /// and shows nothing to anybody.
    ///
    /// # Errors
    /// When it could not.
    pub async fn check(&self) -> Result<(), Error> {
        self.seen.take();
        let (uploads, path) = (&self.store.uploads, self.address.path());
        let begun = async {
            let id = uploads.create_multipart(path).await?;
            if self.address.kind() == Kind::Azure {
                // An upload begins with its first block there; one that is never committed is nothing to any reader.
                uploads.put_part(path, &id, 0, PutPayload::from_static(b"-")).await?;
            }
            Ok(id)
        };
        let id = begun.await.map_err(|error| self.error("write", &error))?;
        if let Err(error) = uploads.abort_multipart(path, &id).await {
            let error = self.error("write", &error);
            tracing::warn!(%error, "An upload that holds nothing stays begun; a lifecycle rule of the bucket removes it.");
        }
        Ok(())
    }

    /// Fetches the file, readable by its owner alone, and says which version it was; `None`, and no file, when nothing stands
    /// there.
    ///
    /// # Errors
    /// When the store does not give it whole, or it cannot be written.
    pub async fn fetch(&self, to: &Path) -> Result<Option<Version>, Error> {
        self.seen.take();
        let failed = |action, path: &Path| {
            let path = path.to_owned();
            move |source: io::Error| Error::Io { action, path, source }
        };
        match std::fs::remove_file(to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("remove", to)(error)),
            _ => {}
        }
        let Some(found) = self.get().await? else { return Ok(None) };
        let (version, size) = (Version::of(&found.meta), found.meta.size);
        if size > MOST {
            return Err(Error::TooLarge { what: self.address.to_string() });
        }
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed("write in", folder))?;
        let mut got = 0;
        let mut stream = found.into_stream();
        while let Some(piece) = self.next(&mut stream).await? {
            got += piece.len() as u64;
            file.write_all(&piece).map_err(failed("write", to))?;
        }
        if got != size {
            return Err(self.unavailable(format!("{got} bytes of {size} came")));
        }
        file.persist(to).map_err(|error| failed("write", to)(error.error))?;
        Ok(Some(version))
    }

    /// Replaces the file with a local one, whole or not at all, if what stands there still is `expected` (`None`: nothing).
    ///
    /// An upload whose end was not heard of is looked for: if the same bytes stand there, it arrived.
    ///
    /// # Errors
    /// [`Error::Conflict`] when something else stands there; or when the store cannot be reached or refuses.
    pub async fn put(&self, from: &Path, expected: Option<&Version>) -> Result<Version, Error> {
        let payload = read(from)?;
        let mut attempt = 1;
        loop {
            match self.try_put(payload.clone(), expected).await {
                Ok(version) => return Ok(version),
                Err(error @ (Error::Conflict { .. } | Error::Unavailable { .. })) => {
                    // Whoever does not answer now cannot be asked what arrived either.
                    let Ok(now) = self.version().await else { return Err(error) };
                    if let Some(version) = now.as_ref().filter(|now| Some(*now) != expected)
                        && self.holds(&payload).await?
                    {
                        return Ok(version.clone());
                    }
                    if now.as_ref() != expected {
                        return Err(Error::Conflict { address: self.address.to_string() });
                    }
                    if attempt == ATTEMPTS || matches!(error, Error::Conflict { .. }) {
                        return Err(error);
                    }
                    tracing::warn!(%error, "The upload was cut off and is begun again.");
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn try_put(&self, payload: PutPayload, expected: Option<&Version>) -> Result<Version, Error> {
        if self.version().await?.as_ref() != expected {
            return Err(Error::Conflict { address: self.address.to_string() });
        }
        self.seen.take();
        let mode = match expected {
            _ if self.unconditional => PutMode::Overwrite,
            None => PutMode::Create,
            Some(version) => PutMode::Update(version.0.clone()),
        };
        let put = self.store.objects.put_opts(self.address.path(), payload, PutOptions::from(mode)).await;
        match put {
            Ok(done) => Ok(Version(UpdateVersion { e_tag: done.e_tag, version: done.version })),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                Err(Error::Conflict { address: self.address.to_string() })
            }
            Err(error) => Err(self.error("write", &error)),
        }
    }

    /// Whether exactly these bytes stand there.
    async fn holds(&self, payload: &PutPayload) -> Result<bool, Error> {
        let Some(found) = self.get().await? else { return Ok(false) };
        if found.meta.size != payload.content_length() as u64 {
            return Ok(false);
        }
        let mut ours = payload.iter().flat_map(|piece| piece.iter());
        let mut stream = found.into_stream();
        while let Some(piece) = self.next(&mut stream).await? {
            if !piece.iter().all(|byte| ours.next() == Some(byte)) {
                return Ok(false);
            }
        }
        Ok(ours.next().is_none())
    }

    /// Begins to read; `None` when the bucket is there and the object is not.
    async fn get(&self) -> Result<Option<GetResult>, Error> {
        match self.store.objects.get(self.address.path()).await {
            Ok(found) => Ok(Some(found)),
            Err(error @ object_store::Error::NotFound { .. }) => {
                let error = self.error("read", &error);
                if matches!(error, Error::NoBucket { .. }) { Err(error) } else { Ok(None) }
            }
            Err(error) => Err(self.error("read", &error)),
        }
    }

    async fn next(
        &self,
        stream: &mut (impl futures_util::Stream<Item = object_store::Result<Bytes>> + Unpin),
    ) -> Result<Option<Bytes>, Error> {
        match tokio::time::timeout(SILENCE, stream.next()).await {
            Ok(piece) => piece.transpose().map_err(|error| self.error("read", &error)),
            Err(_) => Err(self.unavailable(format!("nothing came for {} seconds", SILENCE.as_secs()))),
        }
    }

    fn unavailable(&self, what: String) -> Error {
        Error::Unavailable { address: self.address.to_string(), what }
    }

    /// What a failure means: by what was seen on the wire, because that is more than what `object_store` passes on.
    fn error(&self, action: &'static str, error: &object_store::Error) -> Error {
        let kind = self.address.kind();
        let address = self.address.to_string();
        match self.seen.take() {
            Some(Failure { host, .. }) if http::is_metadata(&host) => Error::NoCredentials { address, kind },
            Some(Failure { host, what: What::Plain }) => {
                let what = format!(
                    "its endpoint {host} is not encrypted; begin it with https://, or set {}_ALLOW_HTTP=true where \
                     nobody can listen",
                    open::prefix(kind)
                );
                Error::Settings { address, what, kind }
            }
            Some(Failure { host, what: What::Certificate(fault) }) => {
                Error::Certificate { address, host, fault }
            }
            Some(Failure { what: What::Proxy(problem), .. }) => Error::Proxy { address, problem },
            Some(Failure { host, what: What::Silence(what) }) => self.unavailable(format!("{host}: {what}")),
            Some(Failure { host, what: What::Answer(answer) }) if self.gives_credentials(&host) => {
                Error::Unauthenticated { address, what: format!("{host} answers {}", said(&answer)), kind }
            }
            Some(Failure { what: What::Answer(answer), .. }) => self.refusal(action, answer),
            // Not on the wire: a file of credentials, an answer that cannot be read.
            None => Error::Refused { address, what: open::message(error) },
        }
    }

    /// Whether a host gives credentials rather than objects.
    fn gives_credentials(&self, host: &str) -> bool {
        match self.address.kind() {
            Kind::S3 => host.starts_with("sts."),
            Kind::Google => host.starts_with("oauth2.") || host.starts_with("accounts."),
            Kind::Azure => host.starts_with("login."),
        }
    }

    fn refusal(&self, action: &'static str, answer: Answer) -> Error {
        let (kind, address) = (self.address.kind(), self.address.to_string());
        let what = said(&answer);
        match (answer.status, answer.code.as_deref().unwrap_or_default()) {
            (404, "NoSuchBucket" | "ContainerNotFound") => {
                Error::NoBucket { bucket: self.address.bucket().to_owned(), kind }
            }
            (301 | 307, _) | (400, "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException") => {
                Error::Region { address, region: answer.region }
            }
            (401, _)
            | (
                400 | 403,
                "InvalidAccessKeyId"
                | "SignatureDoesNotMatch"
                | "ExpiredToken"
                | "InvalidToken"
                | "TokenRefreshRequired"
                | "RequestTimeTooSkewed"
                | "AuthenticationFailed",
            ) => Error::Unauthenticated { address, what, kind },
            (403, code) => {
                // Says which permission is missing; other messages may repeat what was signed.
                let message = answer.message.filter(|_| code == "AccessDenied" || code == "Forbidden");
                let what = message.map_or(what.clone(), |message| format!("{what} ({message})"));
                Error::Denied { address, action, what, kind }
            }
            (501, _) => Error::Unconditional { address, what },
            (408 | 429 | 500.., _) => self.unavailable(format!("it answers {what}")),
            _ => Error::Refused { address, what },
        }
    }
}

/// Status and code of an answer.
fn said(answer: &Answer) -> String {
    let code = answer.code.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
    format!("{}{code}", answer.status)
}

/// Reads a file into pieces that can be sent more than once.
fn read(path: &Path) -> Result<PutPayload, Error> {
    let failed = |source| Error::Io { action: "read", path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.len() > MOST {
        return Err(Error::TooLarge { what: path.display().to_string() });
    }
    let mut pieces = Vec::new();
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let got = (&mut file).take(PIECE as u64).read_to_end(&mut piece).map_err(failed)?;
        if got == 0 {
            return Ok(pieces.into_iter().collect());
        }
        pieces.push(Bytes::from(piece));
    }
}

impl std::fmt::Debug for RemoteFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteFile").field("address", &self.address).finish_non_exhaustive()
    }
}
