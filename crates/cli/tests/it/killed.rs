//! A process that dies in the middle: the next one goes on.

use std::time::{Duration, Instant};

use clockify_sim::{Action, Endpoint, Fault, SeededWorkspace, Simulator};

use crate::program::{KEY, Program};
use sync_trials::database::{ids, texts, with};
use sync_trials::{Expected, same};

/// The id of the unfinished sync, once it has stored at least `rows` resources.
fn unfinished(program: &Program, rows: i64) -> Option<String> {
    let path = program.folder().join(".sync.c1z.work");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = rusqlite::Connection::open_with_flags(path, flags).ok()?;
    let stored: i64 = database.query_row("select count(*) from v1_resources", (), |row| row.get(0)).ok()?;
    if stored < rows {
        return None;
    }
    texts(&database, "select sync_id from v1_sync_runs").into_iter().next()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_sync_goes_on_under_its_id_and_ends_complete() {
    let workspace = SeededWorkspace::new(5).users(600).groups(20);
    let slow = Fault::on(Endpoint::Users, Action::Delay(Duration::from_secs(600))).page(6).times(1);
    let simulator = Simulator::builder(workspace).api_key(KEY).fault(slow).start().await.unwrap();
    let program = Program::against(&simulator);

    let mut child = program.start(&["--page-size", "100"]);
    let begun = Instant::now();
    let sync_id = loop {
        if let Some(id) = unfinished(&program, 500) {
            break id;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "no page was stored");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!program.output().exists(), "an unfinished sync must not be visible");
    let asked = simulator.requests().len();

    let ran = program.run(&["--page-size", "100"]).succeeded();
    assert!(ran.stdout.contains("in 2 runs"), "{}", ran.stdout);
    let expected = Expected::of(&*simulator.content(), false);
    with(&program.output(), |database| {
        assert_eq!(texts(database, "select sync_id from v1_sync_runs"), [sync_id]);
        same(&ids(database, "v1_resources"), &expected.resources);
        same(&ids(database, "v1_grants"), &expected.grants);
    });
    // Key's owner, member list, six pages, one of groups; then the page in flight again and the list after.
    assert!(asked >= 9);
    let repeated: Vec<_> =
        simulator.requests()[asked..].iter().map(|request| (request.endpoint, request.page)).collect();
    assert_eq!(repeated, [(Endpoint::Users, Some(6)), (Endpoint::Workspace, Some(1))]);
}
