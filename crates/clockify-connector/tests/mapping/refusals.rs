//! What becomes of Clockify's refusals (clockify reference 2.2): class and hint.

use std::time::Duration;

use clockify_connector::Settings;
use governance_model::{Connector, ConnectorError, Cursor, ErrorClass, Scope};
use serde_json::{Value, json};

use crate::seam::{self, KEY, WORKSPACE};
use crate::server::{Answer, Server};
use crate::world::{World, ben, sample};

const SETTINGS: Settings = Settings { page_size: 50, projects: true };

/// Reads a workspace in which one path, counted from behind the workspace, is answered like that.
async fn refused(path: &str, answer: Answer) -> ConnectorError {
    let mut script = World::of([ben()]).script();
    let path = if path == "/user" { path.to_owned() } else { format!("/workspaces/{WORKSPACE}{path}") };
    assert!(script.insert(path, answer).is_some(), "the path is one that is asked for");
    let server = Server::start(script);
    let connector = seam::connector(&server.url(), SETTINGS);
    let error = seam::read(&connector, &Scope::default()).await.unwrap_err();
    let told = format!("{error} {error:?} {:?}", error.hint);
    assert!(!told.contains(KEY), "the key is in no error");
    assert!(!error.message.contains('\n'));
    assert!(std::error::Error::source(&error).is_some(), "the client's error is kept underneath");
    error
}

fn says(error: &ConnectorError, words: &[&str]) {
    let hint = error.hint.as_deref().unwrap_or_else(|| panic!("{error} has no hint"));
    for word in words {
        assert!(hint.contains(word), "the hint {hint:?} lacks {word}");
    }
}

fn body(code: i64, message: &str) -> Value {
    json!({"message": message, "code": code})
}

const REGIONS: [&str; 5] = ["euc1", "use2", "euw2", "apse2", "--clockify-base-url"];

#[tokio::test]
async fn a_credential_that_is_not_accepted_names_the_regional_hosts() {
    for (status, body) in [
        (401, body(4003, "Api key does not exist")),
        (401, body(1000, "Multiple or none auth tokens present")),
        (401, body(1000, "Full authentication is required to access this resource")),
        (401, body(4017, "Token is not valid")),
        (403, body(4017, "Token is not valid")),
        (401, body(4023, "")),
        (401, json!("")),
        (400, json!({"message": "Required token or API key"})),
    ] {
        let error = refused("/user", Answer::refusal(status, body.clone())).await;
        assert_eq!(error.class, ErrorClass::Unauthenticated, "{status} {body}");
        says(&error, &REGIONS);
        says(&error, &["active"]);
    }
}

#[tokio::test]
async fn an_address_that_must_be_verified_first() {
    let error = refused("/user", Answer::refusal(401, body(4019, "x"))).await;
    assert_eq!(error.class, ErrorClass::FailedPrecondition);
    says(&error, &["e-mail"]);
}

#[tokio::test]
async fn missing_rights_ask_for_an_admin_or_the_owner() {
    for path in ["/users", "/user-groups", "/projects", ""] {
        let error = refused(path, Answer::refusal(403, body(501, "Access Denied"))).await;
        assert_eq!(error.class, ErrorClass::PermissionDenied);
        says(&error, &["admin", "owner"]);
    }
    let plan = refused("/users", Answer::text(403, "text/plain", "")).await;
    assert_eq!(plan.class, ErrorClass::PermissionDenied);
}

#[tokio::test]
async fn an_unknown_workspace_asks_for_its_id() {
    for (status, code) in [(400, 501), (404, 501), (501, 501)] {
        let answer = Answer::refusal(status, body(code, "Project doesn't belong to Workspace"));
        let error = refused("", answer).await;
        assert_eq!(error.class, ErrorClass::NotFound, "{status}");
        says(&error, &["--clockify-workspace-id"]);
    }
}

#[tokio::test]
async fn a_suspension_is_for_the_owner_to_settle() {
    let message = "You’ve been logged out since your 66b0c1d2e4f5a6978812aa00 workspace has been suspended. \
                   Contact support@clockify.me for more information";
    for status in [401, 403, 406] {
        let error = refused("", Answer::refusal(status, body(406, message))).await;
        assert_eq!(error.class, ErrorClass::FailedPrecondition, "{status}");
        assert!(!error.class.is_transient());
        says(&error, &["suspended"]);
    }
    let banned = refused("", Answer::refusal(403, body(0, "Access to workspace is denied"))).await;
    assert_eq!(banned.class, ErrorClass::FailedPrecondition);
}

#[tokio::test]
async fn a_used_up_quota_names_the_free_plan() {
    let answer = Answer::refusal(429, body(429, "Too Many Requests")).with_header("Retry-After: 1800");
    let error = refused("/users", answer).await;
    assert_eq!(error.class, ErrorClass::Unavailable);
    assert!(error.class.is_transient());
    assert_eq!(error.retry_after, Some(Duration::from_secs(1800)));
    assert!(error.rate_limited);
    assert!(error.message.contains("30 requests an hour"), "{}", error.message);
    says(&error, &["--clockify-rate-limit 30/h", "--max-wait 1h"]);
    let silent = refused("/users", Answer::refusal(429, body(429, "Too Many Requests"))).await;
    assert!(silent.rate_limited);
    assert_eq!(silent.retry_after, None);
}

