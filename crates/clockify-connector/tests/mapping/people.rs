//! What is known about a member: names, addresses, settings and custom fields.

use governance_model::AccountType;
use serde_json::{Value, json};

use crate::world::{ANNA, BEN, OWNER, World, anna, ben, check, look};

/// Longer than every limit, with characters of one to four bytes.
fn long_name() -> String {
    "aé日🌊".chars().cycle().take(3000).collect()
}

#[tokio::test]
async fn an_ordinary_member() {
    let read = check("ordinary_member", World::of([anna(json!({}))])).await;
    let account = read.account(ANNA);
    assert_eq!(account.emails.len(), 1);
    assert!(account.emails[0].primary);
    assert_eq!(account.emails[0].address, "anna@nordlicht.example");
    assert_eq!(account.login.as_deref(), Some("anna@nordlicht.example"));
    assert_eq!(account.account_type, AccountType::Human);
    assert_eq!(account.mfa_enabled, Some(true));
    let profile = serde_json::to_value(&read.user(ANNA).profile).unwrap();
    assert_eq!(
        profile,
        json!({
            "user_id": ANNA, "first_name": "Anna", "last_name": "Berg", "workspace_role": "regular",
            "workspace_roles": [], "account_status": "ACTIVE", "membership_status": "ACTIVE",
            "mfa_enabled": true, "time_zone": "Europe/Berlin",
        })
    );
}

#[tokio::test]
async fn a_name_is_never_empty() {
    for (name, email, expected) in [
        (json!("Anna"), json!("anna@nordlicht.example"), "Anna"),
        (json!("  "), json!("anna@nordlicht.example"), "anna@nordlicht.example"),
        (json!(""), json!("anna@nordlicht.example"), "anna@nordlicht.example"),
        (Value::Null, Value::Null, ANNA),
        (json!(" \t\n"), json!(""), ANNA),
        (json!(17), json!({"not": "text"}), ANNA),
    ] {
        let read = look(&World::of([anna(json!({"name": name, "email": email}))])).await;
        assert_eq!(read.user(ANNA).display_name, expected);
    }
}

#[tokio::test]
async fn a_name_of_three_thousand_characters() {
    let name = long_name();
    let read = look(&World::of([anna(json!({"name": name}))])).await;
    let shown = &read.user(ANNA).display_name;
    // Ten bytes for four characters: 102 times four, then the 1, 2 and no more of the next four bytes.
    assert_eq!(shown.chars().count(), 102 * 4 + 2);
    assert_eq!(shown.len(), 1023);
    assert!(name.starts_with(shown.as_str()));
    // 409 times four characters, and the 1, 2 and 3 of the next: 4096 bytes, of the 7500.
    let kept: String = name.chars().take(409 * 4 + 3).collect();
    assert_eq!((kept.len(), name.len()), (4096, 7500));
    assert!(read.profile(ANNA, "first_name") == json!(kept), "the profile has what fits");
    assert_eq!(read.drops("text that was too long"), 2);
}

#[tokio::test]
async fn hostile_names_are_kept_verbatim() {
    let names = [
        "'; DROP TABLE v1_grants; --",
        "<script>alert(1)</script>",
        "=HYPERLINK(\"http://evil.example\")",
        "a:b\\c/d%2e%2e",
        "Robert\u{202e}txt.exe",
        "line\nbreak\ttab",
        "\u{1b}[31mred",
        "{{7*7}} ${HOME} `id`",
    ];
    for (number, name) in names.into_iter().enumerate() {
        let field = json!({"customFieldId": "f", "customFieldName": name, "value": name});
        let member = anna(json!({"name": name, "customFields": [field]}));
        let read = look(&World::of([member])).await;
        assert_eq!(read.user(ANNA).display_name, name, "name {number}");
        assert_eq!(read.profile(ANNA, &format!("custom.{name}")), json!(name));
    }
    check("hostile_name", World::of([anna(json!({"name": names[0], "email": names[2]}))])).await;
}

#[tokio::test]
async fn ids_that_are_no_object_ids() {
    let id = "zz-Nutzer-Ä";
    let member = anna(json!({
        "id": id, "memberships": [crate::world::membership(id, crate::seam::WORKSPACE, "WORKSPACE", "ACTIVE")],
    }));
    let read = check("odd_ids", World::of([member])).await;
    assert_eq!(read.user(id).created_at, None);
    assert_eq!(read.user(id).display_name, "Anna Berg");
    assert_eq!(read.profile(id, "user_id"), id);
    assert_eq!(read.state(id).0, governance_model::State::Enabled);
    // The time of an id that is one: 0x66b0c1d2 seconds after 1970.
    assert_eq!(read.user(OWNER).created_at.unwrap().as_second(), 0x66b0_c1d2);
}

#[tokio::test]
async fn settings_of_odd_types() {
    for settings in [Value::Null, json!("none"), json!([1, 2]), json!(0), json!({})] {
        let read = look(&World::of([anna(json!({"settings": settings}))])).await;
        assert_eq!(read.account(ANNA).mfa_enabled, None);
        assert_eq!(read.profile(ANNA, "mfa_enabled"), Value::Null);
        assert_eq!(read.profile(ANNA, "time_zone"), Value::Null);
    }
    let settings =
        json!({"timeZone": 1, "multiFactorEnabled": "yes", "summaryReportSettings": "x", "lang": []});
    let read = check("odd_settings", World::of([anna(json!({"settings": settings}))])).await;
    assert_eq!(read.account(ANNA).mfa_enabled, None);
    assert_eq!(read.profile(ANNA, "time_zone"), Value::Null);
    for (flag, expected) in [(json!(true), true), (json!(false), false), (json!("false"), false)] {
        let read = look(&World::of([anna(json!({"settings": {"multiFactorEnabled": flag}}))])).await;
        assert_eq!(read.account(ANNA).mfa_enabled, Some(expected));
        assert_eq!(read.profile(ANNA, "mfa_enabled"), expected);
    }
}

