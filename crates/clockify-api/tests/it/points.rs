//! One test or more for each point of "A tolerant client must handle" in the clockify reference.
//!
//! Points without a test here, because this crate does not do what they are about:
//!
//! * 14 (completeness) needs to know who is an administrator and what counts as complete: the connector's part.
//!   This crate only has to tell a refusal for missing rights apart, which is tested below.
//!
//! Of the points 10, 12, 13, 16 and 19 the client's part is that the facts arrive; what follows from them is the
//! connector's.

use std::time::Duration;

use clockify_api::model::{AccountStatus, MembershipStatus, Role};
use clockify_api::{
    AddonToken, ApiKey, BaseUrl, BuildError, Client, ErrorKind, Fault, MembershipScope, Pace, PageCursor,
    RetryPolicy, StatusFilter,
};
use futures_util::TryStreamExt as _;

use super::support::{
    ManualClock, Recorded, Reply, Server, WORKSPACE, builder, client, user_id, users, workspace,
};

const ME: &str = r#"{"id":"66b0c1d2e4f5a6978812aa0c"}"#;

#[tokio::test]
async fn point_01_the_base_url_is_accepted_in_every_spelling() {
    for path in ["", "/", "/api", "/api/", "/v1", "/api/v1", "/api/v1/", "/api/api/v1"] {
        let server = Server::start([Reply::json(ME)]).await;
        let base = BaseUrl::parse(&format!("{}{path}", server.url())).unwrap();
        builder(&server).base_url(base).build().unwrap().me().await.unwrap();
        assert_eq!(server.requests()[0].path, "/api/v1/user", "for {path:?}");
    }
}

#[test]
fn point_01_a_foreign_host_needs_an_explicit_word() {
    let foreign =
        || Client::builder(ApiKey::new("key").unwrap()).base_url("https://time.example".parse().unwrap());
    let refused = foreign().build().unwrap_err();
    assert!(matches!(&refused, BuildError::ForeignHost { host } if host == "time.example"), "{refused:?}");
    foreign().allow_foreign_host(true).build().unwrap();
}

#[tokio::test]
async fn point_01_a_redirect_never_carries_the_key_to_another_host() {
    let elsewhere = Server::start([]).await;
    let location = format!("{}/api/v1/user", elsewhere.url().replace("127.0.0.1", "localhost"));
    for status in [301, 302, 303, 307, 308] {
        let server = Server::start([Reply::status(status).header("Location", &location)]).await;
        let error = client(&server).me().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Redirect { host: Some("localhost".to_owned()) });
        assert_eq!(error.status(), Some(status));
        assert!(error.to_string().contains("localhost"), "{error}");
    }
    assert_eq!(elsewhere.requests().len(), 0);
}

#[tokio::test]
async fn point_02_exactly_one_credential_and_never_bearer() {
    async fn sent(make: impl FnOnce() -> clockify_api::Credential) -> Recorded {
        let server = Server::start([Reply::json(ME)]).await;
        let client = Client::builder(make()).base_url(server.url().parse().unwrap()).build().unwrap();
        client.me().await.unwrap();
        server.requests().remove(0)
    }
    let with_key = sent(|| ApiKey::new(" the-key\n").unwrap().into()).await;
    assert_eq!(with_key.header("x-api-key"), Some("the-key"));
    assert_eq!(with_key.header("x-addon-token"), None);
    assert_eq!(with_key.header("authorization"), None);

    let with_token = sent(|| AddonToken::new("the.token").unwrap().into()).await;
    assert_eq!(with_token.header("x-addon-token"), Some("the.token"));
    assert_eq!(with_token.header("x-api-key"), None);
    assert_eq!(with_token.header("authorization"), None);
}

#[tokio::test]
async fn point_03_html_with_status_200_is_a_wrong_base_url() {
    let page = "<!doctype html><title>Clockify</title>";
    let script = [
        Reply::status(200).header("Content-Type", "text/html;charset=UTF-8").body(page),
        Reply::json(format!("\n  {page}")),
    ];
    let server = Server::start(script).await;
    for _ in 0..2 {
        let error = client(&server).me().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotJson { html: true });
        assert!(error.to_string().contains("base URL"), "{error}");
    }
}

