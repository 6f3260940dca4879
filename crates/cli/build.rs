//! Tells the program what it is built from: the commit, and the target.
//!
//! The commit is git's, where the source is a working tree of its own; or else what `BATON_BUILD_REVISION` says, for
//! builds from an archive or in an image; or else `unknown`. Nothing depends on where or when the build runs.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The commit, for builds that have no git.
const GIVEN: &str = "BATON_BUILD_REVISION";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={GIVEN}");
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../..").canonicalize()?;
    let revision = match Git(&root).commit() {
        Some(commit) => commit,
        None => given()?.unwrap_or_else(|| "unknown".to_owned()),
    };
    println!("cargo::rustc-env=BATON_CLOCKIFY_REVISION={revision}");
    println!("cargo::rustc-env=BATON_CLOCKIFY_TARGET={}", env::var("TARGET")?);
    Ok(())
}

/// What the environment says.
fn given() -> Result<Option<String>, Box<dyn Error>> {
    let Ok(text) = env::var(GIVEN) else { return Ok(None) };
    let text = text.trim();
    if text.chars().all(|c| c.is_ascii_alphanumeric() || "._-+/".contains(c)) {
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    } else {
        Err(format!("{GIVEN} must be a commit or a tag, and is {text:?}").into())
    }
}

/// The repository's git, if there is one.
struct Git<'a>(&'a Path);

impl Git<'_> {
    fn commit(&self) -> Option<String> {
        // An unpacked archive may lie in somebody else's repository.
        let top = PathBuf::from(self.says(&["rev-parse", "--show-toplevel"])?).canonicalize().ok()?;
        if top != self.0 {
            return None;
        }
        self.watch("HEAD");
        // Where a commit is seen first: the branch, or the log of `HEAD` while the branch is packed.
        self.watch("logs/HEAD");
        if let Some(branch) = self.says(&["symbolic-ref", "--quiet", "HEAD"]) {
            self.watch(&branch);
        }
        self.says(&["rev-parse", "--verify", "HEAD"])
    }

    /// Runs this again when a file of git changes. One that is not there would run it each time.
    fn watch(&self, name: &str) {
        let Some(path) = self.says(&["rev-parse", "--git-path", name]) else { return };
        let path = self.0.join(path);
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }

    fn says(&self, arguments: &[&str]) -> Option<String> {
        let said =
            Command::new("git").args(arguments).current_dir(self.0).stderr(Stdio::null()).output().ok()?;
        let text = String::from_utf8(said.stdout).ok()?;
        let text = text.trim();
        (said.status.success() && !text.is_empty()).then(|| text.to_owned())
    }
}
