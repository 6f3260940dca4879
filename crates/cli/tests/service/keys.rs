//! What an unfinished sync is kept for: the same tenant, the same workspace, the same parameters, and nothing else.

use std::time::Duration;

use c1_sim::{C1Sim, Options, SyncFull, TaskKind, TaskScript};
use clockify_sim::{SeededWorkspace, Simulator};

use crate::parts::{PATIENCE, Running, clockify, done, holds, service, slow_page};
use crate::program::{KEY, Program};

/// All of a workspace, and what is left of it once it was stopped at its last page: that page, and the list once more.
const WHOLE: usize = 10;
const REST: usize = 2;

async fn c1_of(client: &str) -> C1Sim {
    let client_name = client.to_owned();
    C1Sim::start(Options { client_name, lost_after_ms: Some(600_000), ..Options::default() }).await.unwrap()
}

/// Does one task; how many requests that took.
async fn costs(program: &Program, clockify: &Simulator, c1: &C1Sim, sync: SyncFull) -> usize {
    let before = clockify.requests().len();
    let task = c1.script(TaskScript::new(TaskKind::SyncFull(sync.clone())));
    let running = Running::start(program);
    done(c1).await;
    running.end();
    if !sync.skip_grants {
        holds(&*clockify.content(), &c1.uploads(&task)[0]);
    }
    clockify.requests().len() - before
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_same_sync_goes_on() {
    let here = clockify([slow_page(Duration::from_secs(600))]).await;
    let elsewhere = SeededWorkspace::new(6).users(600).groups(20);
    let elsewhere = Simulator::builder(elsewhere).api_key(KEY).start().await.unwrap();
    assert_ne!(here.workspace_id(), elsewhere.workspace_id());
    let (ours, theirs) = (c1_of("calm-panda-1").await, c1_of("loud-otter-2").await);
    let disk = tempfile::tempdir().unwrap();
    let on_disk =
        |program: Program| program.set("BATON_DATA_DIR", disk.path().join("data").to_str().unwrap());
    let program = on_disk(service(&here, &ours));

    let task = ours.script(TaskScript::sync());
    let mut running = Running::start(&program);
    assert!(ours.wait_until(PATIENCE, |_| here.requests().len() >= WHOLE - 1).await);
    // What was answered is stored in the time that a heartbeat takes.
    let beats = ours.seen().beats.len();
    assert!(ours.wait_until(PATIENCE, |c1| c1.seen().beats.len() > beats).await);
    running.signal("TERM");
    assert_eq!(running.code(), Some(0));
    assert!(ours.uploads(&task).is_empty());

    let plain = SyncFull::default;
    let tenant = on_disk(service(&here, &theirs));
    assert_eq!(costs(&tenant, &here, &theirs, plain()).await, WHOLE, "another tenant");
    let workspace = on_disk(service(&elsewhere, &ours));
    assert_eq!(costs(&workspace, &elsewhere, &ours, plain()).await, WHOLE, "another workspace");
    let without_grants = SyncFull { skip_grants: true, ..plain() };
    assert_eq!(costs(&program, &here, &ours, without_grants).await, WHOLE, "other options of the task");
    let setting = on_disk(service(&here, &ours)).set("BATON_PAGE_SIZE", "200");
    assert_eq!(costs(&setting, &here, &ours, plain()).await, WHOLE - 3, "other settings: pages of 200");
    assert_eq!(costs(&program, &here, &ours, plain()).await, REST, "the same");
    assert_eq!((ours.violations(), theirs.violations()), (vec![], vec![]));
}
