//! The rules of each request of `BatonService`.

use baton_proto::c1::connectorapi::baton::v1::baton_service_finish_task_request::FinalState;
use baton_proto::c1::connectorapi::baton::v1::baton_service_upload_asset_request::{
    UploadData, UploadEof, UploadMetadata,
};
use baton_proto::c1::connectorapi::baton::v1::{
    BatonServiceFinishTaskRequest, BatonServiceGetTaskRequest, BatonServiceGetTasksRequest,
    BatonServiceHeartbeatRequest, BatonServiceHelloRequest,
};

use super::{Check, annotations, bytes, characters, host_id, items, metadata, task_id};

const MOST_PER_PAGE: u32 = 100;
const MOST_TASKS: usize = 100;
const MOST_IN_A_PIECE: usize = 1_048_576;
const DIGEST: usize = 32;

pub(crate) fn hello(request: &BatonServiceHelloRequest) -> Check {
    host_id("host_id", &request.host_id)?;
    if !request.task_id.is_empty() {
        task_id("task_id", &request.task_id)?;
    }
    for (field, value) in build_info(request).into_iter().chain(os_info(request)) {
        characters(field, value, 0, 256)?;
    }
    let Some(metadata) = &request.connector_metadata else {
        return Err("connector_metadata: it is required".to_owned());
    };
    metadata::check(metadata)?;
    annotations("annotations", &request.annotations)
}

/// What no rule of the messages forbids, and no connector leaves out: build and operating system, every field of them.
pub(crate) fn hello_remarks(request: &BatonServiceHelloRequest) -> Vec<String> {
    let mut remarks = Vec::new();
    if request.build_info.is_none() {
        remarks.push("build_info: it is not there".to_owned());
    }
    if request.os_info.is_none() {
        remarks.push("os_info: it is not there".to_owned());
    }
    let fields = build_info(request).into_iter().chain(os_info(request));
    let empty = fields.filter(|(_, value)| value.is_empty());
    remarks.extend(empty.map(|(field, _)| format!("{field}: it is empty")));
    remarks
}

fn build_info(request: &BatonServiceHelloRequest) -> Vec<(&'static str, &str)> {
    let Some(build) = &request.build_info else { return Vec::new() };
    vec![
        ("build_info.lang_version", &build.lang_version),
        ("build_info.package", &build.package),
        ("build_info.package_version", &build.package_version),
    ]
}

fn os_info(request: &BatonServiceHelloRequest) -> Vec<(&'static str, &str)> {
    let Some(os) = &request.os_info else { return Vec::new() };
    vec![
        ("os_info.hostname", &os.hostname),
        ("os_info.os", &os.os),
        ("os_info.platform", &os.platform),
        ("os_info.platform_version", &os.platform_version),
        ("os_info.platform_family", &os.platform_family),
        ("os_info.kernel_version", &os.kernel_version),
        ("os_info.kernel_arch", &os.kernel_arch),
        ("os_info.virtualization_system", &os.virtualization_system),
    ]
}

pub(crate) fn get_task(request: &BatonServiceGetTaskRequest) -> Check {
    host_id("host_id", &request.host_id)
}

pub(crate) fn get_tasks(request: &BatonServiceGetTasksRequest) -> Check {
    host_id("host_id", &request.host_id)?;
    if !(1..=MOST_PER_PAGE).contains(&request.page_size) {
        return Err(format!("page_size: 1 to {MOST_PER_PAGE} is wanted, and it is {}", request.page_size));
    }
    for id in &request.known_task_ids {
        task_id("known_task_ids", id)?;
    }
    annotations("annotations", &request.annotations)
}

pub(crate) fn heartbeat(request: &BatonServiceHeartbeatRequest) -> Check {
    host_id("host_id", &request.host_id)?;
    task_id("task_id", &request.task_id)?;
    items("task_ids", request.task_ids.len(), MOST_TASKS)?;
    for id in &request.task_ids {
        task_id("task_ids", id)?;
    }
    annotations("annotations", &request.annotations)
}

pub(crate) fn finish_task(request: &BatonServiceFinishTaskRequest) -> Check {
    host_id("host_id", &request.host_id)?;
    task_id("task_id", &request.task_id)?;
    match &request.final_state {
        None => Err("final_state: it is required".to_owned()),
        Some(FinalState::Error(error)) => annotations("error.annotations", &error.annotations),
        Some(FinalState::Success(success)) => annotations("success.annotations", &success.annotations),
    }
}

pub(crate) fn upload_metadata(metadata: &UploadMetadata) -> Check {
    host_id("metadata.host_id", &metadata.host_id)?;
    task_id("metadata.task_id", &metadata.task_id)?;
    annotations("metadata.annotations", &metadata.annotations)
}

pub(crate) fn upload_data(data: &UploadData) -> Check {
    bytes("data.data", data.data.len(), 1, MOST_IN_A_PIECE)
}

pub(crate) fn upload_eof(eof: &UploadEof) -> Check {
    bytes("eof.sha256_checksum", eof.sha256_checksum.len(), DIGEST, DIGEST)?;
    annotations("eof.annotations", &eof.annotations)
}
