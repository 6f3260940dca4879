//! Projects, their members, and groups among them (clockify reference 3.12).

use clockify_connector::{GROUP, PROJECT, Settings, USER};
use governance_model::{EntitlementId, Expandable, Purpose, ResourceId, Scope};
use serde_json::{Value, json};

use crate::seam;
use crate::server::Server;
use crate::world::{
    ANNA, APOLLO, BEN, CREW, GHOST, World, anna, ben, check, entity, group, look, look_in, membership,
    project, project_grant, project_member, role, role_grant, scope,
};

fn member(id: &str) -> String {
    project_grant("member", APOLLO, &format!("user:{id}"))
}

fn of_group(id: &str) -> String {
    project_grant("member", APOLLO, &format!("group:{id}"))
}

fn world(memberships: &[Value]) -> World {
    World::of([anna(json!({})), ben()]).with_projects([project(APOLLO, memberships)])
}

#[tokio::test]
async fn a_project_with_members() {
    let read = check("project", world(&[project_member(ANNA, "ACTIVE")])).await;
    let apollo = &read.resources[&ResourceId::new(PROJECT, APOLLO)];
    assert_eq!(apollo.display_name, "Apollo");
    assert!(apollo.traits.is_empty());
    assert_eq!(
        serde_json::to_value(&apollo.profile).unwrap(),
        json!({
            "project_id": APOLLO, "client_name": "ACME", "archived": false, "public": false, "template": false,
        })
    );
    assert_eq!(read.grant_ids(), [member(ANNA)]);
    assert!(read.grants[&member(ANNA)].details().metadata.is_empty());
    assert_eq!(read.deferred["projects"], 0);
    let entitlement = &read.entitlements[&format!("project:{APOLLO}:member")];
    assert_eq!(entitlement.purpose, Purpose::Assignment);
    let holders: Vec<_> = entitlement.grantable_to.iter().map(|of| of.id.clone()).collect();
    assert_eq!(holders, [USER, GROUP]);
    assert_eq!(read.entitlements[&format!("project:{APOLLO}:manager")].purpose, Purpose::Permission);
}

#[tokio::test]
async fn a_group_among_the_members_is_expandable() {
    let shapes = [project_member(CREW, "ACTIVE"), membership(CREW, APOLLO, "USERGROUP", "ACTIVE")];
    for shape in shapes {
        let read =
            check("project_group", world(&[shape]).with_groups([group(CREW, &[ANNA, BEN], &[])])).await;
        let grant = &read.grants[&of_group(CREW)];
        assert_eq!(
            grant.details().expandable,
            Some(Expandable {
                entitlements: vec![EntitlementId::from_raw(format!("group:{CREW}:member"))],
                shallow: false,
                resource_types: vec![USER],
            })
        );
        assert_eq!(grant.principal, ResourceId::new(GROUP, CREW));
        assert!(!read.grants.contains_key(&member(CREW)), "a group is no person");
        assert!(read.stand_ins.is_empty());
    }
}

#[tokio::test]
async fn a_member_unknown_to_everybody() {
    let read = check("project_ghost", world(&[project_member(GHOST, "ACTIVE")])).await;
    assert_eq!(read.grant_ids(), [member(GHOST)]);
    assert_eq!(read.grants[&member(GHOST)].details().expandable, None);
    let profile = serde_json::to_value(&read.stand_in_of(GHOST).profile).unwrap();
    assert_eq!(profile["unlisted"], true);
    assert_eq!(read.deferred["projects"], 1);
}

#[tokio::test]
async fn a_member_who_is_on_no_list_but_was_returned() {
    let read = look(&world(&[project_member(BEN, "ACTIVE")]).listing(BEN, "")).await;
    assert_eq!(read.grant_ids(), [member(BEN)]);
    assert!(read.stand_ins.is_empty());
    assert_eq!(read.deferred["projects"], 1);
}

