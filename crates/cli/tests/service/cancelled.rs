//! Tasks that C1 does not want any more, and tasks that it hands out twice.

use std::time::Duration;

use c1_sim::{TaskScript, TaskState};

use crate::parts::{PATIENCE, Running, c1, clockify, done, holds, service, slow_page};

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_sync_stops_and_is_not_uploaded_and_the_next_one_runs() {
    let (clockify, c1) = (clockify([slow_page(Duration::from_secs(600))]).await, c1().await);
    let cancelled = c1.script(TaskScript::sync().cancel_at_beat(3));
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |c1| c1.tasks()[0].cancelled).await);
    let next = c1.script(TaskScript::sync());
    let ended = |c1: &c1_sim::C1Sim| c1.tasks()[1].state == TaskState::Finished;
    assert!(c1.wait_until(PATIENCE, ended).await, "{:?} {:?}", c1.tasks(), c1.violations());
    running.end();
    assert!(c1.uploads(&cancelled).is_empty());
    holds(&*clockify.content(), &c1.uploads(&next)[0]);
    assert!(c1.seen().finishes.iter().all(|finish| finish.task == next || !finish.success));
    // What the cancelled one had read is not read again: one page hung, and the list is read once more.
    assert_eq!(clockify.requests().len(), 9 + 2);
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_cancelled_before_it_began_asks_clockify_nothing() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let cancelled = c1.script(TaskScript::sync().cancel_at_beat(1));
    let next = c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    let ended = |c1: &c1_sim::C1Sim| c1.tasks()[1].state == TaskState::Finished;
    assert!(c1.wait_until(PATIENCE, ended).await, "{:?} {:?}", c1.tasks(), c1.violations());
    running.end();
    assert!(c1.uploads(&cancelled).is_empty());
    assert_eq!((c1.uploads(&next).len(), clockify.requests().len()), (1, 10));
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_handed_out_twice_is_done_once() {
    let (clockify, c1) = (clockify([slow_page(Duration::from_secs(2))]).await, c1().await);
    let task = c1.script(TaskScript::sync().duplicates(2));
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    let seen = c1.seen();
    assert_eq!((seen.hand_outs.len(), c1.uploads(&task).len(), seen.finishes.len()), (3, 1, 1));
    assert_eq!((clockify.requests().len(), c1.violations()), (10, vec![]));
}
