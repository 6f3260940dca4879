//! One message of each kind, and of each part of service mode, byte by byte, written by hand from the field tables (interop reference, appendix A).
//!
//! Each segment is one field: its tag (`number << 3 | wire type`), the length where there is one, the contents.

use std::collections::BTreeMap;

use baton_proto::c1::connectorapi::baton::v1::baton_service_finish_task_request::{Error, FinalState};
use baton_proto::c1::connectorapi::baton::v1::baton_service_upload_asset_request::{Msg, UploadEof};
use baton_proto::c1::connectorapi::baton::v1::task::{SyncFullTask, TaskType};
use baton_proto::c1::connectorapi::baton::v1::{
    BatonServiceFinishTaskRequest, BatonServiceUploadAssetRequest, Task,
};
use baton_proto::google::rpc;
use baton_proto::{entitlement_to_proto, grant_to_proto, resource_to_proto, resource_type_to_proto};
use governance_model::{
    AccountType, Email, Entitlement, EntitlementId, Expandable, Grant, Profile, Purpose, Resource,
    ResourceId, ResourceTrait, ResourceType, ResourceTypeId, State, Status, StructuredName, Timestamp,
    TraitKind, UserTrait, Value,
};
use prost::Message as _;

const USER: ResourceTypeId = ResourceTypeId::from_static("user");
const GROUP: ResourceTypeId = ResourceTypeId::from_static("group");

fn time(seconds: i64, nanos: i32) -> Timestamp {
    Timestamp::new(seconds, nanos).expect("in range")
}

