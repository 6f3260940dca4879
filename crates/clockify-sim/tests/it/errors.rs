//! Routes and parameters that the service refuses (clockify reference 2.2).

use reqwest::Method;

use crate::crew::{APOLLO, ENGINEERING, OTHER_WORKSPACE, WORKSPACE, crew, id};
use crate::support::{get, get_in, in_workspace, send, start};

#[tokio::test]
async fn an_unrouted_path_names_itself() {
    let simulator = start(crew()).await;
    let reply = get_in(&simulator, "/policies").await;
    reply.assert_error(404, 3000, &format!("No static resource v1/workspaces/{WORKSPACE}/policies."));
    get(&simulator, "/users").await.assert_error(404, 3000, "No static resource v1/users.");
}

#[tokio::test]
async fn a_route_for_other_verbs_says_which() {
    let simulator = start(crew()).await;
    for (path, allow) in [
        (format!("/user-groups/{ENGINEERING}"), "DELETE, PUT"),
        (format!("/user-groups/{ENGINEERING}/users"), "POST"),
        (format!("/users/{}", id(3)), "DELETE, PUT"),
        ("/users/info".to_owned(), "POST"),
    ] {
        let reply = get_in(&simulator, &path).await;
        reply.assert_error(405, 3000, "Request method 'GET' is not supported");
        assert_eq!(reply.header("allow"), Some(allow), "{path}");
    }
    let url = format!("{}{}", simulator.base_url(), in_workspace(&simulator, ""));
    let reply = send(Method::PUT, &url, &[("X-Api-Key", simulator.api_key())]).await.unwrap();
    reply.assert_error(405, 3000, "Request method 'PUT' is not supported");
}

#[tokio::test]
async fn an_unknown_id_is_a_bad_request() {
    let simulator = start(crew()).await;
    let unknown = "64b0000000000000deadbeef";
    for path in ["/users", "/user-groups"] {
        let reply = get_in(&simulator, &format!("{path}?project-id={unknown}")).await;
        reply.assert_error(400, 501, "Project doesn't belong to Workspace");
    }
    for path in ["", "/users", "/user-groups", "/projects"] {
        let reply = get(&simulator, &format!("/workspaces/{unknown}{path}")).await;
        reply.assert_error(400, 501, "User doesn't belong to Workspace");
    }
    let reply = get(&simulator, "/workspaces/short/users").await;
    assert_eq!(reply.status, 400);
    assert!(reply.text.contains("hexString has 24 characters"), "{}", reply.text);
}

#[tokio::test]
async fn the_members_of_another_workspace_cannot_be_listed() {
    let simulator = start(crew()).await;
    let reply = get(&simulator, &format!("/workspaces/{OTHER_WORKSPACE}/users")).await;
    reply.assert_error(403, 501, "Access Denied");
}

#[tokio::test]
async fn a_parameter_of_the_wrong_type_is_echoed() {
    let simulator = start(crew()).await;
    get_in(&simulator, "/user-groups?includeTeamManagers=maybe").await.assert_error(
        400,
        3000,
        "Method parameter 'includeTeamManagers': Failed to convert value of type 'java.lang.String' to required type \
         'java.lang.Boolean'; Invalid boolean value [maybe]",
    );
    let reply = get_in(&simulator, "/users?page-size=many").await;
    assert_eq!((reply.status, reply.json()["code"].as_i64()), (400, Some(3000)));
    assert!(reply.text.contains("page-size") && reply.text.contains("many"), "{}", reply.text);
    let reply = get(&simulator, "/user?include-memberships=1").await;
    assert_eq!((reply.status, reply.json()["code"].as_i64()), (400, Some(3000)));
}

#[tokio::test]
async fn a_value_outside_a_list_is_refused() {
    let simulator = start(crew()).await;
    for path in [
        "/users?sort-column=AGE",
        "/users?sort-order=UP",
        "/users?status=GONE",
        "/users?memberships=SOME",
        "/users?account-statuses=ACTIVE,INACTIVE",
        "/user-groups?sort-column=EMAIL",
        "/projects?access=SECRET",
    ] {
        let reply = get_in(&simulator, path).await;
        assert_eq!((reply.status, reply.json()["code"].as_i64()), (400, Some(501)), "{path}: {}", reply.text);
        assert!(reply.text.contains("You entered invalid value for field: ["), "{}", reply.text);
    }
    let reply = get_in(&simulator, "/user-groups?sort-column=EMAIL").await;
    assert!(reply.text.contains("must be from the following set: ID, NAME"), "{}", reply.text);
}

#[tokio::test]
async fn a_misspelt_parameter_is_ignored() {
    let simulator = start(crew()).await;
    let all = get_in(&simulator, "/users").await.ids();
    assert_eq!(
        get_in(&simulator, "/users?pageSize=1&Page=7&includeRoles=true&nonsense=%00").await.ids(),
        all
    );
    let reply = get_in(&simulator, "/users?includeRoles=true").await;
    assert!(reply.rows()[0].get("roles").is_none());
}

#[tokio::test]
async fn what_the_simulator_lacks_it_says() {
    let simulator = start(crew()).await;
    let url = format!("{}{}", simulator.base_url(), in_workspace(&simulator, "/user-groups"));
    let reply = send(Method::POST, &url, &[("X-Api-Key", simulator.api_key())]).await.unwrap();
    assert_eq!(reply.status, 501, "{}", reply.text);
    assert_eq!(get_in(&simulator, &format!("/projects/{APOLLO}")).await.status, 501);
}
