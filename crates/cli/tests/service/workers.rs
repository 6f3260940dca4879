//! How many tasks are worked on at a time.

use std::time::Duration;

use c1_sim::{TaskKind, TaskScript};

use crate::parts::{Running, c1, clockify, done, service, slow_page};

#[tokio::test(flavor = "multi_thread")]
async fn as_many_tasks_as_the_setting_says_are_worked_on_at_a_time() {
    for (workers, in_turn) in [("1", true), ("2", false)] {
        let (clockify, c1) = (clockify([slow_page(Duration::from_secs(2))]).await, c1().await);
        let [sync, grant] =
            [TaskScript::sync(), TaskScript::new(TaskKind::Grant)].map(|task| c1.script(task));
        let program = service(&clockify, &c1).set("BATON_TASK_CONCURRENCY", workers);
        let running = Running::start(&program);
        done(&c1).await;
        running.end();
        let ended: Vec<_> = c1.seen().finishes.into_iter().map(|finish| finish.task).collect();
        let expected = if in_turn { [sync, grant] } else { [grant, sync] };
        assert_eq!(ended, expected, "{workers}");
    }
}
