//! Uploads that break, and what an upload looks like.

use c1_sim::{Action, Endpoint, Fault, TaskScript};

use crate::parts::{Running, c1, clockify, done, holds, service};

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_upload_is_sent_again_as_a_whole() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let task = c1.script(TaskScript::sync());
    c1.fault(Fault::once(Endpoint::UploadAsset, 1, Action::ResetAfter { bytes: 10_000 }));
    c1.fault(Fault::once(Endpoint::UploadAsset, 1, Action::grpc(14, "away")));
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    let seen = c1.seen();
    assert_eq!((c1.unfired(), c1.violations()), (vec![], vec![]));
    assert_eq!(c1.uploads(&task).len(), 1);
    holds(&*clockify.content(), &c1.uploads(&task)[0]);
    assert!(seen.finishes.len() == 1 && seen.finishes[0].success);
    assert_eq!(clockify.requests().len(), 10, "nothing is read again for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_never_taken_ends_the_task_as_retryable() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let task = c1.script(TaskScript::sync());
    c1.fault(Fault::on(Endpoint::UploadAsset, Action::grpc(14, "away")));
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    c1.clear_faults();
    let finish = c1.seen().finishes.pop().unwrap();
    assert!(!finish.success && !finish.non_retryable && finish.task == task, "{finish:?}");
    let next = c1.script(TaskScript::sync());
    done(&c1).await;
    running.end();
    holds(&*clockify.content(), &c1.uploads(&next)[0]);
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debug_log_follows_when_it_is_asked_for() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let task = c1.script(TaskScript::sync().debug());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    let uploads = c1.uploads(&task);
    assert_eq!(uploads.len(), 2);
    holds(&*clockify.content(), &uploads[0]);
    let log = std::str::from_utf8(&uploads[1]).unwrap();
    assert!(!log.is_empty());
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).unwrap().is_object(), "{line}");
    }
    assert_eq!(c1.violations(), []);
}
