//! Odd values: every shape a role was seen in or is tolerated in, wrong types, and broken elements.

use clockify_api::model::{Role, Told, User, UserRole};
use clockify_api::{ErrorKind, Page, PageCursor};
use proptest::prelude::*;

use super::support::{Reply, Server, client, workspace};

async fn page(body: &str) -> Page<User> {
    let server = Server::start([Reply::json(body)]).await;
    client(&server).users(&workspace()).page(&PageCursor::default()).await.unwrap()
}

/// The role, its entities' identifiers, and the group behind each.
fn facts(role: &UserRole) -> (Option<&Role>, Vec<(&str, Option<&str>)>) {
    (role.role.as_ref(), role.entities.iter().map(|entity| (entity.id.as_str(), entity.group_id())).collect())
}

#[tokio::test]
async fn every_shape_of_a_role() {
    let manager = Some(&Role::TeamManager);
    let shapes = [
        (r#""TEAM_MANAGER""#, (manager, vec![])),
        (r#"{"role":"TEAM_MANAGER"}"#, (manager, vec![])),
        (r#"{"role":"TEAM_MANAGER","entities":null}"#, (manager, vec![])),
        (
            r#"{"role":"TEAM_MANAGER","entities":[null,"x",{"id":"y"},{"name":"no id"},3]}"#,
            (manager, vec![("x", None), ("y", None)]),
        ),
        (r#"{"role":"TEAM_MANAGER","entity":{"id":"x","type":"USER"}}"#, (manager, vec![("x", None)])),
        (r#"{"role":"TEAM_MANAGER","entity":"x"}"#, (manager, vec![("x", None)])),
        (r#"{"role":"TEAM_MANAGER","entityId":"x"}"#, (manager, vec![("x", None)])),
        (
            r#"{"role":"TEAM_MANAGER","entityId":"g","sourceType":"USER_GROUP"}"#,
            (manager, vec![("g", Some("g"))]),
        ),
        (
            r#"{"role":"TEAM_MANAGER","entities":[{"id":"x","source":{"id":"g","type":"USER_GROUP"}}]}"#,
            (manager, vec![("x", Some("g"))]),
        ),
        (
            r#"{"role":"TEAM_MANAGER","entities":[{"id":"x","source":{"id":"g","type":"ELSEWHERE"}}]}"#,
            (manager, vec![("x", None)]),
        ),
        (
            r#"{"role":"TEAM_MANAGER","entities":[{"id":"x","source":"USER_GROUP"}]}"#,
            (manager, vec![("x", None)]),
        ),
        (
            r#"{"workspaceId":"w","role":{"id":"x","name":"TEAM_MANAGER","source":null}}"#,
            (manager, vec![("x", None)]),
        ),
        (
            r#"{"role":{"name":"TEAM_MANAGER","code":"PROJECT_MANAGER"}}"#,
            (Some(&Role::ProjectManager), vec![]),
        ),
        (r#"{"role":null,"entities":[{"id":"x"}]}"#, (None, vec![("x", None)])),
    ];
    for (shape, expected) in shapes {
        let page = page(&format!(r#"[{{"id":"a","roles":[{shape}]}}]"#)).await;
        let roles = &page.items[0].roles;
        assert_eq!(facts(&roles[0]), expected, "for {shape}");
    }
}

#[tokio::test]
async fn a_role_nobody_knows_keeps_its_code() {
    let page = page(r#"[{"id":"a","roles":[{"role":"AUDITOR"},null,7,""]}]"#).await;
    let roles = &page.items[0].roles;
    assert_eq!(roles.len(), 1);
    assert_eq!(roles[0].role.as_ref().unwrap().as_str(), "AUDITOR");
}

#[tokio::test]
async fn a_field_of_the_wrong_type_is_absent() {
    let page = page(
        r###"[{"id":"a","email":7,"name":["x"],"status":{"x":1},"settings":[1],"customFields":true},
            {"id":"b","settings":{"timeZone":1,"lang":null,"multiFactorEnabled":"true"},
             "memberships":[null,"x",{"userId":1,"membershipStatus":"NEW","hourlyRate":"##default"}]}]"###,
    )
    .await;
    let [a, b] = page.items.as_slice() else { panic!("{page:?}") };
    let mut bare = User::default();
    bare.id = "a".into();
    assert_eq!(a, &bare);
    let settings = b.settings.as_ref().unwrap();
    assert_eq!((&settings.time_zone, settings.multi_factor_enabled), (&None, Some(true)));
    assert_eq!((b.memberships.len(), b.memberships.unreadable()), (1, 2));
    assert_eq!(b.memberships[0].membership_status.as_ref().unwrap().as_str(), "NEW");
}

/// Whether a list was told, how many elements were read, and how many could not be.
fn told<T>(list: &Told<T>) -> (bool, usize, usize) {
    (list.is_told(), list.len(), list.unreadable())
}

/// Who belongs to what must not be "nobody" when it was not said.
#[tokio::test]
async fn not_told_is_not_empty_where_access_depends_on_it() {
    let shapes = [
        ("", (false, 0, 0)),
        ("null", (false, 0, 0)),
        (r#""""#, (false, 0, 0)),
        ("[]", (true, 0, 0)),
        ("7", (false, 0, 1)),
        ("-0.5", (false, 0, 1)),
        ("true", (false, 0, 1)),
        (r#"{"a":[1]}"#, (false, 0, 1)),
        ("[null]", (true, 0, 1)),
        ("[7,[],true]", (true, 0, 3)),
    ];
    for (shape, expected) in shapes {
        let with = |names: &[&str]| {
            let fields =
                names.iter().filter(|_| !shape.is_empty()).map(|name| format!(r#","{name}":{shape}"#));
            format!(r#"{{"id":"a"{}}}"#, fields.collect::<String>())
        };
        let members = with(&["memberships", "roles"]);
        let script = [
            Reply::json(members.clone()),
            Reply::json(format!("[{members}]")),
            Reply::json(format!("[{members}]")),
            Reply::json(format!("[{}]", with(&["userIds", "teamManagers"]))),
        ];
        let server = Server::start(script).await;
        let (client, first) = (client(&server), PageCursor::default());
        let whole = client.workspace(&workspace()).await.unwrap();
        let members = &whole.memberships;
        let found = (members.is_told(), members.len(), members.unreadable());
        assert_eq!(found, expected, "for {shape}");
        let users = client.users(&workspace()).page(&first).await.unwrap();
        assert_eq!(told(&users.items[0].memberships), expected, "for {shape}");
        assert_eq!(told(&users.items[0].roles), expected, "for {shape}");
        let projects = client.projects(&workspace()).page(&first).await.unwrap();
        assert_eq!(told(&projects.items[0].memberships), expected, "for {shape}");
        let groups = client.user_groups(&workspace()).page(&first).await.unwrap();
        assert_eq!(told(&groups.items[0].user_ids), expected, "for {shape}");
        assert_eq!(told(&groups.items[0].team_managers), expected, "for {shape}");
    }
}

#[tokio::test]
async fn what_could_not_be_read_in_a_scope_is_counted() {
    let page = page(
        r#"[{"id":"a","roles":[{"role":"TEAM_MANAGER","entities":[null,"x",{"id":"y"},{"name":"no id"},3]},
            {"role":"TEAM_MANAGER","entities":7},{"role":"TEAM_MANAGER"},"TEAM_MANAGER"]}]"#,
    )
    .await;
    let unreadable: Vec<_> = page.items[0].roles.iter().map(|role| role.unreadable).collect();
    assert_eq!(unreadable, [3, 1, 0, 0]);
}

#[tokio::test]
async fn elements_that_are_none_are_skipped_and_counted() {
    let page = page(r#"[null,{"id":"a"},{},{"id":null},{"id":""},{"id":7},"x",3,[],{"id":"b"}]"#).await;
    let ids: Vec<_> = page.items.iter().map(|user| user.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!((page.rows, page.skipped), (10, 8));
}

/// Escapes of half a surrogate pair, which JSON's grammar allows and no text can hold.
const HALVES: [(&str, &str); 8] = [
    (r"Team \ud83d", "Team \u{fffd}"),
    (r"\ude80 Team", "\u{fffd} Team"),
    (r"\uD83D\ud83d\ude80", "\u{fffd}🚀"),
    (r"\ud83d\u0041", "\u{fffd}A"),
    (r#"\ud83d\n\\\ude80\""#, "\u{fffd}\n\\\u{fffd}\""),
    (r"\ud83d \\ud83d", "\u{fffd} \\ud83d"),
    (r"\ud83dÄ日", "\u{fffd}Ä日"),
    (r"\ude80\ud83d", "\u{fffd}\u{fffd}"),
];

#[tokio::test]
async fn half_a_pair_costs_a_character_and_not_a_person() {
    for (escaped, expected) in HALVES {
        let page = page(&format!(r#"[{{"id":"a"}},{{"id":"b","name":"{escaped}"}},{{"id":"c"}}]"#)).await;
        let ids: Vec<_> = page.items.iter().map(|user| user.id.as_str()).collect();
        assert_eq!((ids.as_slice(), page.skipped), (["a", "b", "c"].as_slice(), 0), "for {escaped}");
        assert_eq!(page.items[1].name.as_deref(), Some(expected), "for {escaped}");
        assert_eq!((page.mended, page.ambiguous), (1, 0), "for {escaped}");
    }
}

#[tokio::test]
async fn half_a_pair_does_not_cost_the_run() {
    let (escaped, expected) = HALVES[0];
    let body = format!(r#" {{"id":"a","name":"{escaped}","memberships":[{{"userId":"b"}}]}} "#);
    let server = Server::start([Reply::json(body.clone()), Reply::json(body)]).await;
    let client = client(&server);
    assert_eq!(client.me().await.unwrap().name.as_deref(), Some(expected));
    let workspace = client.workspace(&workspace()).await.unwrap();
    assert_eq!(workspace.name.as_deref(), Some(expected));
    assert_eq!(workspace.memberships.users().next().flatten().unwrap(), "b");
}

#[tokio::test]
async fn a_field_that_comes_twice_is_taken_once_and_told_of() {
    let body = r#"[{"id":"a"},{"id":"b","name":"first","name":"sec\ud83dond","id":"b"},{"id":"c"}]"#;
    let page = page(body).await;
    assert_eq!((page.items.len(), page.skipped, page.ambiguous, page.mended), (3, 0, 1, 1));
    assert_eq!(page.items[1].name.as_deref(), Some("sec\u{fffd}ond"));
    let server = Server::start([Reply::json(r#"{"id":"a","id":"b"}"#)]).await;
    assert_eq!(client(&server).me().await.unwrap().id, "b");
}

#[tokio::test]
async fn depth_and_numbers_beyond_every_limit_cost_their_meaning_only() {
    let deep = format!("{}\"]\"{}", "[".repeat(5000), "]".repeat(5000));
    for (value, shown) in [(deep.as_str(), "[[[[["), ("1e999", "\"1e999\""), ("-1E+400", "\"-1E+400\"")] {
        let body = format!(
            r#"[{{"id":"a","customFields":[{{"customFieldName":"f","value":{value}}}],"roles":[]}}]"#
        );
        let page = page(&body).await;
        assert_eq!((page.items.len(), page.skipped, page.mended), (1, 0, 1), "for {shown}");
        assert!(page.items[0].custom_fields[0].value.to_string().starts_with(shown));
        assert!(page.items[0].roles.is_told(), "what follows is read");
    }
}

#[tokio::test]
async fn bytes_that_are_no_utf_8_are_replaced() {
    let mut bytes = br#"[{"id":"a"},{"id":"b","name":"x"}]"#.to_vec();
    let position = bytes.iter().position(|byte| *byte == b'x').unwrap();
    bytes[position] = 0xff;
    let server = Server::start([Reply::json(bytes)]).await;
    let page = client(&server).users(&workspace()).page(&PageCursor::default()).await.unwrap();
    assert_eq!(page.items[1].name.as_deref(), Some("\u{fffd}"));
    assert_eq!(page.mended, 1);
}

proptest! {
    /// Every text, however it is escaped, reads as UTF-16 reads it: pairs as one character, halves as U+FFFD.
    #[test]
    fn escaped_texts_read_as_utf_16(units in proptest::collection::vec(
        prop_oneof![Just(0x22), Just(0x5c), Just(0x75), 0xd7fe..=0xe001u16, any::<u16>()], 0..12,
    )) {
        let escaped = units.iter().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
        let expected = String::from_utf16_lossy(&units);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let page = runtime.block_on(page(&format!(r#"[{{"id":"a","name":"{escaped}"}}]"#)));
        prop_assert_eq!(page.items[0].name.as_deref().unwrap_or_default(), expected);
    }
}

#[tokio::test]
async fn a_full_page_of_odd_elements_is_still_full() {
    let server = Server::start([Reply::json(r#"[null,{"id":"a"}]"#), Reply::json("[]")]).await;
    let list = client(&server).users(&workspace()).page_size(2);
    let first = list.page(&PageCursor::default()).await.unwrap();
    let next = first.next.expect("two rows of two, so another page follows");
    list.page(&next).await.unwrap();
}

#[tokio::test]
async fn json_of_another_shape_is_an_error_that_keeps_the_body() {
    let bodies = [
        ("\"a very private text\"", "", 1, 21),
        (r#"{"id":"a","name":"Private"}"#, "", 1, 0),
        (
            "[\n{\"id\":\"a\"},\n{\"id\":\"b\",\"memberships\":[{\"targetId\":\"Private\"",
            "[1].memberships[0]",
            3,
            46,
        ),
        ("[{\"id\":\"a\"}] trailing", "", 1, 14),
    ];
    for (body, path, line, column) in bodies {
        let server = Server::start([Reply::json(body)]).await;
        let error = client(&server).users(&workspace()).page(&PageCursor::default()).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Decode { path: path.to_owned(), line, column }, "for {body}");
        assert_eq!(error.body(), Some(body.as_bytes()));
        assert!(!error.is_retryable());
        let shown = format!("{error} {error:?}");
        assert!(!shown.to_lowercase().contains("private"), "{shown}");
    }
}

#[tokio::test]
async fn a_single_object_needs_its_identifier() {
    let bodies = [
        "{}",
        r#"{"id":null,"name":"x"}"#,
        "[]",
        "null",
        r#"["66b0c1d2e4f5a6978812aa0c"]"#,
        r#"{"id":null,"name":"\ud83d"}"#,
        r#"{"id":"a","name":"\ud83d"} trailing"#,
        r#"{"id":"a","name":"\ud83d""#,
    ];
    let server = Server::start(bodies.map(Reply::json)).await;
    for body in bodies {
        let error = client(&server).me().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "for {body}: {error:?}");
    }
}
