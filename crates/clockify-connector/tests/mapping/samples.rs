//! The sample bodies, one snapshot each, and the whole sample workspace.

use clockify_connector::{GROUP, PROJECT, ROLE, USER, WorkspaceRole};
use governance_model::{Purpose, ResourceId, State};
use serde_json::{Value, json};

use crate::render;
use crate::world::{World, check, group_grant, look, membership, project_grant, role_grant, rows, sample};

/// Persons of the samples, by the end of their ids.
fn aa(last: &str) -> String {
    format!("66b0c1d2e4f5a6978812aa{last}")
}

/// The workspace of the samples with nobody in it.
fn empty() -> World {
    World {
        me: sample("01-user-me"),
        workspace: sample("04-workspace-single-subdomain"),
        users: Vec::new(),
        groups: Vec::new(),
        projects: Vec::new(),
    }
}

fn people(name: &str) -> World {
    World { users: rows(name), ..empty() }
}

#[tokio::test]
async fn sample_01_and_02_the_keys_own_user() {
    let plain = look(&empty()).await.baseline;
    assert_eq!(plain.operator, Some(ResourceId::new(USER, aa("0c"))));
    let full = look(&World { me: sample("02-user-me-include-memberships"), ..empty() }).await.baseline;
    assert_eq!(plain, full, "the user's memberships say nothing here");
    render::save("sample_01_baseline", &serde_json::to_value(plain).unwrap());
}

#[tokio::test]
async fn samples_03_04_and_26_the_workspace() {
    let single = look(&empty()).await.baseline;
    assert_eq!(single.source_id, aa("00"));
    assert_eq!(single.source_name, "Nordlicht Analytics GmbH");
    assert_eq!(single.details["plan"], "BUNDLE_YEAR_2024");
    for feature in ["SCIM", "SSO", "MANAGER_ROLE", "LIMITED_USERS"] {
        assert_eq!(single.details[&format!("feature.{feature}")], "true");
    }
    let listed = &single.inventory.as_ref().unwrap().entries;
    assert_eq!(listed.len(), 11);
    assert_eq!(listed.get(&aa("01")).unwrap(), "ACTIVE");
    assert_eq!(listed.get(&aa("06")).unwrap(), "INACTIVE");
    assert_eq!(listed.get(&aa("08")).unwrap(), "PENDING");
    assert!(!listed.contains_key(&aa("0b")), "a deleted limited member is on no list");

    // The same workspace as another call and as a write returns it.
    for workspace in [sample("03-workspaces-list")[0].clone(), sample("26-deactivate-response-workspace")] {
        assert_eq!(look(&World { workspace, ..empty() }).await.baseline, single);
    }
}

#[tokio::test]
async fn sample_05_members_with_roles() {
    let read = check("sample_05", people("05-users-page1-roles-workspace-memberships")).await;
    assert_eq!(
        read.grants.keys().cloned().collect::<Vec<_>>(),
        [
            group_grant("manager", "66c10000000000000000b101", &aa("03")),
            project_grant("manager", "66d20000000000000000c201", &format!("user:{}", aa("04"))),
            project_grant("manager", "66d20000000000000000c202", &format!("user:{}", aa("02"))),
            role_grant("owner", &aa("01")),
            role_grant("project-manager", &aa("02")),
            role_grant("project-manager", &aa("04")),
            role_grant("team-manager", &aa("03")),
            role_grant("workspace-admin", &aa("02")),
        ]
    );
    assert_eq!(
        read.scopes("team-manager", &aa("03")),
        json!([
            {"type": "group", "id": "66c10000000000000000b101"},
            {"type": "user", "id": aa("05"), "name": "Zoë „Zed“ Müller 🌊"},
        ])
    );
    assert_eq!(read.drops("admin role of the owner"), 1);
    assert_eq!(read.user(&aa("05")).display_name, "Zoë „Zed“ Müller 🌊");
    assert_eq!(read.account(&aa("05")).login.as_deref(), Some("Zoe.Mueller+clk@Nordlicht.example"));
    assert_eq!(read.profile(&aa("05"), "custom.Employee ID"), "E-00417");
    assert_eq!(read.profile(&aa("05"), "custom.Skills"), json!(["Rust", "SQL"]));
    assert_eq!(read.profile(&aa("05"), "custom.FTE"), 0.8);
    assert_eq!(read.profile(&aa("05"), "custom.Contractor"), false);
    assert_eq!(read.profile(&aa("05"), "custom.Cost centre"), Value::Null);
    assert_eq!(read.profile(&aa("03"), "first_name"), "田中");
    assert_eq!(read.profile(&aa("03"), "last_name"), "愛子");
    // Its first eight digits, 0x66b0c1d2, are seconds after 1970.
    assert_eq!(read.user(&aa("05")).created_at.unwrap().to_string(), "2024-08-05T12:13:06Z");
}