#[tokio::test]
async fn point_03_empty_and_foreign_bodies_have_their_own_errors() {
    let script = [
        Reply::json(""),
        Reply::json(" \n"),
        Reply::status(200).header("Content-Type", "text/plain").body("pong"),
    ];
    let server = Server::start(script).await;
    for _ in 0..2 {
        assert_eq!(client(&server).me().await.unwrap_err().kind(), &ErrorKind::EmptyBody);
    }
    assert_eq!(client(&server).me().await.unwrap_err().kind(), &ErrorKind::NotJson { html: false });
}

#[tokio::test]
async fn point_03_a_refusal_may_have_any_body_or_none() {
    let bodies = ["", "<html>gone</html>", "no such thing", "{", "[]", "null", "7", r#"{"code":null}"#];
    let server = Server::start(bodies.map(|body| Reply::status(404).body(body))).await;
    for body in bodies {
        let error = client(&server).me().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Api, "for {body:?}");
        assert_eq!((error.status(), error.code()), (Some(404), None), "for {body:?}");
        let expected = (body == "no such thing").then_some(body);
        assert_eq!(error.message(), expected);
    }
}

#[tokio::test]
async fn point_04_message_or_description_and_a_code_as_number_or_text() {
    let bodies = [
        (r#"{"message":"Api key does not exist","code":4003}"#, Some(4003), Some("Api key does not exist")),
        (r#"{"description":"older wording","code":"1000"}"#, Some(1000), Some("older wording")),
        (r#"{"message":null,"description":"older wording"}"#, None, Some("older wording")),
        (r#"{"message":["first","second"],"code":405}"#, Some(405), Some("first; second")),
        (r#"{"message":{"deep":1},"code":[1]}"#, None, None),
    ];
    let server = Server::start(bodies.map(|(body, ..)| Reply::status(401).body(body))).await;
    for (body, code, message) in bodies {
        let error = client(&server).me().await.unwrap_err();
        assert_eq!((error.code(), error.message()), (code, message), "for {body}");
        assert!(error.is_credential(), "for {body}");
    }
}

#[tokio::test]
async fn point_05_only_five_statuses_are_retried() {
    for status in [429, 500, 502, 503, 504] {
        let server = Server::start([Reply::status(status), Reply::json(ME)]).await;
        client(&server).me().await.unwrap_or_else(|error| panic!("{status}: {error}"));
    }
    for status in [400, 401, 402, 403, 404, 405, 406, 409, 422, 501, 505] {
        let server = Server::start([Reply::status(status)]).await;
        let error = client(&server).me().await.unwrap_err();
        assert!(!error.is_retryable() && !error.retries_spent(), "{status}");
        assert_eq!(error.attempts(), 1, "{status}");
    }
}

#[tokio::test]
async fn point_05_transport_errors_are_retried() {
    let server = Server::start([Reply::reset(), Reply::json(ME).truncated(), Reply::json(ME)]).await;
    let client = client(&server);
    client.me().await.unwrap();
    assert_eq!(client.usage().retries, 2);
}

#[tokio::test]
async fn point_05_retry_after_is_waited_for_and_the_free_quota_is_named() {
    let clock = ManualClock::new();
    let limited = || Reply::refusal(429, 429, "Too Many Requests");
    let script = [limited().header("Retry-After", "7"), limited().header("Retry-After", "3600")];
    let server = Server::start(script).await;
    let client = builder(&server).clock(clock.clone()).retry(RetryPolicy::default()).build().unwrap();
    let error = client.me().await.unwrap_err();

    assert_eq!(clock.waits(), [Duration::from_secs(7)], "an hour is more than the policy's five minutes");
    assert!(error.is_rate_limited() && error.is_retryable() && error.retries_spent());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    let text = error.to_string();
    assert!(text.contains("3600 s") && text.contains("30 requests an hour"), "{text}");
}

#[tokio::test]
async fn point_06_the_default_pace_is_ten_a_second() {
    let clock = ManualClock::new();
    let server = Server::start((0..4).map(|_| Reply::json(ME))).await;
    let client = builder(&server).clock(clock.clone()).pace(Pace::default()).build().unwrap();
    for _ in 0..4 {
        client.me().await.unwrap();
    }
    assert_eq!(clock.waits(), [Duration::from_millis(100); 3]);
    assert_eq!(client.usage().rate_limit_wait, Duration::from_millis(300));
}

#[tokio::test]
async fn point_07_pages_start_at_one_sorted_by_id_with_200_rows() {
    let server = Server::start(["users", "groups", "projects"].map(|_| Reply::json("[]"))).await;
    let client = client(&server);
    client.users(&workspace()).page(&PageCursor::default()).await.unwrap();
    client.user_groups(&workspace()).page(&PageCursor::default()).await.unwrap();
    client.projects(&workspace()).page(&PageCursor::default()).await.unwrap();
    for request in server.requests() {
        assert_eq!(request.parameter("page"), Some("1"));
        assert_eq!(request.parameter("page-size"), Some("200"));
        assert_eq!(request.parameter("sort-column"), Some("ID"));
        assert_eq!(request.parameter("sort-order"), Some("ASCENDING"));
    }
}

#[tokio::test]
async fn point_07_last_page_true_stops_even_a_full_page() {
    let server = Server::start([Reply::json(users(1..=2)).last_page("true")]).await;
    let page = client(&server).users(&workspace()).page_size(2).page(&PageCursor::default()).await.unwrap();
    assert_eq!((page.rows, page.next), (2, None));
}

#[tokio::test]
async fn point_07_last_page_false_after_a_short_page_goes_on() {
    let script = [Reply::json(users([1])).last_page("false"), Reply::json(users([2])).last_page("true")];
    let server = Server::start(script).await;
    let pages: Vec<_> =
        client(&server).users(&workspace()).page_size(100).pages().try_collect().await.unwrap();
    assert_eq!(pages.len(), 2);
    assert_eq!(server.requests()[1].parameter("page"), Some("2"));
}

#[tokio::test]
async fn point_07_an_empty_page_stops_even_when_the_header_says_false() {
    let script = [Reply::json(users([1])).last_page("false"), Reply::json("[]").last_page("false")];
    let server = Server::start(script).await;
    let pages: Vec<_> = client(&server).users(&workspace()).pages().try_collect().await.unwrap();
    assert_eq!(pages.iter().map(|page| page.rows).collect::<Vec<_>>(), [1, 0]);
}

#[tokio::test]
async fn point_07_without_the_header_a_short_page_stops_and_a_full_one_goes_on() {
    for unreadable in [None, Some(""), Some("perhaps")] {
        let reply = |body: String| match unreadable {
            Some(value) => Reply::json(body).last_page(value),
            None => Reply::json(body),
        };
        let server = Server::start([reply(users(1..=2)), reply(users([3]))]).await;
        let items: Vec<_> =
            client(&server).users(&workspace()).page_size(2).items().try_collect().await.unwrap();
        assert_eq!(items.len(), 3, "for {unreadable:?}");
    }
}

#[tokio::test]
async fn point_07_a_repeated_page_ends_the_walk_with_an_error() {
    let script = [Reply::json(users(1..=2)), Reply::json(users(1..=2))].map(|reply| reply.last_page("false"));
    let server = Server::start(script).await;
    let result: Result<Vec<_>, _> = client(&server).users(&workspace()).pages().try_collect().await;
    let error = result.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::RepeatedPage);
    assert!(error.to_string().starts_with("list users, page 2: "), "{error}");
}

#[tokio::test]
async fn point_07_a_row_that_moved_to_the_next_page_comes_once() {
    let script = [Reply::json(users([1, 2])), Reply::json(users([2, 3])), Reply::json(users([4]))];
    let server = Server::start(script).await;
    let items: Vec<_> = client(&server).users(&workspace()).page_size(2).items().try_collect().await.unwrap();
    let ids: Vec<_> = items.into_iter().map(|user| user.id).collect();
    assert_eq!(ids, [1, 2, 3, 4].map(user_id));
}

#[tokio::test]
async fn point_08_every_parameter_with_a_default_is_sent() {
    let server = Server::start([ME, "[]", "[]", "[]"].map(Reply::json)).await;
    let client = client(&server);
    let first = PageCursor::default();
    client.me().await.unwrap();
    client.users(&workspace()).page(&first).await.unwrap();
    client.user_groups(&workspace()).page(&first).await.unwrap();
    client.projects(&workspace()).page(&first).await.unwrap();

    let paging = [("sort-column", "ID"), ("sort-order", "ASCENDING"), ("page", "1"), ("page-size", "200")];
    let expect = |request: &Recorded, path: &str, own: &[(&str, &str)], paging: &[(&str, &str)]| {
        assert_eq!(request.path, path);
        let mut found: Vec<_> = request.query.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let mut expected = [own, paging].concat();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    };
    let [me, users, groups, projects] = <[Recorded; 4]>::try_from(server.requests()).unwrap();
    let root = format!("/api/v1/workspaces/{WORKSPACE}");
    expect(&me, "/api/v1/user", &[("include-memberships", "false")], &[]);
    let own = [
        ("status", "ALL"),
        (
            "account-statuses",
            "ACTIVE,PENDING_EMAIL_VERIFICATION,NOT_REGISTERED,LIMITED,LIMITED_DELETED,DELETED",
        ),
        ("memberships", "WORKSPACE"),
        ("include-roles", "true"),
    ];
    expect(&users, &format!("{root}/users"), &own, &paging);
    expect(&groups, &format!("{root}/user-groups"), &[("includeTeamManagers", "true")], &paging);
    expect(&projects, &format!("{root}/projects"), &[("hydrated", "false")], &paging);
}

#[tokio::test]
async fn point_08_an_account_status_the_server_does_not_know_is_given_up() {
    let refusal = || Reply::refusal(400, 501, "You entered invalid value for field: [accountStatuses].");
    let server = Server::start([refusal(), refusal(), Reply::json(users([1])).last_page("false")]).await;
    let list = client(&server).users(&workspace());
    let page = list.page(&PageCursor::default()).await.unwrap();
    assert_eq!(page.narrowed, [AccountStatus::LimitedDeleted, AccountStatus::Limited]);
    let statuses: Vec<_> =
        server.requests().iter().map(|r| r.parameter("account-statuses").unwrap().to_owned()).collect();
    let usual = "ACTIVE,PENDING_EMAIL_VERIFICATION,NOT_REGISTERED";
    assert_eq!(statuses[1], format!("{usual},LIMITED,DELETED"));
    assert_eq!(statuses[2], format!("{usual},DELETED"));
    drop(server);

    // The cursor remembers, also after a trip through another process, so that no page pays for it again.
    let stored = serde_json::to_string(&page.next.unwrap()).unwrap();
    let server = Server::start([Reply::json("[]").last_page("true")]).await;
    let list = client(&server).users(&workspace());
    let second = list.page(&serde_json::from_str(&stored).unwrap()).await.unwrap();
    assert_eq!(second.narrowed, page.narrowed);
    assert_eq!(server.requests()[0].parameter("account-statuses"), Some(format!("{usual},DELETED").as_str()));
}

#[tokio::test]
async fn point_08_a_refusal_that_no_narrowing_cures_is_reported_as_it_first_came() {
    let script = (0..4).map(|n| Reply::refusal(400, 501, &format!("refusal {n}")));
    let server = Server::start(script).await;
    let error = client(&server).users(&workspace()).page(&PageCursor::default()).await.unwrap_err();
    assert_eq!(error.message(), Some("refusal 0"));
    drop(server);

    let server = Server::start([Reply::refusal(400, 501, "Workspace doesn't belong to User")]).await;
    let error = client(&server).users(&workspace()).page(&PageCursor::default()).await.unwrap_err();
    assert!(error.is_unknown_id(), "one request only: the statuses were not the reason");
}

#[tokio::test]
async fn point_09_a_user_may_have_nothing_but_an_id() {
    let absent = r#"{"id":"a"}"#;
    let null = r#"{"id":"a","email":null,"name":null,"status":null,"memberships":null,"roles":null,
        "activeWorkspace":null,"defaultWorkspace":null,"profilePicture":null,"settings":null,"customFields":null}"#;
    let empty = r#"{"id":"a","email":"","name":"","status":"","memberships":"",
        "activeWorkspace":"","defaultWorkspace":"","profilePicture":"","customFields":[]}"#;
    let newer = r#"{"id":"a","favouriteColour":{"deep":[1,2,{"x":null}]},"status":"HIBERNATING"}"#;
    let server = Server::start([absent, null, empty, newer].map(Reply::json)).await;
    let client = client(&server);
    let user = client.me().await.unwrap();
    assert_eq!(client.me().await.unwrap(), user);
    assert_eq!(client.me().await.unwrap(), user);
    let newer = client.me().await.unwrap();
    let status = newer.status.unwrap();
    assert_eq!(status, AccountStatus::Other("HIBERNATING".into()));
    assert_eq!(status.as_str(), "HIBERNATING");
}

#[tokio::test]
async fn point_10_the_membership_of_this_workspace_says_whether_a_member_is_enabled() {
    let body = super::support::fixture("08-users-memberships-all-messy.json");
    let elsewhere = format!(
        r#"[{{"id":"a","memberships":[
        {{"targetId":"{}","membershipType":"WORKSPACE","membershipStatus":"ACTIVE"}},
        {{"targetId":"{WORKSPACE}","membershipType":"PROJECT","membershipStatus":"ACTIVE"}}]}}]"#,
        user_id(1)
    );
    let server = Server::start([Reply::json(body), Reply::json(elsewhere)]).await;
    let list = client(&server).users(&workspace());
    let messy = list.page(&PageCursor::default()).await.unwrap();
    assert_eq!(messy.items[0].workspace_status(WORKSPACE), Some(&MembershipStatus::Active));
    let elsewhere = list.page(&PageCursor::default()).await.unwrap();
    assert_eq!(elsewhere.items[0].workspace_status(WORKSPACE), None, "nobody is guessed to be enabled");
}

