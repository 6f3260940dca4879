//! What a task tells whoever runs it, on standard error: standard output is for results.

/// One line.
#[expect(clippy::print_stderr, reason = "a task runner reports to the terminal")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}
