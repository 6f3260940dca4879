//! `cargo xtask readme`: the README's commands, run as they are written, in an empty folder and against a look-alike.
//!
//! What the README leaves open (`…`) is filled with what `demo --keep-running` prints. Commands that need a container engine, a
//! cluster or another's program are not run; which those are is listed, so that no command goes untried unseen.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::files::root;
use crate::program;
use crate::rules::Document;
use crate::say::say;
use crate::shell;

/// Longer than any of them takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// Commands that are not run, by what they begin with, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo xtask ci", "this is part of it"),
    ("cargo install", "installs for the person who calls it"),
    ("baton ", "is ConductorOne's program"),
    ("docker ", "needs a container engine"),
    ("podman ", "needs a container engine"),
    ("kubectl ", "needs a cluster"),
    ("helm ", "needs a cluster"),
    ("baton-clockify schedule", "does not end by itself"),
];

/// Codes with which a question about a file may end without anything being wrong: there are differences, there are findings.
const ANSWERS: [i32; 3] = [0, 77, 78];

/// What is to be done with a command.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// These variables are set from here on.
    Set(Vec<(String, String)>),
    /// The program is run with these arguments.
    Run(Vec<String>),
    /// Nothing, for this reason.
    Skip(&'static str),
}

/// Runs them.
///
/// # Errors
/// When a command fails, takes too long, or is of a kind that nobody has decided on.
pub(crate) fn run() -> Result<()> {
    let text = std::fs::read_to_string(root().join("README.md")).context("cannot read README.md")?;
    let commands = commands(&text);
    let program = program::build("dev")?;
    let demonstration = Demonstration::start(&program)?;
    let folder = tempfile::tempdir().context("cannot make a folder")?;
    let mut settings = demonstration.settings.clone();
    let mut ran = 0;
    for words in &commands {
        let shown = words.join(" ");
        match step(words, &demonstration.settings).with_context(|| format!("README.md: `{shown}`"))? {
            Step::Set(more) => settings.extend(more),
            Step::Skip(why) => say(&format!("readme: not run, {why}: {shown}")),
            Step::Run(arguments) => {
                try_it(&program, &arguments, folder.path(), &settings)
                    .with_context(|| format!("README.md: `{shown}`"))?;
                ran += 1;
            }
        }
    }
    if ran == 0 {
        bail!("README.md has no command that could be run");
    }
    say(&format!("readme: {ran} commands did what the README says"));
    Ok(())
}

/// The commands of its shell blocks, in order, then those pieces in its text that begin with the program.
fn commands(text: &str) -> Vec<Vec<String>> {
    let document = Document::read(text);
    let (blocks, pieces): (Vec<_>, Vec<_>) = document.code.iter().partition(|code| code.language.is_some());
    let blocks = blocks.iter().filter(|code| code.language.as_deref().is_some_and(shell::is_language));
    let pieces = pieces.iter().filter(|code| code.text.starts_with("baton-clockify "));
    blocks.chain(pieces).flat_map(|code| shell::commands(&code.text)).collect()
}

/// What to do with one; the settings of the look-alike stand where the README leaves a value open.
fn step(words: &[String], known: &BTreeMap<String, String>) -> Result<Step> {
    if words[0] == "export" {
        let set = words[1..].iter().map(|word| {
            let (name, value) = word.split_once('=').context("`export` without a value")?;
            let value = if value.contains('…') {
                known.get(name).cloned().with_context(|| format!("the look-alike has no value for {name}"))?
            } else {
                value.to_owned()
            };
            Ok((name.to_owned(), value))
        });
        return set.collect::<Result<_>>().map(Step::Set);
    }
    let line = format!("{} ", words.join(" "));
    if let Some((_, why)) = NOT_RUN.iter().find(|(start, _)| line.starts_with(start)) {
        return Ok(Step::Skip(why));
    }
    let Some(arguments) = shell::ours(words) else {
        bail!("nobody has decided whether it can be run: see NOT_RUN in xtask/src/readme.rs");
    };
    // Words in capitals stand for something of the reader's.
    let is_open = |word: &String| {
        word.contains('…') || (word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase()))
    };
    if arguments.iter().any(is_open) {
        return Ok(Step::Skip("the reader has to fill it in"));
    }
    Ok(Step::Run(arguments.to_vec()))
}

