//! The files of `deploy/`, checked by `deploy/check.py`, which needs Python with `PyYAML`, shellcheck and systemd's
//! own checker.

use std::process::Command;

/// What the check needs and this machine lacks.
pub(crate) fn missing() -> Option<&'static str> {
    let works = |program: &str, arguments: &[&str]| {
        Command::new(program).args(arguments).output().is_ok_and(|out| out.status.success())
    };
    if !works("python3", &["-c", "import yaml"]) {
        return Some("python3 with PyYAML is not installed (on Debian: apt-get install python3-yaml)");
    }
    if !works("systemd-analyze", &["--version"]) {
        return Some("systemd-analyze is not installed (on Debian: apt-get install systemd)");
    }
    if !works("shellcheck", &["--version"]) {
        return Some("shellcheck is not installed (on Debian: apt-get install shellcheck)");
    }
    None
}

/// The check itself.
pub(crate) fn command() -> Command {
    let mut command = Command::new("python3");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/check.py"));
    command
}
