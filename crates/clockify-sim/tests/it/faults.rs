//! Which requests a fault hits, how often it counts as fired, and the answers that stand in for the real one. How an answer
//! is sent, which page it holds, and edits of the content have modules of their own.

use std::time::{Duration, Instant};

use clockify_sim::{Action, Endpoint, Fault};

use crate::support::{EVERYBODY, faulty, get, get_in, in_workspace, try_get};

fn users(page: u32) -> String {
    format!("/users?{EVERYBODY}&page={page}")
}

#[tokio::test]
async fn a_status_hits_the_chosen_page_and_attempt_only() {
    let action = Action::error(503, 503, "try later");
    let simulator = faulty(Fault::on(Endpoint::Users, action).page(2).attempt(2)).await;
    let mut statuses = Vec::new();
    for page in [1, 2, 2, 2, 1] {
        statuses.push(get_in(&simulator, &users(page)).await.status);
    }
    assert_eq!(statuses, [200, 200, 503, 200, 200]);
    let log: Vec<_> =
        simulator.requests().iter().map(|record| (record.page, record.attempt, record.status)).collect();
    assert_eq!(
        log,
        [
            (Some(1), 1, Some(200)),
            (Some(2), 1, Some(200)),
            (Some(2), 2, Some(503)),
            (Some(2), 3, Some(200)),
            (Some(1), 2, Some(200)),
        ]
    );
    assert_eq!(simulator.faults_fired()[0].1, 1);
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn a_fault_fires_no_more_often_than_its_limit() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::plain(502, "bad gateway")).times(2)).await;
    let first = get_in(&simulator, "/users").await;
    assert_eq!((first.status, first.text.as_str()), (502, "bad gateway"));
    assert_eq!(first.header("content-type"), Some("text/plain"));
    assert_eq!(get_in(&simulator, "/users").await.status, 502);
    assert_eq!(get_in(&simulator, "/users").await.status, 200);
    assert_eq!(simulator.faults_fired()[0].1, 2);
}

#[tokio::test]
async fn a_fault_that_matches_nothing_is_reported() {
    let simulator = faulty(Fault::on(Endpoint::Projects, Action::Html).page(7)).await;
    get_in(&simulator, "/projects").await;
    get_in(&simulator, "/users?page=7").await;
    let unfired = simulator.unfired();
    assert_eq!(unfired.len(), 1);
    assert!(matches!(unfired[0].action(), Action::Html));
}

#[tokio::test]
async fn too_many_requests_comes_with_and_without_retry_after() {
    let simulator =
        faulty(Fault::on(Endpoint::CurrentUser, Action::too_many_requests(Some(7))).times(1)).await;
    simulator.add_fault(Fault::on(Endpoint::CurrentUser, Action::too_many_requests(None)));
    let reply = get(&simulator, "/user").await;
    reply.assert_error(429, 429, "Too Many Requests");
    assert_eq!(reply.header("retry-after"), Some("7"));
    let reply = get(&simulator, "/user").await;
    reply.assert_error(429, 429, "Too Many Requests");
    assert_eq!(reply.header("retry-after"), None);
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn a_status_may_carry_any_header() {
    let action = Action::Status {
        code: 307,
        body: "{}".to_owned(),
        headers: vec![
            ("Location".to_owned(), "https://elsewhere.example/".to_owned()),
            ("Content-Type".to_owned(), "application/problem+json".to_owned()),
        ],
    };
    let simulator = faulty(Fault::on(Endpoint::CurrentUser, action)).await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let reply = client.get(format!("{}/user", simulator.base_url())).send().await.unwrap();
    assert_eq!(reply.status().as_u16(), 307);
    assert_eq!(reply.headers()["location"], "https://elsewhere.example/");
    assert_eq!(
        reply.headers().get_all("content-type").iter().collect::<Vec<_>>(),
        ["application/problem+json"]
    );
}

#[tokio::test]
async fn html_looks_like_the_web_application() {
    let simulator = faulty(Fault::on(Endpoint::CurrentUser, Action::Html)).await;
    let reply = get(&simulator, "/user").await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-type").unwrap().starts_with("text/html"));
    assert!(reply.text.starts_with("<!doctype html>"));
}

#[tokio::test]
async fn an_empty_body_keeps_its_headers() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::EmptyBody)).await;
    let reply = get_in(&simulator, &users(1)).await;
    assert_eq!((reply.status, reply.text.as_str(), reply.header("last-page")), (200, "", Some("false")));
    assert_eq!(reply.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn cut_json_is_complete_http() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::CutJson(1_000))).await;
    let reply = get_in(&simulator, &users(1)).await;
    assert_eq!((reply.status, reply.text.len()), (200, 1_000));
    assert!(serde_json::from_str::<serde_json::Value>(&reply.text).is_err());
}

#[tokio::test]
async fn a_reset_leaves_no_answer() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::Reset).times(1)).await;
    let error = try_get(&simulator, &in_workspace(&simulator, "/users")).await.err().expect("no answer");
    assert!(error.is_request() && error.status().is_none(), "{error:?}");
    assert_eq!(simulator.requests()[0].status, None);
    assert_eq!(get_in(&simulator, "/users").await.status, 200, "the server goes on");
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn a_delay_delays_and_lets_others_pass() {
    let delay = Duration::from_millis(300);
    let simulator = faulty(Fault::on(Endpoint::Users, Action::Delay(delay))).await;
    let begun = Instant::now();
    let slow = async {
        assert_eq!(get_in(&simulator, "/users").await.status, 200);
        begun.elapsed()
    };
    let quick = async {
        assert_eq!(get(&simulator, "/user").await.status, 200);
        begun.elapsed()
    };
    let (slow, quick) = tokio::join!(slow, quick);
    assert!(slow >= delay && quick < delay, "{slow:?} {quick:?}");
}

#[tokio::test]
async fn a_delay_and_another_fault_both_fire() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::Delay(Duration::from_millis(20)))).await;
    simulator.add_fault(Fault::on(Endpoint::Users, Action::plain(500, "")));
    simulator.add_fault(Fault::on(Endpoint::Users, Action::Html));
    assert_eq!(get_in(&simulator, "/users").await.status, 500);
    let fired: Vec<u32> = simulator.faults_fired().into_iter().map(|(_, times)| times).collect();
    assert_eq!(fired, [1, 1, 0]);
}
