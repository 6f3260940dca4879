//! C1 is away for a while, or hard of hearing.

use std::time::Duration;

use c1_sim::{Action, Endpoint, Fault, TaskScript, TaskState};

use crate::parts::{PATIENCE, Running, c1, calls, clockify, done, holds, service, slow_page};

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_outlives_an_outage_of_c1() {
    let (clockify, c1) = (clockify([slow_page(Duration::from_secs(5))]).await, c1().await);
    let task = c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |_| clockify.requests().len() >= 9).await);
    c1.restart(Duration::from_secs(3)).await;
    assert_eq!(c1.tasks()[0].state, TaskState::Running, "the outage is over before the sync is");
    done(&c1).await;
    running.end();
    let seen = c1.seen();
    assert_eq!((seen.hand_outs.len(), c1.uploads(&task).len(), seen.finishes.len()), (1, 1, 1));
    holds(&*clockify.content(), &c1.uploads(&task)[0]);
    assert_eq!(clockify.requests().len(), 10, "nothing is read again for it");
    assert_eq!(c1.violations(), []);
}

/// As above, and while a file is to be sent. At the shortest interval that C1 can ask for, an outage of twelve seconds costs
/// more heartbeats in a row than one of five minutes does at the usual interval, and the ten after which connectors built on
/// the Go SDK give up. A full minute, on a clock that jumps, is in `baton-service/tests/it/pace.rs`.
#[tokio::test(flavor = "multi_thread")]
async fn an_outage_in_which_the_sync_ends_costs_nothing() {
    let (clockify, c1) = (clockify([slow_page(Duration::from_secs(4))]).await, c1().await);
    let task = c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |_| clockify.requests().len() >= 9).await);
    let before = calls(&c1, Endpoint::Heartbeat);
    c1.restart(Duration::from_secs(12)).await;
    assert_eq!(calls(&c1, Endpoint::Heartbeat), before, "C1 was away");
    assert_eq!(clockify.requests().len(), 10, "it was read to the end meanwhile");
    done(&c1).await;
    running.end();
    let seen = c1.seen();
    assert_eq!((seen.hand_outs.len(), c1.uploads(&task).len(), seen.finishes.len()), (1, 1, 1));
    assert!(seen.finishes[0].success);
    holds(&*clockify.content(), &c1.uploads(&task)[0]);
    assert_eq!(clockify.requests().len(), 10, "nothing is read again for it");
    assert_eq!(c1.violations(), []);
}

/// The same for a full minute of the real clock. Slow, so it is run by hand:
/// `cargo test -p baton-clockify --test service a_minute -- --ignored`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes more than a minute"]
async fn a_minute_without_c1_costs_nothing() {
    let (clockify, c1) = (clockify([slow_page(Duration::from_secs(5))]).await, c1().await);
    let task = c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |_| clockify.requests().len() >= 9).await);
    c1.restart(Duration::from_secs(60)).await;
    assert_eq!(clockify.requests().len(), 10, "it was read to the end meanwhile");
    done(&c1).await;
    running.end();
    let seen = c1.seen();
    assert_eq!((seen.hand_outs.len(), c1.uploads(&task).len(), seen.finishes.len()), (1, 1, 1));
    holds(&*clockify.content(), &c1.uploads(&task)[0]);
    assert_eq!(clockify.requests().len(), 10, "nothing is read again for it");
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_are_taken_again_after_an_outage() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |c1| calls(c1, Endpoint::GetTask) > 0).await);
    c1.restart(Duration::from_secs(2)).await;
    let task = c1.script(TaskScript::sync());
    done(&c1).await;
    running.end();
    assert_eq!((c1.uploads(&task).len(), c1.violations()), (1, vec![]));
}

/// The Go client drops the task without a word when the first heartbeat fails.
#[tokio::test(flavor = "multi_thread")]
async fn failed_heartbeats_do_not_cost_the_task() {
    let (clockify, c1) = (clockify([slow_page(Duration::from_millis(2_500))]).await, c1().await);
    c1.fault(Fault::on(Endpoint::Heartbeat, Action::grpc(14, "away")).times(3));
    let task = c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    assert_eq!(c1.faults_fired()[0].1, 3);
    assert_eq!((c1.uploads(&task).len(), c1.violations()), (1, vec![]));
    assert!(c1.seen().finishes[0].success);
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_keep_to_the_interval_of_the_server() {
    let (clockify, c1) = (clockify([slow_page(Duration::from_millis(4_500))]).await, c1().await);
    c1.set_pace(Duration::from_millis(50), Duration::from_secs(2));
    c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    let beats: Vec<u64> = c1.seen().beats.iter().map(|beat| beat.at_ms).collect();
    assert_eq!(beats.len(), 3, "{beats:?}");
    assert!(beats.windows(2).all(|pair| (1_900..2_900).contains(&(pair[1] - pair[0]))), "{beats:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_answers_are_waited_for() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    for endpoint in [Endpoint::Token, Endpoint::Hello, Endpoint::UploadAsset, Endpoint::FinishTask] {
        c1.fault(Fault::once(endpoint, 1, Action::SlowAnswer { ms: 700 }));
    }
    let task = c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    assert_eq!((c1.unfired(), c1.uploads(&task).len(), c1.seen().finishes.len()), (vec![], 1, 1));
    assert_eq!(c1.violations(), []);
}