#[test]
fn point_11_both_spellings_of_the_owner_are_the_owner() {
    assert_eq!(Role::from("WORKSPACE_OWN"), Role::Owner);
    assert_eq!(Role::from("OWNER"), Role::Owner);
    assert_eq!(Role::Owner.as_str(), "WORKSPACE_OWN");
}

#[tokio::test]
async fn point_11_the_filter_spells_the_owner_its_own_way() {
    let server = Server::start([Reply::json("[]"), Reply::json("[]")]).await;
    let client = client(&server);
    client.workspaces(&[]).await.unwrap();
    client.workspaces(&[Role::WorkspaceAdmin, Role::Owner]).await.unwrap();
    let [all, some] = <[Recorded; 2]>::try_from(server.requests()).unwrap();
    assert_eq!(all.query, []);
    let roles = ["WORKSPACE_ADMIN", "OWNER"].map(|role| ("roles".to_owned(), role.to_owned()));
    assert_eq!(some.query, roles);
}

#[tokio::test]
async fn point_12_group_members_are_kept_as_they_are_named() {
    let body = r#"[{"id":"g","userIds":["nobody-knows-this-one","66b0c1d2e4f5a6978812aa05"]},
        {"id":"h","userIds":null},{"id":"i"}]"#;
    let server = Server::start([Reply::json(body)]).await;
    let page = client(&server).user_groups(&workspace()).page(&PageCursor::default()).await.unwrap();
    assert_eq!(*page.items[0].user_ids, ["nobody-knows-this-one", "66b0c1d2e4f5a6978812aa05"]);
    assert!(page.items[1].user_ids.is_empty() && page.items[2].user_ids.is_empty());
}

