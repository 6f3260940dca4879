//! The list of users and the user who asks (clockify reference 3.1, 3.2, 3.5 and 4.2).

use clockify_sim::{GroupScopeShape, Simulator};
use reqwest::Method;
use serde_json::{Value, json};

use crate::crew::{APOLLO, ENGINEERING, GHOST, OTHER_WORKSPACE, WORKSPACE, crew, id};
use crate::support::{EVERYBODY, get, get_in, in_workspace, send, start};

fn numbers(numbers: &[u8]) -> Vec<String> {
    numbers.iter().map(|&number| id(number)).collect()
}

#[tokio::test]
async fn by_default_limited_and_deleted_accounts_are_hidden_and_deactivated_members_are_not() {
    let simulator = start(crew()).await;
    let mut ids = get_in(&simulator, "/users").await.ids();
    ids.sort();
    assert_eq!(ids, numbers(&[1, 2, 3, 4, 5, 6, 8, 9, 10]));
    assert_eq!(get_in(&simulator, &format!("/users?{EVERYBODY}")).await.ids().len(), 12);
    let hidden =
        get_in(&simulator, "/users?account-statuses=LIMITED,LIMITED_DELETED,DELETED&sort-column=ID").await;
    assert_eq!(hidden.ids(), numbers(&[7, 11, 12]));
}

#[tokio::test]
async fn status_filters_on_the_membership() {
    let simulator = start(crew()).await;
    let ids = async |status: &str| get_in(&simulator, &format!("/users?{status}&sort-column=ID")).await.ids();
    assert_eq!(ids("status=ACTIVE").await, numbers(&[1, 2, 3, 4, 5, 10]));
    assert_eq!(ids("status=INACTIVE").await, numbers(&[6]));
    assert_eq!(ids("status=PENDING").await, numbers(&[8]));
    assert_eq!(ids("status=DECLINED").await, numbers(&[9]));
    assert_eq!(ids("status=INACTIVE&account-statuses=DELETED,ACTIVE").await, numbers(&[6, 7]));
}

#[tokio::test]
async fn a_member_deactivated_here_has_an_active_account() {
    let simulator = start(crew()).await;
    let reply = get_in(&simulator, "/users?email=dirk&memberships=WORKSPACE").await;
    let dirk = &reply.rows()[0];
    assert_eq!(dirk["status"], "ACTIVE");
    assert_eq!(dirk["memberships"][0]["membershipStatus"], "INACTIVE");
    assert_eq!(dirk["memberships"][0]["targetId"], WORKSPACE);
}

#[tokio::test]
async fn people_who_never_came_have_neither_name_nor_settings() {
    let simulator = start(crew()).await;
    let reply = get_in(&simulator, "/users?status=PENDING").await;
    let invited = &reply.rows()[0];
    assert_eq!(invited["email"], "invited@crew.example");
    assert_eq!(invited.get("name"), Some(&Value::Null));
    assert_eq!(invited.get("settings"), Some(&Value::Null));
    assert_eq!(invited["status"], "NOT_REGISTERED");
}

#[tokio::test]
async fn limited_members_have_no_address() {
    let simulator = start(crew()).await;
    let reply = get_in(&simulator, "/users?account-statuses=LIMITED,LIMITED_DELETED&sort-column=ID").await;
    let rows = reply.rows();
    assert_eq!(rows[0].get("email"), Some(&Value::Null));
    assert_eq!(rows[1].get("email"), Some(&json!("")));
}

#[tokio::test]
async fn the_default_order_is_by_address() {
    let simulator = start(crew()).await;
    let addresses = get_in(&simulator, "/users").await.column("email");
    let mut sorted = addresses.clone();
    sorted.sort();
    assert_eq!(addresses, sorted);
    assert_eq!(addresses[0], "Adam@crew.example");
    assert_eq!(addresses[1], "cleo@crew.example");
}

#[tokio::test]
async fn every_sort_column_sorts_both_ways() {
    let simulator = start(crew()).await;
    let first = async |column: &str, order: &str| {
        let query =
            format!("/users?account-statuses=ACTIVE&status=ACTIVE&sort-column={column}&sort-order={order}");
        get_in(&simulator, &query).await.ids()
    };
    for column in ["ID", "EMAIL", "NAME", "NAME_LOWERCASE", "ACCESS", "HOURLYRATE", "COSTRATE"] {
        let mut up = first(column, "ASCENDING").await;
        let down = first(column, "DESCENDING").await;
        up.reverse();
        assert_eq!(up, down, "{column}");
    }
    assert_eq!(first("ID", "DESCENDING").await, numbers(&[5, 4, 3, 2, 1]));
    assert_eq!(first("NAME", "ASCENDING").await, numbers(&[2, 3, 1, 5, 4]));
    assert_eq!(first("ACCESS", "ASCENDING").await[..2], numbers(&[1, 2]));
    assert_eq!(first("HOURLYRATE", "DESCENDING").await[0], id(4));
}

#[tokio::test]
async fn email_and_name_match_a_part() {
    let simulator = start(crew()).await;
    let ids = async |query: &str| get_in(&simulator, &format!("/users?sort-column=ID&{query}")).await.ids();
    assert_eq!(ids("email=@crew.example&name=lead").await, numbers(&[4, 5]));
    assert_eq!(ids("email=dam%40crew").await, numbers(&[2]));
    assert_eq!(ids("email=nobody").await, numbers(&[]));
    assert_eq!(ids("email=").await.len(), 9);
    assert_eq!(ids(&format!("project-id={APOLLO}")).await, numbers(&[3, 5]));
}

