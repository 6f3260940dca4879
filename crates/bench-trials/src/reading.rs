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
    /// How many syncs the file holds, each of so many users.
    pub(crate) syncs: usize,
    pub(crate) question: &'static str,
    pub(crate) taken: Taken,
}

/// The file with one sync in the folder whose `sync.c1z` holds two.
pub(crate) const ONE: &str = "one.c1z";

/// Asks the file with one sync in `folder`, and `sync.c1z`, which holds two, as it does wherever syncs are run on a schedule.
pub(crate) fn measure(program: &Path, folder: &Path, users: usize) -> Result<Vec<Asked>> {
    let someone = someone(program, folder)?;
    let listings: [(&'static str, Vec<&str>); 6] = [
        ("users", vec!["users"]),
        ("users --admin", vec!["users", "--admin"]),
        ("groups", vec!["groups"]),
        ("users -o jsonl", vec!["users", "-o", "jsonl"]),
        ("grants -o jsonl", vec!["grants", "-o", "jsonl"]),
        ("access", vec!["access", &someone]),
    ];
    let others: [(&'static str, Vec<&str>); 5] = [
        ("diff", vec!["diff"]),
        ("findings", vec!["findings"]),
        ("export csv", vec!["export", "csv"]),
        ("export jsonl", vec!["export", "jsonl"]),
        ("report", vec!["report", "--out", "report.html"]),
    ];
    let of_one = listings.iter().map(|listing| (1, listing));
    let of_two = listings.iter().chain(&others).map(|question| (2, question));
    let mut all = Vec::new();
    for (syncs, (question, arguments)) in of_one.chain(of_two) {
        let file = if syncs == 1 { ONE } else { "sync.c1z" };
        let command: Vec<OsString> = [OsString::from(program)]
            .into_iter()
            .chain(arguments.iter().chain(&["--file", file]).map(OsString::from))
            .collect();
        let taken = measure::run(folder, &[], None, &command).with_context(|| (*question).to_owned())?;
        all.push(Asked { users, syncs, question, taken });
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
