//! Messages as other writers make them: older layouts, unknown numbers, contents this model has no name for, damage.

#![expect(deprecated, reason = "older writers fill the deprecated fields")]

use std::collections::BTreeMap;

use baton_proto::c1::connector::v2;
use baton_proto::c1::connector::v2::user_trait;
use baton_proto::{
    ConvertError, entitlement_from_proto, entitlement_to_proto, grant_from_proto, grant_to_proto,
    resource_from_proto, resource_to_proto, resource_type_from_proto,
};
use governance_model::{
    AccountType, Expandable, Profile, Purpose, ResourceTrait, State, Status, TraitKind, Value,
};
use prost::Name;
use prost_types::{Any, Struct, Timestamp, value::Kind};

fn any<M: Name>(message: &M) -> Any {
    Any {
        type_url: format!("type.googleapis.com/{}.{}", M::PACKAGE, M::NAME),
        value: message.encode_to_vec(),
    }
}

fn id(kind: &str, id: &str) -> v2::ResourceId {
    v2::ResourceId { resource_type: kind.to_owned(), resource: id.to_owned(), baton_resource: false }
}

fn profile(key: &str, text: &str) -> Struct {
    let value = prost_types::Value { kind: Some(Kind::StringValue(text.to_owned())) };
    Struct { fields: BTreeMap::from([(key.to_owned(), value)]) }
}

fn user_of_an_older_writer() -> v2::UserTrait {
    v2::UserTrait {
        status: Some(user_trait::Status { status: 2, details: "from the trait".to_owned() }),
        profile: Some(profile("from", "trait")),
        created_at: Some(Timestamp { seconds: 5, nanos: 0 }),
        ..v2::UserTrait::default()
    }
}

fn resource(annotations: Vec<Any>) -> v2::Resource {
    v2::Resource { id: Some(id("user", "u1")), annotations, ..v2::Resource::default() }
}

fn grant(annotations: Vec<Any>) -> v2::Grant {
    v2::Grant {
        entitlement: Some(v2::Entitlement {
            id: "group:g1:member".to_owned(),
            resource: Some(v2::Resource { id: Some(id("group", "g1")), ..v2::Resource::default() }),
            ..v2::Entitlement::default()
        }),
        principal: Some(resource(Vec::new())),
        id: "group:g1:member:user:u1".to_owned(),
        annotations,
        sources: None,
    }
}

fn expansion(entitlement: &str) -> v2::GrantExpandable {
    v2::GrantExpandable { entitlement_ids: vec![entitlement.to_owned()], ..v2::GrantExpandable::default() }
}

type Damage = fn(&mut v2::Grant);

#[test]
fn the_trait_fills_what_the_resource_lacks() {
    let model = resource_from_proto(resource(vec![any(&user_of_an_older_writer())])).unwrap();
    assert_eq!(model.status, Some(Status { state: State::Disabled, details: "from the trait".to_owned() }));
    assert_eq!(model.profile, Profile::from([("from".into(), Value::from("trait"))]));
    assert_eq!(model.created_at.map(governance_model::Timestamp::as_second), Some(5));
}

#[test]
fn the_resource_wins_over_the_trait() {
    let mut proto = resource(vec![any(&user_of_an_older_writer())]);
    proto.status = Some(v2::Status { status: 3, details: String::new() });
    proto.profile = Some(profile("from", "resource"));
    proto.created_at = Some(Timestamp { seconds: 6, nanos: 0 });
    let model = resource_from_proto(proto).unwrap();
    assert_eq!(model.status, Some(Status { state: State::Deleted, details: String::new() }));
    assert_eq!(model.profile, Profile::from([("from".into(), Value::from("resource"))]));
    assert_eq!(model.created_at.map(governance_model::Timestamp::as_second), Some(6));
}

#[test]
fn profiles_of_groups_and_roles_fill_in_too() {
    let group = v2::GroupTrait { profile: Some(profile("is", "group")), ..v2::GroupTrait::default() };
    let role = v2::RoleTrait { profile: Some(profile("is", "role")), ..v2::RoleTrait::default() };
    for (annotation, kind, is) in
        [(any(&group), ResourceTrait::Group, "group"), (any(&role), ResourceTrait::Role, "role")]
    {
        let model = resource_from_proto(resource(vec![annotation])).unwrap();
        assert_eq!(model.profile, Profile::from([("is".into(), Value::from(is))]));
        assert_eq!(model.traits, [kind]);
        assert_eq!(model.annotations, []);
    }
}

#[test]
fn unknown_numbers_are_no_error() {
    let mut proto = resource(vec![any(&v2::UserTrait { account_type: 77, ..v2::UserTrait::default() })]);
    proto.status = Some(v2::Status { status: 77, details: "new".to_owned() });
    let model = resource_from_proto(proto).unwrap();
    assert_eq!(model.status, Some(Status { state: State::Unspecified, details: "new".to_owned() }));
    assert_eq!(model.user().map(|user| user.account_type), Some(AccountType::Unspecified));

    let kind = v2::ResourceType { id: "t".to_owned(), traits: vec![3, 77], ..v2::ResourceType::default() };
    assert_eq!(resource_type_from_proto(kind).unwrap().traits, [TraitKind::Role, TraitKind::Other(77)]);

    let entitlement = v2::Entitlement { purpose: 77, ..grant(Vec::new()).entitlement.unwrap() };
    assert_eq!(entitlement_from_proto(entitlement).unwrap().purpose, Purpose::Unspecified);
}