#[tokio::test]
async fn point_13_a_group_among_the_members_of_a_project_arrives() {
    let server = Server::start([Reply::json(super::support::fixture("18-projects-list.json"))]).await;
    let page = client(&server).projects(&workspace()).page(&PageCursor::default()).await.unwrap();
    let members: Vec<_> = page.items[0].memberships.iter().map(|m| m.user_id.as_deref().unwrap()).collect();
    assert!(members.contains(&"66c10000000000000000b102"), "the group Ops / On-Call: {members:?}");
}

#[tokio::test]
async fn point_14_a_refusal_for_missing_rights_is_told_apart() {
    let server = Server::start([Reply::refusal(403, 501, "Access Denied")]).await;
    let error = client(&server).users(&workspace()).page(&PageCursor::default()).await.unwrap_err();
    assert!(error.is_permission() && !error.is_credential() && !error.is_unknown_id());
    assert_eq!(error.fault(), Some(Fault::Permission));
    assert_eq!(error.to_string(), "list users, page 1: HTTP 403 (code 501): Access Denied");
}

/// Everything that a client can be asked to do, each with an answer that is good and after one that is not.
async fn everything_a_client_does() -> Vec<Recorded> {
    let answers = [ME, "[]", r#"{"id":"w"}"#, "[]", "[]", "[]", "[]", "[]", "[]", "[]"];
    let script = answers.iter().flat_map(|body| [Reply::status(503), Reply::json(*body)]);
    let server = Server::start(script).await;
    let client = client(&server);
    let (here, first) = (workspace(), PageCursor::default());
    client.me().await.unwrap();
    client.workspaces(&[Role::Owner]).await.unwrap();
    client.workspace(&here).await.unwrap();
    let users = client.users(&here).status(StatusFilter::Active).memberships(MembershipScope::All);
    let users = users.email_containing("@").page_size(7).max_pages(9);
    users.page(&first).await.unwrap();
    client.user_groups(&here).page(&first).await.unwrap();
    client.projects(&here).page(&PageCursor::at(2)).await.unwrap();
    users.clone().pages().try_collect::<Vec<_>>().await.unwrap();
    users.items().try_collect::<Vec<_>>().await.unwrap();
    client.user_groups(&here).items().try_collect::<Vec<_>>().await.unwrap();
    client.projects(&here).pages_from(first).try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(client.usage().requests, 20);
    let _ = (client.base_url(), client.credential_mark());
    server.requests()
}

/// Of writing safely this client does the safest part: it never writes.
#[tokio::test]
async fn point_15_this_client_never_writes() {
    let asked = everything_a_client_does().await;
    assert_eq!(asked.len(), 20);
    for request in asked {
        assert_eq!(request.method, "GET", "{request:?}");
        assert_eq!(request.header("content-length"), None, "nothing is sent along: {request:?}");
        assert_eq!(request.header("transfer-encoding"), None);
    }
}

#[tokio::test]
async fn point_16_an_address_keeps_its_case_and_may_be_missing() {
    let body = r#"[{"id":"a","email":"Zoe.Mueller+clk@Nordlicht.example"},{"id":"b","email":""},{"id":"c"}]"#;
    let server = Server::start([Reply::json(body)]).await;
    let page = client(&server).users(&workspace()).page(&PageCursor::default()).await.unwrap();
    let emails: Vec<_> = page.items.iter().map(|user| user.email.as_deref()).collect();
    assert_eq!(emails, [Some("Zoe.Mueller+clk@Nordlicht.example"), None, None]);
}

#[tokio::test]
async fn point_17_a_body_beyond_the_limit_is_refused() {
    let server = Server::start([Reply::json(users(1..=100)), Reply::json(users(1..=100))]).await;
    let length = users(1..=100).len() as u64;
    let list = |limit| builder(&server).body_limit(limit).build().unwrap().users(&workspace());
    list(length).page(&PageCursor::default()).await.unwrap();
    let error = list(length - 1).page(&PageCursor::default()).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::BodyTooLarge { limit: length - 1 });
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn point_18_a_silent_server_times_out() {
    let server = Server::start([Reply::silence()]).await;
    let client = builder(&server).read_timeout(Duration::from_millis(50)).retry(RetryPolicy::none()).build();
    let error = client.unwrap().me().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout);
    assert!(error.maybe_sent() && error.is_retryable());
}

#[tokio::test]
async fn point_19_features_are_read_in_every_form_and_may_be_missing() {
    let bodies = [
        (r#"{"id":"w","features":["SCIM","AUDIT_LOG"]}"#, true),
        (r#"{"id":"w","features":"[\"SCIM\"]"}"#, true),
        (r#"{"id":"w","features":"SCIM"}"#, true),
        (r#"{"id":"w","features":[null,7,"SCIM"]}"#, true),
        (r#"{"id":"w","features":{"feature":"SCIM"}}"#, false),
        (r#"{"id":"w","features":null}"#, false),
        (r#"{"id":"w"}"#, false),
    ];
    let server = Server::start(bodies.map(|(body, _)| Reply::json(body))).await;
    let client = client(&server);
    for (body, expected) in bodies {
        let found = client.workspace(&workspace()).await.unwrap();
        assert_eq!(found.has_feature("SCIM"), expected, "for {body}");
    }
}

#[tokio::test]
async fn point_20_this_client_does_not_rely_on_webhooks() {
    let asked = everything_a_client_does().await;
    assert_eq!(asked.len(), 20);
    assert!(asked.iter().all(|request| !request.path.contains("webhook")), "{asked:#?}");
}
