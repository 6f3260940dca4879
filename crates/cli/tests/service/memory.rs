//! A day of service: what a sync every quarter of an hour does to memory, with the pauses left out.
#![cfg(target_os = "linux")]

use c1_sim::{C1Sim, Options, TaskScript};

use crate::parts::{Running, clockify, done, service};

/// A sync every quarter of an hour, for 24 hours.
const DAY: usize = 96;

/// What the image says about memory, which the documentation advises for other places as well.
fn settings_of_the_image() -> Vec<(String, String)> {
    let image = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/Dockerfile");
    let image = std::fs::read_to_string(image).unwrap();
    let words = image.split_whitespace().filter(|word| word.starts_with("MALLOC_"));
    words.map(|word| word.split_once('=').unwrap()).map(|(name, value)| (name.into(), value.into())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_steady_over_a_day_of_syncs() {
    let clockify = clockify([]).await;
    // Tokens end quickly, as they do within a day.
    let options = Options { lost_after_ms: Some(600_000), token_lifetime_ms: 3_000, ..Options::default() };
    let c1 = C1Sim::start(options).await.unwrap();
    let settings = settings_of_the_image();
    assert_eq!(settings.len(), 3, "{settings:?}");
    let program = settings.iter().fold(
        service(&clockify, &c1).set("BATON_CLOCKIFY_RATE_LIMIT", "unlimited"),
        |program, (name, value)| program.set(name, value),
    );
    let running = Running::start(&program);
    let mut seen = Vec::new();
    for syncs in [1, DAY - 1] {
        (0..syncs).for_each(|_| drop(c1.script(TaskScript::sync())));
        done(&c1).await;
        seen.push(running.resident_kib());
    }
    running.end();
    assert_eq!(c1.seen().uploads.iter().filter(|upload| upload.complete).count(), DAY);
    assert!(c1.seen().exchanges.len() > 2, "{}", c1.seen().exchanges.len());
    let [first, last] = seen[..] else { unreachable!() };
    assert!(last * 10 <= first * 11, "{first} KiB after the first sync, {last} KiB after {DAY}");
    assert_eq!(c1.violations(), []);
}
