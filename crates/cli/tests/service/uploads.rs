//! Uploads that break, and what an upload looks like.

use std::time::Duration;

use c1_sim::{Action, C1Sim, Endpoint, Fault, Options, TaskScript};

use crate::parts::{PATIENCE, Running, c1, calls, clockify, done, holds, service};

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

/// However the process ends while it sends, what is sealed is not read again.
#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_file_that_was_not_sent_is_sent_by_the_next_process() {
    for signal in ["KILL", "TERM"] {
        let clockify = clockify([]).await;
        let c1 = C1Sim::start(Options { lost_after_ms: Some(3_000), ..Options::default() }).await.unwrap();
        let task = c1.script(TaskScript::sync());
        c1.fault(Fault::on(Endpoint::UploadAsset, Action::Hang));
        let program = service(&clockify, &c1);
        let mut running = Running::start(&program);
        assert!(c1.wait_until(PATIENCE, |c1| calls(c1, Endpoint::UploadAsset) > 0).await);
        running.signal(signal);
        assert_eq!(running.code(), (signal == "TERM").then_some(0));
        assert!(c1.uploads(&task).is_empty());
        let asked = clockify.requests().len();
        assert_eq!(asked, 10);
        c1.clear_faults();

        // After a kill C1 hands the same task out again; after a stop it was told, and asks for another.
        let next = if signal == "TERM" { c1.script(TaskScript::sync()) } else { task };
        let running = Running::start(&program);
        done(&c1).await;
        assert_eq!(clockify.requests().len(), asked, "after {signal}, nothing is asked again");
        holds(&*clockify.content(), &c1.uploads(&next)[0]);

        // What was sent is sent: the task after it reads Clockify.
        let last = c1.script(TaskScript::sync());
        done(&c1).await;
        running.end();
        assert_eq!(clockify.requests().len(), 2 * asked);
        holds(&*clockify.content(), &c1.uploads(&last)[0]);
        assert_ne!(c1.uploads(&last)[0], c1.uploads(&next)[0]);
        assert_eq!(c1.violations(), []);
    }
}

/// What was read without entitlements, as the operator had it, is no answer once the operator wants them.
#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_file_of_other_settings_is_not_sent() {
    let clockify = clockify([]).await;
    let c1 = C1Sim::start(Options { lost_after_ms: Some(3_000), ..Options::default() }).await.unwrap();
    let task = c1.script(TaskScript::sync());
    c1.fault(Fault::on(Endpoint::UploadAsset, Action::Hang));
    let program = service(&clockify, &c1).set("BATON_SKIP_ENTITLEMENTS_AND_GRANTS", "true");
    let mut running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |c1| calls(c1, Endpoint::UploadAsset) > 0).await);
    running.signal("KILL");
    assert_eq!(running.code(), None);
    let asked = clockify.requests().len();
    c1.clear_faults();

    drop(running);
    let program = program.unset("BATON_SKIP_ENTITLEMENTS_AND_GRANTS");
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    assert_eq!(clockify.requests().len(), asked + 10);
    holds(&*clockify.content(), &c1.uploads(&task)[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_outlives_an_outage_of_c1() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let task = c1.script(TaskScript::sync());
    c1.fault(Fault::on(Endpoint::UploadAsset, Action::grpc(14, "away")));
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |c1| calls(c1, Endpoint::UploadAsset) > 1).await);
    c1.clear_faults();
    c1.restart(Duration::from_secs(4)).await;
    done(&c1).await;
    running.end();
    assert!(c1.seen().finishes[0].success);
    assert_eq!(clockify.requests().len(), 10, "nothing is read again for it");
    holds(&*clockify.content(), &c1.uploads(&task)[0]);
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_c1_refuses_is_not_sent_again() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    c1.script(TaskScript::sync());
    c1.fault(Fault::once(Endpoint::UploadAsset, 1, Action::grpc(3, "not that")));
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    assert!(!c1.seen().finishes[0].success);
    let next = c1.script(TaskScript::sync());
    done(&c1).await;
    running.end();
    assert_eq!(clockify.requests().len(), 20);
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

/// Assets have no type, and C1 would take a log that comes alone for the file. The ending says what went wrong.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_failed_sync_nothing_is_sent_not_even_its_debug_log() {
    let refused = clockify_sim::Fault::on(
        clockify_sim::Endpoint::Users,
        clockify_sim::Action::error(403, 1, "No access"),
    );
    let (clockify, c1) = (clockify([refused]).await, c1().await);
    c1.script(TaskScript::sync().debug());
    let program = service(&clockify, &c1);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    let seen = c1.seen();
    assert_eq!(calls(&c1, Endpoint::UploadAsset), 0);
    assert_eq!((seen.finishes.len(), seen.finishes[0].success, seen.finishes[0].code), (1, false, 7));
    assert!(seen.finishes[0].message.contains("No access"), "{}", seen.finishes[0].message);
    assert_eq!(c1.violations(), []);
}
