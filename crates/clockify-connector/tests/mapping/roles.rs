//! Roles and what they cover (clockify reference 4).

use clockify_connector::{GROUP, PROJECT, ROLE, Settings, USER};
use governance_model::{Grant, Scope, State};
use serde_json::{Value, json};

use crate::seam::{self, WORKSPACE};
use crate::server::Server;
use crate::world::{
    ANNA, APOLLO, BEN, CREW, ELSEWHERE, GHOST, OWNER, World, anna, ben, check, entity, entity_through, group,
    group_grant, look, look_in, membership, project, project_grant, role, role_grant, scope,
};

fn with_roles(roles: &[Value]) -> World {
    World::of([anna(json!({"roles": roles})), ben()])
}

#[tokio::test]
async fn the_owner_who_is_admin_as_well_holds_one_role() {
    let own = role("WORKSPACE_OWN", &[entity(WORKSPACE)]);
    let admin = role("WORKSPACE_ADMIN", &[entity(WORKSPACE)]);
    for roles in [[own.clone(), admin.clone()], [admin, own]] {
        let read = check("owner_and_admin", with_roles(&roles)).await;
        assert_eq!(read.grant_ids(), [role_grant("owner", ANNA)]);
        assert_eq!(read.profile(ANNA, "workspace_role"), "owner");
        assert_eq!(read.profile(ANNA, "workspace_roles"), json!(["owner"]));
        assert_eq!(read.drops("admin role of the owner"), 1);
    }
    // Filters spell the owner's code in another way.
    let read = look(&with_roles(&[role("OWNER", &[entity(WORKSPACE)])])).await;
    assert_eq!(read.grant_ids(), [role_grant("owner", ANNA)]);
}

#[tokio::test]
async fn an_admin_keeps_the_manager_roles() {
    let roles = [
        role("PROJECT_MANAGER", &[entity(APOLLO)]),
        role("TEAM_MANAGER", &[entity(BEN)]),
        role("WORKSPACE_ADMIN", &[entity(WORKSPACE)]),
    ];
    let read = check("admin_and_manager", with_roles(&roles)).await;
    assert_eq!(read.profile(ANNA, "workspace_role"), "workspace-admin");
    let names = json!(["workspace-admin", "team-manager", "project-manager"]);
    assert_eq!(read.profile(ANNA, "workspace_roles"), names);
    assert_eq!(
        read.grant_ids(),
        [
            project_grant("manager", APOLLO, &format!("user:{ANNA}")),
            role_grant("project-manager", ANNA),
            role_grant("team-manager", ANNA),
            role_grant("workspace-admin", ANNA),
        ]
    );
    assert!(read.grants[&role_grant("workspace-admin", ANNA)].details().metadata.is_empty());
}

/// What comes back with the person is shown: the status says that it is not in use.
#[tokio::test]
async fn a_deactivated_admin_keeps_role_and_groups() {
    let member = anna(json!({
        "memberships": [membership(ANNA, WORKSPACE, "WORKSPACE", "INACTIVE")],
        "roles": [role("WORKSPACE_ADMIN", &[entity(WORKSPACE)])],
    }));
    let world = World::of([member]).listing(ANNA, "INACTIVE").with_groups([group(CREW, &[ANNA], &[])]);
    let read = check("deactivated_admin", world).await;
    assert_eq!(read.state(ANNA).0, State::Disabled);
    assert_eq!(read.grant_ids(), [group_grant("member", CREW, ANNA), role_grant("workspace-admin", ANNA)]);
}

#[tokio::test]
async fn roles_in_another_workspace_are_not_roles_here() {
    let roles = [role("WORKSPACE_ADMIN", &[entity(ELSEWHERE)]), role("WORKSPACE_OWN", &[entity(ELSEWHERE)])];
    let read = check("foreign_roles", with_roles(&roles)).await;
    assert!(read.grant_ids().is_empty());
    assert_eq!(read.profile(ANNA, "workspace_role"), "regular");
    assert_eq!(read.drops("role in another workspace"), 2);
    // Among others of its kind this workspace is enough.
    let roles = [role("WORKSPACE_ADMIN", &[entity(ELSEWHERE), entity(WORKSPACE)])];
    let read = look(&with_roles(&roles)).await;
    assert_eq!(read.grant_ids(), [role_grant("workspace-admin", ANNA)]);
}

