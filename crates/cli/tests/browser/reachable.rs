//! Everybody can use it: by keyboard, with a screen reader, in light and dark, on a narrow screen, on paper.

use serde_json::{Value, json};

use crate::driver::{Browser, ENTER, TAB};
use crate::workspace::Report;

/// What is wrong with the page as a machine sees it: controls without a name, headings out of order, ids used twice, links to
/// nowhere in the page, text without contrast.
const CHECK: &str = include_str!("check.js");

async fn check(browser: &Browser, what: &str) {
    let found = browser.js(CHECK).await;
    assert_eq!(found["wrong"], json!([]), "{what}");
    // A check that looks at nothing finds nothing.
    assert!(found["looked"].as_u64() > Some(20), "{what}: {found}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn names_order_and_contrast_hold_in_both_themes_and_both_widths() {
    let report = Report::demo().await;
    let browser = Browser::start().await;
    for (width, height) in [(1280, 900), (400, 800)] {
        browser.size(width, height).await;
        for theme in ["light", "dark"] {
            browser.prefer(theme).await;
            browser.open("about:blank").await;
            browser.open(&report.url()).await;
            browser.js("for (const fold of document.querySelectorAll('details')) fold.open = true").await;
            check(&browser, &format!("{width} {theme}")).await;
            // The page is as wide as the screen: only tables scroll sideways.
            let over = browser
                .js("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                .await;
            assert_eq!(over, json!(0), "{width} {theme}");
            browser.screenshot(&format!("top-{width}-{theme}"), false).await;
            browser.screenshot(&format!("page-{width}-{theme}"), true).await;
            browser.js("document.querySelector('#administrative tbody a').click()").await;
            browser.until("document.querySelector('#panel').open").await;
            check(&browser, &format!("{width} {theme}, with the panel")).await;
            browser.screenshot(&format!("person-{width}-{theme}"), false).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn the_theme_follows_the_system_until_it_is_switched() {
    let report = Report::demo().await;
    let browser = Browser::start().await;
    let ground = "getComputedStyle(document.body).backgroundColor";
    browser.prefer("light").await;
    browser.open(&report.url()).await;
    let light = browser.text(ground).await;
    browser.prefer("dark").await;
    browser.until(&format!("{ground} !== '{light}'")).await;
    let dark = browser.text(ground).await;
    // The event that the button waits for may come a moment later.
    browser.until("document.querySelector('#theme').textContent === 'Light theme'").await;
    browser.click("#theme").await;
    assert_eq!(browser.text(ground).await, light);
    assert_eq!(browser.text("document.querySelector('#theme').textContent").await, "Dark theme");
    browser.click("#theme").await;
    assert_eq!(browser.text(ground).await, dark);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn the_keyboard_reaches_everything_and_shows_where_it_is() {
    let report = Report::demo().await;
    let browser = Browser::start().await;
    browser.open(&report.url()).await;
    browser.press(&[TAB]).await;
    assert_eq!(browser.text("document.activeElement.className").await, "skip");
    browser.press(&[ENTER]).await;
    browser.until("document.activeElement.id === 'main'").await;
    let mut seen = Vec::new();
    for _ in 0..60 {
        browser.press(&[TAB]).await;
        let here = browser
            .js("const e = document.activeElement, s = getComputedStyle(e), c = e.closest('.figure'); \
                 return [e.tagName + ' ' + (e.textContent || e.id).slice(0, 30), \
                 s.outlineStyle !== 'none' || (c && getComputedStyle(c).outlineStyle !== 'none')]")
            .await;
        assert_eq!(here[1], Value::Bool(true), "{here} has the focus and does not show it");
        seen.push(here[0].as_str().unwrap_or_default().to_owned());
    }
    assert!(seen.iter().any(|element| element.starts_with("SUMMARY")), "{seen:?}");
    assert!(seen.iter().any(|element| element.starts_with("A Henrike")), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn paper_has_everything_and_no_controls() {
    let report = Report::demo().await;
    let browser = Browser::start().await;
    browser.open(&report.url()).await;
    browser.js("document.querySelector('#people select[data-size]').value = '25'; document.querySelector('#people select[data-size]').dispatchEvent(new Event('change'))").await;
    let rows = "document.querySelectorAll('#people tbody tr').length";
    assert_eq!(browser.text(rows).await, "25");
    browser
        .js("window.printed = null; addEventListener('beforeprint', () => { window.printed = \
             [document.querySelectorAll('#people tbody tr').length, \
             document.querySelectorAll('details:not([open])').length] })")
        .await;
    let pdf = browser.print("report").await;
    assert!(pdf.starts_with(b"%PDF"));
    let printed = browser.js("return window.printed").await;
    assert!(printed[0].as_u64() >= Some(report.workspace.users.len() as u64), "{printed}");
    assert_eq!(printed[1], json!(0));
    browser.until(&format!("{rows} === 25")).await;

    browser.js("document.querySelector('#administrative tbody a').click()").await;
    browser.until("document.querySelector('#panel').open").await;
    let one = browser.print("person").await;
    assert!(one.len() < pdf.len() / 2, "one person takes {} bytes, the whole {}", one.len(), pdf.len());
}
