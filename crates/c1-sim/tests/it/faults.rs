//! Each fault does what it says, where and when it was planned, and nothing else.

use std::time::{Duration, Instant};

use c1_sim::{Action, C1Sim, Endpoint, Fault, TaskScript, TaskState};
use futures_util::stream;
use tonic::Code;

use crate::assertion::Assertion;
use crate::client::{PATIENCE, Stub, connect, exchange, post, ready, refused, start, token, with};
use crate::messages::{HOST, data, eof_of, get_task, heartbeat, metadata, success};

async fn poll(stub: &mut Stub, token: &str) -> Code {
    stub.get_task(with(token, get_task(HOST))).await.map_or_else(|status| status.code(), |_| Code::Ok)
}

/// A host that holds a sync task.
async fn holding() -> (C1Sim, Stub, String, String) {
    let sim = start().await;
    let task = sim.script(TaskScript::sync());
    let (mut stub, token) = ready(&sim).await;
    assert_eq!(poll(&mut stub, &token).await, Code::Ok);
    (sim, stub, token, task)
}

#[tokio::test]
async fn a_status_hits_the_nth_request_of_its_call_only() {
    let sim = start().await;
    let (mut stub, token) = ready(&sim).await;
    sim.fault(Fault::once(Endpoint::GetTask, 2, Action::grpc(14, "away")));
    sim.fault(Fault::once(Endpoint::Heartbeat, 1, Action::grpc(13, "never sent")));
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(poll(&mut stub, &token).await);
    }
    assert_eq!(codes, [Code::Ok, Code::Unavailable, Code::Ok]);
    assert_eq!(sim.unfired(), [Fault::once(Endpoint::Heartbeat, 1, Action::grpc(13, "never sent"))]);
    let outcomes: Vec<_> = sim.seen().requests[1..].iter().map(|request| request.outcome).collect();
    assert_eq!(outcomes, [Some(0), Some(14), Some(0)]);
    assert_eq!(sim.violations(), []);
}

#[tokio::test]
async fn a_status_lasts_for_a_time_or_until_it_is_ended() {
    let sim = start().await;
    let (mut stub, token) = ready(&sim).await;
    sim.fault(Fault::on(Endpoint::GetTask, Action::grpc(8, "")).for_ms(300));
    assert_eq!(poll(&mut stub, &token).await, Code::ResourceExhausted);
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(poll(&mut stub, &token).await, Code::Ok);
    sim.fault(Fault::on(Endpoint::GetTask, Action::grpc(14, "")).times(2));
    sim.fault(Fault::on(Endpoint::GetTask, Action::grpc(7, "")));
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(poll(&mut stub, &token).await);
    }
    assert_eq!(codes, [Code::Unavailable, Code::Unavailable, Code::PermissionDenied]);
    sim.clear_faults();
    assert_eq!(poll(&mut stub, &token).await, Code::Ok);
}

#[tokio::test]
async fn the_token_endpoint_answers_anything() {
    let sim = start().await;
    let answers = [(503, "busy"), (401, "{\"error\":\"invalid_client\"}"), (400, "{}"), (200, "<html>")];
    for (place, (status, body)) in answers.into_iter().enumerate() {
        sim.fault(Fault::once(
            Endpoint::Token,
            u32::try_from(place).unwrap() + 1,
            Action::http(status, body),
        ));
    }
    let good = Assertion::of(&sim.credentials());
    for (status, body) in answers {
        let reply = exchange(&sim, &good).await;
        assert_eq!((reply.status, &*reply.text), (status, body));
    }
    // None of them was looked at: the nonce is still good.
    assert_eq!(exchange(&sim, &good).await.status, 200);
    assert_eq!((sim.unfired(), sim.violations().len(), sim.seen().exchanges.len()), (vec![], 0, 1));
}

