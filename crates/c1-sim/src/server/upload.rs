//! `UploadAsset`: metadata, then data, then the end with the digest of all data.

use aws_lc_rs::digest::{SHA256, digest};
use baton_proto::c1::connectorapi::baton::v1::baton_service_upload_asset_request::{
    Msg, UploadEof, UploadMetadata,
};
use baton_proto::c1::connectorapi::baton::v1::{
    BatonServiceUploadAssetRequest, BatonServiceUploadAssetResponse,
};
use tonic::{Status, Streaming};

use super::route::{Mark, Shared};
use super::service::Call;
use crate::fault::Endpoint;
use crate::rules;
use crate::state::{Standing, Upload};

pub(super) async fn take(
    shared: &Shared,
    mark: Mark,
    mut stream: Streaming<BatonServiceUploadAssetRequest>,
) -> Result<BatonServiceUploadAssetResponse, Status> {
    let mut call = Call { shared, endpoint: Endpoint::UploadAsset, mark, host: String::new() };
    let metadata = begin(&mut call, &mut stream).await?;
    let at_ms = shared.memory.at_ms();
    let place = {
        let mut state = shared.memory.lock();
        state.seen.uploads.push(Upload {
            at_ms,
            host: metadata.host_id.clone(),
            task: metadata.task_id.clone(),
            pieces: Vec::new(),
            complete: false,
            failure: Some("the stream is not at its end".to_owned()),
            content: bytes::Bytes::new(),
        });
        state.seen.uploads.len() - 1
    };
    let mut kept = Kept { shared, place, content: Vec::new() };
    let result = read(&call, &mut stream, &metadata, &mut kept).await;
    let mut state = shared.memory.lock();
    let upload = &mut state.seen.uploads[place];
    upload.complete = result.is_ok();
    upload.failure = result.as_ref().err().map(Status::to_string);
    drop(state);
    result.map(|()| BatonServiceUploadAssetResponse::default())
}

/// What has come of an upload. It is kept even when the connection goes away in the middle and the call is dropped.
struct Kept<'a> {
    shared: &'a Shared,
    place: usize,
    content: Vec<u8>,
}

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        let content = std::mem::take(&mut self.content).into();
        self.shared.memory.lock().seen.uploads[self.place].content = content;
    }
}

async fn begin(
    call: &mut Call<'_>,
    stream: &mut Streaming<BatonServiceUploadAssetRequest>,
) -> Result<UploadMetadata, Status> {
    let Some(first) = stream.message().await? else {
        call.check(Err("msg: the stream is empty".to_owned()))?;
        return Err(Status::invalid_argument("the stream is empty"));
    };
    let metadata = match first.msg {
        Some(Msg::Metadata(metadata)) => metadata,
        Some(Msg::Data(_) | Msg::Eof(_)) => return Err(wrong(call, "msg: metadata has to come first")),
        None => return Err(wrong(call, "msg: it is required")),
    };
    call.host.clone_from(&metadata.host_id);
    call.shared.understood(call.mark, &metadata.host_id, &metadata.task_id);
    call.check(rules::upload_metadata(&metadata))?;
    let state = call.shared.memory.lock();
    let standing = state.queue.standing(&metadata.task_id, &metadata.host_id);
    let cancelled = state.queue.is_cancelled(&metadata.task_id);
    drop(state);
    if standing != Standing::Held {
        return Err(call.refuse(&metadata.task_id, standing));
    }
    if cancelled {
        call.remark("metadata.task_id: the task was cancelled");
    }
    Ok(metadata)
}

async fn read(
    call: &Call<'_>,
    stream: &mut Streaming<BatonServiceUploadAssetRequest>,
    metadata: &UploadMetadata,
    kept: &mut Kept<'_>,
) -> Result<(), Status> {
    loop {
        let Some(message) = stream.message().await? else {
            return Err(wrong(call, "msg: the stream ends without its end being said"));
        };
        match message.msg {
            None => return Err(wrong(call, "msg: it is required")),
            Some(Msg::Metadata(_)) => return Err(wrong(call, "msg: metadata comes once")),
            Some(Msg::Data(data)) => {
                call.check(rules::upload_data(&data))?;
                kept.content.extend_from_slice(&data.data);
                let at_ms = call.shared.memory.at_ms();
                let mut state = call.shared.memory.lock();
                state.queue.touch(&metadata.task_id, &metadata.host_id, at_ms);
                state.seen.uploads[kept.place].pieces.push(data.data.len());
            }
            Some(Msg::Eof(eof)) => {
                end(call, &eof, &kept.content)?;
                if stream.message().await?.is_some() {
                    return Err(wrong(call, "msg: there is something after the end"));
                }
                return Ok(());
            }
        }
    }
}

fn end(call: &Call<'_>, eof: &UploadEof, content: &[u8]) -> Result<(), Status> {
    call.check(rules::upload_eof(eof))?;
    if digest(&SHA256, content).as_ref() != eof.sha256_checksum {
        return Err(wrong(call, "eof.sha256_checksum: it is not that of the data"));
    }
    Ok(())
}

/// A breach that is refused.
fn wrong(call: &Call<'_>, what: &str) -> Status {
    call.shared.memory.violated(call.endpoint, &call.host, what, true);
    Status::invalid_argument(what)
}
