//! Pages: numbering, the last one, limits, and the cost of one among 100,000 users (clockify reference 8).

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clockify_sim::{
    AccountStatus, Content, MembershipStatus, PageSizePolicy, SeededWorkspace, SimGroup, SimProject, SimUser,
    SimWorkspace, Simulator, Truth,
};

use crate::crew::crew;
use crate::support::{EVERYBODY, get_in, start};

#[tokio::test]
async fn fifty_rows_from_page_one_are_the_default() {
    let simulator = start(SeededWorkspace::new(3).users(120)).await;
    let first = get_in(&simulator, &format!("/users?{EVERYBODY}")).await;
    assert_eq!(first.ids().len(), 50);
    assert_eq!(first.header("last-page"), Some("false"));
    assert_eq!(get_in(&simulator, &format!("/users?{EVERYBODY}&page=1&page-size=50")).await.text, first.text);
    let third = get_in(&simulator, &format!("/users?{EVERYBODY}&page=3")).await;
    assert_eq!(third.ids().len(), 20);
    assert_eq!(third.header("last-page"), Some("true"));
}

#[tokio::test]
async fn past_the_end_there_is_an_empty_last_page() {
    let simulator = start(crew()).await;
    for list in ["users", "user-groups", "projects"] {
        for page in [2, 999, i32::MAX] {
            let reply = get_in(&simulator, &format!("/{list}?page={page}")).await;
            assert_eq!((reply.status, reply.text.as_str()), (200, "[]"), "{list}");
            assert_eq!(reply.header("last-page"), Some("true"), "{list}");
        }
    }
}

#[tokio::test]
async fn a_full_page_that_ends_the_list_is_the_last() {
    let simulator = start(SeededWorkspace::new(3).users(100)).await;
    let reply = get_in(&simulator, &format!("/users?{EVERYBODY}&page=2&page-size=50")).await;
    assert_eq!((reply.ids().len(), reply.header("last-page")), (50, Some("true")));
    // One row more, and it is not.
    let simulator = start(SeededWorkspace::new(3).users(101)).await;
    let reply = get_in(&simulator, &format!("/users?{EVERYBODY}&page=2&page-size=50")).await;
    assert_eq!((reply.ids().len(), reply.header("last-page")), (50, Some("false")));
    let reply = get_in(&simulator, &format!("/users?{EVERYBODY}&page=3&page-size=50")).await;
    assert_eq!((reply.ids().len(), reply.header("last-page")), (1, Some("true")));
}

#[tokio::test]
async fn a_senseless_page_is_refused() {
    let simulator = start(crew()).await;
    for query in ["page=0", "page=-1", "page-size=0"] {
        assert_eq!(get_in(&simulator, &format!("/users?{query}")).await.status, 400, "{query}");
    }
}

#[tokio::test]
async fn a_page_above_the_limit_is_clamped_or_refused() {
    let content = SeededWorkspace::new(3).users(120);
    let clamping = Simulator::builder(content.clone()).page_size_limit(Some(40), PageSizePolicy::Clamp);
    let clamping = clamping.start().await.unwrap();
    let reply = get_in(&clamping, &format!("/users?{EVERYBODY}&page-size=100")).await;
    assert_eq!((reply.ids().len(), reply.header("last-page")), (40, Some("false")));
    let reply = get_in(&clamping, &format!("/users?{EVERYBODY}&page-size=100&page=3")).await;
    assert_eq!((reply.ids().len(), reply.header("last-page")), (40, Some("true")));

    let refusing = Simulator::builder(content).page_size_limit(Some(40), PageSizePolicy::Reject);
    let refusing = refusing.start().await.unwrap();
    assert_eq!(get_in(&refusing, "/users?page-size=41").await.status, 400);
    assert_eq!(get_in(&refusing, "/users?page-size=40").await.status, 200);
}

/// Walks a list to its last page and returns the ids in the order in which they came.
async fn walk(simulator: &Simulator, path: &str, size: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for page in 1.. {
        let reply = get_in(simulator, &format!("{path}&page={page}&page-size={size}")).await;
        ids.extend(reply.ids());
        if reply.header("last-page") == Some("true") {
            return ids;
        }
        assert_eq!(reply.ids().len(), size, "only the last page may be short");
    }
    unreachable!("the walk returns")
}

