//! Every sample body of an endpoint this client knows, with the odd values checked by hand.

use clockify_api::model::{AccountStatus, Membership, MembershipStatus, MembershipType, Role, User};
use clockify_api::{Page, PageCursor};
use serde_json::json;

use super::support::{Reply, Server, WORKSPACE, client, fixture, workspace};

async fn users(name: &str) -> Page<User> {
    let server = Server::start([Reply::json(fixture(name))]).await;
    let page = client(&server).users(&workspace()).page(&PageCursor::default()).await.unwrap();
    assert_eq!(page.skipped, 0, "{name}");
    page
}

fn statuses(user: &User) -> (Option<&AccountStatus>, Option<&MembershipStatus>) {
    (user.status.as_ref(), user.workspace_status(WORKSPACE))
}

#[tokio::test]
async fn sample_01_the_keys_own_user() {
    let server = Server::start([Reply::json(fixture("01-user-me.json"))]).await;
    let me = client(&server).me().await.unwrap();
    assert_eq!(me.id, "66b0c1d2e4f5a6978812aa0c");
    assert_eq!(me.email.as_deref(), Some("clockify-sync@nordlicht.example"));
    assert_eq!(me.status, Some(AccountStatus::Active));
    assert!(!me.roles.is_told(), "the key is absent, which is not an empty list");
    assert!(me.memberships.is_empty() && me.custom_fields.is_empty());
    let settings = me.settings.unwrap();
    assert_eq!(settings.time_zone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(settings.lang.as_deref(), Some("EN"));
    assert_eq!(settings.multi_factor_enabled, Some(false));
}

#[tokio::test]
async fn sample_02_memberships_of_every_kind() {
    let server = Server::start([Reply::json(fixture("02-user-me-include-memberships.json"))]).await;
    let me = client(&server).me().await.unwrap();
    let kinds: Vec<_> = me
        .memberships
        .iter()
        .filter_map(|m| m.membership_type.as_ref())
        .map(MembershipType::as_str)
        .collect();
    assert_eq!(kinds, ["WORKSPACE", "WORKSPACE", "USERGROUP", "PROJECT", "PROJECT"]);
    assert_eq!(me.workspace_status(WORKSPACE), Some(&MembershipStatus::Active));
    assert_eq!(me.workspace_status("5f0e3c9a1b2c3d4e5f607100"), Some(&MembershipStatus::Inactive));
}

#[tokio::test]
async fn sample_03_workspaces() {
    let server = Server::start([Reply::json(fixture("03-workspaces-list.json"))]).await;
    let found = client(&server).workspaces(&[]).await.unwrap();
    let names: Vec<_> = found.iter().map(|w| w.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["Nordlicht Analytics GmbH", "Privat 🏡"]);
    let plans: Vec<_> = found.iter().map(|w| w.feature_subscription_type.as_deref().unwrap()).collect();
    assert_eq!(plans, ["BUNDLE_YEAR_2024", "FREE"]);
    assert_eq!(found[0].memberships.len(), 11);
    assert!(found[0].has_feature("SCIM") && !found[1].has_feature("SCIM"));
    let subdomain = found[0].subdomain.as_ref().unwrap();
    assert_eq!((subdomain.name.as_deref(), subdomain.enabled), (None, Some(false)));
    assert_eq!(found[1].cake_organization_id.as_deref(), Some("5f0e3c9a1b2c3d4e5f6071ee"));
}

#[tokio::test]
async fn sample_04_a_workspace_on_a_subdomain_that_hides_the_team_page() {
    let server = Server::start([Reply::json(fixture("04-workspace-single-subdomain.json"))]).await;
    let found = client(&server).workspace(&workspace()).await.unwrap();
    let subdomain = found.subdomain.unwrap();
    assert_eq!((subdomain.name.as_deref(), subdomain.enabled), (Some("nordlicht"), Some(true)));
    assert_eq!(found.settings.unwrap().admin_only_pages, ["TEAM", "REPORTS"]);
    let count = |status: MembershipStatus| {
        found.memberships.iter().filter(|m| m.membership_status.as_ref() == Some(&status)).count()
    };
    assert_eq!(count(MembershipStatus::Active), 8);
    assert_eq!(count(MembershipStatus::Inactive), 2);
    assert_eq!(count(MembershipStatus::Pending), 1);
}

#[tokio::test]
async fn sample_05_roles_and_custom_fields() {
    let page = users("05-users-page1-roles-workspace-memberships.json").await;
    assert_eq!(page.rows, 5);
    let roles = |index: usize| &page.items[index].roles;

    let owner: Vec<_> = roles(1).iter().map(|role| role.role.clone().unwrap()).collect();
    assert_eq!(owner, [Role::WorkspaceAdmin, Role::Owner]);
    assert!(roles(1).iter().all(|role| role.label.as_deref() == Some("Admin")), "the label tells nothing");
    assert_eq!(roles(1)[1].entities[0].id, WORKSPACE);
    assert_eq!(roles(1)[1].entities[0].name, None, "an empty name is no name");

    let manager = &roles(2)[0];
    assert_eq!(manager.role, Some(Role::TeamManager));
    assert_eq!(manager.entities[0].group_id(), None);
    assert_eq!(manager.entities[0].name.as_deref(), Some("Zoë „Zed“ Müller 🌊"));
    assert_eq!(manager.entities[1].id, "66b0c1d2e4f5a6978812aa09");
    assert_eq!(manager.entities[1].group_id(), Some("66c10000000000000000b101"));
    assert_eq!(page.items[2].name.as_deref(), Some("田中 愛子"));

    let zoe = &page.items[4];
    assert_eq!(zoe.email.as_deref(), Some("Zoe.Mueller+clk@Nordlicht.example"));
    assert!(zoe.roles.is_told() && zoe.roles.is_empty(), "a regular user");
    let values: Vec<_> = zoe.custom_fields.iter().map(|field| field.value.clone()).collect();
    assert_eq!(values, [json!("E-00417"), json!(["Rust", "SQL"]), json!(0.8), json!(false), json!(null)]);
    assert_eq!(zoe.custom_fields[3].custom_field_name.as_deref(), Some("Contractor"));
    assert_eq!(zoe.custom_fields[3].custom_field_type.as_deref(), Some("CHECKBOX"));
}

#[tokio::test]
async fn sample_06_members_who_are_not_active() {
    let page = users("06-users-page2-nonactive.json").await;
    let [deactivated, deleted, invited, unverified] = page.items.as_slice() else { panic!("{page:?}") };
    assert_eq!(statuses(deactivated), (Some(&AccountStatus::Active), Some(&MembershipStatus::Inactive)));
    assert_eq!(statuses(deleted), (Some(&AccountStatus::Deleted), Some(&MembershipStatus::Inactive)));
    assert_eq!(statuses(invited), (Some(&AccountStatus::NotRegistered), Some(&MembershipStatus::Pending)));
    assert_eq!(
        statuses(unverified),
        (Some(&AccountStatus::PendingEmailVerification), Some(&MembershipStatus::Active))
    );
    assert_eq!((&invited.name, &invited.settings), (&None, &None));
    assert_eq!(deleted.profile_picture, None, "an empty address is none");
    assert_eq!(deleted.active_workspace, None);
}

#[tokio::test]
async fn sample_07_past_the_end() {
    let page = users("07-users-past-the-end.json").await;
    assert_eq!((page.rows, page.items.len(), page.next), (0, 0, None));
}

#[tokio::test]
async fn sample_08_foreign_double_and_ghostly_memberships_all_arrive() {
    let page = users("08-users-memberships-all-messy.json").await;
    let memberships = &page.items[0].memberships;
    assert_eq!(memberships.len(), 8);
    let project = Some("66d20000000000000000c201");
    assert_eq!(memberships.iter().filter(|m| m.target_id.as_deref() == project).count(), 2);
    let last: &Membership = memberships.last().unwrap();
    assert_eq!(
        (last.membership_type.clone(), last.membership_status.clone()),
        (Some(MembershipType::UserGroup), None)
    );
    assert!(!page.items[0].roles.is_told());
}

#[tokio::test]
async fn sample_09_limited_members_have_no_address() {
    let page = users("09-users-limited.json").await;
    let [kiosk, gone] = page.items.as_slice() else { panic!("{page:?}") };
    assert_eq!(statuses(kiosk), (Some(&AccountStatus::Limited), Some(&MembershipStatus::Active)));
    assert_eq!(statuses(gone), (Some(&AccountStatus::LimitedDeleted), Some(&MembershipStatus::Inactive)));
    assert_eq!((&kiosk.email, &gone.email), (&None, &None), "null and empty are the same");
}

#[tokio::test]
async fn samples_11_and_15_have_the_shape_of_users_as_well() {
    let admins = users("11-users-info-response-admins.json").await;
    assert!(admins.items.iter().all(|user| user.roles.len() == 2));
    let managers = users("15-user-managers.json").await;
    assert!(managers.items[0].memberships.is_empty());
}

#[tokio::test]
async fn sample_12_groups_with_team_managers() {
    let server = Server::start([Reply::json(fixture("12-user-groups-with-team-managers.json"))]).await;
    let page = client(&server).user_groups(&workspace()).page(&PageCursor::default()).await.unwrap();
    let names: Vec<_> = page.items.iter().map(|group| group.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["Engineering", "Ops / On-Call", "Приёмка 🚀", "Empty group"]);
    let sizes: Vec<_> = page.items.iter().map(|group| group.user_ids.len()).collect();
    assert_eq!(sizes, [4, 3, 1, 0]);
    assert_eq!(page.items[0].user_ids[3], "66b0c1d2e4f5a6978812aa0a", "a limited member");
    assert_eq!(page.items[0].team_managers[0].id.as_deref(), Some("66b0c1d2e4f5a6978812aa03"));
    assert!(page.items[1].team_managers.is_empty());
    assert_eq!(page.items[0].workspace_id.as_deref(), Some(WORKSPACE));
}

#[tokio::test]
async fn sample_13_a_single_group() {
    let group: clockify_api::model::UserGroup =
        serde_json::from_str(&fixture("13-user-group-after-member-added.json")).unwrap();
    assert_eq!(*group.user_ids, ["66b0c1d2e4f5a6978812aa05"]);
}

#[tokio::test]
async fn sample_18_projects() {
    let server = Server::start([Reply::json(fixture("18-projects-list.json"))]).await;
    let page = client(&server).projects(&workspace()).page(&PageCursor::default()).await.unwrap();
    let [apollo, internal] = page.items.as_slice() else { panic!("{page:?}") };
    assert_eq!((apollo.public, apollo.archived, apollo.template), (Some(false), Some(false), Some(false)));
    assert_eq!((internal.public, internal.archived), (Some(true), Some(true)));
    assert_eq!(apollo.client_name.as_deref(), Some("ACME, Inc."));
    assert_eq!((&internal.client_id, &internal.client_name, &internal.note), (&None, &None, &None));
    assert_eq!(apollo.memberships.len(), 3);
    assert_eq!(internal.memberships[1].membership_status, Some(MembershipStatus::Inactive));
}

#[tokio::test]
async fn sample_26_the_workspace_after_a_change() {
    let server = Server::start([Reply::json(fixture("26-deactivate-response-workspace.json"))]).await;
    let found = client(&server).workspace(&workspace()).await.unwrap();
    assert_eq!(found.id, WORKSPACE);
    assert!(!found.memberships.is_empty());
}

/// What was recorded is what this client reads: no row of it is skipped.
#[tokio::test]
async fn recorded_answers() {
    let body = |name: &str| Reply::json(fixture(&format!("recorded/look-alike/{name}.json")));
    let server = Server::start(
        ["user", "workspaces", "workspace", "users-1", "users-2", "user-groups-1", "projects-1"].map(body),
    )
    .await;
    let client = client(&server);
    assert_eq!(client.me().await.unwrap().email.as_deref(), Some("person1@recorded.example"));
    assert_eq!(client.workspaces(&[]).await.unwrap().len(), 2);
    let workspace_read = client.workspace(&workspace()).await;
    assert!(workspace_read.unwrap().has_feature("SCIM"));
    let mut people = 0;
    for _ in 0..2 {
        let page = client.users(&workspace()).page(&PageCursor::default()).await.unwrap();
        assert_eq!(page.skipped, 0);
        people += page.items.len();
    }
    assert_eq!(people, 24);
    let groups = client.user_groups(&workspace()).page(&PageCursor::default()).await.unwrap();
    assert_eq!((groups.skipped, groups.items.len()), (0, 5));
    let projects = client.projects(&workspace()).page(&PageCursor::default()).await.unwrap();
    assert_eq!((projects.skipped, projects.items.len()), (0, 4));
}
