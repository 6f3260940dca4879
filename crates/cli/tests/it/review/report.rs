//! `report`, as a file. What it does in a browser is tried in `tests/browser`.

use insta::{assert_snapshot, with_settings};

use super::workspace::{cut_off, demo};
use crate::program::Program;

const FILTERS: [(&str, &str); 8] = [
    (r"20(?:2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"\d{1,2} [A-Z][a-z][a-z] 20(?:2[6-9]|[3-9]\d)(, \d\d:\d\d UTC)?", "DAY"),
    (r"\b[0-9A-Za-z]{27}\b", "SYNC-ID"),
    (r"127\.0\.0\.1:\d+", "LOOPBACK"),
    (r"sha256-[0-9A-Za-z+/=]+", "sha256-HASH"),
    (r"key=[0-9a-f]{8}", "key=KEY"),
    (r"\d+(\.\d+)? (ms|s)\b", "N s"),
    (r"\b\d+ days before", "N days before"),
];

fn page(program: &Program) -> String {
    std::fs::read_to_string(program.folder().join("sync.html")).unwrap()
}

/// A page without its styles, script and data, one line for each line that holds something.
fn markup(page: &str) -> String {
    let mut rest = page;
    let mut kept = String::new();
    while let Some(at) = ["<style", "<script"].iter().filter_map(|tag| rest.find(tag)).min() {
        kept.push_str(&rest[..at]);
        let end = if rest[at..].starts_with("<style") { "</style>" } else { "</script>" };
        rest = &rest[at + rest[at..].find(end).unwrap() + end.len()..];
    }
    kept.push_str(rest);
    let lines = kept.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.fold(String::new(), |text, line| text + line + "\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_says_without_its_script() {
    let program = demo();
    let ran = program.run(&["report", "--out", "sync.html"]).succeeded();
    assert_eq!(ran.stderr, "");
    with_settings!({ filters => FILTERS }, {
        assert_snapshot!("said", ran.stdout);
        assert_snapshot!("markup", markup(&page(&program)));
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_no_markup_and_nothing_is_loaded() {
    let program = demo();
    program.run(&["report"]).succeeded();
    let page = page(&program);
    // The look-alike has a group of this name, and a person of that.
    assert!(page.contains("script"));
    assert!(!page.contains("<script>alert"), "a name became a script");
    for outside in ["http-equiv=\"refresh\"", "src=", "<link", "@import", "url(", "fetch(", "XMLHttp"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stdout_and_mistakes() {
    let program = demo();
    let ran = program.run(&["report", "--out", "-"]).succeeded();
    assert!(ran.stdout.starts_with("<!doctype html>") && ran.stdout.ends_with("</html>\n"));
    let before = std::fs::read(program.output()).unwrap();
    with_settings!({ filters => FILTERS }, {
        assert_snapshot!("c1z_itself", program.run(&["report", "--out", "sync.c1z"]).transcript());
        assert_snapshot!("no_such_folder", program.run(&["report", "--out", "no/where.html"]).transcript());
        assert_snapshot!("no_such_older", program.run(&["report", "--since", "old.c1z"]).transcript());
    });
    assert_eq!(std::fs::read(program.output()).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_sync_is_marked() {
    let program = cut_off();
    let ran = program.run(&["report"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(9), ""));
    assert!(!program.folder().join("sync.html").exists());
    program.run(&["report", "--include-unfinished"]).succeeded();
    assert!(
        markup(&page(&program)).to_uppercase().contains("UNFINISHED SYNC"),
        "{}",
        markup(&page(&program))
    );
}
