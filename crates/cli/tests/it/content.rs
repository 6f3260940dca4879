//! The file holds exactly what the workspace holds.

use std::collections::{BTreeMap, BTreeSet};

use baton_proto::c1::connector::v2;
use clockify_sim::{
    AccountStatus, Content, GroupScopeShape, MembershipStatus, SeededWorkspace, SimUser, Simulator, Truth,
};
use prost::Message;
use rusqlite::Connection;

use crate::program::{KEY, Program};
use sync_trials::database::{ids, with};
use sync_trials::{Expected, same};

async fn check(workspace: SeededWorkspace, shape: GroupScopeShape, arguments: &[&str]) {
    let simulator =
        Simulator::builder(workspace).api_key(KEY).group_scope_shape(shape).start().await.unwrap();
    let program = Program::against(&simulator);
    program.run(arguments).succeeded();
    let content = simulator.content();
    let expected = Expected::of(&*content, arguments.contains(&"--sync-projects"));
    // Guards against an empty comparison.
    assert!(expected.grants.len() > content.user_count() / 2);
    with(&program.output(), |database| {
        same(&ids(database, "v1_resources"), &expected.resources);
        same(&ids(database, "v1_entitlements"), &expected.entitlements);
        same(&ids(database, "v1_grants"), &expected.grants);
        people(database, &*content);
    });
}

/// Every member's name, address, state and second factor, as the workspace has them.
#[expect(deprecated, reason = "the official CSV export and CI scripts still read the status on the trait")]
fn people(database: &Connection, content: &dyn Content) {
    let mut statement = database
        .prepare("select external_id, data from v1_resources where resource_type_id = 'user'")
        .unwrap();
    let rows =
        statement.query_map((), |row| Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))).unwrap();
    let found: BTreeMap<String, v2::Resource> = rows
        .map(|row| {
            let (id, data) = row.unwrap();
            (id, v2::Resource::decode(&data[..]).unwrap())
        })
        .collect();
    let mut seen = BTreeSet::new();
    for user in content.all_users() {
        let resource = &found[&format!("user:{}", user.id)];
        let trait_: v2::UserTrait = resource.annotations[0].to_msg().unwrap();
        let email = user.email.clone().unwrap_or_default();
        let label = user.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| email.clone());
        assert_eq!(resource.display_name, label);
        assert_eq!(trait_.emails.first().map(|email| email.address.as_str()).unwrap_or_default(), email);
        assert_eq!(trait_.login, email);
        let expected = state(&user);
        seen.insert(expected);
        assert_eq!(resource.status.as_ref().unwrap().status, expected, "{user:?}");
        assert_eq!(trait_.status.unwrap().status, expected);
        let mfa = user.settings.as_ref().map(|settings| settings.multi_factor_enabled);
        assert_eq!(trait_.mfa_status.map(|status| status.mfa_enabled), mfa);
    }
    assert_eq!(
        seen.into_iter().collect::<Vec<_>>(),
        [1, 2, 3],
        "the workspace must have people in every state"
    );
}

/// Clockify reference, section 5: 1 enabled, 2 disabled, 3 deleted.
fn state(user: &SimUser) -> i32 {
    use {AccountStatus as A, MembershipStatus as M};
    match (&user.account_status, &user.membership_status) {
        (A::Deleted | A::LimitedDeleted, _) => 3,
        (A::NotRegistered, _) | (_, M::Pending | M::Declined | M::Inactive) => 2,
        (_, M::Active) => 1,
        other => panic!("the look-alike has no such member: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_workspace() {
    check(SeededWorkspace::demo(), GroupScopeShape::PerMember, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_workspace_with_projects_and_the_other_shape_of_team_managers() {
    check(SeededWorkspace::demo(), GroupScopeShape::Group, &["--sync-projects"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_users_and_three_hundred_groups() {
    let workspace = SeededWorkspace::new(7).users(2000).groups(300).projects(40);
    check(workspace, GroupScopeShape::PerMember, &["--sync-projects", "--page-size", "150"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_type_only() {
    let simulator = Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator);
    program.run(&["--sync-resource-types", "user"]).succeeded();
    let users = simulator.content().all_users().map(|user| format!("user:{}", user.id)).collect();
    with(&program.output(), |database| {
        same(&ids(database, "v1_resources"), &users);
        assert!(ids(database, "v1_grants").is_empty());
    });
}
