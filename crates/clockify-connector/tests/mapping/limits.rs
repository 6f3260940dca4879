//! Texts and values that are longer or deeper than anybody needs, and what is left of them.

use governance_model::{Grant, Value as Attribute};
use serde_json::{Value, json};

use crate::world::{
    ANNA, APOLLO, BEN, CREW, World, anna, ben, entity, group, look, project, project_grant, project_member,
    role,
};

const TOO_LONG: &str = "text that was too long";

/// Characters of three bytes, so that most limits fall inside one.
fn long(bytes: usize) -> String {
    "日".repeat(bytes.div_ceil(3))
}

fn fields(value: &Value) -> Value {
    json!([{"customFieldId": "f", "customFieldName": "Field", "value": value}])
}

/// How many lists and maps stand in one another.
fn depth(value: &Attribute) -> usize {
    match value {
        Attribute::List(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Attribute::Map(fields) => 1 + fields.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

/// Readers of protobuf stop at 100 messages in one another, and a level of a value takes three.
#[tokio::test]
async fn values_are_nested_sixteen_levels_at_most() {
    for (levels, cut) in
        [(1, false), (15, false), (16, false), (17, true), (100, true), (120, true), (3000, true)]
    {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let text = format!("{}\"core\"{}", open.repeat(levels), close.repeat(levels));
            let rows = format!(
                r#"[{{"id":"{ANNA}","roles":[],"customFields":[{{"customFieldName":"Field","value":{text}}}]}}]"#
            );
            let mut script = World::of([anna(json!({}))]).script();
            let path = format!("/workspaces/{}/users", crate::seam::WORKSPACE);
            script.insert(path, crate::server::Answer::text(200, "application/json", &rows));
            let server = crate::server::Server::start(script);
            let settings = clockify_connector::Settings { page_size: 50, projects: false };
            let connector = crate::seam::connector(&server.url(), settings);
            let read = crate::seam::read(&connector, &governance_model::Scope::default()).await.unwrap();

            let mut value = &read.user(ANNA).profile["custom.Field"];
            assert_eq!(depth(value), levels.min(16), "{levels} times {open}");
            while let Attribute::List(_) | Attribute::Map(_) = value {
                value = match value {
                    Attribute::List(items) => &items[0],
                    Attribute::Map(fields) => &fields["a"],
                    _ => unreachable!("the loop ends at a leaf"),
                };
            }
            let Attribute::String(rest) = value else { panic!("{value:?}") };
            assert!(rest.len() <= 4096);
            assert!(rest.starts_with(if cut { open } else { "core" }), "{levels} times {open}: {rest}");
            assert_eq!(read.drops("custom field nested too deeply"), u64::from(cut));
        }
    }
    let shallow = json!([[[[[[[[[[[[[[[[{"deep": [1, "two"]}]]]]]]]]]]]]]]]]);
    let read = look(&World::of([anna(json!({"customFields": fields(&shallow)}))])).await;
    let shown = read.profile(ANNA, "custom.Field").to_string();
    assert!(shown.contains(r#"{\"deep\":[1,\"two\"]}"#), "what is deeper is its JSON: {shown}");
}

#[tokio::test]
async fn custom_fields_are_cut() {
    let text = long(10_000);
    let value = json!({"list": [text], "text": text, &text: 1});
    let read = look(&World::of([anna(json!({"customFields": fields(&value)}))])).await;
    let kept = long(4095);
    let found = read.profile(ANNA, "custom.Field");
    assert!(found == json!({"list": [kept], "text": kept, &kept: 1.0}), "cut between two characters");
    assert_eq!(read.drops(TOO_LONG), 3);

    let name = long(300);
    let named = json!([
        {"customFieldId": long(300), "customFieldName": name, "value": "a"},
        {"customFieldId": "f2", "customFieldName": format!("{name}, another"), "value": "b"},
    ]);
    let read = look(&World::of([anna(json!({"customFields": named}))])).await;
    let kept = long(255);
    assert_eq!(read.profile(ANNA, &format!("custom.{kept} ({kept})")), "a");
    assert_eq!(read.profile(ANNA, &format!("custom.{kept} (f2)")), "b");
    assert_eq!(read.drops(TOO_LONG), 3);
}

/// Part of an address may be somebody else's.
#[tokio::test]
async fn an_address_that_is_too_long_is_none() {
    let longest = format!("{}@{}", "a".repeat(64), "b".repeat(255));
    let read = look(&World::of([anna(json!({"email": longest, "name": null}))])).await;
    assert_eq!(read.account(ANNA).login.as_deref(), Some(longest.as_str()));
    assert_eq!(read.drops(TOO_LONG), 0);
    let read = look(&World::of([anna(json!({"email": format!("{longest}c"), "name": null}))])).await;
    assert_eq!(read.account(ANNA).login, None);
    assert!(read.account(ANNA).emails.is_empty());
    assert_eq!(read.user(ANNA).display_name, ANNA);
    assert_eq!(read.drops(TOO_LONG), 1);
}

#[tokio::test]
async fn every_other_text_is_cut() {
    let text = long(100_000);
    let (short, code, name) = (json!(long(4095)), json!(long(255)), long(1023));
    let mut managed = entity(BEN);
    managed["name"] = json!(text);
    let mut covered = entity(APOLLO);
    covered["name"] = json!(text);
    let member = anna(json!({
        "name": format!("{text} {text}"), "status": text, "settings": {"timeZone": text},
        "roles": [role(&text, &[]), role("TEAM_MANAGER", &[managed]), role("PROJECT_MANAGER", &[covered])],
    }));
    let mut crew = group(CREW, &[], &[]);
    crew["name"] = json!(text);
    let mut apollo = project(APOLLO, &[project_member(ANNA, &text)]);
    apollo["name"] = json!(text);
    apollo["clientName"] = json!(text);
    let mut world =
        World::of([member, ben()]).with_groups([crew]).with_projects([apollo]).listing(ANNA, &text);
    world.workspace["name"] = json!(text);
    world.workspace["featureSubscriptionType"] = json!(text);
    let read = look(&world).await;

    assert!(read.baseline.source_name == name);
    assert!(json!(read.baseline.details["plan"]) == code);
    assert!(json!(read.baseline.inventory.as_ref().unwrap().entries.get(ANNA)) == code);
    for key in ["first_name", "last_name", "time_zone"] {
        assert!(read.profile(ANNA, key) == short, "{key}");
    }
    assert!(read.profile(ANNA, "account_status") == code);
    let roles = read.profile(ANNA, "workspace_roles");
    assert!(roles == json!(["team-manager", "project-manager", code]));
    for (role, kind, id) in [("team-manager", "user", BEN), ("project-manager", "project", APOLLO)] {
        let scopes = read.scopes(role, ANNA);
        assert!(scopes == json!([{"type": kind, "id": id, "name": name}]), "{role}");
    }
    let grant: &Grant = &read.grants[&project_grant("member", APOLLO, &format!("user:{ANNA}"))];
    assert!(grant.details().metadata["membership_status"] == Attribute::String(long(255).into()));
    for resource in read.resources.values() {
        for (key, value) in &resource.profile {
            let length = serde_json::to_string(value).unwrap().len();
            assert!(length < 5000, "{key} of {} has {length} bytes", resource.id);
        }
    }
    assert!(read.drops(TOO_LONG) >= 10);
}