#[tokio::test]
async fn sample_06_members_who_are_not_in() {
    let read = check("sample_06", people("06-users-page2-nonactive")).await;
    assert_eq!(read.state(&aa("06")), (State::Disabled, "account ACTIVE, membership INACTIVE"));
    assert_eq!(read.state(&aa("07")), (State::Deleted, "account DELETED, membership INACTIVE"));
    assert_eq!(read.state(&aa("08")), (State::Disabled, "account NOT_REGISTERED, membership PENDING"));
    assert_eq!(
        read.state(&aa("09")),
        (State::Enabled, "account PENDING_EMAIL_VERIFICATION, membership ACTIVE")
    );
    assert!(read.grants.is_empty());
}

#[tokio::test]
async fn sample_07_past_the_end() {
    let read = check("sample_07", people("07-users-past-the-end")).await;
    assert!(read.resources.keys().all(|id| id.resource_type == ROLE));
    assert_eq!(read.stand_ins.len(), 11, "everybody on the list, none of them returned");
}

#[tokio::test]
async fn sample_08_memberships_of_all_kinds() {
    let read = check("sample_08", people("08-users-memberships-all-messy")).await;
    assert_eq!(read.state(&aa("0c")), (State::Enabled, "account ACTIVE, membership ACTIVE"));
    assert_eq!(read.profile(&aa("0c"), "workspace_role"), "unknown", "the body has no roles");
    assert_eq!(read.drops("membership of another workspace"), 1);
    assert!(read.grants.is_empty(), "memberships of projects and groups are taken from their own lists");
}

#[tokio::test]
async fn sample_09_limited_members() {
    let read = check("sample_09", people("09-users-limited")).await;
    assert_eq!(read.state(&aa("0a")), (State::Enabled, "account LIMITED, membership ACTIVE"));
    assert_eq!(read.state(&aa("0b")), (State::Deleted, "account LIMITED_DELETED, membership INACTIVE"));
    for id in [aa("0a"), aa("0b")] {
        assert!(read.account(&id).emails.is_empty());
        assert_eq!(read.account(&id).login, None);
    }
}

#[tokio::test]
async fn sample_11_admins_as_the_search_returns_them() {
    let read = check("sample_11", people("11-users-info-response-admins")).await;
    assert_eq!(read.profile(&aa("01"), "workspace_roles"), json!(["owner"]));
    assert_eq!(read.profile(&aa("02"), "workspace_roles"), json!(["workspace-admin", "project-manager"]));
}

#[tokio::test]
async fn samples_12_and_13_groups() {
    let world = World { groups: rows("12-user-groups-with-team-managers"), ..empty() };
    let read = check("sample_12", world).await;
    let engineering = ResourceId::new(GROUP, "66c10000000000000000b101");
    assert_eq!(read.resources[&engineering].display_name, "Engineering");
    assert_eq!(read.grants.len(), (4 + 1) + 3 + 1 + 1, "of members, a manager, and the manager's role");
    assert!(read.grants.contains_key(&group_grant("manager", "66c10000000000000000b101", &aa("03"))));
    assert!(read.grants.contains_key(&group_grant("member", "66c10000000000000000b101", &aa("0a"))));
    assert_eq!(read.entitlements["group:66c10000000000000000b103:member"].purpose, Purpose::Assignment);
    assert_eq!(
        read.entitlements["group:66c10000000000000000b103:member"].display_name,
        "Приёмка 🚀 group member"
    );

    let world = World { groups: vec![sample("13-user-group-after-member-added")], ..empty() };
    let read = check("sample_13", world).await;
    assert_eq!(read.grants.len(), 1);
    assert!(read.grants.contains_key(&group_grant("member", "66c10000000000000000b104", &aa("05"))));
}

