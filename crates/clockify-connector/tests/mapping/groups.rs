//! Groups, their members and managers (clockify reference 3.9).

use clockify_connector::GROUP;
use governance_model::{Purpose, ResourceId, ResourceTrait};
use serde_json::json;

use crate::world::{
    ANNA, BEN, CREW, GHOST, World, anna, ben, check, entity_through, group, group_grant, look, role,
    role_grant,
};

#[tokio::test]
async fn a_group_with_members_and_a_manager() {
    let world = World::of([anna(json!({})), ben()]).with_groups([group(CREW, &[BEN, ANNA], &[ANNA])]);
    let read = check("group", world).await;
    let crew = &read.resources[&ResourceId::new(GROUP, CREW)];
    assert_eq!(crew.display_name, "Crew");
    assert_eq!(crew.traits, [ResourceTrait::Group]);
    assert_eq!(serde_json::to_value(&crew.profile).unwrap(), json!({"group_id": CREW, "group_name": "Crew"}));
    assert_eq!(
        read.grant_ids(),
        [
            group_grant("manager", CREW, ANNA),
            group_grant("member", CREW, ANNA),
            group_grant("member", CREW, BEN),
            role_grant("team-manager", ANNA),
        ]
    );
    for (slug, purpose) in [("member", Purpose::Assignment), ("manager", Purpose::Permission)] {
        let entitlement = &read.entitlements[&format!("group:{CREW}:{slug}")];
        assert_eq!(entitlement.purpose, purpose);
        assert_eq!(entitlement.grantable_to.len(), 1);
        assert_eq!(entitlement.grantable_to[0].id, clockify_connector::USER);
    }
}

/// Clockify's default list hides limited and deleted accounts that groups still name (clockify reference 10.2).
#[tokio::test]
async fn a_member_whom_nobody_returned() {
    let world = World::of([anna(json!({}))]).with_groups([group(CREW, &[ANNA, GHOST], &[])]);
    let read = check("group_with_a_ghost", world).await;
    assert!(read.grants.contains_key(&group_grant("member", CREW, GHOST)), "the grant is kept");
    let ghost = read.stand_in_of(GHOST);
    let status = ghost.status.as_ref().unwrap();
    assert_eq!(status.state, governance_model::State::Unspecified);
    assert_eq!(status.details, "not returned by Clockify");
    let profile = serde_json::to_value(&ghost.profile).unwrap();
    assert_eq!(profile["unlisted"], true);
    assert_eq!(profile["user_id"], GHOST);
    assert_eq!(profile["workspace_role"], "unknown");
}

#[tokio::test]
async fn members_and_managers_count_once() {
    let mut crew = group(CREW, &[ANNA, BEN, ANNA, ANNA, ""], &[BEN, BEN]);
    crew["teamManagers"].as_array_mut().unwrap().push(json!({"id": null, "name": "Nobody"}));
    let read = check("group_with_duplicates", World::of([anna(json!({})), ben()]).with_groups([crew])).await;
    assert_eq!(
        read.grant_ids(),
        [
            group_grant("manager", CREW, BEN),
            group_grant("member", CREW, ANNA),
            group_grant("member", CREW, BEN),
            role_grant("team-manager", BEN),
        ]
    );
    assert_eq!(read.drops("duplicate group member"), 2);
    assert_eq!(read.drops("duplicate team manager"), 1);
    assert_eq!(read.drops("team manager without id"), 1);
}

/// Older answers have no team managers, and lists may be anything (clockify reference 3.9).
#[tokio::test]
async fn lists_of_odd_types() {
    let odd = json!({"id": CREW, "userIds": {"a": 1}, "teamManagers": "none"});
    let old = json!({"id": "g2", "name": "Old", "userIds": [ANNA, 5, null, {"id": BEN}]});
    let read = check("odd_groups", World::of([anna(json!({}))]).with_groups([odd, old])).await;
    assert_eq!(read.grant_ids(), [group_grant("member", "g2", ANNA)]);
    let odd = &read.resources[&ResourceId::new(GROUP, CREW)];
    assert_eq!(odd.display_name, CREW);
    assert_eq!(read.resources[&ResourceId::new(GROUP, "g2")].created_at, None);
}

#[tokio::test]
async fn a_long_and_hostile_group_name() {
    let name: String = "aé日🌊".chars().cycle().take(3000).collect();
    let mut long = group(CREW, &[], &[]);
    long["name"] = json!(name);
    let mut hostile = group("g:2", &[ANNA], &[]);
    hostile["name"] = json!("</td>'; --:%00\u{202e}");
    let read = look(&World::of([anna(json!({}))]).with_groups([long, hostile])).await;
    let crew = &read.resources[&ResourceId::new(GROUP, CREW)];
    assert_eq!(crew.display_name.len(), 1023);
    assert!(name.starts_with(crew.display_name.as_str()));
    for (slug, suffix) in [("member", " group member"), ("manager", " team manager")] {
        let shown = &read.entitlements[&format!("group:{CREW}:{slug}")].display_name;
        let kept = shown.strip_suffix(suffix).unwrap();
        assert!(name.starts_with(kept));
        // As much as fits: the next character would have up to four bytes.
        assert!((1021..=1024).contains(&shown.len()), "{}", shown.len());
    }
    assert_eq!(read.resources[&ResourceId::new(GROUP, "g:2")].display_name, "</td>'; --:%00\u{202e}");
    assert!(read.grants.contains_key(&format!("group:g:2:member:user:{ANNA}")), "ids are joined unescaped");
}

/// Three views of one fact that may disagree (clockify reference 4.2): the role is granted if any of them tells of it.
#[tokio::test]
async fn a_manager_whom_only_the_group_names() {
    let groups = ["g1", "g2"].map(|id| group(id, &[], &[ANNA, GHOST]));
    let world = World::of([anna(json!({}))]).with_groups(groups);
    let read = check("manager_by_the_group", world).await;
    let scopes = json!([{"type": "group", "id": "g1"}, {"type": "group", "id": "g2"}]);
    for manager in [ANNA, GHOST] {
        assert_eq!(read.scopes("team-manager", manager), scopes);
        assert!(read.grants.contains_key(&group_grant("manager", "g1", manager)));
    }
    assert_eq!(
        read.profile(ANNA, "workspace_role"),
        "regular",
        "the profile is what the member's own row says"
    );

    // What a member's own row says of the role is complete.
    let roles = json!([role("TEAM_MANAGER", &[entity_through("g1", "g1")])]);
    let groups = ["g1", "g2"].map(|id| group(id, &[], &[ANNA]));
    let read = look(&World::of([anna(json!({"roles": roles}))]).with_groups(groups)).await;
    assert_eq!(read.scopes("team-manager", ANNA), json!([{"type": "group", "id": "g1"}]));
    assert!(read.grants.contains_key(&group_grant("manager", "g2", ANNA)));
}

/// The same manager on the group and among the person's roles is one fact.
#[tokio::test]
async fn a_manager_seen_from_both_sides() {
    let roles = json!([role("TEAM_MANAGER", &[entity_through(CREW, CREW)])]);
    let world = World::of([anna(json!({"roles": roles}))]).with_groups([group(CREW, &[], &[ANNA])]);
    let read = check("manager_from_both_sides", world).await;
    let managers = read.grant_ids().into_iter().filter(|id| id.contains(":manager:")).count();
    assert_eq!(managers, 1);
}
