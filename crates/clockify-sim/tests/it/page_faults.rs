//! Faults that serve another page than the one asked for, or say something else about it.

use clockify_sim::{Action, Content, Endpoint, Fault, SeededWorkspace, Simulator};

use crate::support::{EVERYBODY, faulty, get_in};

/// Users by id, 50 to a page: pages of 50, 50 and 20.
fn users(page: u32) -> String {
    format!("/users?{EVERYBODY}&page={page}")
}

/// The ids of the workspace of [`faulty`] at these places, which ascend with their index.
fn ids(places: std::ops::Range<usize>) -> Vec<String> {
    let workspace = SeededWorkspace::new(3).users(120);
    places.map(|index| workspace.user_id(index)).collect()
}

fn fired(simulator: &Simulator) -> Vec<u32> {
    simulator.faults_fired().into_iter().map(|(_, times)| times).collect()
}

#[tokio::test]
async fn a_repeated_page_is_the_one_before() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::RepeatPage).page(2).attempt(1)).await;
    let first = get_in(&simulator, &users(1)).await;
    let repeated = get_in(&simulator, &users(2)).await;
    assert_eq!(repeated.text, first.text);
    assert_ne!(get_in(&simulator, &users(2)).await.text, first.text);
}

#[tokio::test]
async fn a_repetition_of_the_first_page_is_no_fault() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::RepeatPage).times(1)).await;
    assert_eq!(get_in(&simulator, &users(1)).await.ids(), ids(0..50));
    assert_eq!(fired(&simulator), [0], "there is no page before it");
    assert_eq!(get_in(&simulator, &users(2)).await.ids(), ids(0..50), "and the limit is not used up");
    assert_eq!(fired(&simulator), [1]);
}

#[tokio::test]
async fn a_page_can_be_shifted_either_way() {
    let cases = [
        // Three rows before it have gone: the page begins later, and three rows were never shown.
        (3, 2, 53..103, "false"),
        // Three rows have come: the page begins with rows of the page before.
        (-3, 2, 47..97, "false"),
        (3, 1, 3..53, "false"),
        (10, 3, 110..120, "true"),
        (-30, 3, 70..120, "true"),
        (50, 3, 120..120, "true"),
    ];
    for (shift, page, expected, last) in cases {
        let simulator = faulty(Fault::on(Endpoint::Users, Action::ShiftPage(shift)).page(page)).await;
        let reply = get_in(&simulator, &users(page)).await;
        assert_eq!(reply.ids(), ids(expected), "page {page} shifted by {shift}");
        assert_eq!(reply.header("last-page"), Some(last), "page {page} shifted by {shift}");
        assert!(simulator.unfired().is_empty());
    }
}

#[tokio::test]
async fn no_page_begins_before_the_first_row() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::ShiftPage(-3)).page(1)).await;
    assert_eq!(get_in(&simulator, &users(1)).await.ids(), ids(0..50));
    assert_eq!(fired(&simulator), [0]);
}

#[tokio::test]
async fn groups_and_projects_shift_as_well() {
    let simulator = Simulator::builder(SeededWorkspace::demo()).start().await.unwrap();
    for (endpoint, path) in [(Endpoint::UserGroups, "/user-groups"), (Endpoint::Projects, "/projects")] {
        let honest = get_in(&simulator, path).await.ids();
        simulator.add_fault(Fault::on(endpoint, Action::ShiftPage(1)).times(1));
        assert_eq!(get_in(&simulator, path).await.ids(), honest[1..], "{path}");
        assert_eq!(get_in(&simulator, path).await.ids(), honest, "{path}");
    }
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn a_page_size_can_be_clamped_for_some_pages() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::ClampPageSize(30))).await;
    let mut walked = Vec::new();
    for (page, last) in [(1, "false"), (2, "false"), (3, "false"), (4, "true")] {
        let reply = get_in(&simulator, &users(page)).await;
        assert_eq!((reply.ids().len(), reply.header("last-page")), (30, Some(last)), "page {page}");
        walked.extend(reply.ids());
    }
    assert_eq!(walked, ids(0..120), "the pages are counted in thirties");

    let simulator = faulty(Fault::on(Endpoint::Users, Action::ClampPageSize(30)).page(1)).await;
    assert_eq!(get_in(&simulator, &users(1)).await.ids(), ids(0..30));
    assert_eq!(get_in(&simulator, &users(2)).await.ids(), ids(50..100), "the other pages are not");

    let simulator = faulty(Fault::on(Endpoint::Users, Action::ClampPageSize(50))).await;
    assert_eq!(get_in(&simulator, &users(1)).await.ids(), ids(0..50));
    assert_eq!(fired(&simulator), [0], "a clamp above the size asked for is none");
}

#[tokio::test]
async fn last_page_can_lie_or_be_missing() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::WrongLastPage(true)).page(1)).await;
    simulator.add_fault(Fault::on(Endpoint::Users, Action::WrongLastPage(false)).page(3));
    simulator.add_fault(Fault::on(Endpoint::Users, Action::NoLastPage).page(2));
    let mut seen = Vec::new();
    for page in 1..=3 {
        let reply = get_in(&simulator, &users(page)).await;
        seen.push((reply.ids().len(), reply.header("last-page").map(str::to_owned)));
    }
    assert_eq!(seen, [(50, Some("true".to_owned())), (50, None), (20, Some("false".to_owned()))]);
    assert!(simulator.unfired().is_empty());
}

#[tokio::test]
async fn a_last_page_that_is_no_lie_is_no_fault() {
    let simulator = faulty(Fault::on(Endpoint::Users, Action::WrongLastPage(false)).page(1)).await;
    simulator.add_fault(Fault::on(Endpoint::Workspace, Action::NoLastPage));
    assert_eq!(get_in(&simulator, &users(1)).await.header("last-page"), Some("false"));
    assert_eq!(get_in(&simulator, "").await.header("last-page"), None);
    assert_eq!(fired(&simulator), [0, 0]);
}
