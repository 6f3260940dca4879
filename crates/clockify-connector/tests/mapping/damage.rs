//! What Clockify did not say, or said so that it cannot be read: never taken for "nobody", always told.

use clockify_connector::{GROUP, Settings, USER};
use governance_model::{Connector, ResourceId, Scope};
use serde_json::{Value, json};

use crate::seam::{self, Read, WORKSPACE};
use crate::server::{Answer, Script, Server};
use crate::world::{
    ANNA, APOLLO, BEN, CREW, GHOST, OWNER, World, anna, ben, entity, group, group_grant, look, membership,
    person, project, project_grant, project_member, role, role_grant,
};

const ROLES: &str = "Clockify did not say which roles some people hold";
const MEMBERS: &str = "Clockify did not say who belongs to some groups";
const MANAGERS: &str = "Clockify did not say who manages some groups";
const PROJECTS: &str = "Clockify did not say who belongs to some projects";

fn doubts(read: &Read) -> Vec<&str> {
    read.doubts.iter().map(String::as_str).collect()
}

async fn read(script: Script) -> Read {
    let server = Server::start(script);
    let connector = seam::connector(&server.url(), Settings { page_size: 50, projects: true });
    seam::read(&connector, &Scope::default()).await.unwrap()
}

/// A list of the workspace as text, for what no JSON library writes.
fn list(world: &World, name: &str, rows: &str) -> Script {
    let mut script = world.script();
    let path = format!("/workspaces/{WORKSPACE}/{name}");
    let replaced =
        script.insert(path, Answer::text(200, "application/json", rows).with_header("Last-Page: true"));
    assert!(replaced.is_some());
    script
}

