//! Who is enabled: account status × this workspace's membership (clockify reference 5).

use clockify_connector::USER;
use governance_model::{ResourceId, State};
use serde_json::{Value, json};

use crate::seam::WORKSPACE;
use crate::world::{ANNA, BEN, ELSEWHERE, GHOST, World, anna, ben, check, look, membership};

fn in_workspace(status: &str) -> Value {
    membership(ANNA, WORKSPACE, "WORKSPACE", status)
}

#[tokio::test]
async fn deactivated_here_and_active_elsewhere() {
    let memberships = [in_workspace("INACTIVE"), membership(ANNA, ELSEWHERE, "WORKSPACE", "ACTIVE")];
    let member = anna(json!({"status": "ACTIVE", "memberships": memberships}));
    let read = check("deactivated_here", World::of([member]).listing(ANNA, "INACTIVE")).await;
    assert_eq!(read.state(ANNA), (State::Disabled, "account ACTIVE, membership INACTIVE"));
    assert_eq!(read.profile(ANNA, "account_status"), "ACTIVE");
    assert_eq!(read.profile(ANNA, "membership_status"), "INACTIVE");
    assert_eq!(read.drops("membership of another workspace"), 1);
}

#[tokio::test]
async fn invited_and_never_joined() {
    let member = anna(json!({
        "status": "NOT_REGISTERED", "name": null, "settings": null, "profilePicture": "",
        "memberships": [in_workspace("PENDING")],
    }));
    let read = check("invited", World::of([member]).listing(ANNA, "PENDING")).await;
    assert_eq!(read.user(ANNA).display_name, "anna@nordlicht.example");
    assert_eq!(read.state(ANNA), (State::Disabled, "account NOT_REGISTERED, membership PENDING"));
    assert_eq!(read.profile(ANNA, "first_name"), "");
    assert_eq!(read.profile(ANNA, "last_name"), "");
    assert_eq!(read.account(ANNA).mfa_enabled, None);
}

#[tokio::test]
async fn limited_member_without_email() {
    for (name, email) in
        [("limited_null", Value::Null), ("limited_empty", json!("")), ("limited_blank", json!(" "))]
    {
        let member = anna(json!({
            "status": "LIMITED", "email": email, "name": "Kiosk Worker 07", "settings": null, "roles": [],
        }));
        let read = check(name, World::of([member])).await;
        assert_eq!(read.state(ANNA), (State::Enabled, "account LIMITED, membership ACTIVE"));
        assert_eq!(read.user(ANNA).display_name, "Kiosk Worker 07");
        assert!(read.account(ANNA).emails.is_empty());
        assert_eq!(read.account(ANNA).login, None);
    }
}

/// Every pair of the two closed sets, by hand: `true` is enabled.
#[tokio::test]
async fn only_an_active_membership_of_a_usable_account_is_enabled() {
    let enabled = [("ACTIVE", "ACTIVE"), ("PENDING_EMAIL_VERIFICATION", "ACTIVE"), ("LIMITED", "ACTIVE")];
    let accounts =
        ["ACTIVE", "PENDING_EMAIL_VERIFICATION", "DELETED", "NOT_REGISTERED", "LIMITED", "LIMITED_DELETED"];
    let mut members = Vec::new();
    let mut expected = Vec::new();
    for (row, account) in accounts.iter().enumerate() {
        for (column, status) in ["ACTIVE", "PENDING", "DECLINED", "INACTIVE"].iter().enumerate() {
            let id = format!("66b0c1d2e4f5a6978812b{row}{column}0");
            members.push(json!({
                "id": id, "status": account, "memberships": [membership(&id, WORKSPACE, "WORKSPACE", status)],
            }));
            let state = match *account {
                "DELETED" | "LIMITED_DELETED" => State::Deleted,
                _ if enabled.contains(&(*account, *status)) => State::Enabled,
                _ => State::Disabled,
            };
            expected.push((id, state, format!("account {account}, membership {status}")));
        }
    }
    let read = look(&World::of(members)).await;
    assert_eq!(expected.len(), 24);
    for (id, state, details) in expected {
        assert_eq!(read.state(&id), (state, details.as_str()));
    }
}

#[tokio::test]
async fn memberships_of_other_workspaces_are_ignored() {
    let memberships = [membership(ANNA, ELSEWHERE, "WORKSPACE", "INACTIVE"), in_workspace("ACTIVE")];
    let read = check("other_workspaces", World::of([anna(json!({"memberships": memberships}))])).await;
    assert_eq!(read.state(ANNA).0, State::Enabled);
    assert_eq!(read.drops("membership of another workspace"), 1);

    // A user id under another target on the workspace's own list is no member either.
    let mut world = World::of([ben()]);
    let list = world.workspace["memberships"].as_array_mut().unwrap();
    list.push(membership(GHOST, ELSEWHERE, "WORKSPACE", "ACTIVE"));
    let read = look(&world).await;
    assert!(!read.baseline.inventory.as_ref().unwrap().entries.contains_key(GHOST));
    assert!(read.stand_ins.is_empty());
}

