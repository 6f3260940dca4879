//! What refusals mean: the sample catalogue and the table of clockify reference 2.2.

use clockify_api::{Error, ErrorKind, Fault};

use super::support::{Reply, Server, client, fixture};

async fn refused(reply: Reply) -> Error {
    let server = Server::start([reply]).await;
    let client = super::support::builder(&server).retry(clockify_api::RetryPolicy::none()).build().unwrap();
    let error = client.me().await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    error
}

#[tokio::test]
async fn the_sample_catalogue_is_classified_as_its_descriptions_say() {
    let expected = [
        ("no auth header, two auth headers, or Authorization: Bearer", Fault::Credential),
        ("X-Api-Key unknown or deactivated", Fault::Credential),
        ("X-Addon-Token invalid", Fault::Credential),
        ("older deployments, missing credential", Fault::Credential),
        ("key's user may not list the workspace's users", Fault::Permission),
        ("id unknown / deleted / belongs to another workspace", Fault::UnknownId),
        ("duplicate group name", Fault::UnknownId),
        ("unknown user in a member removal", Fault::UnknownId),
        ("path not routed", Fault::Route),
        ("GET of one group (Allow: DELETE, PUT)", Fault::Route),
        ("bad boolean query value", Fault::Route),
        ("DELETE of a member", Fault::Other),
        ("workspace suspended (same code can arrive with 401 or 403)", Fault::Suspended),
        ("rate limited", Fault::RateLimited),
    ];
    let catalogue: Vec<serde_json::Value> = serde_json::from_str(&fixture("20-error-bodies.json")).unwrap();
    assert_eq!(catalogue.len(), expected.len());
    for (sample, (when, fault)) in catalogue.iter().zip(expected) {
        assert_eq!(sample["when"], when);
        let status = u16::try_from(sample["status"].as_u64().unwrap()).unwrap();
        let error = refused(Reply::status(status).body(sample["body"].to_string())).await;
        assert_eq!(error.kind(), &ErrorKind::Api, "{when}");
        assert_eq!(error.status(), Some(status), "{when}");
        assert_eq!(error.code(), sample["body"]["code"].as_i64(), "{when}");
        assert_eq!(error.fault(), Some(fault), "{when}");
        assert!(error.message().is_some(), "{when}");
        assert!(error.maybe_sent(), "{when}");
    }
}

#[tokio::test]
async fn the_table_of_the_reference() {
    let suspended = "You’ve been logged out since your 66b0c1d2e4f5a6978812aa00 workspace has been suspended. \
                     Contact support@clockify.me for more information";
    let rows = [
        (401, Some(4023), "", Fault::Credential),
        (403, Some(4017), "Token is not valid", Fault::Credential),
        (401, Some(4019), "", Fault::EmailUnverified),
        (401, None, "API is not accessible", Fault::Credential),
        (401, Some(406), "", Fault::Suspended),
        (403, Some(406), "", Fault::Suspended),
        (403, Some(501), suspended, Fault::Suspended),
        (401, None, "Access to workspace is denied", Fault::Suspended),
        (403, None, "Your account has been disabled.", Fault::Suspended),
        (404, Some(406), "", Fault::Other),
        (403, Some(1000), "Full authentication is required to access this resource", Fault::Permission),
        (403, Some(4030), "", Fault::Permission),
        (403, None, "", Fault::Permission),
        (400, None, "Required token or API key", Fault::Credential),
        (400, Some(501), "Project doesn't belong to Workspace", Fault::UnknownId),
        (501, Some(501), "", Fault::UnknownId),
        (400, Some(3001), "", Fault::Route),
        (400, Some(3002), "", Fault::Route),
        (402, None, "", Fault::Other),
        (429, None, "", Fault::RateLimited),
        (500, Some(501), "", Fault::Server),
        (503, Some(503), "", Fault::Server),
        (504, None, "upstream request timeout", Fault::Server),
    ];
    for (status, code, message, fault) in rows {
        let body = serde_json::json!({ "message": message, "code": code }).to_string();
        let error = refused(Reply::status(status).body(body)).await;
        assert_eq!(error.fault(), Some(fault), "{status} {code:?} {message}");
        let told = [
            (error.is_credential(), Fault::Credential),
            (error.is_suspended(), Fault::Suspended),
            (error.is_permission(), Fault::Permission),
            (error.is_unknown_id(), Fault::UnknownId),
            (error.is_rate_limited(), Fault::RateLimited),
        ];
        for (answer, about) in told {
            assert_eq!(answer, about == fault, "{status} {code:?} {message}: {about:?}");
        }
        assert_eq!(error.is_retryable(), matches!(fault, Fault::RateLimited | Fault::Server), "{status}");
    }
}

#[tokio::test]
async fn a_message_becomes_one_short_line() {
    let message = format!("first\nsecond\u{1b}[31m\ttab\u{0}{}", "é".repeat(300));
    let error = refused(Reply::refusal(400, 1, &message)).await;
    let shown = error.message().unwrap();
    assert!(shown.starts_with("first second [31m tab ééé"), "{shown}");
    assert!(shown.ends_with('…'));
    assert_eq!(shown.chars().count(), 201);
    assert!(!error.to_string().contains(|c: char| c.is_control()));
}

/// Characters that take no room, or that turn the direction of what stands behind them.
#[tokio::test]
async fn a_message_shows_what_is_there() {
    let hidden = "\u{61c}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\
                  \u{2060}\u{2061}\u{2062}\u{2063}\u{2064}\u{2065}\u{2066}\u{2067}\u{2068}\u{2069}\u{feff}\u{9b}";
    for character in hidden.chars() {
        let error =
            refused(Reply::refusal(400, 1, &format!("{character}evil{character}{character}txt.exe"))).await;
        assert_eq!(error.message(), Some("evil txt.exe"), "for {character:?}");
    }
    let error = refused(Reply::refusal(400, 1, "日本 — „é“ 🌊 שלום")).await;
    assert_eq!(error.message(), Some("日本 — „é“ 🌊 שלום"), "other writing stays as it is");
}

#[tokio::test]
async fn an_error_says_what_was_asked_and_how_often() {
    let server = Server::start((0..6).map(|_| Reply::status(502).body("bad gateway"))).await;
    let error = client(&server).me().await.unwrap_err();
    assert_eq!(error.to_string(), "get the key's own user: HTTP 502: bad gateway; after 6 attempts");
    assert_eq!(error.attempts(), 6);
    assert!(error.retries_spent());
}

#[test]
fn errors_travel_between_threads() {
    fn travels<T: Send + Sync + std::error::Error + 'static>() {}
    travels::<Error>();
    travels::<clockify_api::BuildError>();
}