#[tokio::test]
async fn sample_15_a_member_without_memberships_and_roles() {
    let read = check("sample_15", people("15-user-managers")).await;
    assert_eq!(
        read.state(&aa("03")),
        (State::Enabled, "account ACTIVE, membership ACTIVE"),
        "the workspace's list has what the member lacks"
    );
    assert_eq!(read.profile(&aa("03"), "workspace_role"), "unknown");
}

#[tokio::test]
async fn sample_18_projects() {
    let world = World {
        projects: rows("18-projects-list"),
        groups: rows("12-user-groups-with-team-managers"),
        ..empty()
    };
    let read = check("sample_18", world).await;
    let internal = &read.resources[&ResourceId::new(PROJECT, "66d20000000000000000c202")];
    assert_eq!(serde_json::to_value(&internal.profile).unwrap()["archived"], true);
    assert_eq!(serde_json::to_value(&internal.profile).unwrap()["public"], true);
    let apollo = "66d20000000000000000c201";
    let of_group = &read.grants[&project_grant("member", apollo, "group:66c10000000000000000b102")];
    assert!(of_group.details().expandable.is_some());
    let of_person = &read.grants[&project_grant("member", apollo, &format!("user:{}", aa("05")))];
    assert_eq!(of_person.details().expandable, None);
}

/// Everything at once: what is granted depends on no order of arrival.
#[tokio::test]
async fn the_whole_sample_workspace() {
    let mut users = rows("05-users-page1-roles-workspace-memberships");
    users.extend(rows("06-users-page2-nonactive"));
    users.extend(rows("09-users-limited"));
    users.extend(rows("08-users-memberships-all-messy"));
    let world = World {
        users,
        groups: rows("12-user-groups-with-team-managers"),
        projects: rows("18-projects-list"),
        ..empty()
    };
    let mut reversed = world.clone();
    reversed.users.reverse();
    reversed.groups.reverse();
    reversed.projects.reverse();
    let read = check("sample_workspace", world).await;
    assert_eq!(read.resources.keys().filter(|id| id.resource_type == USER).count(), 12);
    assert!(read.stand_ins.is_empty());
    let reversed = look(&reversed).await;
    assert_eq!(reversed.resources, read.resources);
    assert_eq!(reversed.grants, read.grants);
    assert_eq!(reversed.dropped, read.dropped);
}

/// The fixed roles, which no answer carries.
#[tokio::test]
async fn the_roles() {
    let read = look(&empty()).await;
    let owner = &read.entitlements["role:owner:assigned"];
    assert_eq!(owner.purpose, Purpose::Ownership);
    assert!(owner.immutable, "ownership moves in CAKE.com only");
    for role in ["workspace-admin", "team-manager", "project-manager"] {
        let entitlement = &read.entitlements[&format!("role:{role}:assigned")];
        assert_eq!(entitlement.purpose, Purpose::Permission);
        assert!(!entitlement.immutable);
    }
    let ids: Vec<&str> = WorkspaceRole::ALL.iter().map(|role| role.id()).collect();
    assert_eq!(ids, ["owner", "workspace-admin", "team-manager", "project-manager"]);
    let rendered = json!({
        "resources": render::list(read.resources.values()),
        "entitlements": render::list(read.entitlements.values()),
    });
    render::save("the_roles", &rendered);
}

/// A workspace without a plan, a name or features: absent and false, never an error.
#[tokio::test]
async fn a_bare_workspace() {
    let workspace = json!({
        "id": aa("00"), "name": "", "featureSubscriptionType": null,
        "memberships": [membership(&aa("0c"), &aa("00"), "WORKSPACE", "ACTIVE"), null, {}, 7],
    });
    let baseline = look(&World { workspace, ..empty() }).await.baseline;
    assert_eq!(baseline.source_name, aa("00"));
    assert!(!baseline.details.contains_key("plan"));
    assert_eq!(baseline.details["feature.SCIM"], "false");
    assert_eq!(baseline.inventory.unwrap().entries.len(), 1);
}
