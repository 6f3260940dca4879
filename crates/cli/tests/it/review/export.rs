//! `export` and `review check`, on the demonstration's workspace.

use std::fmt::Write as _;
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use insta::{assert_snapshot, with_settings};
use serde_json::Value;

use super::workspace::{cut_off, demo, ids, rows};
use crate::program::Program;

const FILTERS: [(&str, &str); 7] = [
    (r"20(?:2[6-9]|[3-9]\d)-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?", "TIME"),
    (r"\b[0-9A-Za-z]{27}\b", "SYNC-ID"),
    (r"127\.0\.0\.1:\d+", "LOOPBACK"),
    (r"\b[0-9a-f]{32}\b", "DIGEST"),
    (r"\b4[6-9]\d{3}\.\d+", "MOMENT"),
    (r#""age_seconds":\d+"#, r#""age_seconds":N"#),
    (r"key=[0-9a-f]{8}", "key=KEY"),
];

/// What is looked at of a long file: of each kind of line the first two, and every line with a name that is an attack.
fn excerpt<'a>(lines: impl Iterator<Item = &'a str>, kind: impl Fn(&'a str) -> &'a str) -> String {
    let (mut text, mut seen) = (String::new(), Vec::new());
    for line in lines {
        seen.push(kind(line));
        let is_new = seen.iter().filter(|known| **known == kind(line)).count() <= 2;
        if is_new || ["cmd|", "<script", "HYPERLINK"].iter().any(|attack| line.contains(attack)) {
            writeln!(text, "{line}").unwrap();
        }
    }
    text
}

/// A workbook as text: of each sheet the headings and the first two rows, and the page about the sync whole.
fn sheets(path: &Path) -> String {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let mut text = String::new();
    for name in book.sheet_names() {
        let sheet = book.worksheet_range(&name).unwrap();
        let shown = if name == "About" { usize::MAX } else { 3 };
        writeln!(text, "== {name}: {} rows", sheet.height()).unwrap();
        for row in sheet.rows().take(shown) {
            let cells: Vec<_> = row.iter().map(ToString::to_string).collect();
            writeln!(text, "{}", cells.join(" | ").trim_end()).unwrap();
        }
    }
    text
}

fn export(program: &Program, kind: &str) -> String {
    program.run(&["export", kind]).succeeded().stdout
}

fn text(program: &Program, name: &str) -> String {
    std::fs::read_to_string(program.folder().join(name)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_format_looks_like() {
    let program = demo();
    with_settings!({ filters => FILTERS }, {
        let said: String = ["csv", "json", "jsonl", "xlsx"].map(|kind| export(&program, kind)).concat();
        assert_snapshot!("said", said);
        let csv = text(&program, "sync.csv");
        assert_snapshot!("csv", excerpt(csv.lines(), |line| line.split(',').next().unwrap()));
        let jsonl = text(&program, "sync.jsonl");
        assert_snapshot!("jsonl", excerpt(jsonl.lines(), |line| line.split(',').next().unwrap()));
        assert_snapshot!("xlsx", sheets(&program.folder().join("sync.xlsx")));
        let json: serde_json::Map<String, Value> = serde_json::from_str(&text(&program, "sync.json")).unwrap();
        let mut outline = String::new();
        for (name, value) in &json {
            match value {
                Value::Array(rows) if !rows.is_empty() => {
                    writeln!(outline, "{name}: {} rows, the first: {}", rows.len(), rows[0]).unwrap();
                }
                one => writeln!(outline, "{name}: {one}").unwrap(),
            }
        }
        assert_snapshot!("json", outline);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn formats_agree_with_the_listings() {
    let program = demo();
    for kind in ["csv", "json", "jsonl", "xlsx"] {
        export(&program, kind);
    }
    let json: Value = serde_json::from_str(&text(&program, "sync.json")).unwrap();
    let lines: Vec<Value> =
        text(&program, "sync.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut book: Xlsx<_> = open_workbook(program.folder().join("sync.xlsx")).unwrap();
    for (plural, singular, sheet) in [
        ("users", "user", "Users"),
        ("groups", "group", "Groups"),
        ("roles", "role", "Roles"),
        ("grants", "grant", "Grants"),
    ] {
        let listed = ids(&rows(&program, &[plural]));
        assert!(!listed.is_empty());
        assert_eq!(ids(json[plural].as_array().unwrap()), listed, "{plural}");
        let of_kind: Vec<_> = lines.iter().filter(|line| line["record"] == singular).cloned().collect();
        assert_eq!(ids(&of_kind), listed, "{plural}");
        let range = book.worksheet_range(sheet).unwrap();
        let mut cells = range.rows();
        let at = cells.next().unwrap().iter().position(|name| *name == "ID").unwrap();
        let in_sheet = cells.map(|row| row[at].to_string()).collect();
        assert_eq!(listed, in_sheet, "{sheet}");
    }
    let csv = text(&program, "sync.csv");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let at = reader.headers().unwrap().iter().position(|name| name == "Grant ID").unwrap();
    let granted = reader.records().map(|row| row.unwrap()[at].to_owned()).filter(|id| !id.is_empty());
    assert_eq!(granted.collect::<std::collections::BTreeSet<_>>(), ids(&rows(&program, &["grants"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn stdout_takes_the_same_bytes_as_a_file() {
    let program = demo();
    for kind in ["csv", "json", "jsonl"] {
        let ran = program.run(&["export", kind, "--out", "-"]).succeeded();
        assert_eq!(ran.stderr, "", "{kind}");
        export(&program, kind);
        let file = text(&program, &format!("sync.{kind}"));
        // Only the moment of the export differs.
        let without = |text: &str| {
            let kept = text.lines().filter(|line| !line.contains("exported_at"));
            kept.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(without(&ran.stdout), without(&file), "{kind}");
        assert!(without(&file).len() > 50, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_matters_is_written_over() {
    let program = demo();
    export(&program, "xlsx");
    let book = std::fs::read(program.folder().join("sync.xlsx")).unwrap();
    let ran = program.run(&["export", "xlsx"]);
    with_settings!({ filters => FILTERS }, { assert_snapshot!("workbook_is_there", ran.transcript()) });
    assert_eq!(std::fs::read(program.folder().join("sync.xlsx")).unwrap(), book);
    program.run(&["export", "xlsx", "--overwrite"]).succeeded();

    let before = std::fs::read(program.output()).unwrap();
    let ran = program.run(&["export", "csv", "--out", "sync.c1z"]);
    with_settings!({ filters => FILTERS }, { assert_snapshot!("c1z_itself", ran.transcript()) });
    assert_eq!(std::fs::read(program.output()).unwrap(), before);
    let ran = program.run(&["export", "csv", "--out", "nowhere/a.csv"]);
    with_settings!({ filters => FILTERS }, { assert_snapshot!("no_such_folder", ran.transcript()) });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_sync_is_marked_in_every_format() {
    let program = cut_off();
    for kind in ["csv", "json", "jsonl", "xlsx"] {
        let ran = program.run(&["export", kind]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(9), ""), "{kind}");
        assert!(!program.folder().join(format!("sync.{kind}")).exists());
        let said = program.run(&["export", kind, "--include-unfinished"]).succeeded().stdout;
        assert!(said.contains("not sealed"), "{said}");
    }
    let csv = text(&program, "sync.csv");
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().ends_with(",Unfinished"), "{csv}");
    assert!(lines.all(|line| line.ends_with(",not verified,yes")), "{csv}");
    let json: Value = serde_json::from_str(&text(&program, "sync.json")).unwrap();
    assert_eq!(json["about"]["sealed"], false);
    let first: Value = serde_json::from_str(text(&program, "sync.jsonl").lines().next().unwrap()).unwrap();
    assert_eq!(first["sealed"], false);
    let book = sheets(&program.folder().join("sync.xlsx"));
    assert!(book.contains("UNFINISHED"), "{book}");
}

/// Fills a decision into the sheet `Review`: what a reviewer does, in another program.
fn decide(program: &Program, decisions: impl Fn(&str) -> Option<[&'static str; 4]>) {
    let mut book: Xlsx<_> = open_workbook(program.folder().join("sync.xlsx")).unwrap();
    let mut saved = rust_xlsxwriter::Workbook::new();
    for name in ["Review", "About"] {
        let mut rows: Vec<_> = book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect();
        if name == "Review" {
            let column = |heading: &str| rows[0].iter().position(|cell| cell == heading).unwrap();
            let [id, answers] = ["Grant ID", "Decision"].map(column);
            for row in &mut rows[1..] {
                for (at, text) in (answers..).zip(decisions(&row[id].to_string()).into_iter().flatten()) {
                    row[at] = Data::String(text.to_owned());
                }
            }
        }
        let sheet = saved.add_worksheet().set_name(name).unwrap();
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Data::DateTime(moment) => {
                        sheet.write_number(row, column, moment.as_f64()).map(drop).unwrap();
                    }
                    Data::Float(number) => sheet.write_number(row, column, number).map(drop).unwrap(),
                    other => sheet.write_string(row, column, other.to_string()).map(drop).unwrap(),
                }
            }
        }
    }
    saved.save(program.folder().join("reviewed.xlsx")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_that_came_back_is_checked() {
    const MANAGER: &str = "group:5d1806a3668f411d06000000:manager:user:5d36eb7c7bcd560f97000004";
    const MEMBER: &str = "group:5d1806a3668f411d06000000:member:user:5dd328317bcd560f97000007";
    let program = demo();
    export(&program, "xlsx");
    decide(&program, |id| {
        let decision = if [MANAGER, MEMBER].contains(&id) { "revoke" } else { "keep" };
        Some([decision, "no longer needed", "Ann Reviewer", "2026-03-01"])
    });
    let check = |format: &str| program.run(&["review", "check", "reviewed.xlsx", "-o", format]);
    with_settings!({ filters => FILTERS }, {
        for format in ["table", "json", "jsonl", "csv"] {
            assert_snapshot!(format!("check_{format}"), check(format).transcript());
        }
        let other = program.run(&["review", "check", "sync.c1z"]);
        assert_snapshot!("check_no_workbook", other.transcript());
        let nowhere = program.run(&["review", "check", "nowhere.xlsx"]);
        assert_snapshot!("check_nowhere", nowhere.transcript());
    });
    // Both are still there, so both are open, and nothing else is.
    let ran = check("json");
    assert_eq!(ran.code, Some(77));
    let open: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap();
    let open: Vec<_> = open.iter().filter(|row| row["closed"] == false).map(|row| &row["id"]).collect();
    assert_eq!(open, [MANAGER, MEMBER]);
}
