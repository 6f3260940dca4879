//! Whatever a row of members holds, the mapping keeps its promises.

use std::sync::LazyLock;

use clockify_connector::Settings;
use governance_model::Scope;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::render;
use crate::seam::{self, WORKSPACE};
use crate::server::Server;
use crate::world::{ANNA, BEN, CREW, ELSEWHERE, GHOST, World, group};

/// Ids that mean something here, and any others.
fn id() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => select(vec![ANNA, BEN, CREW, GHOST, WORKSPACE, ELSEWHERE]).prop_map(Value::from),
        2 => "\\PC{0,20}".prop_map(Value::from),
        1 => any_json(),
    ]
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => select(words).prop_map(Value::from),
        1 => ".{0,20}".prop_map(Value::from),
        1 => any_json(),
    ]
}

/// JSON of any type, flat and nested.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((".{0,6}", inner), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => "[ -~]{0,40}".prop_map(Value::from),
        3 => "\\PC{0,40}".prop_map(Value::from),
        1 => "\\PC{900,1400}".prop_map(Value::from),
        1 => "\\s{0,4}".prop_map(Value::from),
        1 => any_json(),
    ]
}

/// An object with a random part of these fields.
fn object(fields: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let fields: Vec<_> = fields
        .into_iter()
        .map(|(name, value)| proptest::option::weighted(0.8, value).prop_map(move |value| (name, value)))
        .collect();
    fields
        .prop_map(|fields| {
            let present = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
            Value::Object(present.collect::<Map<_, _>>())
        })
        .boxed()
}

fn list(item: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    prop_oneof![8 => vec(item, 0..5).prop_map(Value::from), 1 => any_json()].boxed()
}

fn member() -> BoxedStrategy<Value> {
    let statuses = &["ACTIVE", "INACTIVE", "PENDING", "DECLINED", "ALL", ""];
    let membership = object(vec![
        ("userId", id().boxed()),
        ("targetId", id().boxed()),
        ("membershipType", word(&["WORKSPACE", "PROJECT", "USERGROUP"]).boxed()),
        ("membershipStatus", word(statuses).boxed()),
    ]);
    let source = object(vec![("id", id().boxed()), ("type", word(&["USER_GROUP"]).boxed())]);
    let entity = object(vec![("id", id().boxed()), ("name", text().boxed()), ("source", source)]);
    let codes = &["WORKSPACE_OWN", "OWNER", "WORKSPACE_ADMIN", "TEAM_MANAGER", "PROJECT_MANAGER", "NEW"];
    let role = object(vec![
        ("role", word(codes).boxed()),
        ("entities", list(entity.clone())),
        ("entity", entity),
        ("entityId", id().boxed()),
        ("sourceType", word(&["USER_GROUP"]).boxed()),
    ]);
    let field = object(vec![
        ("customFieldId", word(&["f1", "f2"]).boxed()),
        ("customFieldName", word(&["Team", "workspace_role", ""]).boxed()),
        ("value", any_json().boxed()),
    ]);
    let settings = object(vec![("timeZone", text().boxed()), ("multiFactorEnabled", any_json().boxed())]);
    let accounts =
        &["ACTIVE", "PENDING_EMAIL_VERIFICATION", "DELETED", "NOT_REGISTERED", "LIMITED", "LIMITED_DELETED"];
    object(vec![
        ("id", id().boxed()),
        ("email", text().boxed()),
        ("name", text().boxed()),
        ("status", word(accounts).boxed()),
        ("memberships", list(membership)),
        ("roles", list(role)),
        ("settings", prop_oneof![settings, any_json()].boxed()),
        ("customFields", list(field)),
    ])
}

/// One server for all cases; its threads outlive them.
static SERVER: LazyLock<Server> = LazyLock::new(|| Server::start(World::of([]).script()));

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// [`render::hold`] asks that ids are valid and joined by the rule, that principals exist or are stood in for, that
    /// names are there and fit, and that the three keys of the CSV export are there.
    #[test]
    fn any_members(rows in vec(prop_oneof![9 => member(), 1 => any_json().boxed()], 0..6)) {
        let mut world = World::of([]).with_groups([group(CREW, &[ANNA, GHOST], &[BEN])]);
        world.users.extend(rows);
        SERVER.rewrite(world.script());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let settings = Settings { page_size: 4, projects: true };
        let connector = seam::connector(&SERVER.url(), settings);
        let read = runtime.block_on(seam::read(&connector, &Scope::default())).unwrap();
        render::hold(&read);
        for resource in read.resources.values().chain(read.stand_ins.values()) {
            let Some(account) = resource.user() else { continue };
            prop_assert_eq!(account.login.is_some(), !account.emails.is_empty());
            prop_assert!(resource.status.is_some());
            prop_assert!(resource.profile.contains_key("workspace_role"));
        }
    }
}
