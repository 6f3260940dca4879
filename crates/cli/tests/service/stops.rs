//! Signals: what the service still does, what it leaves behind, and when it goes.

use std::path::Path;
use std::time::{Duration, Instant};

use c1_sim::{Action, Endpoint, Fault, TaskScript};

use crate::parts::{PATIENCE, Running, c1, calls, clockify, done, service, slow_page};

/// The names of all files below a folder.
fn below(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            names.extend(below(&entry.path()));
        } else {
            names.push(entry.file_name().into_string().unwrap());
        }
    }
    names.sort();
    names
}

/// The Go client leaves its files in the folder for temporary ones.
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_leaves_nothing_but_what_the_next_service_goes_on_with() {
    for (signal, is_sending) in [("TERM", false), ("INT", false), ("TERM", true)] {
        let slow = (!is_sending).then(|| slow_page(Duration::from_secs(600)));
        let (clockify, c1) = (clockify(slow).await, c1().await);
        c1.fault(Fault::on(Endpoint::UploadAsset, Action::Hang));
        c1.script(TaskScript::sync().debug());
        let disk = tempfile::tempdir().unwrap();
        let [temporary, data] = ["tmp", "data"].map(|name| disk.path().join(name));
        std::fs::create_dir(&temporary).unwrap();
        let program = service(&clockify, &c1)
            .set("TMPDIR", temporary.to_str().unwrap())
            .set("BATON_DATA_DIR", data.to_str().unwrap());
        let mut running = Running::start(&program);
        let far = |c1: &c1_sim::C1Sim| {
            if is_sending { calls(c1, Endpoint::UploadAsset) > 0 } else { clockify.requests().len() >= 9 }
        };
        assert!(c1.wait_until(PATIENCE, far).await);
        running.signal(signal);
        assert_eq!(running.code(), Some(0));
        let told = c1.seen().finishes;
        assert_eq!((told.len(), told[0].code, told[0].non_retryable), (1, 1, false));

        let place = format!("{signal}, sending: {is_sending}");
        assert!(below(&temporary).is_empty(), "{place}: {:?}", below(&temporary));
        assert!(program.files().is_empty(), "{place}: {:?}", program.files());
        let ours = if is_sending { "sync.c1z" } else { ".sync.c1z.work" };
        let left = below(&data);
        assert!(left.iter().any(|name| name == ours), "{place}: {left:?}");
        let known = ["sync.c1z", ".sync.c1z.work", ".sync.c1z.lock", "unsent.json", "0.lock", ".lock"];
        assert!(left.iter().all(|name| known.contains(&name.as_str())), "{place}: {left:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_goes_when_its_grace_is_over() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    c1.fault(Fault::on(Endpoint::FinishTask, Action::Hang));
    c1.script(TaskScript::sync());
    let program = service(&clockify, &c1).set("BATON_SHUTDOWN_GRACE", "2s");
    let mut running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |c1| calls(c1, Endpoint::FinishTask) > 0).await);
    let begun = Instant::now();
    running.signal("TERM");
    assert_eq!(running.code(), Some(75));
    let took = begun.elapsed();
    assert!((2..8).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_the_program_at_once() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    c1.fault(Fault::on(Endpoint::FinishTask, Action::Hang));
    c1.script(TaskScript::sync());
    let program = service(&clockify, &c1);
    let mut running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |c1| calls(c1, Endpoint::FinishTask) > 0).await);
    let begun = Instant::now();
    running.signal("TERM");
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.signal("INT");
    assert_eq!(running.code(), Some(75));
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_task_is_taken_after_a_signal() {
    let (clockify, c1) = (clockify([slow_page(Duration::from_secs(600))]).await, c1().await);
    c1.script(TaskScript::sync());
    // Keeps the service busy with its ending for two seconds.
    c1.fault(Fault::on(Endpoint::FinishTask, Action::SlowAnswer { ms: 2_000 }));
    let program = service(&clockify, &c1);
    let mut running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |_| clockify.requests().len() >= 9).await);
    running.signal("TERM");
    assert!(c1.wait_until(PATIENCE, |c1| calls(c1, Endpoint::FinishTask) > 0).await);
    let late = c1.script(TaskScript::sync());
    assert_eq!(running.code(), Some(0));
    assert!(c1.seen().hand_outs.iter().all(|given| given.task != late), "{:?}", c1.seen().hand_outs);
    c1.clear_faults();
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    assert_eq!((c1.uploads(&late).len(), c1.violations()), (1, vec![]));
}