#[tokio::test]
async fn custom_field_values_of_every_json_type() {
    let values = [
        ("text", json!("E-1")),
        ("empty", json!("")),
        ("number", json!(0.8)),
        ("whole", json!(-3)),
        ("flag", json!(false)),
        ("list", json!(["a", 1, null, [true]])),
        ("object", json!({"a": {"b": [null]}})),
    ];
    let mut fields: Vec<Value> = values
        .iter()
        .map(|(name, value)| json!({"customFieldId": *name, "customFieldName": name, "value": value}))
        .collect();
    fields.push(json!({"customFieldId": "n", "customFieldName": "null", "value": null}));
    fields.push(json!({"customFieldId": "a", "customFieldName": "absent"}));
    fields.push(json!({"customFieldId": "id-only", "customFieldName": null, "value": 1}));
    fields.push(json!({"value": "nameless"}));
    fields.push(json!("no object"));
    let read = check("custom_fields", World::of([anna(json!({"customFields": fields}))])).await;
    for (name, value) in values {
        let found = read.profile(ANNA, &format!("custom.{name}"));
        match value.as_f64() {
            Some(number) => assert_eq!(found.as_f64(), Some(number)),
            None if name == "list" => assert_eq!(found, json!(["a", 1.0, null, [true]])),
            None => assert_eq!(found, value),
        }
    }
    assert_eq!(read.profile(ANNA, "custom.id-only").as_f64(), Some(1.0));
    let keys = read.user(ANNA).profile.keys().filter(|key| key.starts_with("custom.")).count();
    assert_eq!(read.drops("custom field without name"), 1);
    assert_eq!(keys, 8, "null, absent and nameless values are no attributes");
}

/// The same key must mean the same field for everybody, also for those who have no value in one of the two.
#[tokio::test]
async fn custom_fields_of_one_name_are_told_apart_by_id() {
    let field =
        |id: &str, value: Value| json!({"customFieldId": id, "customFieldName": "Team", "value": value});
    let both = anna(json!({"customFields": [field("f1", json!("red")), field("f2", json!("blue"))]}));
    let mut second = ben();
    second["customFields"] = json!([field("f1", Value::Null), field("f2", json!("green"))]);
    let read = check("custom_fields_of_one_name", World::of([both, second])).await;
    assert_eq!(read.profile(ANNA, "custom.Team (f1)"), "red");
    assert_eq!(read.profile(ANNA, "custom.Team (f2)"), "blue");
    assert_eq!(read.profile(BEN, "custom.Team (f2)"), "green");
    for id in [ANNA, BEN] {
        assert_eq!(read.profile(id, "custom.Team"), Value::Null);
    }

    // The same field twice is no second field.
    let twice = anna(json!({"customFields": [field("f1", json!("red")), field("f1", json!("blue"))]}));
    let read = look(&World::of([twice])).await;
    assert_eq!(read.profile(ANNA, "custom.Team"), "red");
    assert_eq!(read.drops("duplicate custom field"), 1);
}

/// No custom field can pose as one of the connector's own attributes.
#[tokio::test]
async fn custom_fields_replace_nothing() {
    let fields = json!([
        {"customFieldId": "1", "customFieldName": "workspace_role", "value": "owner"},
        {"customFieldId": "2", "customFieldName": "user_id", "value": "x"},
    ]);
    let read = look(&World::of([anna(json!({"customFields": fields}))])).await;
    assert_eq!(read.profile(ANNA, "workspace_role"), "regular");
    assert_eq!(read.profile(ANNA, "user_id"), ANNA);
}

#[tokio::test]
async fn empty_strings_and_nulls_everywhere() {
    let fields =
        ["email", "name", "status", "memberships", "settings", "customFields", "roles", "profilePicture"];
    for empty in [Value::Null, json!("")] {
        let mut member = json!({"id": ANNA});
        for field in fields {
            member[field] = empty.clone();
        }
        let group =
            json!({"id": "g", "name": empty, "workspaceId": empty, "userIds": empty, "teamManagers": empty});
        let project = json!({
            "id": "p", "name": empty, "clientId": empty, "clientName": empty, "memberships": empty,
            "archived": empty, "public": empty, "template": empty,
        });
        let world = World::of([member]).with_groups([group]).with_projects([project]);
        let read = check("nothing_said", world).await;
        assert_eq!(read.user(ANNA).display_name, ANNA);
        assert_eq!(read.state(ANNA).1, "account unknown, membership ACTIVE");
        assert_eq!(read.profile(ANNA, "workspace_role"), "unknown");
        assert_eq!(read.grant_ids(), Vec::<&str>::new());
        assert_eq!(read.entitlements["group:g:member"].display_name, "g group member");
    }
}

#[tokio::test]
async fn rows_that_are_no_members_are_counted() {
    let rows = [json!({"name": "no id"}), json!({"id": ""}), json!({"id": 5}), Value::Null, json!("x")];
    let read = check("rows_without_id", World::of(rows)).await;
    assert_eq!(read.drops("row that could not be read"), 5);
    assert_eq!(read.baseline.inventory.unwrap().entries.len(), 1, "only the owner");
}
