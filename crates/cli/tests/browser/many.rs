//! Ten thousand people open in under two seconds.

use std::time::{Duration, Instant};

use crate::driver::{Browser, keep};
use crate::workspace::Report;

/// What is promised, on whatever machine.
const PROMISED: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn ten_thousand_people_open_in_under_two_seconds() {
    let report = Report::of(10_000, 300).await;
    let browser = Browser::start().await;
    // The first page of a browser pays for its start.
    browser.open("about:blank").await;
    let begun = Instant::now();
    browser.open(&report.url()).await;
    browser.until("document.documentElement.classList.contains('ready')").await;
    browser
        .js("window.drawn = false; requestAnimationFrame(() => requestAnimationFrame(() => window.drawn = true))")
        .await;
    browser.until("window.drawn").await;
    let opened = begun.elapsed();

    let begun = Instant::now();
    browser.type_into("#people input[type=search]", "zielinski").await;
    browser
        .until("/^[\\d,]+ of 10,00\\d people$/.test(document.querySelector('#people .said').textContent)")
        .await;
    let searched = begun.elapsed();
    let bytes = report.html().len();
    let record = format!(
        "10,000 people: {bytes} bytes, opened in {} ms, searched in {} ms\n",
        opened.as_millis(),
        searched.as_millis()
    );
    keep("timings.txt", record.as_bytes());
    browser.screenshot("ten-thousand", false).await;
    assert!(opened < PROMISED, "{record}");
    assert!(searched < PROMISED, "{record}");
}