#[tokio::test]
async fn the_pages_of_2000_users_add_up_to_the_truth() {
    let content = SeededWorkspace::new(11).users(2_000).groups(230).projects(75);
    let simulator = start(content.clone()).await;
    let truth: Vec<String> = content.all_users().map(|user| user.id).collect();
    assert_eq!(truth.iter().collect::<HashSet<_>>().len(), 2_000);

    let walked = walk(&simulator, &format!("/users?{EVERYBODY}"), 200).await;
    assert_eq!(walked, truth);
    assert_eq!(simulator.requests().len(), 10);

    // The same people in another order, and with a size that does not divide them.
    let mut by_name = walk(&simulator, &format!("/users?{EVERYBODY}&").replace("=ID", "=NAME"), 333).await;
    by_name.sort();
    assert_eq!(by_name, truth);

    let mut descending =
        walk(&simulator, &format!("/users?{EVERYBODY}&").replace("=ASC", "=DESC"), 333).await;
    descending.reverse();
    assert_eq!(descending, truth);

    let groups: Vec<String> = content.all_groups().map(|group| group.id).collect();
    assert_eq!(walk(&simulator, "/user-groups?sort-column=ID", 50).await, groups);
    let projects: Vec<String> = content.all_projects().map(|project| project.id).collect();
    assert_eq!(walk(&simulator, "/projects?sort-column=ID", 50).await, projects);
}

#[tokio::test]
async fn the_default_list_is_the_truth_without_hidden_accounts() {
    let content = SeededWorkspace::new(11).users(2_000);
    let simulator = start(content.clone()).await;
    let shown = ["ACTIVE", "PENDING_EMAIL_VERIFICATION", "NOT_REGISTERED"];
    let truth: HashSet<String> = content
        .all_users()
        .filter(|user| shown.contains(&user.account_status.as_str()))
        .map(|user| user.id)
        .collect();
    let walked = walk(&simulator, "/users?sort-column=EMAIL", 200).await;
    assert!(walked.len() < 2_000);
    assert_eq!(walked.len(), truth.len());
    assert_eq!(walked.into_iter().collect::<HashSet<_>>(), truth);
}

/// A workspace that counts how many of its users anybody looks at.
struct Counting {
    inner: SeededWorkspace,
    looks: Arc<AtomicUsize>,
}

impl Counting {
    fn count<T>(&self, look: impl FnOnce(&SeededWorkspace) -> T) -> T {
        self.looks.fetch_add(1, Ordering::Relaxed);
        look(&self.inner)
    }
}

impl Content for Counting {
    fn workspace(&self) -> SimWorkspace {
        self.inner.workspace()
    }

    fn user_count(&self) -> usize {
        self.inner.user_count()
    }

    fn user(&self, index: usize) -> SimUser {
        self.count(|inner| inner.user(index))
    }

    fn group_count(&self) -> usize {
        self.inner.group_count()
    }

    fn group(&self, index: usize) -> SimGroup {
        self.inner.group(index)
    }

    fn project_count(&self) -> usize {
        self.inner.project_count()
    }

    fn project(&self, index: usize) -> SimProject {
        self.inner.project(index)
    }

    fn key_owner(&self) -> usize {
        self.inner.key_owner()
    }

    fn ids_ascend(&self) -> bool {
        self.inner.ids_ascend()
    }

    fn user_id(&self, index: usize) -> String {
        self.count(|inner| inner.user_id(index))
    }

    fn user_statuses(&self, index: usize) -> (AccountStatus, MembershipStatus) {
        self.count(|inner| inner.user_statuses(index))
    }

    fn user_index(&self, id: &str) -> Option<usize> {
        self.inner.user_index(id)
    }
}

#[tokio::test]
async fn a_page_of_100000_users_costs_no_more_than_its_rows() {
    let content = SeededWorkspace::new(5).users(100_000).groups(1_000).members_per_group(100).projects(500);
    let looks = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let simulator = start(Counting { inner: content.clone(), looks: Arc::clone(&looks) }).await;
    assert_eq!(looks.load(Ordering::Relaxed), 0, "starting looks at nobody");
    for page in [1, 250, 500] {
        let query = format!("/users?{EVERYBODY}&page={page}&page-size=200&memberships=WORKSPACE");
        let reply = get_in(&simulator, &query).await;
        let expected: Vec<String> =
            ((page - 1) * 200..page * 200).map(|index| content.user_id(index)).collect();
        assert_eq!(reply.ids(), expected);
        assert_eq!(reply.header("last-page"), Some(if page == 500 { "true" } else { "false" }));
        assert_eq!(looks.swap(0, Ordering::Relaxed), 200, "the rows of the page and no others");
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(size_of_val(&content) < 200, "the workspace holds no rows");

    // A filter that hides somebody costs one pass, and then no more than the rows again.
    let hiding = "/users?status=ACTIVE&sort-column=ID&page-size=200";
    get_in(&simulator, hiding).await;
    assert!(looks.swap(0, Ordering::Relaxed) >= 100_000);
    get_in(&simulator, &format!("{hiding}&page=300")).await;
    assert_eq!(looks.swap(0, Ordering::Relaxed), 200);
}

#[tokio::test]
async fn the_membership_list_of_100000_members_is_complete() {
    let content = SeededWorkspace::new(5).users(100_000);
    let simulator = start(content.clone()).await;
    let workspace = get_in(&simulator, "").await.json();
    let entries = workspace["memberships"].as_array().unwrap();
    assert_eq!(entries.len(), 100_000);
    for index in [0, 511, 512, 99_999] {
        assert_eq!(entries[index]["userId"], content.user_id(index));
    }
}
