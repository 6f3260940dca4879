//! Processes that die, and processes that share the work.

use std::collections::BTreeMap;
use std::time::Duration;

use c1_sim::{C1Sim, Options, TaskScript, TaskState};

use crate::parts::{PATIENCE, Running, clockify, done, holds, service, slow_page};

/// C1 hands a task out again when its host has been silent, and that is the second task of the story.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_service_is_given_its_task_again_and_goes_on_with_it() {
    let clockify = clockify([slow_page(Duration::from_secs(600))]).await;
    let c1 = C1Sim::start(Options { lost_after_ms: Some(3_000), ..Options::default() }).await.unwrap();
    let program = service(&clockify, &c1);
    let task = c1.script(TaskScript::sync());
    let running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |_| clockify.requests().len() >= 9).await);
    // Nine requests are made; eight are answered, and are stored in the time that a heartbeat takes.
    let beats = c1.seen().beats.len();
    assert!(c1.wait_until(PATIENCE, |c1| c1.seen().beats.len() > beats).await);
    running.kill();

    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    holds(&*clockify.content(), &c1.uploads(&task)[0]);
    let seen = c1.seen();
    assert_eq!((seen.hand_outs.len(), seen.finishes.len()), (2, 1));
    // The page that hung, and the list once more.
    assert_eq!(clockify.requests().len(), 9 + 2);
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_do_twenty_tasks_each_once() {
    let (clockify, c1) = (clockify([]).await, crate::parts::c1().await);
    let tasks: Vec<_> = (0..20).map(|_| c1.script(TaskScript::sync())).collect();
    let programs = ["replica-1", "replica-2"].map(|host| service(&clockify, &c1).set("BATON_HOST_ID", host));
    let running = programs.each_ref().map(Running::start);
    done(&c1).await;
    for replica in running {
        replica.end();
    }
    let seen = c1.seen();
    let mut done_by: BTreeMap<&str, usize> = BTreeMap::new();
    for task in &tasks {
        let of_task: Vec<_> = seen.finishes.iter().filter(|finish| finish.task == *task).collect();
        assert_eq!((of_task.len(), of_task[0].success), (1, true), "{of_task:?}");
        *done_by.entry(&of_task[0].host).or_default() += 1;
        let uploads = c1.uploads(task);
        assert_eq!(uploads.len(), 1);
        holds(&*clockify.content(), &uploads[0]);
    }
    assert_eq!(done_by.len(), 2, "{done_by:?}");
    assert!(c1.tasks().iter().all(|task| task.state == TaskState::Finished && task.hand_outs == 1));
    assert_eq!(c1.violations(), []);
}