/// A name cut in the middle of a character costs that character: no member, no group, no project and no run.
#[tokio::test]
async fn a_name_with_half_a_character() {
    let world = World::of([anna(json!({}))]);
    let odd = r#""name":"Team \ud83d""#;
    let me = format!(r#"{{"id":"{OWNER}",{odd}}}"#);
    let whole = json!(world.workspace["memberships"]);

    let rows = format!(r#"[{{"id":"{CREW}",{odd},"userIds":["{ANNA}"],"teamManagers":[]}}]"#);
    let mut script = list(&world, "user-groups", &rows);
    script.insert("/user".to_owned(), Answer::text(200, "application/json", &me));
    let text = format!(r#"{{"id":"{WORKSPACE}",{odd},"memberships":{whole}}}"#);
    script.insert(format!("/workspaces/{WORKSPACE}"), Answer::text(200, "application/json", &text));
    let groups = read(script).await;
    assert_eq!(groups.baseline.source_name, "Team \u{fffd}");
    assert_eq!(groups.baseline.operator, Some(ResourceId::new(USER, OWNER)));
    assert_eq!(groups.resources[&ResourceId::new(GROUP, CREW)].display_name, "Team \u{fffd}");
    assert_eq!(groups.grant_ids(), [group_grant("member", CREW, ANNA)]);
    assert_eq!(groups.drops("row with an unreadable text"), 1);
    assert_eq!(doubts(&groups), [""; 0], "nothing that matters for access was lost");

    let rows = format!(r#"[{{"id":"{ANNA}",{odd},"roles":["WORKSPACE_ADMIN"]}}]"#);
    let users = read(list(&world, "users", &rows)).await;
    assert_eq!(users.user(ANNA).display_name, "Team \u{fffd}");
    assert_eq!(users.grant_ids(), [role_grant("workspace-admin", ANNA)]);

    let rows = format!(r#"[{{"id":"{APOLLO}",{odd},"memberships":[{{"userId":"{ANNA}"}}]}}]"#);
    let projects = read(list(&world, "projects", &rows)).await;
    assert_eq!(projects.grant_ids(), [project_grant("member", APOLLO, &format!("user:{ANNA}"))]);
    assert_eq!(projects.drops("row with an unreadable text"), 1);
}

/// Which of the two was meant nobody can tell.
#[tokio::test]
async fn a_field_that_comes_twice() {
    let world = World::of([anna(json!({})), ben()]);
    let rows = format!(r#"[{{"id":"{CREW}","userIds":["{ANNA}"],"userIds":["{BEN}"],"teamManagers":[]}}]"#);
    let found = read(list(&world, "user-groups", &rows)).await;
    assert_eq!(found.grant_ids(), [group_grant("member", CREW, BEN)], "the last one counts");
    assert_eq!(found.drops("row with a field twice"), 1);
    assert_eq!(doubts(&found), ["some rows of Clockify's list of groups have a field twice"]);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_doubted_in_every_list() {
    let whole = World::of([anna(json!({}))]).with_groups([group(CREW, &[], &[])]);
    let whole = whole.with_projects([project(APOLLO, &[])]);
    for (name, rows) in [("members", 0), ("groups", 1), ("projects", 2)] {
        let mut world = whole.clone();
        let list = [&mut world.users, &mut world.groups, &mut world.projects].into_iter().nth(rows).unwrap();
        list.extend([json!({"name": "no id"}), json!([1])]);
        let read = look(&world).await;
        assert_eq!(read.drops("row that could not be read"), 2, "{name}");
        assert_eq!(doubts(&read), [format!("some rows of Clockify's list of {name} could not be read")]);
    }
}

/// Every shape of a list that says nothing, or not everything: the value, and the elements that are lost.
fn shapes() -> Vec<(Option<Value>, u64)> {
    vec![
        (None, 0),
        (Some(Value::Null), 0),
        (Some(json!("")), 0),
        (Some(json!({"a": 1})), 1),
        (Some(json!(7)), 1),
        (Some(json!([null, 5, []])), 3),
    ]
}

fn set(row: &mut Value, field: &str, value: Option<Value>) {
    match value {
        Some(value) => row[field] = value,
        None => drop(row.as_object_mut().unwrap().remove(field)),
    }
}

#[tokio::test]
async fn a_group_whose_members_were_not_told() {
    for (shape, lost) in shapes() {
        let mut crew = group(CREW, &[ANNA], &[]);
        set(&mut crew, "userIds", shape.clone());
        let read = look(&World::of([anna(json!({}))]).with_groups([crew, group("g2", &[], &[])])).await;
        assert_eq!(doubts(&read), [MEMBERS], "{shape:?}");
        assert_eq!(read.drops("group member that could not be read"), lost, "{shape:?}");
        let told = shape.is_some_and(|shape| shape.is_array());
        assert_eq!(read.drops("group without a list of members"), u64::from(!told));
        assert!(read.resources.contains_key(&ResourceId::new(GROUP, CREW)), "the group itself is there");
    }
    let read = look(&World::of([]).with_groups([group(CREW, &[], &[])])).await;
    assert_eq!(doubts(&read), [""; 0], "a group without anybody is nothing odd");
}

#[tokio::test]
async fn a_group_whose_managers_cannot_be_read() {
    for (shape, lost) in shapes() {
        let mut crew = group(CREW, &[], &[ANNA]);
        set(&mut crew, "teamManagers", shape.clone());
        let read = look(&World::of([anna(json!({}))]).with_groups([crew])).await;
        // Older groups lack the list (clockify reference 3.9); the managers' own rows tell of them.
        let expected: &[&str] = if lost > 0 { &[MANAGERS] } else { &[] };
        assert_eq!(doubts(&read), expected, "{shape:?}");
        assert_eq!(read.drops("team manager that could not be read"), lost, "{shape:?}");
    }
    let mut crew = group(CREW, &[], &[]);
    crew["teamManagers"] = json!([{"name": "Nobody"}]);
    assert_eq!(doubts(&look(&World::of([]).with_groups([crew])).await), [MANAGERS]);
}

#[tokio::test]
async fn a_project_whose_members_were_not_told() {
    for (shape, lost) in shapes() {
        let mut apollo = project(APOLLO, &[project_member(ANNA, "ACTIVE")]);
        set(&mut apollo, "memberships", shape.clone());
        let read = look(&World::of([anna(json!({}))]).with_projects([apollo])).await;
        assert_eq!(doubts(&read), [PROJECTS], "{shape:?}");
        assert_eq!(read.drops("project membership that could not be read"), lost, "{shape:?}");
    }
    let nobody = project(APOLLO, &[json!({"membershipType": "PROJECT"})]);
    assert_eq!(doubts(&look(&World::of([]).with_projects([nobody])).await), [PROJECTS]);
    assert_eq!(doubts(&look(&World::of([]).with_projects([project(APOLLO, &[])])).await), [""; 0]);
}

#[tokio::test]
async fn a_person_whose_roles_were_not_told() {
    for (shape, lost) in shapes() {
        let mut member = anna(json!({}));
        set(&mut member, "roles", shape.clone());
        let read = look(&World::of([member, ben()])).await;
        assert_eq!(doubts(&read), [ROLES], "{shape:?}");
        assert_eq!(read.drops("role that could not be read"), lost, "{shape:?}");
        let told = shape.is_some_and(|shape| shape.is_array());
        let expected = if told { "regular" } else { "unknown" };
        assert_eq!(read.profile(ANNA, "workspace_role"), expected);
    }
    for part in
        [json!({"role": null}), role("TEAM_MANAGER", &[json!(null)]), role("TEAM_MANAGER", &[json!({})])]
    {
        let read = look(&World::of([anna(json!({"roles": [part]}))])).await;
        assert_eq!(doubts(&read), [ROLES], "{part}");
    }
    let known = [
        role("TIMESHEET_WIZARD", &[]),
        role("TEAM_MANAGER", &[]),
        role("PROJECT_MANAGER", &[entity(APOLLO)]),
    ];
    assert_eq!(doubts(&look(&World::of([anna(json!({"roles": known}))])).await), [""; 0]);
}

/// Doubts of many pages are shown once.
#[tokio::test]
async fn doubts_are_the_same_on_every_page() {
    let members = (0..9).map(|number| {
        let mut member = person(&format!("66b0c1d2e4f5a6978812b{number:03}"), json!({}));
        member["roles"] = Value::Null;
        member
    });
    let read = look(&World::of(members)).await;
    assert_eq!(doubts(&read), [ROLES]);
    assert_eq!(read.drops("user without a list of roles"), 9);
    assert!(read.cursors.iter().filter(|cursor| cursor.stream == "users").count() > 1);
}

/// A membership that cannot be read leaves the status to the workspace's own list.
#[tokio::test]
async fn memberships_of_a_person_that_cannot_be_read() {
    let member = anna(json!({"memberships": [null, 7]}));
    let read = look(&World::of([member]).listing(ANNA, "INACTIVE")).await;
    assert_eq!(read.state(ANNA).1, "account ACTIVE, membership INACTIVE");
    assert_eq!(read.drops("membership that could not be read"), 2);
}

/// A workspace has at least its owner: a list of nobody is no list, and nothing can be compared with it.
#[tokio::test]
async fn a_workspace_that_does_not_tell_its_members() {
    let unreadable =
        [json!([null]), json!([{}]), json!([{"userId": ""}]), json!({"a": 1}), json!("x"), json!(1)];
    let silent = [Value::Null, json!([]), json!("")];
    let elsewhere = json!([membership(GHOST, CREW, "WORKSPACE", "ACTIVE")]);
    for (list, noted) in unreadable
        .map(|list| (list, true))
        .into_iter()
        .chain(silent.map(|list| (list, false)))
        .chain([(elsewhere, false)])
    {
        let mut world = World::of([anna(json!({})), ben()]);
        world.workspace["memberships"] = list.clone();
        let found = look(&world).await;
        assert_eq!(found.baseline.inventory, None, "{list}");
        assert_eq!(
            found.baseline.details.get("members.unreadable").map(String::as_str),
            noted.then_some("1"),
            "{list}"
        );
        assert!(found.resources.contains_key(&ResourceId::new(USER, BEN)), "everybody is read all the same");
        assert_eq!(found.state(ANNA).1, "account ACTIVE, membership ACTIVE");
        let server = Server::start(world.script());
        let connector = seam::connector(&server.url(), Settings { page_size: 3, projects: false });
        assert_eq!(connector.inventory(&found.baseline).await.unwrap(), None, "{list}");
    }
    let mut world = World::of([anna(json!({}))]);
    world.workspace.as_object_mut().unwrap().remove("memberships");
    assert_eq!(look(&world).await.baseline.inventory, None);
}

#[tokio::test]
async fn members_without_a_usable_id_are_on_no_list() {
    let mut world = World::of([anna(json!({}))]);
    let entries = world.workspace["memberships"].as_array_mut().unwrap();
    let (longest, longer) = ("x".repeat(1024), "x".repeat(1025));
    for id in ["", &longest, &longer, &"é".repeat(513)] {
        entries.push(membership(id, WORKSPACE, "WORKSPACE", "ACTIVE"));
    }
    entries.push(json!("no membership"));
    let baseline = look(&world).await.baseline;
    let listed = baseline.inventory.unwrap().entries;
    assert!(listed.keys().eq([OWNER, ANNA, &longest]), "{listed:?}");
    assert_eq!(baseline.details["members.unreadable"], "4");
    assert!(!look(&World::of([])).await.baseline.details.contains_key("members.unreadable"));
}

/// An id that the protocol does not take makes no grant, and is not forgotten either.
#[tokio::test]
async fn ids_that_are_too_long_for_a_grant() {
    let long = "x".repeat(1025);
    let read = look(&World::of([]).with_groups([group(CREW, &[&long], &[])])).await;
    assert_eq!((doubts(&read), read.grant_ids()), (vec![MEMBERS], vec![]));
    let read = look(&World::of([]).with_groups([group(CREW, &[], &[&long])])).await;
    assert_eq!((doubts(&read), read.grant_ids()), (vec![MANAGERS], vec![]));
    let read =
        look(&World::of([]).with_projects([project(APOLLO, &[project_member(&long, "ACTIVE")])])).await;
    assert_eq!((doubts(&read), read.grant_ids()), (vec![PROJECTS], vec![]));
    for code in ["TEAM_MANAGER", "PROJECT_MANAGER"] {
        let read = look(&World::of([anna(json!({"roles": [role(code, &[entity(&long)])]}))])).await;
        assert_eq!(doubts(&read), [ROLES]);
        assert_eq!(read.grant_ids().len(), 1, "the role itself: {:?}", read.grant_ids());
    }
}
