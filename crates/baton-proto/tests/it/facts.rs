//! Generators of facts in normal form: what a connector may say, free of what the protocol cannot tell apart (a blank
//! login and none, an empty expansion and none).

use governance_model::{
    AccountType, Annotation, Email, Entitlement, EntitlementId, Expandable, Grant, GrantDetails, GrantId,
    Profile, Purpose, Resource, ResourceId, ResourceTrait, ResourceType, ResourceTypeId, State, Status,
    StructuredName, Text, Timestamp, TraitKind, UserTrait, Value,
};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

pub(crate) fn text() -> impl Strategy<Value = String> {
    "\\PC{0,12}"
}

fn id() -> impl Strategy<Value = String> {
    "[a-zA-Zé0-9:/ _-]{0,10}[a-z0-9]"
}

fn type_id() -> impl Strategy<Value = ResourceTypeId> {
    "[a-z]{1,8}".prop_map(ResourceTypeId::new)
}

fn resource_id() -> impl Strategy<Value = ResourceId> {
    (type_id(), id()).prop_map(|(kind, id)| ResourceId::new(kind, id))
}

fn entitlement_id() -> impl Strategy<Value = EntitlementId> {
    id().prop_map(EntitlementId::from_raw)
}

/// The whole range of the calendar, before 1970 too.
fn time() -> impl Strategy<Value = Timestamp> {
    let range = Timestamp::MIN.as_nanosecond()..=Timestamp::MAX.as_nanosecond();
    range.prop_map(|nanos| Timestamp::from_nanosecond(nanos).expect("inside the calendar"))
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        proptest::num::f64::NORMAL.prop_map(Value::Number),
        Just(Value::Number(0.0)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::List),
            btree_map(text().prop_map(Text::from), inner, 0..4)
                .prop_map(|map| Value::Map(Profile::from_iter(map))),
        ]
    })
}

pub(crate) fn profile() -> impl Strategy<Value = Profile> {
    btree_map(text().prop_map(Text::from), value(), 0..5).prop_map(Profile::from_iter)
}

/// Annotations that the model does not interpret, of known and unknown types.
pub(crate) fn annotations() -> impl Strategy<Value = Vec<Annotation>> {
    let type_url = select(vec![
        "type.googleapis.com/c1.connector.v2.ExternalLink",
        "type.googleapis.com/c1.connector.v2.AppTrait",
        "type.googleapis.com/c1.connector.v2.RawId",
        "type.googleapis.com/example.Unknown",
        "no-slash",
        "",
    ]);
    let annotation = (type_url, vec(any::<u8>(), 0..8))
        .prop_map(|(type_url, value)| Annotation { type_url: type_url.to_owned(), value });
    vec(annotation, 0..4)
}

fn trait_kind() -> impl Strategy<Value = TraitKind> {
    prop_oneof![
        select(vec![TraitKind::User, TraitKind::Group, TraitKind::Role, TraitKind::App, TraitKind::Secret]),
        prop_oneof![Just(0), 6..200, -9..-1].prop_map(TraitKind::Other),
    ]
}

pub(crate) fn resource_type() -> impl Strategy<Value = ResourceType> {
    (type_id(), text(), text(), vec(trait_kind(), 0..4), any::<bool>(), annotations()).prop_map(
        |(id, display_name, description, traits, skip_entitlements_and_grants, annotations)| ResourceType {
            id,
            display_name,
            description,
            traits,
            skip_entitlements_and_grants,
            annotations,
        },
    )
}

fn name() -> impl Strategy<Value = StructuredName> {
    (text(), text(), vec(text(), 0..3), text(), text()).prop_map(|(given, family, middle, prefix, suffix)| {
        StructuredName { given, family, middle, prefix, suffix }
    })
}

fn user() -> impl Strategy<Value = UserTrait> {
    let email = (id(), any::<bool>()).prop_map(|(address, primary)| Email { address, primary });
    let account_type =
        select(vec![AccountType::Unspecified, AccountType::Human, AccountType::Service, AccountType::System]);
    let names = (vec(email, 0..3), of(id()), vec(text(), 0..3), of(name()), vec(text(), 0..3));
    let facts = (account_type, of(time()), of(any::<bool>()), of(any::<bool>()));
    (names, facts).prop_map(
        |(
            (emails, login, login_aliases, structured_name, employee_ids),
            (account_type, last_login, mfa_enabled, sso_enabled),
        )| UserTrait {
            emails,
            login,
            login_aliases,
            account_type,
            last_login,
            mfa_enabled,
            sso_enabled,
            structured_name,
            employee_ids,
        },
    )
}

/// Each kind at most once, in any order.
fn traits() -> impl Strategy<Value = Vec<ResourceTrait>> {
    user().prop_flat_map(|user| {
        let all = vec![ResourceTrait::User(Box::new(user)), ResourceTrait::Group, ResourceTrait::Role];
        (subsequence(all, 0..=3), any::<bool>()).prop_map(|(mut traits, reverse)| {
            if reverse {
                traits.reverse();
            }
            traits
        })
    })
}

pub(crate) fn resource() -> impl Strategy<Value = Resource> {
    let state = select(vec![State::Unspecified, State::Enabled, State::Disabled, State::Deleted]);
    let status = (state, text()).prop_map(|(state, details)| Status { state, details });
    let names = (resource_id(), of(resource_id()), text(), text());
    (names, profile(), of(status), of(time()), traits(), annotations()).prop_map(
        |((id, parent, display_name, description), profile, status, created_at, traits, annotations)| {
            Resource {
                id,
                parent,
                display_name: display_name.into(),
                description,
                profile,
                status,
                created_at,
                traits,
                annotations,
            }
        },
    )
}

pub(crate) fn entitlement() -> impl Strategy<Value = Entitlement> {
    let purpose =
        select(vec![Purpose::Unspecified, Purpose::Assignment, Purpose::Permission, Purpose::Ownership]);
    let names = (entitlement_id(), resource_id(), text(), text(), text());
    (names, purpose, vec(resource_type(), 0..3), any::<bool>(), annotations()).prop_map(
        |((id, resource, slug, display_name, description), purpose, grantable_to, immutable, annotations)| {
            Entitlement {
                id,
                resource,
                slug,
                display_name,
                description,
                purpose,
                grantable_to,
                immutable,
                annotations,
            }
        },
    )
}

/// At least one of the entitlements is named; blank ones may stand beside it.
fn expandable() -> impl Strategy<Value = Expandable> {
    let entitlements = (entitlement_id(), vec("[a-z ]{0,3}", 0..3), any::<Index>());
    (entitlements, any::<bool>(), vec(type_id(), 0..3)).prop_map(
        |((named, others, at), shallow, resource_types)| {
            let mut entitlements: Vec<_> = others.into_iter().map(EntitlementId::from_raw).collect();
            entitlements.insert(at.index(entitlements.len() + 1), named);
            Expandable { entitlements, shallow, resource_types }
        },
    )
}

pub(crate) fn grant() -> impl Strategy<Value = Grant> {
    let ids = (id().prop_map(GrantId::from_raw), entitlement_id(), resource_id(), resource_id());
    let sources = btree_map(entitlement_id(), any::<bool>(), 0..4);
    (ids, sources, of(expandable()), any::<bool>(), profile(), annotations()).prop_map(
        |((id, entitlement, resource, principal), sources, expandable, immutable, metadata, annotations)| {
            let mut grant = Grant::new(entitlement, resource, principal);
            grant.set_id(id);
            *grant.details_mut() = GrantDetails { sources, expandable, immutable, metadata, annotations };
            grant
        },
    )
}