#[tokio::test]
async fn unknown_roles_keep_their_code_and_grant_nothing() {
    let roles =
        [role("TIMESHEET_WIZARD", &[entity(WORKSPACE)]), json!({"role": "", "entities": []}), json!(null)];
    let read = check("unknown_role", with_roles(&roles)).await;
    assert!(read.grant_ids().is_empty());
    assert_eq!(read.profile(ANNA, "workspace_role"), "TIMESHEET_WIZARD");
    assert_eq!(read.profile(ANNA, "workspace_roles"), json!(["TIMESHEET_WIZARD"]));
    assert_eq!(read.drops("unknown role TIMESHEET_WIZARD"), 1);
    assert_eq!(read.drops("role without a name"), 1);
    // Beside a role that is known it is the lesser one.
    let roles = [role("TIMESHEET_WIZARD", &[]), role("PROJECT_MANAGER", &[entity(APOLLO)])];
    let read = look(&with_roles(&roles)).await;
    assert_eq!(read.profile(ANNA, "workspace_role"), "project-manager");
    assert_eq!(read.profile(ANNA, "workspace_roles"), json!(["project-manager", "TIMESHEET_WIZARD"]));
}

#[tokio::test]
async fn without_the_roles_key_the_role_is_unknown() {
    let mut member = anna(json!({}));
    member.as_object_mut().unwrap().remove("roles");
    let read = check("no_roles_key", World::of([member])).await;
    assert_eq!(read.profile(ANNA, "workspace_role"), "unknown");
    assert_eq!(read.profile(ANNA, "workspace_roles"), json!([]));
    assert!(read.grant_ids().is_empty());
    assert_eq!(Vec::from_iter(&read.doubts), ["Clockify did not say which roles some people hold"]);
    assert_eq!(read.drops("user without a list of roles"), 1);
}

#[tokio::test]
async fn a_key_that_is_not_an_admins_is_doubted() {
    let doubted = |owner_roles: Option<Value>| {
        let mut world = World::of([ben()]);
        match owner_roles {
            Some(roles) => world.users[0]["roles"] = roles,
            None => drop(world.users[0].as_object_mut().unwrap().remove("roles")),
        }
        world
    };
    let read = check("key_of_a_regular_user", doubted(Some(json!([])))).await;
    assert_eq!(
        Vec::from_iter(read.doubts),
        ["the key's owner is neither owner nor admin, so Clockify may hide people"]
    );
    let manager =
        json!([role("TEAM_MANAGER", &[entity(BEN)]), role("WORKSPACE_ADMIN", &[entity(ELSEWHERE)])]);
    assert_eq!(look(&doubted(Some(manager))).await.doubts.len(), 1);

    let read = check("key_of_an_unknown_role", doubted(None)).await;
    assert_eq!(
        Vec::from_iter(read.doubts),
        [
            "Clockify did not say which roles some people hold",
            "Clockify does not say whether the key's owner is an admin, so it may hide people and roles",
        ]
    );
    for code in ["WORKSPACE_ADMIN", "WORKSPACE_OWN"] {
        let read = look(&doubted(Some(json!([role(code, &[entity(WORKSPACE)])])))).await;
        assert!(read.doubts.is_empty());
    }
}

/// The scopes of a team manager whose one group shows as `entities`, and the manager's grants.
async fn team_manager(entities: &[Value]) -> (Value, Vec<Grant>) {
    let world =
        with_roles(&[role("TEAM_MANAGER", entities)]).with_groups([group(CREW, &[BEN, ANNA], &[ANNA])]);
    let read = look(&world).await;
    let held = read.grants.values().filter(|grant| {
        grant.principal.resource == ANNA && !grant.id().as_str().ends_with(&format!("member:user:{ANNA}"))
    });
    (read.scopes("team-manager", ANNA), held.cloned().collect())
}

