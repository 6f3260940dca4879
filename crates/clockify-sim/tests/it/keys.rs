//! Credentials (clockify reference 2.1 and 2.2).

use reqwest::Method;

use crate::crew::{REGULAR_KEY, WORKSPACE, crew};
use crate::support::{in_workspace, send, start};

const NONE_OR_SEVERAL: &str = "Multiple or none auth tokens present";

#[tokio::test]
async fn a_request_needs_exactly_one_credential() {
    let simulator = start(crew()).await;
    let url = format!("{}/user", simulator.base_url());
    let key = ("X-Api-Key", simulator.api_key());
    for headers in [
        vec![],
        vec![key, ("X-Addon-Token", "token")],
        vec![key, key],
        // Bearer is no scheme of this service, so this is no credential at all.
        vec![("Authorization", "Bearer simulator-key")],
    ] {
        send(Method::GET, &url, &headers).await.unwrap().assert_error(401, 1000, NONE_OR_SEVERAL);
    }
    let with_bearer = [key, ("Authorization", "Bearer whatever")];
    assert_eq!(send(Method::GET, &url, &with_bearer).await.unwrap().status, 200);
}

#[tokio::test]
async fn an_unknown_credential_is_refused() {
    let simulator = start(crew()).await;
    let url = format!("{}/user", simulator.base_url());
    let reply = send(Method::GET, &url, &[("X-Api-Key", "nobody's")]).await.unwrap();
    reply.assert_error(401, 4003, "Api key does not exist");
    let reply = send(Method::GET, &url, &[("X-Addon-Token", "nobody's")]).await.unwrap();
    reply.assert_error(401, 4017, "Token is not valid");
}

#[tokio::test]
async fn without_a_credential_nobody_learns_what_exists() {
    let simulator = start(crew()).await;
    let url = format!("{}/no/such/route", simulator.base_url());
    send(Method::GET, &url, &[]).await.unwrap().assert_error(401, 1000, NONE_OR_SEVERAL);
}

#[tokio::test]
async fn a_regular_users_key_may_not_list_users() {
    let simulator = start(crew()).await;
    let read = async |path: &str| {
        let url = format!("{}{}", simulator.base_url(), in_workspace(&simulator, path));
        send(Method::GET, &url, &[("X-Api-Key", REGULAR_KEY)]).await.unwrap()
    };
    read("/users?page=1&page-size=50").await.assert_error(403, 501, "Access Denied");
    assert_eq!(read("/user-groups").await.status, 200);
    assert_eq!(read("").await.status, 200);

    let url = format!("{}/user", simulator.base_url());
    let me = send(Method::GET, &url, &[("X-Api-Key", REGULAR_KEY)]).await.unwrap();
    assert_eq!(me.json()["email"], "cleo@crew.example");
}

#[tokio::test]
async fn a_suspended_workspace_answers_code_406() {
    for status in [401, 403, 406] {
        let mut content = crew();
        content.workspace.suspended = Some(status);
        let simulator = start(content).await;
        let message = format!(
            "You’ve been logged out since your {WORKSPACE} workspace has been suspended. \
             Contact support@clockify.me for more information"
        );
        let url = format!("{}{}", simulator.base_url(), in_workspace(&simulator, "/users"));
        let reply = send(Method::GET, &url, &[("X-Api-Key", simulator.api_key())]).await.unwrap();
        reply.assert_error(status, 406, &message);
    }
}
