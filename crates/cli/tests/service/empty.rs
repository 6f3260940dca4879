//! `--skip-full-sync`: C1 gets finished syncs without anybody in them, and only while the key works.

use c1_sim::TaskScript;
use clockify_sim::{Action, Endpoint, Fault};
use sync_trials::database::{texts, with};

use crate::parts::{Running, c1, clockify, done, service};

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_is_skipped_is_an_empty_one() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let tasks = [c1.script(TaskScript::sync()), c1.script(TaskScript::sync())];
    let program = service(&clockify, &c1).set("BATON_SKIP_FULL_SYNC", "true");
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    for task in &tasks {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("uploaded.c1z");
        std::io::Write::write_all(&mut std::fs::File::create(&file).unwrap(), &c1.uploads(task)[0]).unwrap();
        with(&file, |database| {
            let ended = "select sync_type from v1_sync_runs where ended_at is not null";
            assert_eq!(texts(database, ended), ["full"]);
            for table in ["resource_types", "resources", "entitlements", "grants"] {
                let rows = texts(database, &format!("select external_id from v1_{table}"));
                assert!(rows.is_empty(), "{table}: {rows:?}");
            }
        });
    }
    assert_eq!(clockify.requests().len(), 4, "the key and the workspace, for each of them");
    assert!(c1.seen().finishes.iter().all(|finish| finish.success));
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused_fails_the_task_all_the_same() {
    let refused = Fault::on(Endpoint::CurrentUser, Action::error(401, 4003, "Api key does not exist"));
    let (clockify, c1) = (clockify([refused]).await, c1().await);
    let task = c1.script(TaskScript::sync());
    let program = service(&clockify, &c1).set("BATON_SKIP_FULL_SYNC", "true");
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    assert!(c1.uploads(&task).is_empty());
    assert_eq!(c1.seen().finishes[0].code, 16);
    assert_eq!(c1.violations(), []);
}
