//! Odd values: every shape a role was seen in or is tolerated in, wrong types, and broken elements.

use clockify_api::model::{Role, User, UserRole};
use clockify_api::{ErrorKind, Page, PageCursor};

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
        let roles = page.items[0].roles.as_ref().unwrap();
        assert_eq!(facts(&roles[0]), expected, "for {shape}");
    }
}

#[tokio::test]
async fn a_role_nobody_knows_keeps_its_code() {
    let page = page(r#"[{"id":"a","roles":[{"role":"AUDITOR"},null,7,""]}]"#).await;
    let roles = page.items[0].roles.as_ref().unwrap();
    assert_eq!(roles.len(), 1);
    assert_eq!(roles[0].role.as_ref().unwrap().as_str(), "AUDITOR");
}

#[tokio::test]
async fn a_field_of_the_wrong_type_is_absent() {
    let page = page(
        r###"[{"id":"a","email":7,"name":["x"],"status":{"x":1},"memberships":"none","roles":{"x":1},
            "settings":[1],"customFields":true},
            {"id":"b","settings":{"timeZone":1,"lang":null,"multiFactorEnabled":"true"},
             "memberships":[null,"x",{"userId":1,"membershipStatus":"NEW","hourlyRate":"##default"}]}]"###,
    )
    .await;
    let [a, b] = page.items.as_slice() else { panic!("{page:?}") };
    let mut bare = User::default();
    bare.id = "a".to_owned();
    assert_eq!(a, &bare);
    let settings = b.settings.as_ref().unwrap();
    assert_eq!((&settings.time_zone, settings.multi_factor_enabled), (&None, Some(true)));
    assert_eq!(b.memberships.len(), 1);
    assert_eq!(b.memberships[0].membership_status.as_ref().unwrap().as_str(), "NEW");
}

#[tokio::test]
async fn elements_that_are_none_are_skipped_and_counted() {
    let page = page(r#"[null,{"id":"a"},{},{"id":null},{"id":""},{"id":7},"x",3,[],{"id":"b"}]"#).await;
    let ids: Vec<_> = page.items.iter().map(|user| user.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!((page.rows, page.skipped), (10, 8));
}

#[tokio::test]
async fn an_element_that_cannot_be_decoded_does_not_cost_the_others() {
    let half_a_pair = r#"[{"id":"a"},{"id":"b","name":"\ud83d"},{"id":"c"}]"#;
    let twice = r#"[{"id":"a"},{"id":"b","id":"b"},{"id":"c"}]"#;
    for body in [half_a_pair, twice] {
        let page = page(body).await;
        let ids: Vec<_> = page.items.iter().map(|user| user.id.as_str()).collect();
        assert_eq!((ids.as_slice(), page.skipped), (["a", "c"].as_slice(), 1), "for {body}");
    }
    let mut bytes = br#"[{"id":"a"},{"id":"b","name":"x"}]"#.to_vec();
    let position = bytes.iter().position(|byte| *byte == b'x').unwrap();
    bytes[position] = 0xff;
    let server = Server::start([Reply::json(bytes)]).await;
    let page = client(&server).users(&workspace()).page(&PageCursor::default()).await.unwrap();
    assert_eq!(page.items[1].name.as_deref(), Some("\u{fffd}"), "bytes that are no UTF-8 are replaced");
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
    let bodies = ["{}", r#"{"id":null,"name":"x"}"#, "[]", "null"];
    let server = Server::start(bodies.map(Reply::json)).await;
    for body in bodies {
        let error = client(&server).me().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "for {body}: {error:?}");
    }
}
