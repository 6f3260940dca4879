//! `cargo xtask ci`: everything that must hold before a change lands, in the order in which it fails fastest.

use std::env;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::say::say;

/// Runs every check; stops at the first that fails.
pub(crate) fn run() -> Result<()> {
    let begun = Instant::now();
    step("formatting", cargo(&["fmt", "--all", "--check"]))?;
    deploy_files()?;
    recorded_answers()?;
    platforms()?;
    step(
        "lints",
        cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"]),
    )?;
    rules()?;
    step("documentation", {
        let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
        doc.env("RUSTDOCFLAGS", "--deny warnings");
        doc
    })?;
    dependencies()?;
    step("documentation tests", cargo(&["test", "--workspace", "--all-features", "--doc", "--quiet"]))?;
    generated_documents()?;
    readme()?;
    process_sweep()?;
    bench()?;
    browser()?;
    // Last, so that the runner's closing lines are the last thing to read.
    step("tests", cargo(&["test", "--workspace", "--all-features", "--all-targets"]))?;
    say(&format!("ci: everything passed in {} s", begun.elapsed().as_secs()));
    Ok(())
}

/// The report in a real browser. Few machines have one together with its driver, so a developer may be without; a machine
/// that sets `CI` may not.
fn browser() -> Result<()> {
    let present =
        Command::new("chromedriver").arg("--version").output().is_ok_and(|out| out.status.success());
    if present {
        // One at a time, because one of them measures. Built as all tests are, so that nothing is built twice.
        return step(
            "the report in a browser",
            cargo(&[
                "test",
                "--workspace",
                "--all-features",
                "--test",
                "browser",
                "--",
                "--ignored",
                "--test-threads=1",
            ]),
        );
    }
    if env::var_os("CI").is_some() {
        bail!("chromedriver is not installed; on Debian: apt-get install chromium chromium-driver");
    }
    say("ci: SKIPPED the report in a browser, because chromedriver is not installed \
         (on Debian: apt-get install chromium chromium-driver)");
    Ok(())
}

/// The short process sweep. The long one is `cargo xtask torture`.
fn process_sweep() -> Result<()> {
    #[cfg(unix)]
    {
        say("ci: process sweep");
        crate::torture::run(&crate::torture::Options { kills: 20, seed: None, release: false })?;
    }
    Ok(())
}

/// The smoke test of what the program costs. The whole of it is `cargo xtask bench`.
fn bench() -> Result<()> {
    #[cfg(unix)]
    {
        say("ci: what it costs");
        crate::bench::run(&crate::bench::Options::quick())?;
    }
    Ok(())
}

/// What operators deploy with. A developer may be without the tools; a machine that sets `CI` may not.
fn deploy_files() -> Result<()> {
    let Some(missing) = crate::deploy::missing() else {
        return step("deployment files", crate::deploy::command());
    };
    if env::var_os("CI").is_some() {
        bail!("{missing}");
    }
    say(&format!("ci: SKIPPED deployment files, because {missing}"));
    Ok(())
}

/// The recorded answers are what a refresh writes, and hold nothing that was not scrubbed.
fn recorded_answers() -> Result<()> {
    say("ci: recorded answers");
    crate::fixtures::check()
}

/// The files that the program says of itself are as it says them today.
fn generated_documents() -> Result<()> {
    say("ci: generated documents");
    crate::docs::run(&crate::docs::Options { check: true })
}

/// What one kind of operating system has is named in one module of each crate.
fn platforms() -> Result<()> {
    say("ci: one module for operating systems");
    crate::platform::check()
}

/// What the repository's texts have to hold, of which the compiler sees nothing.
fn rules() -> Result<()> {
    say("ci: rules");
    crate::rules::run()
}

/// The commands of the README, run as they are written.
fn readme() -> Result<()> {
    say("ci: commands of the README");
    crate::readme::run()
}

/// Licences and sources, and that no crate is there in two versions of which `deny.toml` does not know. The tool is not part
/// of a Rust installation, so a developer may be without it; a machine that sets `CI` may not.
fn dependencies() -> Result<()> {
    let present =
        Command::new("cargo").args(["deny", "--version"]).output().is_ok_and(|out| out.status.success());
    if present {
        return step("dependencies", cargo(&["deny", "check", "bans", "licenses", "sources"]));
    }
    if env::var_os("CI").is_some() {
        bail!("cargo-deny is not installed; `cargo install --locked cargo-deny`");
    }
    say("ci: SKIPPED dependencies, because cargo-deny is not installed (cargo install --locked cargo-deny)");
    Ok(())
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = crate::program::cargo();
    command.args(arguments);
    command
}

fn step(name: &str, mut command: Command) -> Result<()> {
    say(&format!("ci: {name}"));
    let begun = Instant::now();
    let status = command.status().with_context(|| format!("cannot start the step `{name}`"))?;
    if !status.success() {
        bail!("the step `{name}` failed ({status})");
    }
    say(&format!("ci: {name} passed in {} s", begun.elapsed().as_secs()));
    Ok(())
}
