//! A fact that is written and read again is the same fact, and equal facts have equal bytes.

use baton_proto::c1::connector::v2;
use baton_proto::{
    entitlement_from_proto, entitlement_to_proto, grant_from_proto, grant_to_proto, resource_from_proto,
    resource_to_proto, resource_type_from_proto, resource_type_to_proto, write_grant, write_resource,
};
use governance_model::{EntitlementId, Grant, Resource, ResourceId, ResourceTrait, ResourceTypeId};
use proptest::prelude::*;
use proptest::sample::Index;
use prost::Message as _;

use crate::facts;

proptest! {
    #[test]
    fn resource_types(model in facts::resource_type()) {
        let bytes = resource_type_to_proto(&model).encode_to_vec();
        let proto = v2::ResourceType::decode(bytes.as_slice())?;
        prop_assert_eq!(&resource_type_from_proto(proto)?, &model);
    }

    #[test]
    fn resources(model in facts::resource()) {
        let bytes = resource_to_proto(&model).encode_to_vec();
        let proto = v2::Resource::decode(bytes.as_slice())?;
        prop_assert_eq!(&resource_from_proto(proto)?, &model);
    }

    #[test]
    fn entitlements(model in facts::entitlement()) {
        let bytes = entitlement_to_proto(&model).encode_to_vec();
        let proto = v2::Entitlement::decode(bytes.as_slice())?;
        prop_assert_eq!(&entitlement_from_proto(proto)?, &model);
    }

    /// With the expansion in its own column, and with the expansion among the annotations.
    #[test]
    fn grants(model in facts::grant()) {
        let (proto, expandable) = grant_to_proto(&model);
        let bytes = proto.encode_to_vec();
        let mut proto = v2::Grant::decode(bytes.as_slice())?;
        prop_assert_eq!(&grant_from_proto(proto.clone(), expandable.clone())?, &model);
        if let Some(expandable) = &expandable {
            proto.annotations.push(prost_types::Any::from_msg(expandable)?);
        }
        prop_assert_eq!(&grant_from_proto(proto, None)?, &model);
    }

    /// What is written without building the message is the message.
    #[test]
    fn straight_to_bytes(resource in facts::resource(), grant in facts::grant()) {
        let mut bytes = b"before".to_vec();
        write_resource(&resource, &mut bytes);
        prop_assert_eq!(&bytes[6..], resource_to_proto(&resource).encode_to_vec());
        bytes.truncate(6);
        write_grant(&grant, &grant.id(), &mut bytes);
        prop_assert_eq!(&bytes[6..], grant_to_proto(&grant).0.encode_to_vec());
    }

    /// The order in which another writer put the entries of a map leaves no trace.
    #[test]
    fn map_order_leaves_no_trace(model in facts::grant(), turn in any::<Index>()) {
        let bytes = grant_to_proto(&model).0.sources.unwrap_or_default().encode_to_vec();
        let mut entries: Vec<_> = v2::GrantSources::decode(bytes.as_slice())?.sources.into_iter().collect();
        let middle = turn.index(entries.len() + 1);
        entries.rotate_left(middle);
        // Messages written one after the other are one message with the entries of all.
        let alone = |entry| v2::GrantSources { sources: [entry].into() }.encode_to_vec();
        let turned: Vec<u8> = entries.into_iter().flat_map(alone).collect();
        prop_assert_eq!(v2::GrantSources::decode(turned.as_slice())?.encode_to_vec(), bytes);
    }
}

/// Around the lengths at which a length has one byte more.
#[test]
fn straight_to_bytes_at_every_length() {
    const KIND: ResourceTypeId = ResourceTypeId::from_static("user");
    let lengths = (0..140).chain(240..270).chain(16_370..16_400);
    for length in lengths {
        let long = "x".repeat(length);
        for key in ["", "k", "a key", &long] {
            let id = ResourceId::new(KIND, long.as_str());
            let mut resource = Resource::new(id.clone(), long.as_str());
            resource.profile.insert(key.into(), long.as_str().into());
            resource.traits.push(ResourceTrait::User(Box::default()));
            let mut bytes = Vec::new();
            write_resource(&resource, &mut bytes);
            assert!(bytes == resource_to_proto(&resource).encode_to_vec(), "{length} bytes under {key:?}");
            let grant = Grant::new(EntitlementId::new(&id, key), id.clone(), id);
            bytes.clear();
            write_grant(&grant, &grant.id(), &mut bytes);
            assert!(bytes == grant_to_proto(&grant).0.encode_to_vec(), "{length} bytes and {key:?}");
        }
    }
}
