//! Workspaces, groups and projects (clockify reference 3.3, 3.4, 3.9 and 3.12).

use clockify_sim::{MembershipStatus, MembershipType, SimMembership};
use reqwest::Method;
use serde_json::{Value, json};

use crate::crew::{APOLLO, EMPTY, ENGINEERING, GHOST, OTHER_WORKSPACE, REGULAR_KEY, WORKSPACE, crew, id};
use crate::support::{get, get_in, send, start};

#[tokio::test]
async fn a_workspace_lists_every_member_once_whatever_the_status() {
    let mut content = crew();
    content.workspace.extra_memberships.push(SimMembership {
        user_id: GHOST.to_owned(),
        target_id: WORKSPACE.to_owned(),
        kind: MembershipType::Workspace,
        status: MembershipStatus::Active,
    });
    let simulator = start(content).await;
    let workspace = get_in(&simulator, "").await.json();
    let entries: Vec<(String, &str)> = workspace["memberships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            assert_eq!(
                (&entry["targetId"], &entry["membershipType"]),
                (&json!(WORKSPACE), &json!("WORKSPACE"))
            );
            (entry["userId"].as_str().unwrap().to_owned(), entry["membershipStatus"].as_str().unwrap())
        })
        .collect();
    let expected = [
        (id(1), "ACTIVE"),
        (id(2), "ACTIVE"),
        (id(3), "ACTIVE"),
        (id(4), "ACTIVE"),
        (id(5), "ACTIVE"),
        (id(6), "INACTIVE"),
        (id(7), "INACTIVE"),
        (id(8), "PENDING"),
        (id(9), "DECLINED"),
        (id(10), "ACTIVE"),
        (id(11), "ACTIVE"),
        (id(12), "INACTIVE"),
        (GHOST.to_owned(), "ACTIVE"),
    ];
    assert_eq!(entries, expected);
    let rate = &workspace["memberships"][3]["hourlyRate"];
    assert_eq!(*rate, json!({ "amount": 9500, "currency": "EUR" }));
}

#[tokio::test]
async fn the_list_of_workspaces_ignores_paging() {
    let simulator = start(crew()).await;
    let reply = get(&simulator, "/workspaces?page=9&page-size=1").await;
    assert_eq!(reply.ids(), [WORKSPACE, OTHER_WORKSPACE]);
    assert_eq!(reply.header("last-page"), None);
    let other = &reply.rows()[1];
    assert_eq!(other["memberships"][0]["userId"], id(1));
    assert_eq!(get(&simulator, &format!("/workspaces/{OTHER_WORKSPACE}")).await.json(), *other);
}

#[tokio::test]
async fn an_owner_is_not_counted_as_an_admin() {
    let simulator = start(crew()).await;
    let ids = async |query: &str| get(&simulator, &format!("/workspaces?{query}")).await.ids();
    // The key's owner owns one workspace and is an admin of the other.
    assert_eq!(ids("roles=OWNER").await, [WORKSPACE]);
    assert_eq!(ids("roles=WORKSPACE_ADMIN").await, [OTHER_WORKSPACE]);
    assert_eq!(ids("roles=WORKSPACE_ADMIN&roles=OWNER").await, [WORKSPACE, OTHER_WORKSPACE]);
    assert_eq!(ids("roles=WORKSPACE_ADMIN,OWNER").await, [WORKSPACE, OTHER_WORKSPACE]);
    assert_eq!(ids("roles=PROJECT_MANAGER").await, [] as [&str; 0]);
    assert_eq!(get(&simulator, "/workspaces?roles=KING").await.status, 400);

    let url = format!("{}/workspaces", simulator.base_url());
    let regular = send(Method::GET, &url, &[("X-Api-Key", REGULAR_KEY)]).await.unwrap();
    assert_eq!(regular.ids(), [WORKSPACE]);
    let url = format!("{url}?roles=WORKSPACE_ADMIN&roles=OWNER");
    let regular = send(Method::GET, &url, &[("X-Api-Key", REGULAR_KEY)]).await.unwrap();
    assert_eq!(regular.ids(), [] as [&str; 0]);
}

