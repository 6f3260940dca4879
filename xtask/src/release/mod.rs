//! `cargo xtask release X.Y.Z`: what a release takes, rehearsed; with `--execute`, the version, the commit and the tag as well.
//! Nothing is pushed by it: that is a person's step.
//!
//! The archives are built from what is committed, laid out in a folder of its own, so nothing of the working tree gets in. The
//! same commit gives the same bytes.

mod archive;
mod build;
mod changelog;
mod contents;
mod git;
mod packages;
mod plan;
mod sbom;
mod stage;
mod targets;
mod third_party;
mod version;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::files::{Files, replace, root};
use crate::say::say;
use crate::shell::PROGRAM;
use git::Git;
use plan::Plan;
use stage::Stage;
use version::Version;

/// How to make it.
#[derive(Clone, Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct Options {
    /// The version to make, as three numbers.
    #[arg(value_name = "X.Y.Z")]
    version: String,
    /// Not a rehearsal: change the files that name the version, commit them and tag the commit. Nothing is pushed.
    #[arg(long)]
    execute: bool,
    /// Leave out the checks of `cargo xtask ci`; for rehearsals only.
    #[arg(long, conflicts_with = "execute")]
    skip_ci: bool,
    /// Build everything a second time, elsewhere and from nothing, and fail unless the bytes are the same.
    #[arg(long)]
    twice: bool,
    /// Make the archives of the commit as it is and check nothing else; its version must be the one that is given.
    #[arg(long, conflicts_with_all = ["execute", "skip_ci"])]
    archives_only: bool,
    /// Build for this target; may be given several times. Without it: for this machine, and static if it can be.
    #[arg(long = "target", value_name = "TRIPLE")]
    targets: Vec<String>,
}

/// What is published, by the name of its file.
type Assets = BTreeMap<String, Vec<u8>>;

/// Makes a release, or rehearses one.
///
/// # Errors
/// When something is not as a release needs it. A failure after the commit says how to take it back.
pub(crate) fn run(options: &Options) -> Result<()> {
    let version: Version = options.version.parse()?;
    let git = Git::at(&root());
    let files = Files::of(&root())?;
    let plan = Plan::of(&files, version, git.time()?)?;
    if options.archives_only {
        if !plan.is_current {
            bail!("this commit is not of version {version}");
        }
        return publish(&git, &Plan { changes: BTreeMap::new(), ..plan }, options, version);
    }
    checks(&git, options, version)?;
    plan.tell();
    if !options.execute {
        publish(&git, &plan, options, version)?;
        say(&format!(
            "release: this was a rehearsal. `cargo xtask release {version} --execute` does it; the tag is made by"
        ));
        say(&format!("    {}", git::tag_command(version)));
        return Ok(());
    }
    let before = git.head()?;
    plan.apply(&root())?;
    git.commit(&plan.changes, &format!("Release {version}"))?;
    let undo = format!("the release is committed and not tagged; `git reset --keep {before}` takes it back");
    let committed = Plan { changes: BTreeMap::new(), ..plan };
    publish(&git, &committed, options, version).and_then(|()| git.tag(version)).context(undo)?;
    say(&format!(
        "release: committed and tagged. Look at it, then: git push --atomic origin HEAD v{version}"
    ));
    Ok(())
}

/// What has to be so before anything is made.
fn checks(git: &Git, options: &Options, version: Version) -> Result<()> {
    let changed = git.changed()?;
    if !changed.is_empty() {
        bail!("the working tree is not clean; commit or stash first:\n{}", changed.join("\n"));
    }
    if git.has_tag(version)? {
        bail!("there is a tag v{version} already");
    }
    say("release: generated documents");
    crate::docs::run(&crate::docs::Options { check: true })?;
    if options.skip_ci {
        say(
            "release: NOT CHECKED: `cargo xtask ci` was left out, as --skip-ci says. This can only be a rehearsal.",
        );
        return Ok(());
    }
    crate::ci::run()
}

/// Builds the archives and lays them down.
fn publish(git: &Git, plan: &Plan, options: &Options, version: Version) -> Result<()> {
    let targets = targets::wanted(&options.targets)?;
    let assets = assets(&Stage::lay_out("one", git, plan)?, &targets, version, true)?;
    if options.twice {
        let stage = Stage::lay_out("two", git, plan)?;
        stage.forget_what_was_built()?;
        let again = self::assets(&stage, &targets, version, false)?;
        let differ: Vec<&str> = assets
            .iter()
            .filter(|(name, bytes)| again.get(*name) != Some(bytes))
            .map(|(name, _)| name.as_str())
            .collect();
        if !differ.is_empty() || assets.len() != again.len() {
            bail!("a second build gave other bytes: {}", differ.join(", "));
        }
        stage.remove()?;
        say("release: a second build, elsewhere and from nothing, gave the same bytes");
    }
    let folder = folder();
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    for (name, bytes) in &assets {
        replace(&folder, name, bytes)?;
    }
    say(&format!("release: in {}", folder.display()));
    for line in sums(&assets).lines() {
        say(&format!("    {line}"));
    }
    Ok(())
}

/// Where the archives are laid down.
fn folder() -> PathBuf {
    root().join("target/release-archives")
}

fn assets(stage: &Stage, targets: &[String], version: Version, aloud: bool) -> Result<Assets> {
    let mut assets = Assets::new();
    for target in targets {
        say(&format!("release: building for {target}"));
        let built = build::build(stage, target)?;
        if aloud {
            say(&format!("release: the program for {target} has {} bytes", built.program.len()));
        }
        let name = format!("{PROGRAM}-{version}-{target}");
        let packages = packages::of(stage, target)?;
        let bom = sbom::of(&packages, target, &built.program, stage.time)?;
        let entries = contents::of(stage, target, &built, &packages, &bom)?;
        assets.insert(format!("{name}.cdx.json"), bom.into_bytes());
        assets.insert(format!("{name}.tar.gz"), archive::tar_gz(&name, entries, stage.time)?);
    }
    let sums = sums(&assets);
    assets.insert("SHA256SUMS".to_owned(), sums.into_bytes());
    Ok(assets)
}

/// As `sha256sum --check` reads them.
fn sums(assets: &Assets) -> String {
    let mut text = String::new();
    for (name, bytes) in assets.iter().filter(|(name, _)| *name != "SHA256SUMS") {
        let _ = writeln!(text, "{}  {name}", hex(&Sha256::digest(bytes)));
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_what_sha256sum_reads() {
        let assets = Assets::from([("b.txt".to_owned(), b"abc".to_vec()), ("a.txt".to_owned(), Vec::new())]);
        // From FIPS 180-2 and from `sha256sum /dev/null`.
        let expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.txt\n\
                        ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b.txt\n";
        assert_eq!(sums(&assets), expected);
    }
}
