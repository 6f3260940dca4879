//! The reading side: questions asked of a file.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::measure::{self, Taken};

/// What a question took.
#[derive(Debug, Serialize)]
pub(crate) struct Asked {
    pub(crate) users: usize,
    pub(crate) question: &'static str,
    pub(crate) taken: Taken,
}

/// Asks the file `sync.c1z` in `folder`, which holds two syncs.
pub(crate) fn measure(program: &Path, folder: &Path, users: usize) -> Result<Vec<Asked>> {
    let someone = someone(program, folder)?;
    let questions: [(&'static str, Vec<&str>); 9] = [
        ("users", vec!["users"]),
        ("users -o jsonl", vec!["users", "-o", "jsonl"]),
        ("grants -o jsonl", vec!["grants", "-o", "jsonl"]),
        ("access", vec!["access", &someone]),
        ("diff", vec!["diff"]),
        ("findings", vec!["findings"]),
        ("export csv", vec!["export", "csv"]),
        ("export jsonl", vec!["export", "jsonl"]),
        ("report", vec!["report", "--out", "report.html"]),
    ];
    let mut all = Vec::new();
    for (question, arguments) in questions {
        let command: Vec<OsString> =
            [OsString::from(program)].into_iter().chain(arguments.iter().map(OsString::from)).collect();
        let taken = measure::run(folder, &[], None, &command).with_context(|| question.to_owned())?;
        all.push(Asked { users, question, taken });
    }
    Ok(all)
}

/// The id of the first user.
fn someone(program: &Path, folder: &Path) -> Result<String> {
    let rows = folder.join("users.jsonl");
    let command = [program.into(), "users".into(), "-o".into(), "jsonl".into()];
    measure::run(folder, &[], Some(&rows), &command)?;
    let text = std::fs::read_to_string(&rows)?;
    let row: serde_json::Value = serde_json::from_str(text.lines().next().context("there are no users")?)?;
    Ok(row["id"].as_str().context("a user has no id")?.to_owned())
}
