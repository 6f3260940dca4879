//! What programs get: SARIF, JSON and CSV.

use access_review::findings::{Options, Tool};
use access_review::format::{Format, Style};
use access_review::{Selection, Snapshot};
use c1z::{C1zFile, Limits};
use serde_json::Value;

use crate::office::*;

/// An office with a hostile name for an administrator.
async fn hostile() -> File {
    let mut office = office();
    let mut user = admin(20);
    user.name = Some("=HYPERLINK(\"x\") [click](https://evil.example) {0} \u{202e}gpj".to_owned());
    user.settings.as_mut().unwrap().multi_factor_enabled = false;
    office.users.push(user);
    File::of(office).await
}

fn written(
    file: &File,
    options: &Options,
    write: impl Fn(&access_review::findings::Assessment, &Snapshot<'_>, &mut Vec<u8>),
) -> String {
    let assessment = file.judged(options);
    let opened = C1zFile::open(&file.path(), Limits::default()).unwrap();
    let snapshot = Snapshot::open(&opened, &Selection::default()).unwrap();
    let mut out = Vec::new();
    write(&assessment, &snapshot, &mut out);
    String::from_utf8(out).unwrap()
}

fn sarif(file: &File, path: &str) -> Value {
    let text = written(file, &options(), |assessment, snapshot, out| {
        let tool = Tool { name: "tool", version: "1.2.3", file: path };
        assessment.write_sarif(snapshot, out, &tool).unwrap();
    });
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_log_has_what_scanners_need() {
    let file = hostile().await;
    let log = sarif(&file, "./data/my sync.c1z");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "tool");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0]["id"], "admin-without-mfa");
    assert_eq!(rules[0]["properties"]["security-severity"], "8.0");
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    let result = &results[0];
    assert_eq!(
        (&result["ruleId"], &result["ruleIndex"], &result["level"]),
        (&"admin-without-mfa".into(), &0.into(), &"error".into())
    );
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "data/my%20sync.c1z");
    assert_eq!(place["region"]["startLine"], 1);
    // Nothing in the name is a link or a placeholder, and nothing turns the direction.
    let message = result["message"]["text"].as_str().unwrap();
    let name = r#"=HYPERLINK("x") \[click\](https://evil.example) {{0}} "#;
    assert!(
        message.starts_with(&format!("{name}\u{fffd}gpj, person20@acme.example, {}", who(20))),
        "{message}"
    );
    // What was not checked is there, so that an empty log is not taken for a clean one.
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert!(notes.iter().any(|note| note["message"]["text"].as_str().unwrap().contains("external-domain")));
    assert_eq!(
        sarif(&file, "/data/a.c1z")["runs"][0]["artifacts"][0]["location"]["uri"],
        "file:///data/a.c1z"
    );
}

#[tokio::test]
async fn fingerprints_stay_from_sync_to_sync() {
    let mut office = office();
    office.users[1].settings.as_mut().unwrap().multi_factor_enabled = false;
    office.users.push(person(20));
    let file = File::of(office.clone()).await;
    let fingerprints = |log: &Value| {
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.into_iter().map(|result| result["partialFingerprints"].clone()).collect::<Vec<_>>()
    };
    let before = fingerprints(&sarif(&file, "a.c1z"));
    // FNV-1a of the readable one, computed elsewhere.
    let readable = format!("admin-without-mfa/user:{}", who(2));
    assert_eq!(before[0]["accessFinding/v1"], readable.as_str());
    assert_eq!(before[0]["primaryLocationLineHash"], HASH);
    // Another sync, another name, another address, and one more finding of the kind.
    office.users[1].name = Some("Renamed".to_owned());
    office.users[1].email = Some("renamed@acme.example".to_owned());
    let mut another = admin(1000);
    another.id = id("2020-01-01", 7);
    another.settings.as_mut().unwrap().multi_factor_enabled = false;
    office.users.push(another);
    file.sync(office, "2026-03-03T08:00:00Z").await;
    let after = fingerprints(&sarif(&file, "elsewhere/b.c1z"));
    assert_eq!((after.len(), before.len()), (2, 1));
    assert!(after.contains(&before[0]), "{after:?}");
}

const HASH: &str = "e08b2e0ad3b966b2:1";

#[tokio::test]
async fn json_is_an_array_csv_has_no_formulas_and_tables_do_not_turn() {
    let file = hostile().await;
    let style = |format| Style { format, unfinished: false, width: None };
    let text = written(&file, &options(), |assessment, snapshot, out| {
        assessment.write(snapshot, out, style(Format::Json)).unwrap();
    });
    let json: Value = serde_json::from_str(&text).unwrap();
    let finding = &json[0];
    assert_eq!(json.as_array().unwrap().len(), 1);
    for (field, value) in [("rule", "admin-without-mfa"), ("case", ""), ("severity", "high")] {
        assert_eq!(finding[field], value);
    }
    assert_eq!(finding["controls"][0]["id"], "CC6.1");
    let evidence = &finding["evidence"][0];
    assert_eq!(evidence["subject"]["id"], who(20).as_str());
    assert_eq!(evidence["subject"]["status"], "enabled");
    assert_eq!(evidence["facts"]["mfa"], "no");
    assert_eq!(evidence["fingerprint"], format!("admin-without-mfa/user:{}", who(20)));

    let text = written(&file, &options(), |assessment, snapshot, out| {
        assessment.write(snapshot, out, style(Format::Table)).unwrap();
    });
    assert!(text.contains("=HYPERLINK(\"x\") [click](https://evil.example) {0} \u{fffd}gpj"), "{text}");
    assert!(!text.contains('\u{202e}'), "{text}");

    let text = written(&file, &options(), |assessment, snapshot, out| {
        assessment.write(snapshot, out, style(Format::Csv)).unwrap();
    });
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heading = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    let cell = |name: &str| &rows[0][heading.iter().position(|column| column == name).unwrap()];
    assert!(cell("subject").starts_with("'=HYPERLINK"), "{}", cell("subject"));
    assert_eq!((cell("severity"), cell("subject_id")), ("high", who(20).as_str()));
}
