//! The page is quiet: it requests nothing, complains about nothing, and takes no name for anything but a name.

use serde_json::json;

use crate::driver::Browser;
use crate::workspace::{GONE, HOSTILE, Report};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn hostile_names_are_names_and_nothing_is_requested() {
    let report = Report::demo().await;
    let browser = Browser::start().await;
    browser.requested().await;
    browser.open(&report.url()).await;

    // Each hostile name is shown, in the table and in the panel, as it is.
    for (at, name) in HOSTILE.iter().enumerate() {
        browser.type_into("#people input[type=search]", &format!("hostile{at}@")).await;
        browser.until("document.querySelectorAll('#people tbody tr').length === 1").await;
        assert_eq!(browser.text("document.querySelector('#people tbody th a').textContent").await, *name);
        browser.click("#people tbody th a").await;
        browser.until("document.querySelector('#panel').open").await;
        assert_eq!(browser.text("document.querySelector('#panel-title').textContent").await, *name);
        browser.click("#panel-close").await;
        browser.until("!document.querySelector('#panel').open").await;
    }
    browser.js("location.hash = 'group=6bbbbbbbbbbbbbbbbbbbbbbb'").await;
    browser.until("document.querySelector('#panel').open").await;
    assert_eq!(browser.text("document.querySelector('#panel-title').textContent").await, HOSTILE[1]);
    // Nothing of it became an element: there is no picture, no drawing, and one script besides the data.
    assert_eq!(
        browser.js("return document.querySelectorAll('img, svg, iframe, object').length").await,
        json!(0)
    );
    assert_eq!(browser.js("return document.querySelectorAll('script').length").await, json!(2));

    // Any dialog would have failed the commands above. Nothing was complained about, the policy included.
    let complaints = browser.console().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    let requested: Vec<_> =
        browser.requested().await.into_iter().filter(|address| !address.starts_with("file://")).collect();
    assert!(requested.is_empty(), "{requested:?}");

    // The policy is in force: what is not the page's own script does not run, and nothing is fetched.
    browser
        .js("const script = document.createElement('script'); window.ran = false; \
             try { script.textContent = 'window.ran = true'; document.body.append(script) } catch {} \
             fetch('https://example.com/').catch(() => window.refused = true)")
        .await;
    browser.until("window.refused").await;
    assert_eq!(browser.js("return window.ran").await, json!(false));
    assert!(!browser.console().await.is_empty(), "a broken policy is said on the console");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn without_javascript_everything_but_the_tables_is_there() {
    let report = Report::demo().await;
    let browser = Browser::start().await;
    browser.chromium("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.open(&report.url()).await;
    browser.screenshot("without-javascript", true).await;
    let html = report.html();
    let body = &html[..html.find("<script").unwrap()];
    for text in ["Henrike Aldous", "admin-without-mfa", "needs JavaScript", GONE] {
        assert!(body.contains(text), "{text} is not in the HTML");
    }
}
