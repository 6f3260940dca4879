//! Requests that break no rule.

use baton_proto::c1::connector::v2::ConnectorMetadata;
use baton_proto::c1::connectorapi::baton::v1::baton_service_finish_task_request::{
    Error, FinalState, Success,
};
use baton_proto::c1::connectorapi::baton::v1::baton_service_hello_request::{BuildInfo, OsInfo};
use baton_proto::c1::connectorapi::baton::v1::baton_service_upload_asset_request::{
    Msg, UploadData, UploadEof, UploadMetadata,
};
use baton_proto::c1::connectorapi::baton::v1::{
    BatonServiceFinishTaskRequest, BatonServiceGetTaskRequest, BatonServiceGetTasksRequest,
    BatonServiceHeartbeatRequest, BatonServiceHelloRequest, BatonServiceUploadAssetRequest,
};
use baton_proto::google::rpc::Status;

pub(crate) const HOST: &str = "host-1";
/// An id of the right form that belongs to no task.
pub(crate) const NO_TASK: &str = "0123456789abcdefghijklmnopq";

pub(crate) fn hello(task: &str) -> BatonServiceHelloRequest {
    let text = || "something".to_owned();
    BatonServiceHelloRequest {
        host_id: HOST.to_owned(),
        task_id: task.to_owned(),
        build_info: Some(BuildInfo { lang_version: text(), package: text(), package_version: text() }),
        os_info: Some(OsInfo {
            hostname: text(),
            os: text(),
            platform: text(),
            platform_version: text(),
            platform_family: text(),
            kernel_version: text(),
            kernel_arch: text(),
            virtualization_system: text(),
        }),
        connector_metadata: Some(ConnectorMetadata { display_name: text(), ..ConnectorMetadata::default() }),
        annotations: Vec::new(),
    }
}

pub(crate) fn get_task(host: &str) -> BatonServiceGetTaskRequest {
    BatonServiceGetTaskRequest { host_id: host.to_owned() }
}

pub(crate) fn get_tasks(page_size: u32) -> BatonServiceGetTasksRequest {
    BatonServiceGetTasksRequest {
        host_id: HOST.to_owned(),
        page_size,
        known_task_ids: Vec::new(),
        annotations: Vec::new(),
    }
}

pub(crate) fn heartbeat(host: &str, task: &str) -> BatonServiceHeartbeatRequest {
    BatonServiceHeartbeatRequest {
        host_id: host.to_owned(),
        task_id: task.to_owned(),
        ..BatonServiceHeartbeatRequest::default()
    }
}

pub(crate) fn success(host: &str, task: &str) -> BatonServiceFinishTaskRequest {
    BatonServiceFinishTaskRequest {
        host_id: host.to_owned(),
        task_id: task.to_owned(),
        status: None,
        final_state: Some(FinalState::Success(Success::default())),
    }
}

pub(crate) fn error(host: &str, task: &str, code: i32, message: &str) -> BatonServiceFinishTaskRequest {
    BatonServiceFinishTaskRequest {
        host_id: host.to_owned(),
        task_id: task.to_owned(),
        status: Some(Status { code, message: message.to_owned(), details: Vec::new() }),
        final_state: Some(FinalState::Error(Error { non_retryable: true, ..Error::default() })),
    }
}

pub(crate) fn metadata(task: &str) -> BatonServiceUploadAssetRequest {
    let metadata =
        UploadMetadata { host_id: HOST.to_owned(), task_id: task.to_owned(), annotations: Vec::new() };
    BatonServiceUploadAssetRequest { msg: Some(Msg::Metadata(metadata)) }
}

pub(crate) fn data(data: &[u8]) -> BatonServiceUploadAssetRequest {
    BatonServiceUploadAssetRequest { msg: Some(Msg::Data(UploadData { data: data.to_vec() })) }
}

pub(crate) fn eof(sha256_checksum: &[u8]) -> BatonServiceUploadAssetRequest {
    let eof = UploadEof { sha256_checksum: sha256_checksum.to_vec(), annotations: Vec::new() };
    BatonServiceUploadAssetRequest { msg: Some(Msg::Eof(eof)) }
}

/// The end of an upload of this content.
pub(crate) fn eof_of(content: &[u8]) -> BatonServiceUploadAssetRequest {
    eof(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content).as_ref())
}
