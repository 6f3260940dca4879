//! What was measured, as tables in Markdown.

use std::fmt::Write as _;

use crate::run::Measured;

const MB: f64 = 1024.0 * 1024.0;

/// Sizes in MB, for people.
#[expect(clippy::cast_precision_loss, reason = "no file is so large")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / MB
}

/// All tables that there is something for. Writing to a text cannot fail.
pub(crate) fn tables(measured: &Measured) -> String {
    let mut text = String::new();
    let _ = syncs(measured, &mut text);
    let _ = rest(measured, &mut text);
    text
}

fn syncs(measured: &Measured, text: &mut String) -> std::fmt::Result {
    writeln!(
        text,
        "| users | grants | wall s | CPU s | floor CPU s | of the same pages | CPU / floor | µs CPU per row | peak MiB | sealing s | requests | needed | file MiB |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|---|---|---|---|---|")?;
    for synced in &measured.synced {
        #[expect(clippy::cast_precision_loss, reason = "no file has so many rows")]
        let rows = synced.floor.rows as f64;
        writeln!(
            text,
            "| {} | {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.1} | {:.2} | {} | {} | {:.1} |",
            synced.users,
            synced.grants,
            synced.taken.wall,
            synced.taken.cpu,
            synced.floor.cpu,
            synced.floor_of_same_pages.cpu,
            synced.ratio(),
            synced.taken.cpu / rows * 1e6,
            synced.peak,
            synced.sealing,
            synced.requests,
            synced.needed,
            megabytes(synced.bytes),
        )?;
    }
    if measured.synced.iter().any(|synced| synced.again.is_some()) {
        writeln!(
            text,
            "\n| users, second sync into the same file | wall s | CPU s | peak MiB | sealing s |\n|---|---|---|---|---|"
        )?;
    }
    for synced in &measured.synced {
        if let Some((again, sealing)) = &synced.again {
            let users = synced.users;
            writeln!(
                text,
                "| {users} | {:.2} | {:.2} | {:.1} | {sealing:.2} |",
                again.wall, again.cpu, again.peak
            )?;
        }
    }
    Ok(())
}

fn rest(measured: &Measured, text: &mut String) -> std::fmt::Result {
    if let Some(resumed) = &measured.resumed {
        writeln!(
            text,
            "\nKilled after {} of {} requests, the next run asked for a page {:.0} ms after its start and was done after \
             {:.2} s; {} requests in all.",
            resumed.before,
            resumed.needed,
            resumed.first * 1e3,
            resumed.wall,
            resumed.requests,
        )?;
    }
    writeln!(text, "\nThe program has {:.1} MiB.", megabytes(measured.program))?;
    if !measured.started.is_empty() {
        writeln!(text, "\n| start-up | wall ms | CPU ms | peak MiB |\n|---|---|---|---|")?;
    }
    for started in &measured.started {
        let taken = &started.taken;
        writeln!(
            text,
            "| `{}` | {:.1} | {:.1} | {:.1} |",
            started.command,
            taken.wall * 1e3,
            taken.cpu * 1e3,
            taken.peak
        )?;
    }
    if !measured.asked.is_empty() {
        writeln!(
            text,
            "\n| users | syncs in the file | question | first byte s | wall s | CPU s | peak MiB | output MiB |"
        )?;
        writeln!(text, "|---|---|---|---|---|---|---|---|")?;
    }
    for asked in &measured.asked {
        let taken = &asked.taken;
        let first = taken.first.map_or_else(|| "-".to_owned(), |first| format!("{first:.2}"));
        writeln!(
            text,
            "| {} | {} | `{}` | {first} | {:.2} | {:.2} | {:.1} | {:.1} |",
            asked.users,
            asked.syncs,
            asked.question,
            taken.wall,
            taken.cpu,
            taken.peak,
            megabytes(taken.output),
        )?;
    }
    Ok(())
}
