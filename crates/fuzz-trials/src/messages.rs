//! The protobuf messages in a c1z's columns: decoding, the model, and JSON.

use baton_proto::c1::connector::v2;
use prost::{Message, Name};

use crate::facts;

/// The first byte says what the rest is. Returns 1 when the message became a fact.
pub fn messages(bytes: &[u8]) -> usize {
    let Some((kind, data)) = bytes.split_first() else { return 0 };
    match kind % 5 {
        0 => resource_type(data),
        1 => resource(data),
        2 => entitlement(data),
        3 => grant(data, None),
        _ => expandable(data),
    }
}

/// Prints a message that could be decoded. What has no JSON form is an error that says so.
fn prints<M: Message + Name>(message: &M) {
    match baton_proto::json(message) {
        Ok(json) => assert!(json.is_object()),
        Err(error) => facts::error_holds(&error, ""),
    }
}

fn resource_type(data: &[u8]) -> usize {
    let Ok(proto) = v2::ResourceType::decode(data) else { return 0 };
    prints(&proto);
    let Ok(model) = baton_proto::resource_type_from_proto(proto) else { return 0 };
    let written = baton_proto::resource_type_to_proto(&model);
    same(baton_proto::resource_type_from_proto(again(&written)), &model, |model| {
        baton_proto::resource_type_to_proto(model).encode_to_vec()
    });
    1
}

fn resource(data: &[u8]) -> usize {
    let Ok(proto) = v2::Resource::decode(data) else { return 0 };
    prints(&proto);
    let Ok(model) = baton_proto::resource_from_proto(proto) else { return 0 };
    let written = baton_proto::resource_to_proto(&model);
    same(baton_proto::resource_from_proto(again(&written)), &model, |model| {
        baton_proto::resource_to_proto(model).encode_to_vec()
    });
    1
}

fn entitlement(data: &[u8]) -> usize {
    let Ok(proto) = v2::Entitlement::decode(data) else { return 0 };
    prints(&proto);
    let Ok(model) = baton_proto::entitlement_from_proto(proto) else { return 0 };
    let written = baton_proto::entitlement_to_proto(&model);
    same(baton_proto::entitlement_from_proto(again(&written)), &model, |model| {
        baton_proto::entitlement_to_proto(model).encode_to_vec()
    });
    1
}

fn grant(data: &[u8], expandable: Option<v2::GrantExpandable>) -> usize {
    let Ok(proto) = v2::Grant::decode(data) else { return 0 };
    prints(&proto);
    let Ok(model) = baton_proto::grant_from_proto(proto, expandable) else { return 0 };
    let (written, expandable) = baton_proto::grant_to_proto(&model);
    let read = baton_proto::grant_from_proto(again(&written), expandable.as_ref().map(again));
    same(read, &model, |model| {
        let (grant, expandable) = baton_proto::grant_to_proto(model);
        [grant.encode_to_vec(), expandable.map(|found| found.encode_to_vec()).unwrap_or_default()].concat()
    });
    1
}

/// The message of the column beside a grant: the length of it in two bytes, the message, and then the grant.
fn expandable(data: &[u8]) -> usize {
    let Some((length, rest)) = data.split_first_chunk::<2>() else { return 0 };
    let Some((own, of)) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length))) else { return 0 };
    let Ok(proto) = v2::GrantExpandable::decode(own) else { return 0 };
    prints(&proto);
    grant(of, Some(proto))
}

/// The message as it is after a trip through its bytes.
fn again<M: Message + Default>(message: &M) -> M {
    M::decode(&message.encode_to_vec()[..]).unwrap()
}

/// What was written reads as what it was made of. Compared by their bytes, because not every number equals itself.
fn same<T, E: std::error::Error>(read: Result<T, E>, model: &T, bytes: impl Fn(&T) -> Vec<u8>) {
    assert_eq!(bytes(&read.unwrap()), bytes(model), "writing and reading changes something");
}