fn try_it(
    program: &Path,
    arguments: &[String],
    folder: &Path,
    settings: &BTreeMap<String, String>,
) -> Result<()> {
    let (out, err) = (folder.join(".stdout"), folder.join(".stderr"));
    let write = |path: &PathBuf| {
        std::fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))
    };
    let mut command = clean(program);
    command.args(arguments).envs(settings).current_dir(folder);
    command.stdin(Stdio::null()).stdout(write(&out)?).stderr(write(&err)?);
    let mut running = Running(command.spawn().context("cannot start the program")?);
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = running.0.try_wait()? {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            bail!("did not end within {} s", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    if !status.code().is_some_and(|code| ANSWERS.contains(&code)) {
        let said = std::fs::read_to_string(&err).unwrap_or_default();
        bail!("ended with {status}:\n{said}");
    }
    Ok(())
}

/// The program with none of the settings of whoever runs this.
fn clean(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BATON_") {
            command.env_remove(name);
        }
    }
    command
}

/// A process that does not outlive this one.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `demo --keep-running`, and what it tells to set.
struct Demonstration {
    settings: BTreeMap<String, String>,
    _process: Running,
    _folder: tempfile::TempDir,
}

impl Demonstration {
    fn start(program: &Path) -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a folder")?;
        let mut command = clean(program);
        command.args(["demo", "--keep-running"]).current_dir(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Running(command.spawn().context("cannot start the program")?);
        let said = BufReader::new(process.0.stdout.take().context("the program has no output")?);
        let mut settings = BTreeMap::new();
        for line in said.lines() {
            let line = line.context("cannot read what the program says")?;
            if let Some((name, value)) =
                line.trim().strip_prefix("export ").and_then(|set| set.split_once('='))
            {
                settings.insert(name.to_owned(), value.to_owned());
            }
            if settings.contains_key("BATON_CLOCKIFY_BASE_URL") {
                break;
            }
        }
        if settings.len() < 3 {
            bail!("`demo --keep-running` does not say how to reach its look-alike");
        }
        Ok(Self { settings, _process: process, _folder: folder })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Vec<Result<Step>> {
        let known = BTreeMap::from([("BATON_CLOCKIFY_API_KEY".to_owned(), "key".to_owned())]);
        commands(text).iter().map(|words| step(words, &known)).collect()
    }

    #[test]
    fn commands_are_run_as_they_are_written() {
        let text = "```sh\nexport BATON_CLOCKIFY_API_KEY=… BATON_FILE=a.c1z  # see below\ncargo run --release\n```\n\n\
                    See `baton-clockify users --admin`, `--admin` and `baton-clockify access WHO`.\n\n\
                    ```yaml\nrun: rm\n```\n\n```sh\ndocker build .\ncargo run --release -- demo\n```\n";
        let found: Vec<Step> = steps(text).into_iter().map(Result::unwrap).collect();
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            found,
            [
                Step::Set(vec![
                    ("BATON_CLOCKIFY_API_KEY".to_owned(), "key".to_owned()),
                    ("BATON_FILE".to_owned(), "a.c1z".to_owned()),
                ]),
                Step::Run(vec![]),
                Step::Skip("needs a container engine"),
                Step::Run(own(&["demo"])),
                Step::Run(own(&["users", "--admin"])),
                Step::Skip("the reader has to fill it in"),
            ]
        );
    }

    #[test]
    fn what_nobody_has_decided_on_is_an_error() {
        for language in ["sh", "bash", ""] {
            assert!(steps(&format!("```{language}\ncurl https://x.example | sh\n```\n"))[0].is_err());
        }
        assert!(steps("```sh\nexport BATON_CLIENT_ID=…\n```\n")[0].is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_fails_is_an_error_with_what_it_said() {
        let folder = tempfile::tempdir().unwrap();
        let run = |script: &str| {
            try_it(
                Path::new("/bin/sh"),
                &["-c".to_owned(), script.to_owned()],
                folder.path(),
                &BTreeMap::new(),
            )
        };
        run("exit 0").unwrap();
        run("exit 77").unwrap();
        let error = run("echo it broke >&2; exit 3").unwrap_err().to_string();
        assert!(error.contains("it broke") && error.contains('3'), "{error}");
    }
}
