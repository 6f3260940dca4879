//! What protojson does with values that the official files do not have.

use std::collections::BTreeMap;

use baton_proto::c1::config::v1::StringMapField;
use baton_proto::c1::connector::v2;
use baton_proto::c1::connectorapi::baton::v1::baton_service_finish_task_request::Success;
use baton_proto::{
    JsonError, json, pretty_capabilities, pretty_json, pretty_json_any, resource_type_to_proto, to_json,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use prost::Message as _;
use prost_types::{Any, Struct, Value, value::Kind};
use serde_json::json as value;

use crate::facts;

fn packed(name: &str, bytes: &[u8]) -> Any {
    Any { type_url: format!("type.googleapis.com/{name}"), value: bytes.to_vec() }
}

fn raw_id() -> Any {
    packed("c1.connector.v2.RawId", b"\x0a\x01r")
}

fn unreadable() -> [Any; 4] {
    [
        packed("example.Unknown", b"\x0a\x01x"),
        packed("c1.connector.v2.RawId", b"\x0a\x05r"),
        Any { type_url: "c1.connector.v2.RawId".to_owned(), value: Vec::new() },
        Any::default(),
    ]
}

#[test]
fn unreadable_annotations_are_left_out() {
    let mut annotations = unreadable().to_vec();
    annotations.insert(2, raw_id());
    let inner = v2::Resource { annotations, ..v2::Resource::default() };
    let outer =
        v2::Grant { principal: Some(inner), annotations: unreadable().to_vec(), ..v2::Grant::default() };
    let expected = value!({
        "principal": {
            "annotations": [{ "@type": "type.googleapis.com/c1.connector.v2.RawId", "id": "r" }],
        },
    });
    assert_eq!(json(&outer).unwrap(), expected);
}

#[test]
fn text_has_fields_in_order_and_no_last_line_break() {
    let group = v2::ResourceType {
        id: "group".to_owned(),
        display_name: "Group".to_owned(),
        traits: vec![v2::resource_type::Trait::Group.into()],
        annotations: vec![packed("example.Unknown", b"\x0a\x01x")],
        ..v2::ResourceType::default()
    };
    let fields =
        "  \"id\": \"group\",\n  \"displayName\": \"Group\",\n  \"traits\": [\n    \"TRAIT_GROUP\"\n  ]\n}";
    assert_eq!(pretty_json(&group).unwrap(), format!("{{\n{fields}"));
    let typed = pretty_json_any(&group).unwrap();
    let kind = "  \"@type\": \"type.googleapis.com/c1.connector.v2.ResourceType\",\n";
    assert_eq!(typed, format!("{{\n{kind}{fields}"));
}

#[test]
fn unreadable_contents_of_readable_annotations_are_left_out() {
    let inner = v2::Resource {
        annotations: unreadable().to_vec(),
        display_name: "R".to_owned(),
        ..v2::Resource::default()
    };
    let outer = v2::Grant {
        annotations: vec![packed("c1.connector.v2.Resource", &inner.encode_to_vec())],
        ..v2::Grant::default()
    };
    let expected = value!({
        "annotations": [{ "@type": "type.googleapis.com/c1.connector.v2.Resource", "displayName": "R" }],
    });
    assert_eq!(json(&outer).unwrap(), expected);
}

fn wrapped(inner: &Any) -> Any {
    packed("google.protobuf.Any", &inner.encode_to_vec())
}

#[test]
fn annotations_in_annotations_are_looked_into() {
    let print =
        |annotation: Any| json(&v2::Grant { annotations: vec![annotation], ..v2::Grant::default() }).unwrap();
    let raw = value!({ "@type": "type.googleapis.com/c1.connector.v2.RawId", "id": "r" });
    let once = value!({ "@type": "type.googleapis.com/google.protobuf.Any", "value": raw });
    assert_eq!(print(wrapped(&raw_id())), value!({ "annotations": [once] }));
    for bad in unreadable() {
        assert_eq!(print(wrapped(&bad)), value!({}));
        assert_eq!(print(wrapped(&wrapped(&bad))), value!({}));
    }
}

/// A decoder's own limit begins anew in each of them, and the stack would not last.
#[test]
fn annotations_that_lie_too_deep_are_left_out() {
    let mut deep = raw_id();
    for _ in 0..20_000 {
        deep = wrapped(&deep);
    }
    let grant = v2::Grant { id: "g".to_owned(), annotations: vec![deep, raw_id()], ..v2::Grant::default() };
    let raw = value!({ "@type": "type.googleapis.com/c1.connector.v2.RawId", "id": "r" });
    assert_eq!(json(&grant).unwrap(), value!({ "id": "g", "annotations": [raw] }));
}

#[test]
fn single_and_mapped_values_are_left_out_too() {
    for bad in unreadable() {
        let success = Success { annotations: Vec::new(), response: Some(bad.clone()) };
        assert_eq!(json(&success).unwrap(), value!({}));
        let field = StringMapField {
            default_value: BTreeMap::from([("bad".to_owned(), bad), ("good".to_owned(), raw_id())]),
            ..StringMapField::default()
        };
        let good = value!({ "@type": "type.googleapis.com/c1.connector.v2.RawId", "id": "r" });
        assert_eq!(json(&field).unwrap(), value!({ "defaultValue": { "good": good } }));
    }
}

#[test]
fn well_known_types_have_their_own_forms() {
    let task = value!({
        "@type": "type.googleapis.com/google.protobuf.Duration",
        "value": "1.500s",
    });
    let duration = packed("google.protobuf.Duration", b"\x08\x01\x10\x80\xca\xb5\xee\x01");
    let success = Success { annotations: vec![duration], response: None };
    assert_eq!(json(&success).unwrap(), value!({ "annotations": [task] }));
    assert_eq!(to_json("google.protobuf.Timestamp", b"\x08\x01").unwrap(), value!("1970-01-01T00:00:01Z"));
}

/// What a newer writer may put there.
#[test]
fn unknown_numbers_print_as_numbers() {
    let status = v2::Status { status: 77, details: String::new() };
    assert_eq!(json(&status).unwrap(), value!({ "status": 77 }));
}

#[test]
fn errors_say_which_message() {
    let error = to_json("example.Unknown", b"").unwrap_err();
    assert_eq!(error.to_string(), "no message is called example.Unknown");
    let error = to_json("c1.connector.v2.RawId", b"\x0a\x05r").unwrap_err();
    assert_eq!(error.to_string(), "cannot decode c1.connector.v2.RawId");
    let nan = Value { kind: Some(Kind::NumberValue(f64::NAN)) };
    let profile = Struct { fields: BTreeMap::from([("x".to_owned(), nan)]) };
    let resource = v2::Resource { profile: Some(profile), ..v2::Resource::default() };
    assert!(matches!(json(&resource), Err(JsonError::Encode { .. })), "{:?}", json(&resource));
}

proptest! {
    /// Whatever annotations a grant carries, it prints.
    #[test]
    fn annotations_never_fail(model in facts::grant()) {
        prop_assert!(json(&baton_proto::grant_to_proto(&model).0).is_ok());
    }
}

fn permissions() -> impl Strategy<Value = v2::CapabilityPermissions> {
    vec(facts::text(), 0..2).prop_map(|texts| v2::CapabilityPermissions {
        permissions: texts.into_iter().map(|permission| v2::CapabilityPermission { permission }).collect(),
    })
}

fn credential_details() -> impl Strategy<Value = v2::CredentialDetails> {
    of(vec(0..4, 0..2)).prop_map(|options| v2::CredentialDetails {
        capability_account_provisioning: options.map(|supported_credential_options| {
            v2::CredentialDetailsAccountProvisioning {
                supported_credential_options,
                ..v2::CredentialDetailsAccountProvisioning::default()
            }
        }),
        ..v2::CredentialDetails::default()
    })
}

fn of_type() -> impl Strategy<Value = v2::ResourceTypeCapability> {
    let kind = (facts::resource_type(), any::<bool>()).prop_map(|(model, sourced_externally)| {
        v2::ResourceType { sourced_externally, ..resource_type_to_proto(&model) }
    });
    let issue = of(Just(v2::CredentialDetailsCredentialIssue::default()));
    let said = (of(kind), vec(-1..20, 0..3), of(permissions()), prop::option::weighted(0.1, issue));
    (said, any::<[bool; 3]>()).prop_map(|((resource_type, capabilities, permissions, issue), flags)| {
        v2::ResourceTypeCapability {
            resource_type,
            capabilities,
            permissions,
            opt_in_required: flags[0],
            skip_sync_anomaly_detection: flags[1],
            credential_issue: issue.flatten(),
            deprecated: flags[2],
        }
    })
}

proptest! {
    /// What is printed in a way of its own, and what is not.
    #[test]
    fn capabilities_are_the_same_text(
        types in vec(of_type(), 0..3),
        connector_capabilities in vec(-1..20, 0..3),
        credential_details in of(credential_details()),
    ) {
        let all = v2::ConnectorCapabilities {
            resource_type_capabilities: types,
            connector_capabilities,
            credential_details,
        };
        prop_assert_eq!(pretty_capabilities(&all).unwrap(), pretty_json_any(&all).unwrap());
    }
}
