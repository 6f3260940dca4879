//! Sends a file to C1 in pieces, with its checksum at the end (interop reference 7.6), and again when that fails.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use baton_proto::c1::connectorapi::baton::v1 as api;
use baton_proto::c1::connectorapi::baton::v1::baton_service_upload_asset_request::{
    Msg, UploadData, UploadEof, UploadMetadata,
};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};
use tonic::{Code, Status};

use crate::c1::C1;
use crate::error::{TaskError, is_final};
use crate::events::{Event, Events};

/// What a piece holds; C1 takes up to twice as much.
const PIECE: usize = 512 * 1024;

/// How long a file is sent again and again while C1 is away, and the first and the longest wait between two tries.
const PATIENCE: Duration = Duration::from_secs(600);
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// So many tries are refused for their token before it is believed: each has a new one.
const REFUSALS: u32 = 3;

/// A file that is sent.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    /// Shared with a read of an earlier try that may still be under way: every read says where.
    file: Arc<Mutex<File>>,
    bytes: u64,
}

impl Asset {
    pub(crate) fn new(file: File) -> io::Result<Self> {
        let bytes = file.metadata()?.len();
        Ok(Self { file: Arc::new(Mutex::new(file)), bytes })
    }

    /// The piece that begins there.
    fn piece(&self, at: u64) -> io::Result<Vec<u8>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        let mut data = Vec::with_capacity(PIECE);
        Read::by_ref(&mut *file).take(PIECE as u64).read_to_end(&mut data)?;
        Ok(data)
    }
}

/// Sends a file.
///
/// # Errors
/// When C1 does not take it, or it cannot be read.
pub(crate) async fn upload(
    c1: &Arc<dyn C1>,
    events: &dyn Events,
    host_id: &str,
    task_id: &str,
    asset: &Asset,
) -> Result<(), TaskError> {
    let bytes = asset.bytes;
    let deadline = Instant::now() + PATIENCE;
    let (mut wait, mut refusals) = (FIRST_WAIT, 0);
    loop {
        let begun = Instant::now();
        let (messages, failed) = messages(host_id, task_id, asset.clone());
        let outcome = tokio::select! {
            outcome = c1.upload_asset(messages) => outcome,
            // Dropping the call tells C1 that the rest does not come.
            Ok(error) = failed => return Err(unreadable(&error)),
        };
        let code = outcome.as_ref().err().map_or(Code::Ok, Status::code);
        events.event(&Event::Upload { code, bytes, took: begun.elapsed() });
        let Err(status) = outcome else {
            tracing::info!(task_id, bytes, "A file was sent to C1.");
            return Ok(());
        };
        refusals += u32::from(code == Code::Unauthenticated);
        // A refused token has been dropped by now, and the next try has a new one.
        let lasts = if code == Code::Unauthenticated { refusals >= REFUSALS } else { is_final(code) };
        if lasts || Instant::now() + wait > deadline {
            let message = format!("cannot send the file to C1: {}", status.message());
            return Err(TaskError::retryable(code, message));
        }
        let seconds = wait.as_secs();
        tracing::warn!(
            task_id,
            ?code,
            error = status.message(),
            again_in_seconds = seconds,
            "A file could not be sent to C1."
        );
        sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

fn unreadable(error: &io::Error) -> TaskError {
    TaskError::retryable(Code::Internal, format!("cannot read the file that is to be sent: {error}"))
}

struct Reading {
    asset: Asset,
    at: u64,
    checksum: Context,
    failed: oneshot::Sender<io::Error>,
}

/// The messages that make up a file. When it cannot be read they stop coming, without an end, and the error comes beside.
fn messages(
    host_id: &str,
    task_id: &str,
    asset: Asset,
) -> (BoxStream<'static, api::BatonServiceUploadAssetRequest>, oneshot::Receiver<io::Error>) {
    let (failed, failure) = oneshot::channel();
    let metadata =
        UploadMetadata { host_id: host_id.to_owned(), task_id: task_id.to_owned(), annotations: Vec::new() };
    let first = stream::once(async { Msg::Metadata(metadata) });
    let reading = Reading { asset, at: 0, checksum: Context::new(&SHA256), failed };
    let rest = stream::unfold(Some(reading), |reading| async { next(reading?).await });
    let messages = first.chain(rest).map(|msg| api::BatonServiceUploadAssetRequest { msg: Some(msg) });
    (messages.boxed(), failure)
}

/// The next piece, or the end, after which there is nothing.
async fn next(mut reading: Reading) -> Option<(Msg, Option<Reading>)> {
    let read = spawn_blocking(move || {
        let piece = reading.asset.piece(reading.at);
        reading.at += piece.as_ref().map_or(0, Vec::len) as u64;
        (reading, piece)
    });
    let Ok((mut reading, piece)) = read.await else {
        // The runtime is going down, and the call with it.
        return std::future::pending().await;
    };
    match piece {
        Ok(data) if data.is_empty() => {
            let sha256_checksum = reading.checksum.finish().as_ref().to_vec();
            Some((Msg::Eof(UploadEof { sha256_checksum, annotations: Vec::new() }), None))
        }
        Ok(data) => {
            reading.checksum.update(&data);
            Some((Msg::Data(UploadData { data }), Some(reading)))
        }
        Err(error) => {
            // Nobody listens when the call has ended already.
            let _ = reading.failed.send(error);
            std::future::pending().await
        }
    }
}
