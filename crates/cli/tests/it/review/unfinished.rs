//! A sync that was never sealed is read only when that is asked for, and then every output says so.

use super::workspace::{cut_off, parsed};

/// Questions whose answers are not plain rows.
const OTHERS: [&[&str]; 2] = [&["findings"], &["diff", "sync.c1z", "sync.c1z"]];

const QUESTIONS: [&[&str]; 11] = [
    &["users"],
    &["groups"],
    &["roles"],
    &["projects"],
    &["grants"],
    &["resources"],
    &["resource-types"],
    &["entitlements"],
    &["stats"],
    &["access", "tobias renn"],
    &["access", "--resource", "group:engineering"],
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_read_from_it_unasked() {
    let program = cut_off();
    for question in QUESTIONS.into_iter().chain(OTHERS) {
        let ran = program.run(question);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(9), ""), "{question:?}");
        assert!(ran.stderr.starts_with("error: the file holds no finished sync\n"), "{}", ran.stderr);
        assert!(ran.stderr.contains("--include-unfinished"), "{}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_output_is_marked() {
    let program = cut_off();
    for question in QUESTIONS {
        let run = |format: &str| {
            program.run(&[question, &["--include-unfinished", "-o", format]].concat()).succeeded()
        };
        let rows = parsed(&run("json"));
        assert!(!rows.is_empty());
        for row in rows {
            assert_eq!(row["unfinished"], true, "{question:?}");
        }
        for line in run("jsonl").stdout.lines() {
            assert!(line.starts_with(r#"{"unfinished":true,"#), "{question:?}: {line}");
        }
        let csv = run("csv").stdout;
        let mut lines = csv.lines();
        assert!(lines.next().unwrap().ends_with(",unfinished"), "{question:?}");
        assert!(lines.all(|line| line.ends_with(",yes")), "{question:?}");
        let table = run("table").stdout;
        let lines: Vec<_> = table.lines().filter(|line| line.starts_with("UNFINISHED SYNC: ")).collect();
        assert!(lines.len() >= 2, "{question:?}:\n{table}");
        assert!(table.starts_with("UNFINISHED SYNC: "), "{question:?}:\n{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_of_it_is_marked_too() {
    let program = cut_off();
    for (question, formats) in
        OTHERS.into_iter().zip([&["table", "json", "jsonl", "csv", "sarif"][..], &["table"]])
    {
        for format in formats {
            let ran = program.run(&[question, &["--include-unfinished", "-o", format]].concat()).succeeded();
            let marks = ran.stdout.to_lowercase().matches("unfinished").count();
            assert!(marks >= 2, "{question:?} -o {format}:\n{}", ran.stdout);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_syncs_shows_it_as_what_it_is() {
    let program = cut_off();
    let rows = parsed(&program.run(&["syncs", "-o", "json"]).succeeded());
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["sealed"], rows[0]["ended_at"].is_null()), (&false.into(), true));
    let id = rows[0]["id"].as_str().unwrap();
    let ran = program.run(&["users", "--sync", id]);
    assert_eq!(ran.code, Some(9));
    program.run(&["users", "--sync", id, "--include-unfinished"]).succeeded();
    let ran = program.run(&["users", "--sync", "nosuch"]);
    assert_eq!(ran.code, Some(5));
    assert!(ran.stderr.contains("syncs"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pebble_file_is_refused_with_a_way_out() {
    let program = crate::program::Program::bare();
    let pebble = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors/tiny-v3.c1z");
    std::fs::copy(pebble, program.output()).unwrap();
    let ran = program.run(&["stats"]);
    assert_eq!(ran.code, Some(9));
    assert_eq!(ran.stderr.matches("Pebble").count(), 1, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("\nhint: run the connector that wrote it with `--storage-engine sqlite`"),
        "{}",
        ran.stderr
    );
}
