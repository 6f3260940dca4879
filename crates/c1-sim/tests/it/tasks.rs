//! Tasks: who gets them, who may end them, how often.

use std::collections::BTreeSet;
use std::time::Duration;

use baton_proto::c1::connectorapi::baton::v1::Task;
use baton_proto::c1::connectorapi::baton::v1::task::TaskType;
use c1_sim::{Options, SyncFull, TaskKind, TaskScript, TaskState};
use tonic::Code;

use crate::client::{PATIENCE, Stub, ready, refused, start, start_with, with};
use crate::messages::{HOST, NO_TASK, error, get_task, get_tasks, heartbeat, hello, success};

async fn ask(stub: &mut Stub, token: &str, host: &str) -> Task {
    stub.get_task(with(token, get_task(host))).await.unwrap().into_inner().task.unwrap()
}

fn is_none(task: &Task) -> bool {
    matches!(task.task_type, Some(TaskType::None(_)))
}

#[tokio::test]
async fn whoever_asks_gets_the_next_task_and_nobody_gets_one_twice() {
    let sim = start().await;
    let ids: Vec<String> = (0..3).map(|_| sim.script(TaskScript::sync())).collect();
    let (mut stub, token) = ready(&sim).await;
    let mut got = Vec::new();
    for host in ["a", "b", "a", "b"] {
        got.push(ask(&mut stub, &token, host).await);
    }
    assert_eq!(got[..3].iter().map(|task| &task.id).collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
    assert!(is_none(&got[3]));
    assert!(ids.iter().all(|id| id.len() == 27 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    let hosts: Vec<_> = sim.seen().hand_outs.into_iter().map(|hand_out| hand_out.host).collect();
    assert_eq!(hosts, ["a", "b", "a"]);
    assert_eq!(sim.violations(), []);
}

#[tokio::test]
async fn every_kind_reaches_the_client_as_itself() {
    let sim = start().await;
    for kind in TaskKind::all() {
        sim.script(TaskScript::new(kind));
    }
    let (mut stub, token) = ready(&sim).await;
    let list = stub.get_tasks(with(&token, get_tasks(100))).await.unwrap().into_inner().tasks;
    let kinds: BTreeSet<u32> = list.iter().map(|task| number(task.task_type.as_ref().unwrap())).collect();
    // None to issue_credential, in the numbers of the protocol.
    assert_eq!(kinds, (100..=123).collect());
}

/// The number of a task's kind on the wire.
fn number(kind: &TaskType) -> u32 {
    let mut bytes = Vec::new();
    kind.encode(&mut bytes);
    let key = bytes.iter().take_while(|byte| **byte >= 0x80).count();
    let key = bytes[..=key].iter().rev().fold(0, |sum, byte| sum << 7 | u32::from(byte & 0x7f));
    key >> 3
}

#[tokio::test]
async fn the_options_of_a_sync_arrive() {
    let sim = start().await;
    let sync = SyncFull {
        skip_expand_grants: true,
        skip_grants: true,
        sync_resource_type_ids: vec!["user".to_owned()],
        targeted_sync_resources: vec![("group".to_owned(), "g1".to_owned())],
        storage_engine: "sqlite".to_owned(),
        ..SyncFull::default()
    };
    sim.script(TaskScript::new(TaskKind::SyncFull(sync)).debug());
    let (mut stub, token) = ready(&sim).await;
    let task = ask(&mut stub, &token, HOST).await;
    assert!(task.debug);
    let Some(TaskType::SyncFull(sync)) = task.task_type else { panic!("{task:?}") };
    assert_eq!(
        (sync.skip_expand_grants, sync.skip_entitlements_and_grants, sync.skip_grants),
        (true, false, true)
    );
    assert_eq!((&sync.sync_resource_type_ids[0][..], &*sync.storage_engine), ("user", "sqlite"));
    let target = sync.targeted_sync_resources[0].id.as_ref().unwrap();
    assert_eq!((&*target.resource_type, &*target.resource), ("group", "g1"));
}

#[tokio::test]
async fn the_pace_is_told() {
    let sim = start().await;
    let (mut stub, token) = ready(&sim).await;
    sim.set_pace(Duration::from_millis(1_500), Duration::from_secs(7));
    let answer = stub.get_task(with(&token, get_task(HOST))).await.unwrap().into_inner();
    let poll = answer.next_poll.unwrap();
    assert_eq!((poll.seconds, poll.nanos), (1, 500_000_000));
    assert_eq!(answer.next_heartbeat.unwrap().seconds, 7);
}

#[tokio::test]
async fn an_outcome_is_taken_once_from_the_host_that_holds_the_task() {
    let sim = start().await;
    let task = sim.script(TaskScript::sync());
    let waiting = sim.script(TaskScript::sync());
    let (mut stub, token) = ready(&sim).await;
    ask(&mut stub, &token, HOST).await;
    let mut finish =
        async |host: &str, id: &str| stub.finish_task(with(&token, error(host, id, 9, "not enabled"))).await;
    assert_eq!(refused(finish(HOST, NO_TASK).await).0, Code::NotFound);
    assert_eq!(refused(finish("another", &task).await).0, Code::FailedPrecondition);
    assert_eq!(refused(finish(HOST, &waiting).await).0, Code::FailedPrecondition);
    assert_eq!(sim.violations().len(), 3);
    finish(HOST, &task).await.unwrap();
    assert_eq!(refused(finish(HOST, &task).await).0, Code::FailedPrecondition);
    assert_eq!(sim.violations().len(), 4);

    let finishes = sim.seen().finishes;
    assert_eq!(
        finishes.iter().map(|finish| finish.accepted).collect::<Vec<_>>(),
        [false, false, false, true, false]
    );
    let told = &finishes[3];
    assert_eq!(
        (told.code, &*told.message, told.non_retryable, told.success),
        (9, "not enabled", true, false)
    );
    assert_eq!(sim.tasks()[0].state, TaskState::Finished);
    assert_eq!(sim.tasks()[1].state, TaskState::Queued);
}

#[tokio::test]
async fn a_hello_task_ends_with_hello() {
    let sim = start().await;
    let (task, other) = (sim.script(TaskScript::new(TaskKind::Hello)), sim.script(TaskScript::sync()));
    let (mut stub, token) = ready(&sim).await;
    assert_eq!(refused(stub.hello(with(&token, hello(NO_TASK))).await).0, Code::NotFound);
    assert_eq!(refused(stub.hello(with(&token, hello(&task))).await).0, Code::FailedPrecondition);
    ask(&mut stub, &token, HOST).await;
    ask(&mut stub, &token, HOST).await;
    // A sync is not ended by a greeting.
    assert_eq!(refused(stub.hello(with(&token, hello(&other))).await).0, Code::FailedPrecondition);
    stub.hello(with(&token, hello(&task))).await.unwrap();
    assert_eq!(sim.tasks()[0].state, TaskState::Finished);
    assert_eq!((sim.violations().len(), &*sim.seen().hellos[0].task), (3, &*task));
    assert_eq!(sim.seen().hellos[0].json["hostId"], HOST);
    // And not by an outcome.
    let again = sim.script(TaskScript::new(TaskKind::Hello));
    ask(&mut stub, &token, HOST).await;
    stub.finish_task(with(&token, success(HOST, &again))).await.unwrap();
    assert!(sim.violations()[3].what.contains("a hello task ends with Hello"));
}

#[tokio::test]
async fn a_sync_that_is_silent_for_too_long_is_given_to_somebody_else() {
    let options = Options { lost_after_ms: Some(300), ..Options::default() };
    let sim = start_with(options).await;
    let task = sim.script(TaskScript::sync());
    let slow = sim.script(TaskScript::new(TaskKind::Grant));
    let (mut stub, token) = ready(&sim).await;
    ask(&mut stub, &token, "a").await;
    ask(&mut stub, &token, "a").await;
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stub.heartbeat(with(&token, heartbeat("a", &task))).await.unwrap();
        assert!(is_none(&ask(&mut stub, &token, "b").await));
    }
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(ask(&mut stub, &token, "b").await.id, task);
    let last = sim.seen().hand_outs.pop().unwrap();
    assert_eq!((&*last.host, last.times), ("b", 2));
    // Only syncs send signs of life, so that nothing is made of their absence elsewhere.
    assert!(is_none(&ask(&mut stub, &token, "b").await));
    assert!(sim.tasks().iter().any(|view| view.id == slow && view.hosts == ["a"]));

    // The first host may not have noticed, which is no mistake; its outcome is no longer wanted.
    assert_eq!(refused(stub.heartbeat(with(&token, heartbeat("a", &task))).await).0, Code::NotFound);
    assert_eq!(sim.violations(), []);
    let late = stub.finish_task(with(&token, success("a", &task))).await;
    assert_eq!(refused(late).0, Code::FailedPrecondition);
    stub.finish_task(with(&token, success("b", &task))).await.unwrap();
    stub.finish_task(with(&token, error("a", &slow, 9, "no"))).await.unwrap();
    assert!(sim.wait_until_done(PATIENCE).await);
}

#[tokio::test]
async fn a_task_is_cancelled_at_the_beat_that_was_scripted() {
    let sim = start().await;
    let task = sim.script(TaskScript::sync().cancel_at_beat(3));
    let (mut stub, token) = ready(&sim).await;
    ask(&mut stub, &token, HOST).await;
    let mut cancelled = Vec::new();
    for _ in 0..4 {
        let answer = stub.heartbeat(with(&token, heartbeat(HOST, &task))).await.unwrap().into_inner();
        assert_eq!(answer.cancelled, answer.cancelled_task_ids == [task.clone()]);
        cancelled.push(answer.cancelled);
    }
    assert_eq!(cancelled, [false, false, true, true]);
    assert!(!sim.cancel(NO_TASK));
    let second = sim.script(TaskScript::sync());
    ask(&mut stub, &token, HOST).await;
    assert!(sim.cancel(&second));
    assert!(stub.heartbeat(with(&token, heartbeat(HOST, &second))).await.unwrap().into_inner().cancelled);
    assert_eq!(sim.violations(), []);
    // What is sent for it all the same is held against the connector.
    let messages = futures_util::stream::iter([
        crate::messages::metadata(&task),
        crate::messages::data(b"x"),
        crate::messages::eof_of(b"x"),
    ]);
    stub.upload_asset(with(&token, messages)).await.unwrap();
    assert_eq!(sim.violations()[0].what, "metadata.task_id: the task was cancelled");
}

#[tokio::test]
async fn signs_of_life_are_for_tasks_that_the_host_holds() {
    let sim = start().await;
    let task = sim.script(TaskScript::sync());
    let (mut stub, token) = ready(&sim).await;
    let mut beat = async |task: &str| stub.heartbeat(with(&token, heartbeat(HOST, task))).await;
    assert_eq!(refused(beat(NO_TASK).await).0, Code::NotFound);
    assert_eq!(refused(beat(&task).await).0, Code::FailedPrecondition);
    assert_eq!(sim.violations().len(), 2);
    ask(&mut stub.clone(), &token, HOST).await;
    stub.heartbeat(with(&token, heartbeat(HOST, &task))).await.unwrap();
    stub.finish_task(with(&token, success(HOST, &task))).await.unwrap();
    // One may be under way while the outcome is.
    stub.heartbeat(with(&token, heartbeat(HOST, &task))).await.unwrap();
    assert_eq!(sim.violations().len(), 2);
    assert_eq!(sim.seen().beats.len(), 2);
}

#[tokio::test]
async fn a_duplicate_goes_out_while_the_first_runs_and_both_may_end_it() {
    let sim = start().await;
    let task = sim.script(TaskScript::sync().duplicates(1));
    let (mut stub, token) = ready(&sim).await;
    assert_eq!(ask(&mut stub, &token, "a").await.id, task);
    assert_eq!(ask(&mut stub, &token, "b").await.id, task);
    assert!(is_none(&ask(&mut stub, &token, "c").await));
    for host in ["a", "b"] {
        stub.finish_task(with(&token, success(host, &task))).await.unwrap();
    }
    assert_eq!(sim.violations(), []);
    // The same host gets it twice, and ends it once.
    let task = sim.script(TaskScript::sync().duplicates(1));
    assert_eq!(ask(&mut stub, &token, "a").await.id, task);
    assert_eq!(ask(&mut stub, &token, "a").await.id, task);
    stub.finish_task(with(&token, success("a", &task))).await.unwrap();
    assert_eq!(
        refused(stub.finish_task(with(&token, success("a", &task))).await).0,
        Code::FailedPrecondition
    );
}

#[tokio::test]
async fn known_tasks_are_left_out_of_a_list() {
    let sim = start().await;
    let ids: Vec<String> = (0..3).map(|_| sim.script(TaskScript::sync().duplicates(9))).collect();
    let (mut stub, token) = ready(&sim).await;
    let mut request = get_tasks(2);
    request.known_task_ids = vec![ids[0].clone()];
    let list = stub.get_tasks(with(&token, request)).await.unwrap().into_inner().tasks;
    assert_eq!(list.iter().map(|task| &task.id).collect::<Vec<_>>(), [&ids[1], &ids[2]]);
}
