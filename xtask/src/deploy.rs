//! The files of `deploy/`, checked by `deploy/check`: Python with the tools that `deploy/check/install.sh` brings, and systemd's own
//! checker.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Whoever has these has the rest; the check itself says when they are older than what it asks for.
const TOOLS: [&str; 5] = ["check-jsonschema", "hadolint", "kubectl", "shellcheck", "zizmor"];

/// What the check needs and this machine lacks.
pub(crate) fn missing() -> Option<&'static str> {
    let works = |program: &Path| {
        Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success())
    };
    if !works(&programs().join("python3")) || TOOLS.iter().any(|tool| !programs().join(tool).is_file()) {
        return Some(
            "its tools are not installed (deploy/check/install.sh, which needs Python 3.11 or newer; \
             on Debian: apt-get install python3-venv)",
        );
    }
    if !works(Path::new("systemd-analyze")) {
        return Some("systemd-analyze is not installed (on Debian: apt-get install systemd)");
    }
    None
}

/// The check itself.
pub(crate) fn command() -> Command {
    let mut command = Command::new(programs().join("python3"));
    // Nothing but what is in the repository is left behind.
    command.env("PYTHONDONTWRITEBYTECODE", "1").arg(root().join("deploy/check"));
    command
}

/// Where the tools were put.
fn programs() -> PathBuf {
    root().join("target/deploy-check/bin")
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