#[tokio::test]
async fn a_group_lists_ids_that_the_default_user_list_hides() {
    let simulator = start(crew()).await;
    let reply = get_in(&simulator, "/user-groups?sort-column=ID").await;
    assert_eq!(
        reply.rows(),
        [
            json!({
                "id": ENGINEERING, "name": "Engineering", "workspaceId": WORKSPACE,
                "userIds": [id(3), id(11), id(6), GHOST], "teamManagers": [],
            }),
            json!({ "id": EMPTY, "name": "empty", "workspaceId": WORKSPACE, "userIds": [], "teamManagers": [] }),
        ]
    );
}

#[tokio::test]
async fn team_managers_are_filled_only_under_the_camel_case_name() {
    let simulator = start(crew()).await;
    let managers = async |query: &str| -> Value {
        get_in(&simulator, &format!("/user-groups?sort-column=ID&{query}")).await.rows()[0]["teamManagers"]
            .clone()
    };
    let tess = json!([{ "id": id(4), "name": "Tess Teamlead" }]);
    assert_eq!(managers("includeTeamManagers=true").await, tess);
    assert_eq!(managers("includeTeamManagers=false").await, json!([]));
    assert_eq!(managers("include-team-managers=true").await, json!([]));
}

#[tokio::test]
async fn groups_can_be_filtered_and_sorted() {
    let simulator = start(crew()).await;
    let ids = async |query: &str| get_in(&simulator, &format!("/user-groups?{query}")).await.ids();
    assert_eq!(ids("name=eng").await, [ENGINEERING]);
    assert_eq!(ids("sort-column=NAME&sort-order=DESCENDING").await, [EMPTY, ENGINEERING]);
    assert_eq!(ids(&format!("project-id={APOLLO}")).await, [ENGINEERING]);
    assert_eq!(ids(&format!("projectId={APOLLO}")).await, [ENGINEERING]);
}

#[tokio::test]
async fn a_project_lists_members_unasked_and_a_group_among_them() {
    let simulator = start(crew()).await;
    let reply = get_in(&simulator, "/projects").await;
    assert_eq!(reply.header("last-page"), Some("true"));
    let rows = reply.rows();
    let members: Vec<&Value> =
        rows[0]["memberships"].as_array().unwrap().iter().map(|entry| &entry["userId"]).collect();
    assert_eq!(members, [&json!(id(3)), &json!(id(5)), &json!(ENGINEERING)]);
    assert_eq!(rows[0]["memberships"][1]["hourlyRate"], json!({ "amount": 12000, "currency": "EUR" }));
    assert_eq!(rows[1]["memberships"][0]["membershipStatus"], "INACTIVE");
    assert_eq!((&rows[0]["clientId"], &rows[0]["public"]), (&json!(""), &json!(false)));
}

#[tokio::test]
async fn projects_can_be_filtered() {
    let simulator = start(crew()).await;
    let names = async |query: &str| get_in(&simulator, &format!("/projects?{query}")).await.column("name");
    assert_eq!(names("").await, ["Apollo", "Archive"]);
    assert_eq!(names("archived=false").await, ["Apollo"]);
    assert_eq!(names("archived=true").await, ["Archive"]);
    assert_eq!(names("access=PUBLIC").await, ["Archive"]);
    assert_eq!(names("name=ap").await, ["Apollo"]);
    assert_eq!(names("name=ap&strict-name-search=true").await, [] as [&str; 0]);
    assert_eq!(names(&format!("users={}", id(3))).await, ["Apollo"]);
    assert_eq!(names(&format!("users={}&contains-user=false", id(3))).await, ["Archive"]);
    assert_eq!(names(&format!("userGroups={ENGINEERING}")).await, ["Apollo"]);
    assert_eq!(names("is-template=true").await, [] as [&str; 0]);
    assert_eq!(names("sort-column=ID&sort-order=DESCENDING").await, ["Archive", "Apollo"]);
}
