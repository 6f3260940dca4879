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
    let program = service(&clockify, &c1).set("BATON_CLOCKIFY_RATE_LIMIT", "unlimited");
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
    // The allocator's pools fill in the first syncs, which run on different threads.
    assert!(last * 10 <= beginning * 11, "{beginning} KiB after {BEGINNING} syncs, {last} KiB after {DAY}");
    assert!(last * 10 <= first * 15, "{first} KiB after the first sync, {last} KiB after {DAY}");
    assert_eq!(c1.violations(), []);
}
