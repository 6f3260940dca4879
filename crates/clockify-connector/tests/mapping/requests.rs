//! What is asked of Clockify, how often, and in which pages.

use std::collections::BTreeSet;

use clockify_connector::{GROUP, PROJECT, ROLE, Settings, USER};
use governance_model::{
    Baseline, Connector, Cursor, Deferred, ErrorClass, GrantId, Known, KnownError, Page, ResourceId, Scope,
};
use serde_json::json;

use crate::seam::{self, KEY, WORKSPACE};
use crate::server::{Answer, Server};
use crate::world::{CREW, World, group, person, scope};

/// The owner and as many others as it takes.
fn crowd(members: usize) -> World {
    World::of((1..members).map(|number| person(&format!("66b0c1d2e4f5a697881{number:05x}"), json!({}))))
}

fn settings(page_size: u32) -> Settings {
    Settings { page_size, projects: true }
}

fn query<'a>(target: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = target.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn of<'a>(log: &'a [String], list: &str) -> Vec<&'a String> {
    let path = format!("/workspaces/{WORKSPACE}/{list}?");
    log.iter().filter(|target| target.starts_with(&path)).collect()
}

#[tokio::test]
async fn every_parameter_with_a_default_is_sent() {
    let world = crowd(2).with_groups([group(CREW, &[], &[])]);
    let server = Server::start(world.script());
    seam::read(&seam::connector(&server.url(), settings(200)), &Scope::default()).await.unwrap();
    let log = server.log();

    assert_eq!(log[0], "/user?include-memberships=false");
    assert_eq!(log[1], format!("/workspaces/{WORKSPACE}"));
    assert_eq!(query(of(&log, "projects")[0], "hydrated"), Some("false"));
    let users = of(&log, "users")[0];
    assert_eq!(query(users, "status"), Some("ALL"));
    let accounts: BTreeSet<&str> = query(users, "account-statuses").unwrap().split("%2C").collect();
    let all =
        ["ACTIVE", "PENDING_EMAIL_VERIFICATION", "NOT_REGISTERED", "LIMITED", "LIMITED_DELETED", "DELETED"];
    assert_eq!(accounts, BTreeSet::from(all));
    assert_eq!(query(users, "memberships"), Some("WORKSPACE"));
    assert_eq!(query(users, "include-roles"), Some("true"));
    assert_eq!(query(of(&log, "user-groups")[0], "includeTeamManagers"), Some("true"));
    for list in ["users", "user-groups", "projects"] {
        let target = of(&log, list)[0];
        assert_eq!(query(target, "sort-column"), Some("ID"));
        assert_eq!(query(target, "sort-order"), Some("ASCENDING"));
        assert_eq!(query(target, "page"), Some("1"));
        assert_eq!(query(target, "page-size"), Some("200"));
    }
}

/// The member list says how many pages there are, so nothing is asked twice and nothing past the end.
#[tokio::test]
async fn pages_of_users_are_planned_from_the_member_list() {
    for (members, expected) in [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (20, 7)] {
        let server = Server::start(crowd(members).script());
        let connector = seam::connector(&server.url(), settings(3));
        let read = seam::read(&connector, &Scope::default()).await.unwrap();
        let planned = read.cursors.iter().filter(|cursor| cursor.stream == "users").count();
        assert_eq!(planned, expected, "{members} members");
        let log = server.log();
        let pages: Vec<&str> =
            of(&log, "users").iter().map(|target| query(target, "page").unwrap()).collect();
        let numbers: Vec<String> = (1..=expected).map(|page| page.to_string()).collect();
        assert_eq!(pages, numbers);
        assert_eq!(BTreeSet::from_iter(&log).len(), log.len(), "no request is made twice");
        assert_eq!(read.resources.keys().filter(|id| id.resource_type == USER).count(), members);
    }
}

/// More rows than the list promised are read as well, and fewer are no error.
#[tokio::test]
async fn a_list_that_is_longer_or_shorter_than_planned() {
    let mut longer = crowd(4);
    longer.users.extend(crowd(9).users.split_off(4));
    let server = Server::start(longer.script());
    let read = seam::read(&seam::connector(&server.url(), settings(3)), &Scope::default()).await.unwrap();
    assert_eq!(read.resources.keys().filter(|id| id.resource_type == USER).count(), 9);
    assert_eq!(of(&server.log(), "users").len(), 3);

    let mut shorter = crowd(9);
    shorter.users.truncate(2);
    let server = Server::start(shorter.script());
    let read = seam::read(&seam::connector(&server.url(), settings(3)), &Scope::default()).await.unwrap();
    assert_eq!(read.resources.keys().filter(|id| id.resource_type == USER).count(), 2);
    assert_eq!(read.stand_ins.len(), 7);
    assert_eq!(of(&server.log(), "users").len(), 3);
}

#[tokio::test]
async fn a_thousand_members_and_two_hundred_groups_take_few_requests() {
    let groups = (0..200).map(|number| group(&format!("66c10000000000000000{number:04x}"), &[], &[]));
    let server = Server::start(crowd(1000).with_groups(groups).script());
    let connector = seam::connector(&server.url(), Settings { page_size: 200, projects: false });
    let read = seam::read(&connector, &Scope::default()).await.unwrap();
    connector.inventory(&read.baseline).await.unwrap().unwrap();
    // The user, the workspace before and after, five pages of members, one of groups (design promise 6: at most ten).
    assert_eq!(server.log().len(), 9);
    assert_eq!(connector.usage().requests, 9);
    assert_eq!(connector.usage().retries, 0);
    assert_eq!(read.resources.len(), 1000 + 200 + 4);
}

#[tokio::test]
async fn groups_and_projects_are_followed_to_their_end() {
    let groups = (0..7).map(|number| group(&format!("g{number}"), &[], &[]));
    let server = Server::start(crowd(1).with_groups(groups).script());
    let read = seam::read(&seam::connector(&server.url(), settings(3)), &Scope::default()).await.unwrap();
    assert_eq!(read.resources.keys().filter(|id| id.resource_type == GROUP).count(), 7);
    assert_eq!(of(&server.log(), "user-groups").len(), 3);
}

#[tokio::test]
async fn only_what_is_in_scope_is_asked_for() {
    for (wanted, streams) in [
        (vec![USER], vec!["users"]),
        (vec![GROUP], vec!["groups"]),
        (vec![USER, GROUP], vec!["groups", "users"]),
        (vec![ROLE], vec!["roles"]),
        (vec![USER, PROJECT, ROLE], vec!["roles", "projects", "users"]),
    ] {
        let server = Server::start(crowd(2).script());
        let connector = seam::connector(&server.url(), settings(50));
        let read = seam::read(&connector, &scope(&wanted)).await.unwrap();
        let planned: Vec<&str> = read.cursors.iter().map(|cursor| cursor.stream.as_str()).collect();
        assert_eq!(planned, streams);
        let asked = streams.iter().filter(|stream| **stream != "roles").count();
        assert_eq!(server.log().len(), 2 + asked);
    }
}

/// A cursor means the same in another process, in any order, and again.
#[tokio::test]
async fn a_page_depends_on_its_cursor_only() {
    let server = Server::start(crowd(8).with_groups([group(CREW, &[], &[])]).script());
    let first = seam::connector(&server.url(), settings(3));
    let baseline = first.validate().await.unwrap();
    let mut cursors = first.plan(&baseline, &Scope::default());
    let mut pages: Vec<Page> = Vec::new();
    for cursor in &cursors {
        pages.push(first.page(&baseline, cursor).await.unwrap());
    }
    let other = seam::connector(&server.url(), settings(3));
    let stored = serde_json::to_string(&(&baseline, &cursors)).unwrap();
    let (baseline, _): (Baseline, Vec<Cursor>) = serde_json::from_str(&stored).unwrap();
    cursors.reverse();
    pages.reverse();
    for (cursor, page) in cursors.iter().zip(pages) {
        assert_eq!(other.page(&baseline, cursor).await.unwrap(), page);
    }
}

#[tokio::test]
async fn a_cursor_or_a_note_of_somebody_else_is_refused() {
    let server = Server::start(crowd(1).script());
    let connector = seam::connector(&server.url(), settings(3));
    let baseline = connector.validate().await.unwrap();
    let planned = connector.plan(&baseline, &Scope::default());
    for (stream, position) in [("users", "{}"), ("users", "7"), ("moons", planned[0].position.as_str())] {
        let cursor = Cursor { stream: stream.to_owned(), position: position.to_owned() };
        let error = connector.page(&baseline, &cursor).await.unwrap_err();
        assert_eq!(error.class, ErrorClass::Internal);
    }
    let note = Deferred { note: "{\"kind\":\"moon\"}".to_owned() };
    let error = connector.resolve(&baseline, &[note], &Broken).unwrap_err();
    assert_eq!(error.class, ErrorClass::Internal);
    // A store that fails is not taken for one that knows no group.
    let mut world = crowd(1);
    world.projects =
        vec![crate::world::project("p", &[crate::world::membership("x", "p", "PROJECT", "ACTIVE")])];
    server.rewrite(world.script());
    let projects = planned.iter().find(|cursor| cursor.stream == "projects").unwrap();
    let page = connector.page(&baseline, projects).await.unwrap();
    let error = connector.resolve(&baseline, &page.deferred, &Broken).unwrap_err();
    assert_eq!(error.class, ErrorClass::Internal);
}

struct Broken;

impl Known for Broken {
    fn contains(&self, _: &ResourceId) -> Result<bool, KnownError> {
        Err("the store is broken".into())
    }

    fn holds(&self, _: &GrantId) -> Result<bool, KnownError> {
        Err("the store is broken".into())
    }
}

/// A filter that the server does not know is given up, and whoever may be missing for it is not forgotten.
#[tokio::test]
async fn a_filter_that_is_not_accepted_is_a_doubt() {
    let mut script = crowd(1).script();
    let refusal = json!({"message": "You entered invalid value for field: [account-statuses].", "code": 501});
    script.insert(
        format!("/workspaces/{WORKSPACE}/users"),
        Answer::refusal(400, refusal).unless("account-statuses", "LIMITED_DELETED", json!(crowd(1).users)),
    );
    let server = Server::start(script);
    let read = seam::read(&seam::connector(&server.url(), settings(3)), &Scope::default()).await.unwrap();
    assert_eq!(
        Vec::from_iter(read.doubts),
        ["Clockify did not accept the filter for accounts in state LIMITED_DELETED"]
    );
    assert!(!read.resources.is_empty());
}

/// What decides a page's content decides the fingerprint. Another key may see less, so that it does, too; the key itself
/// is not part of it.
#[test]
fn the_fingerprint() {
    let print = |url: &str, settings| seam::connector(url, settings).descriptor().fingerprint;
    let base = print("http://127.0.0.1:1", settings(3));
    assert_eq!(print("http://127.0.0.1:1/api/v1/", settings(3)), base);
    assert_ne!(print("http://127.0.0.1:2", settings(3)), base);
    assert_ne!(print("http://127.0.0.1:1", settings(4)), base);
    assert_ne!(print("http://127.0.0.1:1", Settings { page_size: 3, projects: false }), base);
    assert!(base.contains(WORKSPACE));
    assert!(!base.contains(KEY));
    let other = |key| seam::connector_with(key, "http://127.0.0.1:1", settings(3)).descriptor().fingerprint;
    assert_eq!(other(KEY), base);
    assert_ne!(other("dGVzdC1rZXktMDAx"), base);
    let mark = base.rsplit_once(";key=").unwrap().1;
    assert!(mark.len() == 8 && mark.bytes().all(|byte| byte.is_ascii_hexdigit()), "{base}");
}

#[tokio::test]
async fn the_inventory_is_taken_again() {
    let server = Server::start(crowd(3).script());
    let connector = seam::connector(&server.url(), settings(3));
    let baseline = connector.validate().await.unwrap();
    assert_eq!(connector.inventory(&baseline).await.unwrap(), baseline.inventory);
    server.rewrite(crowd(5).script());
    assert_eq!(connector.inventory(&baseline).await.unwrap().unwrap().entries.len(), 5);
    assert_eq!(server.log().len(), 4);
}