/// Whether a group shows as itself or as each of its members is not known (clockify reference 4.2).
#[tokio::test]
async fn a_team_manager_of_a_group_in_every_shape() {
    let itself = team_manager(&[entity_through(CREW, CREW)]).await;
    let members = team_manager(&[entity_through(BEN, CREW), entity_through(ANNA, CREW)]).await;
    let bare = team_manager(&[entity(CREW)]).await;
    let both = team_manager(&[entity(CREW), entity_through(BEN, CREW)]).await;
    assert_eq!(itself.0, json!([{"type": "group", "id": CREW}]));
    let ids: Vec<String> = itself.1.iter().map(|grant| grant.id().to_string()).collect();
    assert_eq!(ids, [group_grant("manager", CREW, ANNA), role_grant("team-manager", ANNA)]);
    assert_eq!(members, itself);
    assert_eq!(bare, itself);
    assert_eq!(both, itself);

    let world = with_roles(&[role("TEAM_MANAGER", &[entity_through(BEN, CREW)])]);
    let read = check("team_manager_of_a_group", world.with_groups([group(CREW, &[BEN], &[ANNA])])).await;
    assert_eq!(read.deferred["users"], 0, "a source leaves nothing open");
}

#[tokio::test]
async fn a_scope_without_source_that_is_a_group() {
    let world = with_roles(&[role("TEAM_MANAGER", &[entity(BEN), entity(CREW)])]);
    let read = check("scope_is_a_group", world.with_groups([group(CREW, &[], &[])])).await;
    assert_eq!(read.deferred["users"], 1);
    assert_eq!(
        read.grant_ids(),
        [group_grant("manager", CREW, ANNA), role_grant("team-manager", ANNA)],
        "the group's own list of managers need not agree"
    );
    assert_eq!(
        read.scopes("team-manager", ANNA),
        json!([{"type": "group", "id": CREW}, {"type": "user", "id": BEN}])
    );
}

#[tokio::test]
async fn a_scope_without_source_that_is_a_person() {
    let mut named = entity(BEN);
    named["name"] = json!("Ben");
    let roles = [role("TEAM_MANAGER", &[named.clone(), entity(BEN)])];
    let read = check("scope_is_a_person", with_roles(&roles)).await;
    assert_eq!(read.deferred["users"], 0, "the workspace's list knows the person");
    assert_eq!(read.grant_ids(), [role_grant("team-manager", ANNA)]);
    assert_eq!(read.scopes("team-manager", ANNA), json!([{"type": "user", "id": BEN, "name": "Ben"}]));
    assert_eq!(read.drops("duplicate role scope"), 1);
    // On no list, but returned: a person as well.
    let read = look(&with_roles(&roles).listing(BEN, "")).await;
    assert_eq!(read.deferred["users"], 1);
    assert_eq!(read.scopes("team-manager", ANNA), json!([{"type": "user", "id": BEN}]));
}

#[tokio::test]
async fn a_scope_without_source_that_is_nobody() {
    let read = check("scope_is_nobody", with_roles(&[role("TEAM_MANAGER", &[entity(GHOST)])])).await;
    assert_eq!(read.grant_ids(), [role_grant("team-manager", ANNA)]);
    assert_eq!(
        read.scopes("team-manager", ANNA),
        json!([{"type": "user", "id": GHOST}]),
        "what is no group is a person (clockify reference 4.2)"
    );
    assert!(read.stand_ins.is_empty(), "a scope grants nothing to its target");
}

/// Without the groups nobody can say what an id is, and nothing is made up.
#[tokio::test]
async fn a_scope_when_groups_are_not_read() {
    let world = with_roles(&[role("TEAM_MANAGER", &[entity(BEN), entity(CREW)])]);
    let world = world.with_groups([group(CREW, &[BEN], &[ANNA])]);
    let read = look_in(&world, &scope(&[USER, ROLE])).await;
    assert_eq!(
        read.scopes("team-manager", ANNA),
        json!([{"type": "unknown", "id": CREW}, {"type": "user", "id": BEN}])
    );
    assert!(read.stand_ins.is_empty());
}

