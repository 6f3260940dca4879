//! What a schedule tells of runs that wait, and of syncs that an earlier run began.

use std::cell::Cell;
use std::time::Duration;

use governance_model::ErrorClass;
use jiff::SignedDuration;
use sync_engine::schedule::{JobFailure, Outcome, Plan, run_schedule, unfinished};
use sync_engine::{Clock, Event, Observer, Phase, Stop, WaitReason};

use crate::world::{Published, VirtualClock, at, board, cron, every, hours, minutes, plan};

#[tokio::test(start_paused = true)]
async fn a_resumed_sync_counts_the_pages_it_has() {
    let clock = VirtualClock::starting("2026-11-24T00:00:00Z");
    let (board, published) = board(&clock);
    let (stopper, stop) = Stop::pair();
    let heard = stop.clone();
    let job = || async {
        let then = at("2026-11-23T00:00:00Z");
        let pages = &std::collections::BTreeMap::from([("groups".to_owned(), 1), ("users".to_owned(), 40)]);
        board.event(&Event::Resumed { sync_id: "abc", started_at: then, checkpoint_at: then, pages });
        tokio::time::sleep(Duration::from_secs(2)).await;
        board.event(&Event::PageStored { stream: "users", resources: 1, pages: 3 });
        heard.clone().asked().await;
        Ok(Outcome::default())
    };
    let run = run_schedule(&board, plan(every(hours(6))), stop, job);
    tokio::join!(run, async {
        tokio::time::sleep(minutes(1)).await;
        assert_eq!(published.last().progress.unwrap().pages, 42);
        assert_eq!(published.last().next_run, None);
        stopper.stop();
    });
}

/// The first run puts in place what another one read to its end long ago.
#[tokio::test(start_paused = true)]
async fn old_news_put_in_place_do_not_count_as_a_sync_of_now() {
    for (schedule, hours_old, next) in [
        (every(hours(6)), 7, "2026-11-24T12:00:00Z"),
        (every(hours(6)), 2, "2026-11-24T16:00:00Z"),
        (cron("0 2 * * *", "UTC"), 11, "2026-11-24T12:00:00Z"),
        (cron("0 2 * * *", "UTC"), 9, "2026-11-25T02:00:00Z"),
    ] {
        let clock = VirtualClock::starting("2026-11-24T12:00:00Z");
        let (board, published) = board(&clock);
        let (stopper, stop) = Stop::pair();
        let ended_at = clock.now() - SignedDuration::from_hours(hours_old);
        let runs = Cell::new(0);
        let job = || async {
            runs.set(runs.get() + 1);
            if runs.get() > 1 {
                return Err(JobFailure::new(ErrorClass::Unavailable, "one is enough"));
            }
            Ok(Outcome { ended_at: Some(ended_at), ..Outcome::default() })
        };
        let run = run_schedule(&board, Plan { unfinished: true, ..plan(schedule) }, stop, job);
        tokio::join!(run, async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stopper.stop();
        });
        let published = published.0.lock().unwrap();
        let told = published.iter().find(|status| status.last_success.is_some()).unwrap();
        assert_eq!(told.last_success.as_ref().unwrap().at, ended_at);
        assert_eq!(told.next_run, Some(at(next)), "{hours_old} hours old");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_run_waits_for_is_told_until_it_is_over() {
    let clock = VirtualClock::starting("2026-11-24T00:00:00Z");
    let (board, published) = board(&clock);
    let (stopper, stop) = Stop::pair();
    let heard = stop.clone();
    let until = at("2026-11-24T00:10:00Z");
    let job = || async {
        board.event(&Event::Phase(Phase::Read));
        tokio::time::sleep(Duration::from_secs(5)).await;
        board.event(&Event::Waiting { reason: WaitReason::Quota, seconds: 595, until });
        tokio::time::sleep(minutes(1)).await;
        // Another request may be answered meanwhile.
        board.event(&Event::PageStored { stream: "users", resources: 1, pages: 1 });
        tokio::time::sleep(minutes(1)).await;
        board.event(&Event::StillWaiting { reason: WaitReason::Quota, seconds: 475, until });
        tokio::time::sleep(Duration::from_secs(475)).await;
        board.event(&Event::WaitOver);
        tokio::time::sleep(Duration::from_secs(5)).await;
        board.event(&Event::Waiting {
            reason: WaitReason::Pace,
            seconds: 20,
            until: clock.now() + minutes(1),
        });
        tokio::time::sleep(minutes(2)).await;
        board.event(&Event::PageStored { stream: "users", resources: 1, pages: 2 });
        heard.clone().asked().await;
        Ok(Outcome::default())
    };
    let waits_for = |published: &Published| {
        let progress = published.last().progress.unwrap();
        (progress.waiting.map(|wait| (wait.what, wait.until)), progress.updated_at)
    };
    let run = run_schedule(&board, plan(every(hours(6))), stop, job);
    tokio::join!(run, async {
        let quota = Some(("quota".to_owned(), until));
        for (after, waiting, updated_at) in [
            (2, None, "00:00:00"),
            (8, quota.clone(), "00:00:05"),
            (70, quota.clone(), "00:01:05"),
            (130, quota, "00:02:05"),
            (602, None, "00:10:00"),
            (610, Some(("pace".to_owned(), at("2026-11-24T00:11:05Z"))), "00:10:05"),
            (730, None, "00:12:05"),
        ] {
            let now = clock.now().duration_since(at("2026-11-24T00:00:00Z")).as_secs();
            tokio::time::sleep(Duration::from_secs(after - now.unsigned_abs())).await;
            let updated_at = at(&format!("2026-11-24T{updated_at}Z"));
            assert_eq!(waits_for(&published), (waiting, updated_at), "after {after} s");
        }
        stopper.stop();
    });
}

#[cfg(unix)]
#[test]
fn an_unfinished_sync_is_found_where_the_output_really_is() {
    let [here, there] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let link = here.path().join("sync.c1z");
    std::os::unix::fs::symlink(there.path().join("real.c1z"), &link).unwrap();
    assert!(!unfinished(&link));
    std::fs::File::create(there.path().join(".real.c1z.work")).unwrap();
    assert!(unfinished(&link));
    assert!(unfinished(&there.path().join("real.c1z")));
}
