//! `cargo xtask rules`: what the repository's texts have to hold, of which the compiler sees nothing. One module per rule.

mod document;
mod environment;
mod flags;
mod known;
mod length;
mod links;
mod module_docs;
mod msrv;
mod versions;
mod words;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::files::{Files, root};
use crate::program::cargo;
use crate::say::say;
use known::Known;

pub(crate) use document::Document;
pub(crate) use versions::{of_workspace, renamed};

/// What the rules look at.
struct Repository {
    files: Files,
    known: Known,
    /// What `cargo metadata` says.
    metadata: Value,
}

/// What a rule is called, and what is wrong by it.
type Rule = (&'static str, fn(&Repository) -> Vec<String>);

const RULES: &[Rule] = &[
    ("every module says what it is for", module_docs::broken),
    ("no file is too long to be read", length::broken),
    ("no words that do not belong here", words::broken),
    ("what documents point at is there", links::broken),
    ("documents name flags that exist", flags::broken),
    ("one list of variables", environment::broken),
    ("one version", versions::broken),
    ("dependencies need no newer compiler than is promised", msrv::broken),
];

/// Checks every rule.
///
/// # Errors
/// When one of them is broken, after all were looked at.
pub(crate) fn run() -> Result<()> {
    let files = Files::of(&root())?;
    let repository = Repository { known: Known::of_program()?, files, metadata: metadata()? };
    let mut found = 0;
    for (name, broken) in RULES {
        for violation in broken(&repository) {
            say(&format!("{name}: {violation}"));
            found += 1;
        }
    }
    if found > 0 {
        bail!("rules are broken in {found} places");
    }
    Ok(())
}

/// Every package of the lock file, for every platform.
fn metadata() -> Result<Value> {
    let output = cargo()
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("what cargo metadata says is not JSON")
}

/// Whether a file is for readers: what it says about the program has to be so.
fn is_document(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, kind)| kind == "md")
}

/// Whether operators deploy with it. What checks these files, and what builds the image, is none of it.
fn is_deployment(path: &str) -> bool {
    let is_script = path.rsplit_once('.').is_some_and(|(_, kind)| kind == "py");
    let is_image = path.ends_with("Dockerfile");
    path.starts_with("deploy/") && !path.starts_with("deploy/check/") && !is_script && !is_image
}

#[cfg(test)]
impl Repository {
    /// One that holds these files, of a program that has the flags and variables of the tests.
    fn invented(files: &[(&str, &str)]) -> Self {
        Self { files: Files::invented(files), known: Known::invented(), metadata: Value::Null }
    }
}