#[tokio::test]
async fn a_manager_without_any_scope() {
    let roles = [role("TEAM_MANAGER", &[]), role("PROJECT_MANAGER", &[json!(null), json!({"id": ""})])];
    let read = check("manager_of_nothing", with_roles(&roles)).await;
    assert_eq!(read.grant_ids(), [role_grant("project-manager", ANNA), role_grant("team-manager", ANNA)]);
    assert_eq!(read.scopes("team-manager", ANNA), Value::Null);
}

#[tokio::test]
async fn a_project_manager() {
    let mut named = entity(APOLLO);
    named["name"] = json!("Apollo");
    let roles = [role("PROJECT_MANAGER", &[named, entity(APOLLO)])];
    let world = with_roles(&roles).with_projects([project(APOLLO, &[])]);
    let read = check("project_manager", world.clone()).await;
    assert_eq!(
        read.grant_ids(),
        [project_grant("manager", APOLLO, &format!("user:{ANNA}")), role_grant("project-manager", ANNA)]
    );
    let scopes = json!([{"type": "project", "id": APOLLO, "name": "Apollo"}]);
    assert_eq!(read.scopes("project-manager", ANNA), scopes);
    assert_eq!(read.drops("duplicate role scope"), 1);
    // Without projects the scope stays and the grant on the project goes.
    let read = look_in(&world, &scope(&[USER, ROLE, GROUP])).await;
    assert_eq!(read.grant_ids(), [role_grant("project-manager", ANNA)]);
    assert_eq!(read.scopes("project-manager", ANNA), scopes);
    let read = look_in(&world, &scope(&[USER, PROJECT])).await;
    assert_eq!(read.grant_ids(), [project_grant("manager", APOLLO, &format!("user:{ANNA}"))]);
}

#[tokio::test]
async fn the_same_role_twice() {
    let twice = role("WORKSPACE_ADMIN", &[entity(WORKSPACE)]);
    let read = look(&with_roles(&[twice.clone(), twice])).await;
    assert_eq!(read.grant_ids(), [role_grant("workspace-admin", ANNA)]);
    assert_eq!(read.drops("duplicate role"), 1);
    // Two entries of one scoped role add up.
    let parts = [role("TEAM_MANAGER", &[entity(BEN)]), role("TEAM_MANAGER", &[entity(OWNER)])];
    let read = look(&with_roles(&parts)).await;
    assert_eq!(
        read.scopes("team-manager", ANNA),
        json!([{"type": "user", "id": OWNER}, {"type": "user", "id": BEN}])
    );
}

/// Rows shift while pages are read, so that a member may come again, changed meanwhile.
#[tokio::test]
async fn a_member_who_comes_again_with_another_scope() {
    let managing = |entities: &[Value]| anna(json!({"roles": [role("TEAM_MANAGER", entities)]}));
    let world = World::of([managing(&[entity(BEN)]), managing(&[entity(CREW)])]);
    let world = world.with_groups([group(CREW, &[], &[ANNA])]).listing(BEN, "ACTIVE");
    let server = Server::start(world.script());
    let connector = seam::connector(&server.url(), Settings { page_size: 2, projects: false });
    let read = seam::read(&connector, &Scope::default()).await.unwrap();
    assert_eq!(
        read.scopes("team-manager", ANNA),
        json!([{"type": "group", "id": CREW}]),
        "the later row counts"
    );
}

/// Shapes that some clients tolerate (clockify reference 4.2).
#[tokio::test]
async fn alternative_shapes_of_a_role() {
    let roles = [
        json!("WORKSPACE_ADMIN"),
        json!({"role": "TEAM_MANAGER", "entityId": CREW, "sourceType": "USER_GROUP"}),
        json!({"role": "PROJECT_MANAGER", "entity": {"id": APOLLO}}),
    ];
    let read = check("role_shapes", with_roles(&roles)).await;
    assert_eq!(
        read.grant_ids(),
        [
            group_grant("manager", CREW, ANNA),
            project_grant("manager", APOLLO, &format!("user:{ANNA}")),
            role_grant("project-manager", ANNA),
            role_grant("team-manager", ANNA),
            role_grant("workspace-admin", ANNA),
        ]
    );
}