#[tokio::test]
async fn a_web_page_or_an_unknown_path_means_another_base_url() {
    let page = "<!DOCTYPE html><html><title>Clockify</title></html>";
    for answer in [
        Answer::text(200, "text/html", page),
        Answer::text(200, "application/json", page),
        Answer::refusal(404, body(3000, "No static resource v1/user .")),
        Answer::refusal(405, body(3000, "Request method 'GET' is not supported")),
        Answer::text(404, "text/html", page),
        Answer::text(404, "text/plain", ""),
        Answer::text(302, "text/plain", "").with_header("Location: https://clockify.example/login"),
    ] {
        let error = refused("/user", answer.clone()).await;
        assert_eq!(error.class, ErrorClass::InvalidArgument, "{answer:?}");
        says(&error, &["--clockify-base-url"]);
    }
}

#[tokio::test]
async fn a_server_that_fails_may_be_asked_again() {
    for status in [500, 502, 503, 504] {
        let error = refused("/users", Answer::text(status, "text/plain", "bad gateway")).await;
        assert_eq!(error.class, ErrorClass::Unavailable, "{status}");
    }
}

#[tokio::test]
async fn answers_that_are_no_answers() {
    for answer in [
        Answer::text(200, "application/json", ""),
        Answer::text(200, "application/json", "{\"id\": \"66b0"),
        Answer::text(200, "application/json", "[]"),
        Answer::text(200, "text/plain", "ok"),
        Answer::refusal(400, body(3002, "x")),
        Answer::refusal(418, body(1, "x")),
    ] {
        let error = refused("/user", answer.clone()).await;
        assert!(!error.class.is_transient(), "{answer:?}");
        assert!(error.message.contains("user"), "it says where: {error}");
    }
    let other = json!({"id": "5f0e3c9a1b2c3d4e5f607100", "memberships": []});
    let server = {
        let mut script = World::of([ben()]).script();
        script.insert(format!("/workspaces/{WORKSPACE}"), Answer::json(other));
        Server::start(script)
    };
    let error = seam::connector(&server.url(), SETTINGS).validate().await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Internal);
}

/// Part of an answer is none, and what does not fit is asked for in smaller pieces.
#[tokio::test]
async fn answers_that_are_not_whole_or_too_long() {
    for status in [202, 206, 299] {
        let error = refused("/users", Answer::text(status, "application/json", "[]")).await;
        assert_eq!(error.class, ErrorClass::Internal, "{status}");
        assert!(error.message.contains("no full answer"), "{error}");
    }
    let long = " ".repeat(64 * 1024 * 1024 + 1);
    for path in ["/users", "/user-groups", "/projects"] {
        let error = refused(path, Answer::text(200, "application/json", &long)).await;
        assert_eq!(error.class, ErrorClass::Internal);
        says(&error, &["--page-size"]);
    }
    let error = refused("", Answer::text(200, "application/json", &long)).await;
    assert_eq!(error.hint, None, "a workspace is no list");
}

/// A server whose pages never end is not followed for ever.
#[tokio::test]
async fn a_list_without_an_end() {
    let server = Server::start(World::of([ben()]).script());
    let connector = seam::connector(&server.url(), SETTINGS);
    let baseline = connector.validate().await.unwrap();
    for stream in ["users", "groups", "projects"] {
        let at = |page: u32| Cursor {
            stream: stream.to_owned(),
            position: json!({"at": {"page": page}, "follow": true}).to_string(),
        };
        connector.page(&baseline, &at(10_000)).await.unwrap();
        let error = connector.page(&baseline, &at(10_001)).await.unwrap_err();
        assert!(error.message.contains("more than 10000 pages"), "{error}");
        says(&error, &["--page-size"]);
    }
}

#[tokio::test]
async fn nobody_listening_points_at_the_network() {
    let error = seam::connector("http://127.0.0.1:1", SETTINGS).validate().await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Unavailable);
    says(&error, &["network", "HTTPS_PROXY"]);
}

/// Sample 20: every body that a read can meet, wherever it comes, has a class that fits its status.
#[tokio::test]
async fn the_sample_refusals() {
    for case in sample("20-error-bodies").as_array().unwrap() {
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let error = refused("/users", Answer::refusal(status, case["body"].clone())).await;
        let code = case["body"]["code"].as_i64().unwrap();
        let expected = match (status, code) {
            (401, _) => ErrorClass::Unauthenticated,
            (403, 501) => ErrorClass::PermissionDenied,
            (400 | 404, 501) => ErrorClass::NotFound,
            (404 | 405 | 400, 3000) => ErrorClass::InvalidArgument,
            (406, 406) => ErrorClass::FailedPrecondition,
            (429, 429) => ErrorClass::Unavailable,
            // An answer to a write.
            (400, 400) => ErrorClass::Internal,
            other => panic!("{other:?} is not expected in the sample"),
        };
        assert_eq!(error.class, expected, "{case}");
    }
}