#[tokio::test]
async fn duplicated_memberships_count_once() {
    let memberships = [in_workspace("ACTIVE"), in_workspace("ACTIVE"), in_workspace("ACTIVE")];
    let read = check("duplicated", World::of([anna(json!({"memberships": memberships}))])).await;
    assert_eq!(read.state(ANNA), (State::Enabled, "account ACTIVE, membership ACTIVE"));
    assert_eq!(read.drops("duplicate workspace membership"), 2);
}

#[tokio::test]
async fn contradicting_memberships_are_settled_by_the_workspaces_list() {
    for order in [["ACTIVE", "INACTIVE"], ["INACTIVE", "ACTIVE"]] {
        let member = anna(json!({"memberships": order.map(in_workspace)}));
        let world = World::of([member]);
        let read = look(&world.clone().listing(ANNA, "INACTIVE")).await;
        assert_eq!(read.state(ANNA), (State::Disabled, "account ACTIVE, membership INACTIVE"));
        let read = look(&world.clone().listing(ANNA, "ACTIVE")).await;
        assert_eq!(read.state(ANNA), (State::Enabled, "account ACTIVE, membership ACTIVE"));
        let read = look(&world.clone().listing(ANNA, "PENDING")).await;
        assert_eq!(read.state(ANNA), (State::Disabled, "account ACTIVE, membership PENDING"));
        // Nothing settles it, so nobody is called enabled.
        let read = check("contradicting", world.listing(ANNA, "")).await;
        assert_eq!(read.state(ANNA), (State::Unspecified, "account ACTIVE, membership unknown"));
        assert_eq!(read.drops("duplicate workspace membership"), 1);
    }
}

#[tokio::test]
async fn a_missing_membership_is_taken_from_the_workspaces_list() {
    let none = json!([]);
    let raw = json!([in_workspace("")]);
    let foreign = json!([membership(ANNA, ELSEWHERE, "WORKSPACE", "ACTIVE")]);
    for memberships in [none, raw, foreign, Value::Null] {
        let world = World::of([anna(json!({"memberships": memberships}))]).listing(ANNA, "INACTIVE");
        let read = look(&world).await;
        assert_eq!(read.state(ANNA), (State::Disabled, "account ACTIVE, membership INACTIVE"));
    }
    let world = World::of([anna(json!({"memberships": []}))]).listing(ANNA, "ACTIVE");
    let read = check("membership_from_the_list", world).await;
    assert_eq!(read.state(ANNA).0, State::Enabled);
    assert_eq!(read.profile(ANNA, "membership_status"), "ACTIVE");
}

#[tokio::test]
async fn a_membership_missing_everywhere_is_unknown() {
    let world = World::of([anna(json!({"memberships": []}))]).listing(ANNA, "");
    let read = check("membership_nowhere", world).await;
    assert_eq!(read.state(ANNA), (State::Unspecified, "account ACTIVE, membership unknown"));
    assert_eq!(read.profile(ANNA, "membership_status"), "");
}

#[tokio::test]
async fn statuses_that_nobody_knows_keep_their_text() {
    let odd_account = anna(json!({"status": "HIBERNATING"}));
    let mut odd_membership = ben();
    odd_membership["memberships"] = json!([membership(BEN, WORKSPACE, "WORKSPACE", "ON_LEAVE")]);
    let read = check("unknown_statuses", World::of([odd_account, odd_membership])).await;
    assert_eq!(read.state(ANNA), (State::Unspecified, "account HIBERNATING, membership ACTIVE"));
    assert_eq!(read.profile(ANNA, "account_status"), "HIBERNATING");
    assert_eq!(read.state(BEN), (State::Unspecified, "account ACTIVE, membership ON_LEAVE"));
    assert_eq!(read.profile(BEN, "membership_status"), "ON_LEAVE");
}

#[tokio::test]
async fn a_status_longer_than_the_protocol_takes_is_cut() {
    let long = "Ä".repeat(3000);
    let mut member = anna(json!({"status": long}));
    member["memberships"] = json!([in_workspace(&long)]);
    let read = look(&World::of([member])).await;
    assert!(read.state(ANNA).1.starts_with("account ÄÄÄ"));
    for key in ["account_status", "membership_status"] {
        assert_eq!(read.profile(ANNA, key), "Ä".repeat(128));
    }
    assert_eq!(read.drops("text that was too long"), 2);
}

#[tokio::test]
async fn a_list_that_says_it_twice() {
    let mut world = World::of([anna(json!({"memberships": []}))]).listing(ANNA, "INACTIVE");
    let list = world.workspace["memberships"].as_array_mut().unwrap();
    list.push(in_workspace(""));
    let read = look(&world).await;
    assert_eq!(read.baseline.inventory.as_ref().unwrap().entries.get(ANNA).unwrap(), "INACTIVE");
    assert_eq!(read.state(ANNA).0, State::Disabled);

    let list = world.workspace["memberships"].as_array_mut().unwrap();
    list.push(in_workspace("ACTIVE"));
    let read = check("list_contradicts_itself", world).await;
    assert_eq!(read.baseline.inventory.as_ref().unwrap().entries.get(ANNA).unwrap(), "");
    assert_eq!(read.state(ANNA), (State::Unspecified, "account ACTIVE, membership unknown"));
    assert!(read.resources.contains_key(&ResourceId::new(USER, ANNA)));
}
