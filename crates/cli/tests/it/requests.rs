//! Few requests, and the key only where it belongs.

use clockify_sim::{Endpoint, SeededWorkspace, Simulator};

use crate::program::{KEY, Program};

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_users_and_two_hundred_groups_take_at_most_ten_requests() {
    let workspace = SeededWorkspace::new(3).users(1000).groups(200);
    let simulator = Simulator::builder(workspace).api_key(KEY).start().await.unwrap();
    Program::against(&simulator).run(&[]).succeeded();
    let count = |endpoint| simulator.requests().iter().filter(|request| request.endpoint == endpoint).count();
    assert_eq!(count(Endpoint::CurrentUser), 1);
    assert_eq!(count(Endpoint::Workspace), 2);
    assert_eq!(count(Endpoint::Users), 5);
    assert_eq!(count(Endpoint::UserGroups), 1);
    assert_eq!(simulator.requests().len(), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_read_in_as_few_pages_as_hold_it() {
    const COUNTS: [(Endpoint, usize); 3] =
        [(Endpoint::Users, 1_234), (Endpoint::UserGroups, 100), (Endpoint::Projects, 151)];
    for page_size in [50, 200, 1_000, 5_000] {
        let workspace = SeededWorkspace::new(4).users(1_234).groups(100).projects(151);
        let simulator = Simulator::builder(workspace).api_key(KEY).start().await.unwrap();
        let arguments = ["--sync-projects", "--page-size", &page_size.to_string()];
        Program::against(&simulator).run(&arguments).succeeded();
        let requests = simulator.requests();
        for (endpoint, rows) in COUNTS {
            let pages = requests.iter().filter(|request| request.endpoint == endpoint).count();
            assert_eq!(pages, rows.div_ceil(page_size), "{endpoint:?} by {page_size}");
        }
        // The key's owner, and the workspace before and after.
        let needed: usize = COUNTS.iter().map(|(_, rows)| rows.div_ceil(page_size)).sum::<usize>() + 3;
        assert_eq!(requests.len(), needed, "by {page_size}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_sent_once_a_request_and_shown_nowhere() {
    let simulator = Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap();
    let program = Program::against(&simulator);
    let ran = program.run(&["--log-level", "debug", "--sync-projects"]).succeeded();
    assert!(!ran.stdout.contains(KEY));
    assert!(ran.stderr.contains("Page stored"), "{}", ran.stderr);
    assert!(!ran.stderr.contains(KEY));
    for request in simulator.requests() {
        let keys: Vec<_> = request.headers.iter().filter(|(name, _)| name == "x-api-key").collect();
        assert_eq!(keys.len(), 1);
        assert_eq!(keys[0].1, KEY);
        assert!(!request.headers.iter().any(|(name, _)| name == "authorization"));
    }
    let file = std::fs::read(program.output()).unwrap();
    assert!(!file.windows(KEY.len()).any(|bytes| bytes == KEY.as_bytes()));
}

#[tokio::test(flavor = "multi_thread")]
async fn help_does_not_show_the_key_of_the_environment() {
    let program = Program::bare().set("BATON_CLOCKIFY_API_KEY", KEY);
    let ran = program.run(&["--help"]).succeeded();
    assert!(ran.stdout.contains("BATON_CLOCKIFY_API_KEY"));
    assert!(!ran.stdout.contains(KEY));
}
