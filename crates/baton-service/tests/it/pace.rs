//! When C1 is asked, how long failures are waited out, and what becomes of tasks meanwhile; on a clock that jumps.

use std::sync::Arc;
use std::time::Duration;

use baton_proto::c1::connectorapi::baton::v1 as api;
use baton_proto::c1::connectorapi::baton::v1::task::{HelloTask, SyncFullTask, TaskType};
use baton_service::{Ended, NoEvents, ProvisioningDisabled, ServiceError, TaskError, run};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use crate::support::scripted_c1::{Call, Script, ScriptedC1, beat, down, handed, seconds, sync};
use crate::support::settings;
use crate::support::syncer::Scripted;

struct Service {
    c1: Arc<ScriptedC1>,
    running: JoinHandle<Result<Ended, ServiceError>>,
    stop: CancellationToken,
    _data: TempDir,
}

fn start(script: Script, syncer: &Arc<Scripted>) -> Service {
    let data = tempfile::tempdir().unwrap();
    let c1 = ScriptedC1::of(script);
    let stop = CancellationToken::new();
    let service = run(
        settings(data.path()),
        c1.clone(),
        syncer.clone(),
        Arc::new(ProvisioningDisabled),
        Arc::new(NoEvents),
        stop.clone(),
    );
    Service { c1, running: tokio::spawn(service), stop, _data: data }
}

