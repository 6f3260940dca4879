//! The checks as a table for people: no line is wider than the terminal, and nothing is cut.

use std::fmt::Write as _;
use std::io;

use access_review::text;
use comfy_table::{ContentArrangement, Table, presets};

use super::report::{Check, Report, State};

/// How wide the table is where there is no terminal, and at most: longer lines are hard to read.
const WIDTH: u16 = 100;

/// Below this a terminal wraps the lines itself.
const NARROWEST: u16 = 48;

pub(super) fn render(report: &Report) -> String {
    let terminal = terminal_size::terminal_size_of(io::stdout()).map_or(WIDTH, |(width, _)| width.0);
    within(report, terminal.clamp(NARROWEST, WIDTH))
}

fn within(report: &Report, width: u16) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(["STATE", "CHECK", "FOUND, AND WHAT TO DO"]);
    for check in &report.checks {
        table.add_row([check.state.as_str(), check.name, &told(check)]);
    }
    let mut text = String::new();
    for line in table.to_string().lines() {
        // The table pads both sides of a cell.
        text.push_str(line.strip_prefix(' ').unwrap_or(line).trim_end());
        text.push('\n');
    }
    let _ = writeln!(text, "\n{}", sum(report));
    text
}

/// What was found, and below it what to do.
fn told(check: &Check) -> String {
    let found = check.found.lines().map(text::terminal).collect::<Vec<_>>().join("\n");
    match &check.todo {
        Some(todo) => format!("{found}\n→ {}", text::terminal(todo)),
        None => found,
    }
}

fn sum(report: &Report) -> String {
    let counted = [State::Failed, State::Warning, State::Skipped].map(|state| (report.count(state), state));
    let told: Vec<_> = counted
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, state)| format!("{count} {}", state.as_str()))
        .collect();
    let told = if told.is_empty() { "All is well".to_owned() } else { told.join(", ") };
    let requests = match report.requests {
        0 => "no request".to_owned(),
        1 => "1 request".to_owned(),
        many => format!("{many} requests"),
    };
    format!("{told}; {requests} to Clockify.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn no_line_is_wider_than_the_terminal_and_no_word_is_lost() {
        let found =
            "HTTP 401 (code 4003): Api key does not exist, and it never did exist as far as anybody knows";
        let todo = "set --clockify-base-url https://euc1.clockify.me/api/v1";
        let checks = vec![
            Check::ok("dns", "fine"),
            Check::failed("key", Exit::Unauthenticated, found).todo(Some(todo)),
        ];
        let report = Report::new(checks, 1, None);
        for width in [NARROWEST, 60, WIDTH] {
            let text = within(&report, width);
            assert!(text.lines().all(|line| line.chars().count() <= usize::from(width)), "{text}");
            let words: Vec<_> = text.split_whitespace().collect();
            for word in found.split(' ') {
                assert!(words.contains(&word), "{word} at {width}:\n{text}");
            }
            assert!(text.ends_with("\n1 failed; 1 request to Clockify.\n"), "{text}");
        }
    }
}
