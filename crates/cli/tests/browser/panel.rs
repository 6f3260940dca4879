//! One person's access: opened by click and by address, left by Escape, by button and by going back.

use serde_json::Value;

use crate::driver::{Browser, ENTER, ESCAPE};
use crate::workspace::{PROMOTED, Report};

const OPEN: &str = "document.querySelector('#panel').open";
const TITLE: &str = "document.querySelector('#panel-title').textContent";

fn id(report: &Report, name: &str) -> String {
    let user = report.workspace.users.iter().find(|user| user.name.as_deref() == Some(name));
    user.unwrap().id.clone()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn a_click_opens_a_person_and_escape_returns_to_the_place() {
    let report = Report::demo().await;
    let browser = Browser::start().await;
    browser.open(&report.url()).await;

    let person = id(&report, "Håkon O'Shaughnessy");
    browser.type_into("#people input[type=search]", "hakon oshaughnessy6").await;
    browser.click("#people tbody th a").await;
    browser.until(OPEN).await;
    assert_eq!(browser.text("location.hash").await, format!("#person={person}"));
    assert_eq!(browser.text(TITLE).await, "Håkon O'Shaughnessy");
    assert_eq!(browser.text("document.activeElement.id").await, "panel-title");
    // The look-alike's role of this person covers these projects.
    let text = browser.text("document.querySelector('#panel').innerText").await;
    for project in ["Apollo", "Barometer 2.0", "Ärzte-App \"Puls\"", "Hydrophone array"] {
        assert!(text.contains(project), "{project} is not in {text}");
    }
    browser.screenshot("person", false).await;

    browser.press(&[ESCAPE]).await;
    browser.until(&format!("!{OPEN}")).await;
    assert_eq!(browser.text("location.hash").await, "");
    browser.until("document.activeElement.textContent === \"Håkon O'Shaughnessy\"").await;
    assert_eq!(browser.text("document.querySelector('#people input').value").await, "hakon oshaughnessy6");

    // With the keyboard alone.
    browser.press(&[ENTER]).await;
    browser.until(OPEN).await;
    browser.back().await;
    browser.until(&format!("!{OPEN}")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn an_address_opens_a_person_and_going_back_retraces_the_way() {
    let report = Report::demo().await;
    let browser = Browser::start().await;
    let person = id(&report, "Greta Nováková");
    browser.open(&format!("{}#person={person}", report.url())).await;
    browser.until(OPEN).await;
    assert_eq!(browser.text(TITLE).await, "Greta Nováková");

    // From the person to a group, from there to another member, and all the way back.
    browser
        .js("[...document.querySelectorAll('#panel a')].find(a => a.textContent === 'Engineering').click()")
        .await;
    browser.until(&format!("{TITLE} === 'Engineering'")).await;
    let members = browser
        .js("return [...document.querySelectorAll('#panel tbody th a')].map(a => a.textContent)")
        .await;
    let group = report.workspace.groups.iter().find(|group| group.name == "Engineering").unwrap();
    let shown = members.as_array().unwrap();
    for user in report.workspace.users.iter().filter(|user| group.user_ids.contains(&user.id)) {
        let label = user.name.clone().filter(|name| !name.is_empty()).or(user.email.clone()).unwrap();
        assert!(shown.contains(&Value::String(label.clone())), "{label} is not among {shown:?}");
    }
    browser.screenshot("group", false).await;
    browser.back().await;
    browser.until(&format!("{TITLE} === 'Greta Nováková'")).await;
    // Projects that come through a group say so.
    let text = browser.text("document.querySelector('#panel').innerText").await;
    assert!(text.contains("through group Engineering"), "{text}");

    browser.click("#panel-close").await;
    browser.until(&format!("!{OPEN}")).await;
    assert_eq!(browser.text("location.hash").await, "");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn the_panel_shows_findings_and_changes_and_leaves_no_trace_in_the_history() {
    let report = Report::demo().await;
    let browser = Browser::start().await;
    browser.open(&report.url()).await;
    let entries = browser.js("return history.length").await;
    let person = id(&report, PROMOTED);
    browser.js(&format!("location.hash = 'person={person}'")).await;
    browser.until(OPEN).await;
    let text = browser.text("document.querySelector('#panel').innerText").await;
    assert!(text.contains("Changes since"), "{text}");
    assert!(text.contains("Workspace admin"), "{text}");
    browser.js("location.hash = 'group=nothing'").await;
    browser.until("document.querySelector('#panel-kind').textContent === 'Not found'").await;
    browser.press(&[ESCAPE]).await;
    browser.until(&format!("!{OPEN}")).await;
    // One step back from here would leave the page, were there one before it.
    assert_eq!(browser.text("history.state").await, "null");
    assert!(browser.js("return history.length").await.as_u64() <= entries.as_u64().map(|n| n + 2));
}