async fn pass(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

fn idle() -> Script {
    Script { idle_poll: 60, ..Script::default() }
}

fn with(tasks: impl IntoIterator<Item = api::BatonServiceGetTaskResponse>) -> Script {
    Script { tasks: tasks.into_iter().map(Ok).collect(), ..idle() }
}

#[tokio::test(start_paused = true)]
async fn a_hello_that_fails_is_said_again_up_to_every_five_minutes() {
    let script = Script { hellos: (0..11).map(|_| down()).collect(), ..idle() };
    let service = start(script, &Scripted::of(b"file"));
    pass(1500).await;
    let hello = |at| Call::Hello(at, String::new());
    let hellos: Vec<_> =
        service.c1.calls().into_iter().filter(|call| matches!(call, Call::Hello(..))).collect();
    assert_eq!(hellos, [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111].map(hello));
    assert_eq!(service.c1.polls().first(), Some(&1111));
}

#[tokio::test(start_paused = true)]
async fn a_hello_that_c1_will_never_take_ends_the_service() {
    let codes = [
        Code::Unauthenticated,
        Code::PermissionDenied,
        Code::InvalidArgument,
        Code::Unimplemented,
        Code::FailedPrecondition,
        Code::NotFound,
    ];
    for code in codes {
        let script = Script { hellos: [down(), Status::new(code, "no")].into(), ..idle() };
        let service = start(script, &Scripted::of(b"file"));
        let ServiceError::TurnedAway(status) = service.running.await.unwrap().unwrap_err() else {
            panic!("{code:?}")
        };
        assert_eq!(status.code(), code);
        assert_eq!(service.c1.calls().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn c1_sets_the_pace_within_limits() {
    let nothing =
        |next: u64| api::BatonServiceGetTaskResponse { next_poll: seconds(next), ..Default::default() };
    let service = start(with([nothing(7), nothing(100_000), nothing(0), nothing(0)]), &Scripted::of(b"file"));
    pass(320).await;
    assert_eq!(service.c1.polls(), [0, 7, 307, 308, 309]);
}

#[tokio::test(start_paused = true)]
async fn tasks_that_wait_are_taken_at_once_up_to_the_limit() {
    let tasks = ["a", "b", "c", "d"].map(|id| handed(id, TaskType::SyncFull(SyncFullTask::default()), 0));
    let syncer = Scripted::taking(Duration::from_secs(100));
    let service = start(with(tasks), &syncer);
    pass(50).await;
    // Three workers, and no question while none is free. One key, so one sync at a time.
    assert_eq!(service.c1.polls(), [0, 0, 0]);
    assert_eq!(syncer.begun(), 1);
    pass(100).await;
    assert_eq!(service.c1.polls(), [0, 0, 0, 100]);
    assert_eq!(syncer.begun(), 2);
}

#[tokio::test(start_paused = true)]
async fn failing_questions_are_asked_ever_more_rarely() {
    let mut script = idle();
    script.tasks = (0..10).map(|_| Err(down())).collect();
    let service = start(script, &Scripted::of(b"file"));
    pass(400).await;
    // 1, 4, 9, 16, 25, 36, 49, and then 60 seconds between them; 60 after the first good answer as well.
    assert_eq!(service.c1.polls(), [0, 1, 5, 14, 30, 55, 91, 140, 200, 260, 320, 380]);
}

#[tokio::test(start_paused = true)]
async fn heartbeats_keep_the_servers_interval() {
    let mut script = with([sync("a", 3600)]);
    script.heartbeats = [Ok(beat(10)), Ok(beat(0)), Ok(beat(100_000))].into();
    let service = start(script, &Scripted::taking(Duration::from_secs(500)));
    pass(1000).await;
    assert_eq!(service.c1.beats(), [0, 10, 40, 340, 370, 400, 430, 460, 490]);
    assert_eq!(service.c1.finishes(), [(500, 0, false)]);
}

/// C1 gives a task that it hears nothing of to somebody else, also one whose ending is on its way.
#[tokio::test(start_paused = true)]
async fn heartbeats_go_on_until_the_ending_is_told() {
    let mut script = with([sync("a", 3600)]);
    script.finishes = [down(), down(), down(), down(), down(), down(), down()].into();
    let service = start(script, &Scripted::taking(Duration::from_secs(15)));
    pass(500).await;
    let told: Vec<_> = service.c1.finishes().into_iter().map(|(at, ..)| at).collect();
    assert_eq!(told, [15, 16, 18, 22, 30, 46, 76, 106]);
    assert_eq!(service.c1.beats(), [0, 30, 60, 90]);
}

#[tokio::test(start_paused = true)]
async fn a_first_heartbeat_that_fails_does_not_drop_the_task() {
    let mut script = with([sync("a", 3600)]);
    script.heartbeats = [Err(down())].into();
    let service = start(script, &Scripted::taking(Duration::from_secs(45)));
    pass(100).await;
    assert_eq!(service.c1.beats(), [0, 30]);
    assert_eq!(service.c1.uploads(), [45]);
    assert_eq!(service.c1.finishes(), [(45, 0, false)]);
}

#[tokio::test(start_paused = true)]
async fn ten_heartbeats_lost_in_a_row_stop_the_sync() {
    let mut script = with([sync("a", 3600)]);
    script.heartbeats = [Ok(beat(30))].into();
    script.heartbeats.extend((0..9).map(|_| Err(down())));
    script.heartbeats.push_back(Ok(beat(30)));
    script.heartbeats_fail = true;
    let syncer = Scripted::taking(Duration::from_secs(10_000));
    let service = start(script, &syncer);
    pass(1000).await;
    // Nine in a row are forgiven; ten are not.
    assert_eq!(service.c1.beats().last(), Some(&600));
    assert_eq!(syncer.stopped(), 1);
    assert_eq!(service.c1.finishes(), [(600, Code::Unavailable as i32, false)]);
    assert!(service.c1.uploads().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_short_interval_survives_an_outage_of_a_minute() {
    let mut script = with([sync("a", 3600)]);
    script.heartbeats = [Ok(beat(1))].into();
    script.heartbeats.extend((0..60).map(|_| Err(down())));
    let syncer = Scripted::taking(Duration::from_secs(90));
    let service = start(script, &syncer);
    pass(200).await;
    assert_eq!(syncer.stopped(), 0);
    assert_eq!(service.c1.finishes(), [(90, 0, false)]);
}

/// C1 away for a minute: from each second of the life of a task on, from before the hello until after its end.
#[tokio::test(start_paused = true)]
async fn a_minute_without_c1_costs_nothing_whenever_it_comes() {
    for begin in 0..130 {
        for interval in [1, 10, 30] {
            // The task is handed out at the third question, after twenty seconds; the sync takes another forty.
            let nothing =
                || api::BatonServiceGetTaskResponse { next_poll: seconds(10), ..Default::default() };
            let mut script = with([nothing(), nothing(), sync("a", 10)]);
            script.away = begin..begin + 60;
            script.heartbeats = (0..600).map(|_| Ok(beat(interval))).collect();
            let syncer = Scripted::taking(Duration::from_secs(40));
            let service = start(script, &syncer);
            pass(600).await;
            let place = format!("away from {begin}, a heartbeat every {interval} s");
            assert_eq!((syncer.begun(), syncer.stopped()), (1, 0), "{place}");
            assert_eq!(service.c1.uploads().len(), 1, "{place}");
            let finishes = service.c1.finishes();
            assert_eq!(finishes.len(), 1, "{place}: {finishes:?}");
            assert_eq!((finishes[0].1, finishes[0].2), (Code::Ok as i32, false), "{place}");
            // Work goes on within a minute of C1's return, the longest wait there is.
            assert!(finishes[0].0 <= begin + 60 + 60 + 61, "{place}: {finishes:?}");
            assert!(!service.running.is_finished(), "{place}");
            let polls = service.c1.polls();
            assert!(polls.iter().any(|at| (begin + 60..begin + 125).contains(at)), "{place}: {polls:?}");
        }
    }
}

/// A kind that a later C1 may have is none that this program knows by name.
#[tokio::test(start_paused = true)]
async fn a_task_of_an_unknown_kind_ends_as_unimplemented() {
    let task = api::Task { id: "a".to_owned(), ..api::Task::default() };
    let answer = api::BatonServiceGetTaskResponse { task: Some(task), ..Default::default() };
    let service = start(with([answer]), &Scripted::of(b"file"));
    pass(10).await;
    assert_eq!(service.c1.finishes(), [(0, Code::Unimplemented as i32, true)]);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_task_is_stopped_and_told_and_not_sent() {
    let cancelled = || api::BatonServiceHeartbeatResponse { cancelled: true, ..beat(30) };
    // Before it begins, and while it runs.
    for (heartbeats, begun, at) in
        [(vec![Ok(cancelled())], 0, 0), (vec![Ok(beat(30)), Ok(cancelled())], 1, 30)]
    {
        let mut script = with([sync("a", 200)]);
        script.heartbeats = heartbeats.into();
        let syncer = Scripted::taking(Duration::from_secs(100));
        let service = start(script, &syncer);
        pass(150).await;
        assert_eq!((syncer.begun(), syncer.stopped()), (begun, begun));
        assert_eq!(service.c1.finishes(), [(at, Code::Cancelled as i32, true)]);
        assert!(service.c1.uploads().is_empty());
        // The next one is taken.
        service.c1.task(sync("b", 200));
        pass(200).await;
        assert_eq!(service.c1.uploads(), [300]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_in_progress_is_not_begun_twice() {
    let syncer = Scripted::taking(Duration::from_secs(100));
    let service = start(with([sync("a", 5), sync("a", 5), sync("a", 5)]), &syncer);
    pass(300).await;
    assert_eq!(syncer.begun(), 1);
    assert_eq!(service.c1.finishes(), [(100, 0, false)]);
}

#[tokio::test(start_paused = true)]
async fn an_ending_is_told_until_c1_takes_it() {
    let mut script = with([sync("a", 3600)]);
    script.finishes = (0..6).map(|_| down()).collect();
    let service = start(script, &Scripted::taking(Duration::ZERO));
    pass(600).await;
    let at: Vec<_> = service.c1.finishes().into_iter().map(|(at, ..)| at).collect();
    assert_eq!(at, [0, 1, 3, 7, 15, 31, 61]);
}

#[tokio::test(start_paused = true)]
async fn an_ending_that_could_not_be_told_is_told_when_the_task_comes_again() {
    let mut script = with([sync("a", 3600)]);
    script.finishes = (0..200).map(|_| down()).collect();
    let syncer = Scripted::taking(Duration::ZERO);
    let service = start(script, &syncer);
    pass(700).await;
    let before = service.c1.finishes().len();
    assert!(before > 10, "{before}");
    assert!(service.c1.finishes().last().unwrap().0 <= 600);
    service.c1.task(sync("a", 3600));
    pass(100).await;
    assert!(service.c1.finishes().len() > before);
    assert_eq!(syncer.begun(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_ending_that_c1_refuses_is_not_repeated() {
    let mut script = with([sync("a", 3600)]);
    script.finishes = [Status::new(Code::NotFound, "gone")].into();
    let service = start(script, &Scripted::taking(Duration::ZERO));
    pass(600).await;
    assert_eq!(service.c1.finishes().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_told_even_while_c1_fails() {
    let mut script = with([sync("a", 3600)]);
    script.finishes = (0..3).map(|_| down()).collect();
    let syncer = Scripted::taking(Duration::from_secs(10_000));
    let service = start(script, &syncer);
    pass(40).await;
    service.stop.cancel();
    let ended = service.running.await.unwrap().unwrap();
    assert_eq!(ended, Ended { left: 0 });
    assert_eq!(syncer.stopped(), 1);
    let told = service.c1.finishes();
    assert_eq!(told.iter().map(|(at, ..)| *at).collect::<Vec<_>>(), [40, 41, 43, 46]);
    assert_eq!(told[3], (46, Code::Cancelled as i32, false));
    assert_eq!(service.c1.polls(), [0]);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_on_its_way_at_the_stop_is_told_to_be_undone() {
    let script = Script { first_take: [3, 0, 0], ..with([sync("a", 3600)]) };
    let syncer = Scripted::of(b"file");
    let service = start(script, &syncer);
    pass(2).await;
    service.stop.cancel();
    assert_eq!(service.running.await.unwrap().unwrap(), Ended { left: 0 });
    assert_eq!(service.c1.finishes(), [(3, Code::Cancelled as i32, false)]);
    assert_eq!(service.c1.uploads(), [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_does_not_keep_a_stop_from_being_told() {
    for (first_take, told) in [([0, 10_000, 0], vec![5]), ([0, 0, 10_000], vec![0, 10])] {
        let script = Script { first_take, ..with([sync("a", 3600)]) };
        let service = start(script, &Scripted::of(b"file"));
        pass(5).await;
        service.stop.cancel();
        assert_eq!(service.running.await.unwrap().unwrap(), Ended { left: 0 });
        let at: Vec<_> = service.c1.finishes().iter().map(|(at, ..)| *at).collect();
        assert_eq!(at, told, "{first_take:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_grace_period_ends() {
    let mut script = with([sync("a", 3600)]);
    script.finishes = (0..100).map(|_| down()).collect();
    let service = start(script, &Scripted::taking(Duration::from_secs(10_000)));
    pass(40).await;
    service.stop.cancel();
    assert_eq!(service.running.await.unwrap().unwrap(), Ended { left: 1 });
    assert!(service.c1.finishes().last().unwrap().0 <= 65);
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_tried_for_minutes() {
    let mut script = with([sync("a", 3600)]);
    script.uploads = (0..8).map(|_| down()).collect();
    let service = start(script, &Scripted::of(b"file"));
    pass(200).await;
    assert_eq!(service.c1.uploads(), [0, 1, 3, 7, 15, 31, 61, 91, 121]);
    assert_eq!(service.c1.finishes(), [(121, 0, false)]);

    let mut script = with([sync("a", 3600)]);
    script.uploads = (0..100).map(|_| down()).collect();
    let service = start(script, &Scripted::of(b"file"));
    pass(1000).await;
    let finishes = service.c1.finishes();
    assert_eq!((finishes.len(), finishes[0].1, finishes[0].2), (1, Code::Unavailable as i32, false));
    assert!((570..=600).contains(&finishes[0].0), "{finishes:?}");
    assert!(service.c1.beats().len() > 5, "the task is kept meanwhile");
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_is_refused_is_not_repeated() {
    let mut script = with([sync("a", 3600)]);
    script.uploads = [Status::new(Code::InvalidArgument, "not that")].into();
    let service = start(script, &Scripted::of(b"file"));
    pass(100).await;
    assert_eq!(service.c1.uploads().len(), 1);

    let mut script = with([sync("a", 3600)]);
    script.uploads = (0..9).map(|_| Status::new(Code::Unauthenticated, "who are you")).collect();
    let service = start(script, &Scripted::of(b"file"));
    pass(100).await;
    assert_eq!(service.c1.uploads(), [0, 1, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_hello_task_is_answered_with_a_hello() {
    let service =
        start(with([handed("task-1", TaskType::Hello(HelloTask::default()), 3600)]), &Scripted::of(b"file"));
    pass(10).await;
    let expected = [Call::Hello(0, String::new()), Call::GetTask(0), Call::Hello(0, "task-1".to_owned())];
    assert_eq!(service.c1.calls(), expected);
}

#[tokio::test(start_paused = true)]
async fn failures_and_panics_of_a_sync_are_told() {
    let refused = TaskError::lasting(Code::InvalidArgument, "no such type");
    let failing = Arc::new(Scripted { fails: Some(refused), ..Scripted::default() });
    let service = start(with([sync("a", 3600)]), &failing);
    pass(10).await;
    assert_eq!(service.c1.finishes(), [(0, Code::InvalidArgument as i32, true)]);

    let panicking = Arc::new(Scripted { panics: true, ..Scripted::default() });
    let service = start(with([sync("a", 3600)]), &panicking);
    pass(10).await;
    assert_eq!(service.c1.finishes(), [(0, Code::Internal as i32, false)]);
}
