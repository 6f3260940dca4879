//! `cargo xtask docs`: the files that the program says of itself, as the program of this working tree says them.
//!
//! - `baton_capabilities.json` and `config_schema.json`, which C1's tools look for at the root of a connector;
//! - `docs/commands.md`, every command with its flags.

mod markdown;

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// What to do with the files.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// Write nothing; fail when a file is not what it would be.
    #[arg(long)]
    pub(crate) check: bool,
}

/// A file as it must be.
struct Generated {
    name: &'static str,
    content: String,
}

impl Generated {
    fn path(&self) -> PathBuf {
        root().join(self.name)
    }

    /// Whether the file says the same; of JSON only what it means counts.
    fn is_fresh(&self) -> Result<bool> {
        let Ok(found) = std::fs::read_to_string(self.path()) else { return Ok(false) };
        if self.name.rsplit_once('.').is_none_or(|(_, kind)| kind != "json") {
            return Ok(found == self.content);
        }
        let made: Value = serde_json::from_str(&self.content)
            .with_context(|| format!("what the program prints for {} is no JSON", self.name))?;
        Ok(serde_json::from_str::<Value>(&found).is_ok_and(|found| found == made))
    }

    fn write(&self) -> Result<()> {
        let path = self.path();
        let write = || -> std::io::Result<()> {
            let temporary = path.with_extension("new");
            let mut file = std::fs::File::create(&temporary)?;
            file.write_all(self.content.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&temporary, &path)
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Writes the files, or compares them.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut stale = Vec::new();
    for file in all()? {
        if file.is_fresh()? {
            continue;
        }
        if !options.check {
            file.write()?;
        }
        stale.push(file.name);
    }
    match (options.check, stale.is_empty()) {
        (true, false) => {
            bail!("stale: {}; run `cargo xtask docs` and commit what it writes", stale.join(", "))
        }
        (true, true) => Ok(()),
        (false, true) => say("docs: everything was fresh"),
        (false, false) => say(&format!("docs: wrote {}", stale.join(", "))),
    }
}

fn all() -> Result<Vec<Generated>> {
    let reference: markdown::Reference =
        serde_json::from_str(&said("_reference")?).context("the program's flags are not what is expected")?;
    Ok(vec![
        Generated { name: "baton_capabilities.json", content: said("capabilities")? },
        Generated { name: "config_schema.json", content: said("config")? },
        Generated { name: "docs/commands.md", content: markdown::page(&reference) },
    ])
}

/// What the program prints, built from this working tree and run without any setting of this shell.
fn said(command: &str) -> Result<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut run = Command::new(cargo);
    run.args(["run", "--quiet", "--package", "baton-clockify", "--", command]).current_dir(root());
    for (name, _) in env::vars_os() {
        let is_setting = name.to_str().is_some_and(|name| name.starts_with("BATON_"));
        // This one is a setting of the build; without it the program would be built anew.
        if is_setting && name != "BATON_BUILD_REVISION" {
            run.env_remove(name);
        }
    }
    let output = run.stderr(std::process::Stdio::inherit()).output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("`baton-clockify {command}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout).context("the program prints something that is not UTF-8")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn say(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