/// A group must not become a person for want of the list of groups.
#[tokio::test]
async fn members_when_groups_are_not_read() {
    let memberships = [ANNA, CREW, GHOST].map(|id| project_member(id, "ACTIVE"));
    let world = world(&memberships).with_groups([group(CREW, &[BEN], &[])]);
    let read = look_in(&world, &scope(&[USER, PROJECT])).await;
    assert_eq!(read.grant_ids(), [member(ANNA)]);
    assert_eq!(read.drops("project member that may be a group"), 2);
    assert!(read.stand_ins.is_empty());
    // Returned, though on no list: a person for certain.
    let read = look_in(&world.listing(ANNA, ""), &scope(&[USER, PROJECT])).await;
    assert_eq!(read.grant_ids(), [member(ANNA)]);
}

#[tokio::test]
async fn a_membership_not_in_force_is_kept_and_marked() {
    let memberships = [
        project_member(ANNA, "INACTIVE"),
        project_member(BEN, ""),
        project_member(CREW, "PENDING"),
        project_member(GHOST, "SOMETHING"),
    ];
    let read = check("project_inactive", world(&memberships).with_groups([group(CREW, &[], &[])])).await;
    let status = |id: String| {
        serde_json::to_value(read.grants[&id].details().metadata.get("membership_status")).unwrap()
    };
    assert_eq!(status(member(ANNA)), "INACTIVE");
    assert_eq!(status(member(BEN)), Value::Null);
    assert_eq!(status(of_group(CREW)), "PENDING");
    assert!(
        read.grants[&of_group(CREW)].details().expandable.is_some(),
        "whom it reaches is shown all the same"
    );
    assert_eq!(status(member(GHOST)), "SOMETHING");
}

#[tokio::test]
async fn memberships_count_once_and_only_here() {
    let memberships = [
        project_member(ANNA, "ACTIVE"),
        project_member(ANNA, "INACTIVE"),
        membership(BEN, "another-project", "PROJECT", "ACTIVE"),
        json!({"membershipType": "PROJECT", "targetId": APOLLO}),
        json!("x"),
    ];
    let read = check("project_duplicates", world(&memberships)).await;
    assert_eq!(read.grant_ids(), [member(ANNA)]);
    assert!(read.grants[&member(ANNA)].details().metadata.is_empty(), "the first one counts");
    assert_eq!(read.drops("duplicate project membership"), 1);
    assert_eq!(read.drops("membership of another project"), 1);
    assert_eq!(read.drops("project membership without user"), 1);
}

/// Open to everybody (clockify reference 3.12): said in the profile, and no grants are made of it.
#[tokio::test]
async fn a_public_project_grants_nothing_by_itself() {
    let mut world = world(&[]);
    world.projects[0]["public"] = json!(true);
    world.projects[0]["archived"] = json!(true);
    world.projects[0]["clientName"] = json!("");
    let read = check("public_project", world).await;
    assert!(read.grant_ids().is_empty());
    let apollo = &read.resources[&ResourceId::new(PROJECT, APOLLO)];
    let profile = serde_json::to_value(&apollo.profile).unwrap();
    assert_eq!(profile, json!({"project_id": APOLLO, "archived": true, "public": true, "template": false}));
}

#[tokio::test]
async fn without_the_setting_projects_are_not_read() {
    let roles = json!([role("PROJECT_MANAGER", &[entity(APOLLO)])]);
    let world = World::of([anna(json!({"roles": roles}))]).with_projects([project(APOLLO, &[])]);
    let server = Server::start(world.script());
    let settings = Settings { page_size: 50, projects: false };
    let connector = seam::connector(&server.url(), settings);
    let read = seam::read(&connector, &Scope::default()).await.unwrap();
    assert_eq!(read.grant_ids(), [role_grant("project-manager", ANNA)]);
    assert_eq!(read.scopes("project-manager", ANNA), json!([{"type": "project", "id": APOLLO}]));
    assert!(!read.resources.keys().any(|id| id.resource_type == PROJECT));
    assert!(!server.log().iter().any(|target| target.contains("/projects")));
    let offered = governance_model::Connector::resource_types(&connector);
    assert!(!offered.iter().any(|of| of.id == PROJECT));
    assert!(clockify_connector::resource_type_ids().contains(&PROJECT), "it can be asked for");
}