#[tokio::test]
async fn memberships_come_only_on_request_and_by_kind() {
    let simulator = start(crew()).await;
    let cleo = async |memberships: &str| -> Vec<(String, String)> {
        let reply = get_in(&simulator, &format!("/users?email=cleo{memberships}")).await;
        let rows = reply.rows();
        let entries = rows[0]["memberships"].as_array().unwrap().iter();
        entries
            .map(|entry| {
                assert_eq!(entry["userId"], id(3));
                let text = |field: &str| entry[field].as_str().unwrap().to_owned();
                (text("membershipType"), text("targetId"))
            })
            .collect()
    };
    let entry = |kind: &str, target: &str| (kind.to_owned(), target.to_owned());
    let workspaces = vec![entry("WORKSPACE", WORKSPACE), entry("WORKSPACE", OTHER_WORKSPACE)];
    assert_eq!(cleo("").await, vec![]);
    assert_eq!(cleo("&memberships=NONE").await, vec![]);
    assert_eq!(cleo("&memberships=WORKSPACE").await, workspaces);
    assert_eq!(cleo("&memberships=USERGROUP").await, vec![entry("USERGROUP", ENGINEERING)]);
    assert_eq!(cleo("&memberships=PROJECT").await, vec![entry("PROJECT", APOLLO)]);
    let all = cleo("&memberships=ALL").await;
    assert_eq!(all, [workspaces, vec![entry("USERGROUP", ENGINEERING), entry("PROJECT", APOLLO)]].concat());
}

#[tokio::test]
async fn roles_come_only_on_request_and_the_owner_reads_as_workspace_own() {
    let simulator = start(crew()).await;
    let without = get_in(&simulator, "/users").await;
    assert!(without.rows().iter().all(|row| row.get("roles").is_none()));
    // A string on the real service: a senseless value is not an error.
    let senseless = get_in(&simulator, "/users?include-roles=maybe").await;
    assert!(senseless.rows().iter().all(|row| row.get("roles").is_none()));

    let reply = get_in(&simulator, "/users?include-roles=true&sort-column=ID").await;
    let rows = reply.rows();
    let admin = |role: &str, extra: Value| {
        let mut entity = json!({ "id": WORKSPACE, "name": "", "source": null });
        entity.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({ "role": role, "formatterRoleName": "Admin", "entities": [entity] })
    };
    assert_eq!(
        rows[0]["roles"],
        json!([
            admin("WORKSPACE_ADMIN", json!({})),
            admin("WORKSPACE_OWN", json!({ "membershipStatus": "" })),
        ])
    );
    assert_eq!(rows[1]["roles"], json!([admin("WORKSPACE_ADMIN", json!({}))]));
    assert_eq!(rows[2]["roles"], json!([]));
    assert_eq!(
        rows[4]["roles"],
        json!([{
            "role": "PROJECT_MANAGER", "formatterRoleName": "Project manager",
            "entities": [{ "id": APOLLO, "name": "Apollo", "source": null }],
        }])
    );
}

#[tokio::test]
async fn a_team_manager_of_a_group_appears_in_either_shape() {
    let source = json!({ "id": ENGINEERING, "type": "USER_GROUP" });
    let entity = |id: &str, name: Value, source: Value| json!({ "id": id, "name": name, "source": source });
    let person = entity(&id(3), json!("Cleo"), Value::Null);
    for (shape, group_part) in [
        (
            GroupScopeShape::PerMember,
            vec![
                entity(&id(3), json!("Cleo"), source.clone()),
                entity(&id(11), json!("Kiosk 1"), source.clone()),
                entity(&id(6), json!("Dirk Deactivated"), source.clone()),
                entity(GHOST, Value::Null, source.clone()),
            ],
        ),
        (GroupScopeShape::Group, vec![entity(ENGINEERING, json!("Engineering"), source.clone())]),
    ] {
        let simulator = Simulator::builder(crew()).group_scope_shape(shape).start().await.unwrap();
        let reply = get_in(&simulator, "/users?include-roles=true&email=tess").await;
        let roles = &reply.rows()[0]["roles"];
        assert_eq!(roles.as_array().unwrap().len(), 1);
        assert_eq!(roles[0]["role"], "TEAM_MANAGER");
        let mut expected = vec![person.clone()];
        expected.extend(group_part);
        assert_eq!(roles[0]["entities"], Value::Array(expected), "{shape:?}");
    }
}

#[tokio::test]
async fn head_answers_without_a_body() {
    let simulator = start(crew()).await;
    let url = format!("{}{}", simulator.base_url(), in_workspace(&simulator, "/users"));
    let reply = send(Method::HEAD, &url, &[("X-Api-Key", simulator.api_key())]).await.unwrap();
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    assert_eq!(reply.header("last-page"), Some("true"));
}

#[tokio::test]
async fn the_user_who_asks_has_memberships_only_on_request() {
    let simulator = start(crew()).await;
    let me = get(&simulator, "/user").await.json();
    assert_eq!((&me["id"], &me["memberships"]), (&json!(id(1)), &json!([])));
    assert!(me.get("roles").is_none());
    let me = get(&simulator, "/user?include-memberships=true").await.json();
    assert_eq!(me["memberships"][0]["targetId"], WORKSPACE);
}
