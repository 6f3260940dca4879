//! Tables are searched, filtered and sorted.

use clockify_sim::{AccountStatus, MembershipStatus};
use serde_json::Value;

use crate::driver::Browser;
use crate::workspace::{PROMOTED, Report};

/// The first cell of each row of a table.
async fn names(browser: &Browser, section: &str) -> Vec<String> {
    let names = browser
        .js(&format!(
            "return [...document.querySelectorAll('#{section} tbody tr:not(.empty) th a')].map(a => a.textContent)"
        ))
        .await;
    names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn a_search_finds_by_every_word_without_case_or_accents() {
    let report = Report::demo().await;
    let browser = Browser::start().await;
    browser.open(&report.url()).await;

    let everybody = names(&browser, "people").await.len();
    // Everybody who is a member, the one who is only named by a group, and the one who left and is still named.
    assert!(everybody > report.workspace.users.len(), "{everybody}");
    browser.type_into("#people input[type=search]", "ZIELINSKI quentin").await;
    assert_eq!(names(&browser, "people").await, ["Quentin Zieliński"]);
    browser
        .until(&format!("document.querySelector('#people .said').textContent === '1 of {everybody} people'"))
        .await;
    // By group and by address.
    browser.type_into("#people input[type=search]", "finance zielinski4@").await;
    assert_eq!(names(&browser, "people").await, ["Quentin Zieliński"]);
    browser.type_into("#people input[type=search]", "nobody is called like this").await;
    assert!(names(&browser, "people").await.is_empty());
    assert_eq!(
        browser.text("document.querySelector('#people tr.empty').textContent").await,
        "No people match."
    );
    browser.screenshot("search-without-result", false).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn filters_show_exactly_whom_they_name() {
    let report = Report::demo().await;
    let browser = Browser::start().await;
    browser.open(&report.url()).await;

    let invited: Vec<_> = report
        .workspace
        .users
        .iter()
        .filter(|user| {
            user.membership_status == MembershipStatus::Pending
                || user.account_status == AccountStatus::NotRegistered
        })
        .map(|user| user.name.clone().filter(|name| !name.is_empty()).or(user.email.clone()).unwrap())
        .collect();
    assert!(!invited.is_empty());
    browser.js("const box = document.querySelector('#people [data-filter=kind]'); box.value = 'pending'; box.dispatchEvent(new Event('change'))").await;
    let mut shown = names(&browser, "people").await;
    shown.sort();
    let mut expected = invited;
    expected.sort();
    assert_eq!(shown, expected);

    // A number at the top leads to the people behind it.
    browser.js("scrollTo(0, 0)").await;
    browser.click("#summary a[data-filter='status=enabled&factor=off']").await;
    let without = report
        .workspace
        .users
        .iter()
        .filter(|user| user.account_status == AccountStatus::Active)
        .filter(|user| user.membership_status == MembershipStatus::Active)
        .filter(|user| user.settings.as_ref().is_some_and(|settings| !settings.multi_factor_enabled))
        .count();
    assert_eq!(names(&browser, "people").await.len(), without);
    let figure = "document.querySelector(\"#summary a[data-filter='status=enabled&factor=off']\")";
    assert_eq!(
        browser.text(&format!("{figure}.closest('.figure').querySelector('.value').textContent")).await,
        without.to_string()
    );
    assert_eq!(browser.text("document.querySelector('#people [data-filter=kind]').value").await, "");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a browser; `cargo xtask ci` runs it"]
async fn a_click_on_a_heading_sorts_and_says_so() {
    let report = Report::demo().await;
    let browser = Browser::start().await;
    browser.open(&report.url()).await;

    let sorted = "document.querySelector('#people th[data-key=created]').getAttribute('aria-sort')";
    let dates =
        "return [...document.querySelectorAll('#people tbody td:last-child')].map(td => td.textContent)";
    let texts = |value: Value| -> Vec<String> {
        let texts = value.as_array().unwrap().iter();
        texts.map(|text| text.as_str().unwrap().to_owned()).filter(|text| text != "none").collect()
    };
    assert_eq!(browser.text(sorted).await, "null");
    browser.click("#people th[data-key=created] button").await;
    assert_eq!(browser.text(sorted).await, "descending");
    let newest = texts(browser.js(dates).await);
    assert!(newest.windows(2).all(|pair| pair[0] >= pair[1]), "{newest:?}");
    browser.click("#people th[data-key=created] button").await;
    assert_eq!(browser.text(sorted).await, "ascending");
    let oldest = texts(browser.js(dates).await);
    assert!(oldest.windows(2).all(|pair| pair[0] <= pair[1]), "{oldest:?}");
    assert_ne!(newest, oldest);
    assert_eq!(browser.text("document.querySelectorAll('#people [aria-sort]').length").await, "1");

    // The most privileged first.
    browser.click("#people th[data-key=roles] button").await;
    let first = names(&browser, "people").await;
    assert_eq!(first[0], "Henrike Aldous");
    assert!(first[..5].contains(&PROMOTED.to_owned()), "{first:?}");
}
