//! A day of service: what a sync every quarter of an hour does to memory, with the pauses left out.
#![cfg(target_os = "linux")]

use c1_sim::TaskScript;

use crate::parts::{Running, c1, clockify, done, service};

/// A sync every quarter of an hour, for 24 hours; the first two hours of them.
const DAY: usize = 96;
const BEGINNING: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_steady_over_a_day_of_syncs() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    // One pool of memory for all threads, as the image sets it: otherwise every thread that comes to work fills its own.
    let program =
        service(&clockify, &c1).set("BATON_CLOCKIFY_RATE_LIMIT", "unlimited").set("MALLOC_ARENA_MAX", "1");
    let running = Running::start(&program);
    let mut seen = Vec::new();
    for syncs in [1, BEGINNING - 1, DAY - BEGINNING] {
        (0..syncs).for_each(|_| drop(c1.script(TaskScript::sync())));
        done(&c1).await;
        seen.push(running.resident_kib());
    }
    running.end();
    assert_eq!(c1.seen().uploads.iter().filter(|upload| upload.complete).count(), DAY);
    let [first, beginning, last] = seen[..] else { unreachable!() };
    // The second sync is the first that reads a file of before, so the first is no full measure.
    assert!(last * 10 <= beginning * 11, "{beginning} KiB after {BEGINNING} syncs, {last} KiB after {DAY}");
    assert!(last * 100 <= first * 125, "{first} KiB after the first sync, {last} KiB after {DAY}");
    assert_eq!(c1.violations(), []);
}
