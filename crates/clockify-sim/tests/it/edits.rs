//! Content that changes between two requests.

use std::sync::Arc;

use clockify_sim::{
    AccountStatus, Action, Endpoint, Fault, FixedWorkspace, MembershipStatus, SimUser, Simulator,
};
use reqwest::Method;

use crate::crew::{ENGINEERING, REGULAR_KEY, crew, id};
use crate::support::{EVERYBODY, get, get_in, send};

/// The crew of twelve, with one fault.
async fn faulty_crew(fault: Fault) -> Simulator {
    Simulator::builder(crew()).fault(fault).start().await.unwrap()
}

/// One page of four, by id.
async fn page(simulator: &Simulator, page: u32) -> Vec<String> {
    get_in(simulator, &format!("/users?{EVERYBODY}&page-size=4&page={page}")).await.ids()
}

fn ids(numbers: impl IntoIterator<Item = u8>) -> Vec<String> {
    numbers.into_iter().map(id).collect()
}

#[tokio::test]
async fn content_can_change_between_two_pages() {
    let mut later = crew();
    later.users.remove(0);
    later.key_owner = 0;
    let builder = Simulator::builder(crew()).api_key("key");
    let fault = Fault::on(Endpoint::Users, Action::ReplaceContent(Arc::new(later))).page(2);
    let simulator = builder.fault(fault).start().await.unwrap();
    let mut pages = Vec::new();
    for number in 1..=3 {
        pages.push(page(&simulator, number).await);
    }
    let walked = pages.concat();
    assert_eq!(walked.len(), 11, "the rows shifted, and the fifth user was skipped");
    assert!(!walked.contains(&id(5)));

    simulator.replace_content(crew());
    assert_eq!(page(&simulator, 1).await, pages[0]);
}

#[tokio::test]
async fn a_member_removed_between_two_pages_hides_another_one() {
    let simulator = faulty_crew(Fault::on(Endpoint::Users, Action::RemoveUser(id(2))).page(2).times(1)).await;
    assert_eq!(page(&simulator, 1).await, ids(1..=4));
    assert_eq!(page(&simulator, 2).await, ids(6..=9), "the fifth moved to the first page");
    assert_eq!(page(&simulator, 3).await, ids(10..=12));
    assert_eq!(page(&simulator, 1).await, ids([1, 3, 4, 5]));
    assert!(simulator.unfired().is_empty());

    let members = get_in(&simulator, "").await.json();
    let listed: Vec<&str> =
        members["memberships"].as_array().unwrap().iter().map(|m| m["userId"].as_str().unwrap()).collect();
    assert!(!listed.contains(&id(2).as_str()), "the member list knows it as well");
}

#[tokio::test]
async fn a_member_added_between_two_pages_shows_another_one_twice() {
    // An id that sorts before everybody's.
    let user = SimUser::new("64a000000000000000000001", "Nora New", "nora@crew.example");
    let added = Action::AddUser(Box::new(user));
    let simulator = faulty_crew(Fault::on(Endpoint::Users, added).page(2).times(1)).await;
    assert_eq!(page(&simulator, 1).await, ids(1..=4));
    assert_eq!(page(&simulator, 2).await, ids(4..=7), "the fourth was on the first page as well");
    assert_eq!(page(&simulator, 4).await, ids([12]));
    assert_eq!(page(&simulator, 1).await[0], "64a000000000000000000001");
    assert_eq!(get_in(&simulator, "").await.json()["memberships"].as_array().unwrap().len(), 13);
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn keys_stay_with_their_members() {
    let simulator = faulty_crew(Fault::on(Endpoint::Workspace, Action::RemoveUser(id(2))).times(1)).await;
    get_in(&simulator, "").await;
    let user = async |key: &str| {
        let url = format!("{}/user", simulator.base_url());
        send(Method::GET, &url, &[("X-Api-Key", key)]).await.unwrap()
    };
    assert_eq!(user(simulator.api_key()).await.json()["name"], "Olga Owner");
    assert_eq!(user(REGULAR_KEY).await.json()["name"], "Cleo", "although she moved up by one");
    let groups = get_in(&simulator, "/user-groups").await.rows();
    assert!(groups.iter().any(|group| group["id"] == ENGINEERING), "the rest is as before");

    simulator.add_fault(Fault::on(Endpoint::Workspace, Action::RemoveUser(id(3))).times(1));
    get_in(&simulator, "").await;
    user(REGULAR_KEY).await.assert_error(401, 4003, "Api key does not exist");
    simulator.add_fault(Fault::on(Endpoint::Workspace, Action::RemoveUser(id(1))).times(1));
    get_in(&simulator, "").await.assert_error(401, 4003, "Api key does not exist");
    user(simulator.api_key()).await.assert_error(401, 4003, "Api key does not exist");
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn the_removal_of_nobody_is_no_fault() {
    let simulator =
        faulty_crew(Fault::on(Endpoint::CurrentUser, Action::RemoveUser("nobody".to_owned()))).await;
    assert_eq!(get(&simulator, "/user").await.status, 200);
    assert_eq!(simulator.unfired().len(), 1);
}

#[tokio::test]
async fn any_edit_can_be_made_and_edits_add_up() {
    let deactivate = Action::edit(|workspace| {
        let cleo = workspace.users.iter_mut().find(|user| user.id == id(3)).unwrap();
        cleo.membership_status = MembershipStatus::Inactive;
    });
    let leave = Action::edit(|workspace| workspace.groups[0].user_ids.clear());
    let simulator = faulty_crew(Fault::on(Endpoint::Workspace, deactivate).times(1)).await;
    simulator.add_fault(Fault::on(Endpoint::Workspace, leave).times(1));
    simulator.add_fault(Fault::on(Endpoint::Workspace, Action::RemoveUser(id(12))).times(1));
    let status = async || {
        let members = get_in(&simulator, &in_statuses()).await.rows();
        members.iter().find(|user| user["id"] == id(3).as_str()).map(|user| user["status"].clone())
    };
    assert!(status().await.is_none(), "she is active, and only the inactive are asked for");
    get_in(&simulator, "").await;
    assert_eq!(status().await.unwrap(), "ACTIVE", "the account is");
    let served = FixedWorkspace::copy_of(&*simulator.content());
    assert_eq!(served.users.len(), 11);
    assert_eq!(served.groups[0].user_ids, [] as [String; 0]);
    assert_eq!(served.users[2].membership_status, MembershipStatus::Inactive);
    assert_eq!(served.users[2].account_status, AccountStatus::Active);
    assert!(simulator.unfired().is_empty());
}

fn in_statuses() -> String {
    "/users?status=INACTIVE&sort-column=ID".to_owned()
}

#[test]
fn a_removal_by_hand_keeps_indexes_in_order() {
    let mut workspace = crew();
    workspace.key_owner = 4;
    assert_eq!(workspace.remove_user(&id(5)).unwrap().name.as_deref(), Some("Pia Projectlead"));
    assert!(workspace.key_owner >= workspace.users.len(), "the owner is gone");
    assert_eq!(workspace.api_keys[0].user, 2, "she was before");
    assert!(workspace.remove_user(&id(5)).is_none());
    workspace.key_owner = 4;
    workspace.remove_user(&id(1)).unwrap();
    assert_eq!((workspace.key_owner, workspace.api_keys[0].user), (3, 1));
    assert_eq!(workspace.users.len(), 10);
}