#[tokio::test]
async fn an_answer_comes_late_before_or_after_the_work() {
    let (sim, stub, token, task) = holding().await;
    sim.fault(Fault::once(Endpoint::Heartbeat, 1, Action::Delay { ms: 300 }));
    sim.fault(Fault::once(Endpoint::FinishTask, 1, Action::SlowAnswer { ms: 300 }));
    let begun = Instant::now();
    let mut beating = stub.clone();
    let request = with(&token, heartbeat(HOST, &task));
    let beat = tokio::spawn(async move { beating.heartbeat(request).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(sim.seen().beats.len(), 0);
    beat.await.unwrap().unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert_eq!(sim.seen().beats.len(), 1);

    let begun = Instant::now();
    let mut ending = stub.clone();
    let request = with(&token, success(HOST, &task));
    let finish = tokio::spawn(async move { ending.finish_task(request).await });
    assert!(sim.wait_until(PATIENCE, |sim| sim.seen().finishes.len() == 1).await);
    assert!(!finish.is_finished());
    finish.await.unwrap().unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_hanging_call_does_not_end_and_leaves_the_others_alone() {
    let (sim, mut stub, token, task) = holding().await;
    sim.fault(Fault::once(Endpoint::FinishTask, 1, Action::Hang));
    let hanging = stub.finish_task(with(&token, success(HOST, &task)));
    assert!(tokio::time::timeout(Duration::from_millis(300), hanging).await.is_err());
    assert_eq!(poll(&mut stub, &token).await, Code::Ok);
    assert_eq!((sim.seen().finishes.len(), sim.tasks()[0].state), (0, TaskState::Running));
}

#[tokio::test]
async fn a_reset_ends_the_connection_and_the_next_one_works() {
    let (sim, mut stub, token, _) = holding().await;
    sim.fault(Fault::once(Endpoint::GetTask, 1, Action::Reset));
    assert_ne!(poll(&mut stub, &token).await, Code::Ok);
    assert_ne!(poll(&mut stub, &token).await, Code::Ok, "the connection is gone");
    assert_eq!(poll(&mut connect(&sim).await, &token).await, Code::Ok);
    sim.fault(Fault::once(Endpoint::Token, 1, Action::Reset));
    let form = Assertion::of(&sim.credentials()).form();
    assert!(post(&sim, &form).await.is_err());
    assert_eq!(post(&sim, &form).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_lost_answer_is_of_work_that_was_done_and_may_be_asked_for_again() {
    let (sim, mut stub, token, task) = holding().await;
    sim.fault(Fault::once(Endpoint::FinishTask, 1, Action::LoseAnswer));
    assert!(stub.finish_task(with(&token, success(HOST, &task))).await.is_err());
    assert_eq!(sim.tasks()[0].state, TaskState::Finished);
    let mut stub = connect(&sim).await;
    stub.finish_task(with(&token, success(HOST, &task))).await.unwrap();
    let repeated: Vec<_> = sim.seen().finishes.iter().map(|finish| finish.repeated).collect();
    assert_eq!((repeated, sim.violations()), (vec![false, true], vec![]));
    // Heard once, it may not be said a third time.
    assert!(stub.finish_task(with(&token, success(HOST, &task))).await.is_err());
    assert_eq!(sim.violations().len(), 1);
}

#[tokio::test]
async fn a_cut_upload_keeps_what_came_and_can_be_sent_again() {
    let (sim, mut stub, token, task) = holding().await;
    sim.fault(Fault::once(Endpoint::UploadAsset, 1, Action::ResetAfter { bytes: 150_000 }));
    let piece = vec![1; 100_000];
    let messages = || {
        stream::iter([metadata(&task), data(&piece), data(&piece), data(&piece), eof_of(&vec![1; 300_000])])
    };
    assert!(stub.upload_asset(with(&token, messages())).await.is_err());
    assert!(sim.wait_until(PATIENCE, |sim| !sim.seen().uploads[0].content.is_empty()).await);
    let upload = &sim.seen().uploads[0];
    assert_eq!((upload.complete, upload.content.len()), (false, 100_000));
    connect(&sim).await.upload_asset(with(&token, messages())).await.unwrap();
    assert_eq!((sim.uploads(&task)[0].len(), sim.violations()), (300_000, vec![]));
}

#[tokio::test]
async fn a_token_ends_before_a_call_or_in_the_middle_of_an_upload() {
    let (sim, mut stub, first, task) = holding().await;
    sim.fault(Fault::once(Endpoint::GetTask, 1, Action::RevokeTokens));
    assert_eq!(poll(&mut stub, &first).await, Code::Unauthenticated);
    let second = token(&sim).await;
    sim.fault(Fault::once(Endpoint::UploadAsset, 1, Action::RevokeAfter { bytes: 150_000 }));
    let piece = vec![1; 100_000];
    let messages = || stream::iter([metadata(&task), data(&piece), data(&piece), eof_of(&vec![1; 200_000])]);
    let result = stub.upload_asset(with(&second, messages())).await;
    assert_eq!(refused(result).0, Code::Unauthenticated);
    assert_eq!(poll(&mut stub, &second).await, Code::Unauthenticated);
    let third = token(&sim).await;
    stub.upload_asset(with(&third, messages())).await.unwrap();
    let tokens: Vec<_> = sim.seen().requests.iter().filter_map(|request| request.token).collect();
    assert_eq!((tokens, sim.violations()), (vec![1, 1, 2, 2, 3], vec![]));
}

#[tokio::test]
async fn a_restart_resets_every_connection_and_comes_back_on_the_same_port() {
    let (sim, mut stub, token, task) = holding().await;
    let mut other = connect(&sim).await;
    let address = sim.address();
    let restart = sim.restart(Duration::from_millis(400));
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        tokio::net::TcpStream::connect(&address).await.map(drop)
    };
    let (down, ()) = tokio::join!(meanwhile, restart);
    assert_eq!(down.unwrap_err().kind(), std::io::ErrorKind::ConnectionRefused);
    assert_ne!(poll(&mut stub, &token).await, Code::Ok);
    assert_ne!(poll(&mut other, &token).await, Code::Ok);
    // Tasks and tokens outlive it.
    let mut stub = connect(&sim).await;
    stub.heartbeat(with(&token, heartbeat(HOST, &task))).await.unwrap();
    assert_eq!(sim.address(), address);

    sim.fault(Fault::once(Endpoint::GetTask, 1, Action::Restart { down_ms: 50 }));
    assert_ne!(poll(&mut stub, &token).await, Code::Ok);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(poll(&mut connect(&sim).await, &token).await, Code::Ok);
}

#[tokio::test]
async fn a_heartbeat_is_told_of_a_cancellation() {
    let (sim, mut stub, token, task) = holding().await;
    sim.fault(Fault::once(Endpoint::Heartbeat, 2, Action::Cancel));
    let mut cancelled = Vec::new();
    for _ in 0..3 {
        let answer = stub.heartbeat(with(&token, heartbeat(HOST, &task))).await.unwrap();
        cancelled.push(answer.into_inner().cancelled);
    }
    assert_eq!(cancelled, [false, true, true]);
    assert!(sim.tasks()[0].cancelled);
}

#[tokio::test]
async fn a_running_task_is_handed_out_again() {
    let (sim, mut stub, token, task) = holding().await;
    sim.fault(Fault::once(Endpoint::GetTask, 1, Action::HandOutAgain));
    let answer = stub.get_task(with(&token, get_task("another"))).await.unwrap().into_inner();
    assert_eq!(answer.task.unwrap().id, task);
    assert_eq!(sim.tasks()[0].hosts, [HOST, "another"]);
}
