//! Sends a file to C1 in pieces, with its checksum at the end (interop reference 7.6), and again when that fails.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::sync::Arc;
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

/// How often a file is sent, and the waits before each time.
const WAITS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(5)];

/// Sends a file.
///
/// # Errors
/// When C1 does not take it, or it cannot be read.
pub(crate) async fn upload(
    c1: &Arc<dyn C1>,
    events: &dyn Events,
    host_id: &str,
    task_id: &str,
    file: &File,
) -> Result<(), TaskError> {
    let bytes = file.metadata().map_err(|error| unreadable(&error))?.len();
    let mut last = Status::unknown("");
    for wait in WAITS {
        sleep(wait).await;
        rewind(file).map_err(|error| unreadable(&error))?;
        let file = file.try_clone().map_err(|error| unreadable(&error))?;
        let begun = Instant::now();
        let (messages, failed) = messages(host_id, task_id, file);
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
        tracing::warn!(task_id, ?code, error = status.message(), "A file could not be sent to C1.");
        last = status;
        // A refused token has been dropped by now, and the next try has a new one.
        if is_final(code) && code != Code::Unauthenticated {
            break;
        }
    }
    let message = format!("cannot send the file to C1: {}", last.message());
    Err(TaskError::retryable(last.code(), message))
}

fn unreadable(error: &io::Error) -> TaskError {
    TaskError::retryable(Code::Internal, format!("cannot read the file that is to be sent: {error}"))
}

struct Reading {
    file: File,
    checksum: Context,
    failed: oneshot::Sender<io::Error>,
}

/// The messages that make up a file. When it cannot be read they stop coming, without an end, and the error comes beside.
fn messages(
    host_id: &str,
    task_id: &str,
    file: File,
) -> (BoxStream<'static, api::BatonServiceUploadAssetRequest>, oneshot::Receiver<io::Error>) {
    let (failed, failure) = oneshot::channel();
    let metadata =
        UploadMetadata { host_id: host_id.to_owned(), task_id: task_id.to_owned(), annotations: Vec::new() };
    let first = stream::once(async { Msg::Metadata(metadata) });
    let reading = Reading { file, checksum: Context::new(&SHA256), failed };
    let rest = stream::unfold(Some(reading), |reading| async { next(reading?).await });
    let messages = first.chain(rest).map(|msg| api::BatonServiceUploadAssetRequest { msg: Some(msg) });
    (messages.boxed(), failure)
}

/// The next piece, or the end, after which there is nothing.
async fn next(mut reading: Reading) -> Option<(Msg, Option<Reading>)> {
    let read = spawn_blocking(move || {
        let piece = piece(&mut reading.file);
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

fn piece(file: &mut File) -> io::Result<Vec<u8>> {
    let mut data = Vec::with_capacity(PIECE);
    file.take(PIECE as u64).read_to_end(&mut data)?;
    Ok(data)
}

/// Sets a file back to its beginning. Clones of a handle share their place.
fn rewind(mut file: &File) -> io::Result<()> {
    file.rewind()
}
