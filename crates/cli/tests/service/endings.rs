//! How tasks end: told until it is heard, and never left hanging.

use std::collections::BTreeMap;

use c1_sim::{Action, Endpoint, Fault, TaskKind, TaskScript};

use crate::parts::{PATIENCE, Running, c1, clockify, done, service};

/// The Go client tells it once, and the task hangs.
#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_is_told_until_it_is_heard() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    c1.fault(Fault::once(Endpoint::FinishTask, 1, Action::grpc(14, "away")));
    c1.fault(Fault::once(Endpoint::FinishTask, 2, Action::LoseAnswer));
    c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |c1| c1.seen().finishes.len() == 2).await, "{:?}", c1.seen().finishes);
    running.end();
    let told: Vec<_> =
        c1.seen().finishes.iter().map(|finish| (finish.accepted, finish.repeated, finish.success)).collect();
    assert_eq!(told, [(true, false, true), (true, true, true)]);
    assert_eq!((c1.unfired(), c1.violations()), (vec![], vec![]));
}

/// Provisioning is not enabled: 9 for what it would do. Everything else that is no sync: 12. None may be tried again.
#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_task_ends() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let quiet = |kind: &TaskKind| matches!(kind, TaskKind::None | TaskKind::Hello | TaskKind::SyncFull(_));
    let kinds: Vec<_> = TaskKind::all().into_iter().filter(|kind| !quiet(kind)).collect();
    let tasks: BTreeMap<_, _> =
        kinds.iter().map(|kind| (c1.script(TaskScript::new(kind.clone())), kind)).collect();
    assert_eq!(tasks.len(), 21);
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    let seen = c1.seen();
    assert_eq!(seen.finishes.len(), 21);
    for finish in &seen.finishes {
        let kind = tasks[&finish.task];
        let expected = match kind {
            TaskKind::Grant
            | TaskKind::Revoke
            | TaskKind::CreateAccount
            | TaskKind::CreateResource
            | TaskKind::DeleteResource
            | TaskKind::RotateCredentials
            | TaskKind::IssueCredential => 9,
            _ => 12,
        };
        assert_eq!((finish.code, finish.non_retryable), (expected, true), "{kind:?}: {}", finish.message);
    }
    assert!(seen.finishes.iter().all(|finish| !finish.success && finish.non_retryable));
    assert_eq!((clockify.requests().len(), c1.violations()), (0, vec![]));
}