/// A second trait of a kind has no place in the model and is kept, as is a trait the model has no name for.
#[test]
fn what_the_model_does_not_know_is_kept_in_order() {
    let app = any(&v2::AppTrait { help_url: "https://example.com".to_owned(), ..v2::AppTrait::default() });
    let second = any(&v2::GroupTrait { group_source_type: "second".to_owned(), ..v2::GroupTrait::default() });
    let unknown = Any { type_url: "type.googleapis.com/example.Unknown".to_owned(), value: vec![0xff] };
    let proto = resource(vec![unknown.clone(), any(&v2::GroupTrait::default()), second.clone(), app.clone()]);
    let model = resource_from_proto(proto).unwrap();
    assert_eq!(model.traits, [ResourceTrait::Group]);
    let written = resource_to_proto(&model).annotations;
    assert_eq!(written, [any(&v2::GroupTrait::default()), unknown, second, app]);
}

#[test]
fn flags_with_contents_keep_them() {
    let immutable = any(&v2::GrantImmutable { source_id: "s".to_owned(), metadata: None });
    let model = grant_from_proto(grant(vec![immutable.clone()]), None).unwrap();
    assert!(model.details().immutable);
    assert_eq!(grant_to_proto(&model).0.annotations, [immutable]);

    let immutable = any(&v2::EntitlementImmutable { source_id: "s".to_owned(), metadata: None });
    let mut proto = grant(Vec::new()).entitlement.unwrap();
    proto.annotations = vec![immutable.clone()];
    let model = entitlement_from_proto(proto).unwrap();
    assert!(model.immutable);
    assert_eq!(entitlement_to_proto(&model).annotations, [immutable]);
}

#[test]
fn the_expansion_beside_a_grant_wins_over_the_one_inside() {
    let proto = grant(vec![any(&expansion("inside"))]);
    let names = |found: Option<Expandable>| {
        found.map(|found| found.entitlements.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let model = grant_from_proto(proto.clone(), None).unwrap();
    assert_eq!(names(model.details().expandable.clone()), Some(vec!["inside".to_owned()]));
    assert_eq!(model.details().annotations, []);
    let model = grant_from_proto(proto, Some(expansion("beside"))).unwrap();
    assert_eq!(names(model.details().expandable.clone()), Some(vec!["beside".to_owned()]));
    assert_eq!(model.details().annotations, []);
}

#[test]
fn an_expansion_without_a_name_is_none() {
    for blank in [v2::GrantExpandable::default(), expansion(" ")] {
        assert_eq!(
            grant_from_proto(grant(Vec::new()), Some(blank.clone())).unwrap().details().expandable,
            None
        );
        assert_eq!(grant_from_proto(grant(vec![any(&blank)]), None).unwrap().details().expandable, None);
    }
    let mut model = grant_from_proto(grant(Vec::new()), None).unwrap();
    model.details_mut().expandable =
        Some(Expandable { entitlements: Vec::new(), shallow: false, resource_types: Vec::new() });
    assert_eq!(grant_to_proto(&model).1, None);
}

#[test]
fn a_missing_id_is_named() {
    let missing = |error: ConvertError| error.to_string();
    let mut without = resource(Vec::new());
    without.id = Some(id("user", ""));
    assert_eq!(missing(resource_from_proto(without).unwrap_err()), "Resource has no id");

    let mut without = resource(Vec::new());
    without.parent_resource_id = Some(id("", "w1"));
    assert_eq!(missing(resource_from_proto(without).unwrap_err()), "Resource has no parent_resource_id");

    let without = v2::ResourceType::default();
    assert_eq!(missing(resource_type_from_proto(without).unwrap_err()), "ResourceType has no id");

    let without = v2::Entitlement { id: "e".to_owned(), ..v2::Entitlement::default() };
    assert_eq!(missing(entitlement_from_proto(without).unwrap_err()), "Entitlement has no resource.id");

    let cases: [(Damage, &str); 4] = [
        (|grant| grant.id.clear(), "Grant has no id"),
        (|grant| grant.entitlement = None, "Grant has no entitlement.id"),
        (|grant| grant.entitlement.as_mut().unwrap().resource = None, "Grant has no entitlement.resource.id"),
        (|grant| grant.principal = None, "Grant has no principal.id"),
    ];
    for (damage, message) in cases {
        let mut proto = grant(Vec::new());
        damage(&mut proto);
        assert_eq!(missing(grant_from_proto(proto, None).unwrap_err()), message);
    }
}

#[test]
fn a_time_out_of_range_is_named() {
    let mut proto = resource(Vec::new());
    proto.created_at = Some(Timestamp { seconds: 7, nanos: -1 });
    let error = resource_from_proto(proto).unwrap_err();
    assert_eq!(error.to_string(), "created_at of Resource is not a time: 7 s and -1 ns");

    let last_login = Some(Timestamp { seconds: i64::MAX, nanos: 0 });
    let proto = resource(vec![any(&v2::UserTrait { last_login, ..v2::UserTrait::default() })]);
    let error = resource_from_proto(proto).unwrap_err();
    let expected = "last_login of UserTrait is not a time: 9223372036854775807 s and 0 ns";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_damaged_trait_is_named() {
    let damaged = Any { value: vec![0x0a, 0x05], ..any(&v2::UserTrait::default()) };
    let error = resource_from_proto(resource(vec![damaged])).unwrap_err();
    assert_eq!(error.to_string(), "annotation UserTrait of Resource cannot be decoded");
    let damaged = Any { value: vec![0x0a, 0x05], ..any(&v2::GrantExpandable::default()) };
    let error = grant_from_proto(grant(vec![damaged]), None).unwrap_err();
    assert_eq!(error.to_string(), "annotation GrantExpandable of Grant cannot be decoded");
}