#[track_caller]
fn assert_bytes(found: &[u8], expected: &[&[u8]]) {
    let expected = expected.concat();
    assert_eq!(found.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

#[test]
fn resource_type() {
    let model = ResourceType {
        id: USER,
        display_name: "User".to_owned(),
        description: "An account".to_owned(),
        traits: vec![TraitKind::User, TraitKind::Other(12)],
        skip_entitlements_and_grants: true,
        annotations: Vec::new(),
    };
    assert_bytes(
        &resource_type_to_proto(&model).encode_to_vec(),
        &[
            b"\x0a\x04user",
            b"\x12\x04User",
            b"\x1a\x02\x01\x0c",
            b"\x22\x3f\x0a\x3dtype.googleapis.com/c1.connector.v2.SkipEntitlementsAndGrants",
            b"\x2a\x0aAn account",
        ],
    );
}

#[test]
fn user() {
    let facts = UserTrait {
        emails: vec![
            Email { address: "a@b.c".to_owned(), primary: true },
            Email { address: "d@e.f".to_owned(), primary: false },
        ],
        login: Some("ada".to_owned()),
        login_aliases: vec!["al".to_owned()],
        account_type: AccountType::Service,
        last_login: Some(time(3, 0)),
        mfa_enabled: Some(true),
        sso_enabled: Some(false),
        structured_name: Some(StructuredName {
            given: "G".to_owned(),
            family: "F".to_owned(),
            middle: vec!["M".to_owned()],
            prefix: "P".to_owned(),
            suffix: "S".to_owned(),
        }),
        employee_ids: vec!["7".to_owned()],
    };
    let mut model = Resource::new(ResourceId::new(USER, "u1"), "Ada");
    model.parent = Some(ResourceId::new(ResourceTypeId::from_static("workspace"), "w1"));
    model.description = "d".to_owned();
    model.profile = Profile::from([("k".into(), Value::from("v"))]);
    model.status = Some(Status { state: State::Disabled, details: "X".to_owned() });
    model.created_at = Some(time(1, 2));
    model.traits = vec![ResourceTrait::User(Box::new(facts))];
    assert_bytes(
        &resource_to_proto(&model).encode_to_vec(),
        &[
            b"\x0a\x0a\x0a\x04user\x12\x02u1",
            b"\x12\x0f\x0a\x09workspace\x12\x02w1",
            b"\x1a\x03Ada",
            // The annotation has 135 bytes, its value 86.
            b"\x22\x87\x01\x0a\x2dtype.googleapis.com/c1.connector.v2.UserTrait\x12\x56",
            // Fields of the trait: 1 to 3 and 5 to 13.
            b"\x0a\x09\x0a\x05a@b.c\x10\x01",
            b"\x0a\x07\x0a\x05d@e.f",
            b"\x12\x05\x08\x02\x12\x01X",
            b"\x1a\x0a\x0a\x08\x0a\x01k\x12\x03\x1a\x01v",
            b"\x28\x02",
            b"\x32\x03ada",
            b"\x3a\x02al",
            b"\x42\x04\x08\x01\x10\x02",
            b"\x4a\x02\x08\x03",
            b"\x52\x02\x08\x01",
            b"\x5a\x00",
            b"\x62\x0f\x0a\x01G\x12\x01F\x1a\x01M\x22\x01P\x2a\x01S",
            b"\x6a\x017",
            // Back on the resource: 5, 9, 11 and 12.
            b"\x2a\x01d",
            b"\x4a\x0a\x0a\x08\x0a\x01k\x12\x03\x1a\x01v",
            b"\x5a\x05\x08\x02\x12\x01X",
            b"\x62\x04\x08\x01\x10\x02",
        ],
    );
}

/// The official CSV export reads the trait's profile without asking whether there is one.
#[test]
fn a_user_without_profile_still_has_one_in_the_trait() {
    let mut model = Resource::new(ResourceId::new(USER, "u1"), "");
    model.traits = vec![ResourceTrait::User(Box::default())];
    assert_bytes(
        &resource_to_proto(&model).encode_to_vec(),
        &[
            b"\x0a\x0a\x0a\x04user\x12\x02u1",
            b"\x22\x33\x0a\x2dtype.googleapis.com/c1.connector.v2.UserTrait\x12\x02\x1a\x00",
        ],
    );
}

#[test]
fn group_and_role() {
    let mut model = Resource::new(ResourceId::new(GROUP, "g1"), "G");
    model.profile = Profile::from([("k".into(), Value::Bool(true))]);
    model.traits = vec![ResourceTrait::Role, ResourceTrait::Group];
    assert_bytes(
        &resource_to_proto(&model).encode_to_vec(),
        &[
            b"\x0a\x0b\x0a\x05group\x12\x02g1",
            b"\x1a\x01G",
            b"\x22\x3c\x0a\x2dtype.googleapis.com/c1.connector.v2.RoleTrait\x12\x0b",
            b"\x0a\x09\x0a\x07\x0a\x01k\x12\x02\x20\x01",
            b"\x22\x3d\x0a\x2etype.googleapis.com/c1.connector.v2.GroupTrait\x12\x0b",
            b"\x12\x09\x0a\x07\x0a\x01k\x12\x02\x20\x01",
            b"\x4a\x09\x0a\x07\x0a\x01k\x12\x02\x20\x01",
        ],
    );
}

#[test]
fn entitlement() {
    let mut model = Entitlement::new(ResourceId::new(GROUP, "g1"), "member", Purpose::Assignment);
    model.display_name = "Member".to_owned();
    model.description = "D".to_owned();
    model.immutable = true;
    model.grantable_to = vec![ResourceType {
        id: USER,
        display_name: String::new(),
        description: String::new(),
        traits: vec![TraitKind::User],
        skip_entitlements_and_grants: false,
        annotations: Vec::new(),
    }];
    assert_bytes(
        &entitlement_to_proto(&model).encode_to_vec(),
        &[
            b"\x0a\x0d\x0a\x0b\x0a\x05group\x12\x02g1",
            b"\x12\x0fgroup:g1:member",
            b"\x1a\x06Member",
            b"\x22\x01D",
            b"\x2a\x09\x0a\x04user\x1a\x01\x01",
            b"\x32\x3a\x0a\x38type.googleapis.com/c1.connector.v2.EntitlementImmutable",
            b"\x38\x01",
            b"\x42\x06member",
        ],
    );
}

#[test]
fn grant_and_its_expansion() {
    let group = ResourceId::new(GROUP, "g1");
    let mut model = Grant::new(EntitlementId::new(&group, "member"), group, ResourceId::new(USER, "u1"));
    model.details_mut().immutable = true;
    model.details_mut().metadata = Profile::from([("k".into(), Value::Bool(true))]);
    model.details_mut().sources = BTreeMap::from([
        (EntitlementId::from_raw("group:g1:member"), true),
        (EntitlementId::from_raw("group:g0:member"), false),
    ]);
    model.details_mut().expandable = Some(Expandable {
        entitlements: vec![EntitlementId::from_raw("group:g2:member")],
        shallow: true,
        resource_types: vec![USER],
    });
    let (grant, expandable) = grant_to_proto(&model);
    assert_bytes(
        &grant.encode_to_vec(),
        &[
            b"\x0a\x20\x0a\x0d\x0a\x0b\x0a\x05group\x12\x02g1\x12\x0fgroup:g1:member",
            b"\x12\x0c\x0a\x0a\x0a\x04user\x12\x02u1",
            b"\x1a\x17group:g1:member:user:u1",
            b"\x22\x34\x0a\x32type.googleapis.com/c1.connector.v2.GrantImmutable",
            b"\x22\x40\x0a\x31type.googleapis.com/c1.connector.v2.GrantMetadata",
            b"\x12\x0b\x0a\x09\x0a\x07\x0a\x01k\x12\x02\x20\x01",
            // Sources in the order of their keys; a value without contents is left out of its entry.
            b"\x2a\x2a\x0a\x11\x0a\x0fgroup:g0:member",
            b"\x0a\x15\x0a\x0fgroup:g1:member\x12\x02\x08\x01",
        ],
    );
    assert_bytes(
        &expandable.expect("the grant is expandable").encode_to_vec(),
        &[b"\x0a\x0fgroup:g2:member", b"\x10\x01", b"\x1a\x04user"],
    );
}

/// Field numbers from 100 take two bytes of tag.
#[test]
fn task() {
    let sync = SyncFullTask {
        skip_expand_grants: true,
        storage_engine: "sqlite".to_owned(),
        ..SyncFullTask::default()
    };
    let task = Task { id: "t".to_owned(), status: 2, debug: true, task_type: Some(TaskType::SyncFull(sync)) };
    assert_bytes(
        &task.encode_to_vec(),
        &[b"\x0a\x01t", b"\x10\x02", b"\x18\x01", b"\xb2\x06\x0a\x10\x01\x3a\x06sqlite"],
    );
}

#[test]
fn outcome_of_a_task() {
    let outcome = BatonServiceFinishTaskRequest {
        host_id: "h".to_owned(),
        task_id: "t".to_owned(),
        status: Some(rpc::Status { code: 9, message: "m".to_owned(), details: Vec::new() }),
        final_state: Some(FinalState::Error(Error { non_retryable: true, ..Error::default() })),
    };
    assert_bytes(
        &outcome.encode_to_vec(),
        &[b"\x0a\x01h", b"\x12\x01t", b"\x1a\x05\x08\x09\x12\x01m", b"\xa2\x06\x02\x08\x01"],
    );
}

#[test]
fn end_of_an_upload() {
    let eof = UploadEof { sha256_checksum: b"sum".to_vec(), annotations: Vec::new() };
    let request = BatonServiceUploadAssetRequest { msg: Some(Msg::Eof(eof)) };
    assert_bytes(&request.encode_to_vec(), &[b"\xb2\x06\x05\x0a\x03sum"]);
}
