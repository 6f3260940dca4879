//! The program, built so that nothing of this machine is in it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::stage::Stage;
use crate::program;

/// The largest program that is published.
const MOST: usize = 20_000_000;

/// What was built.
#[derive(Debug)]
pub(super) struct Built {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its bytes.
    pub(super) program: Vec<u8>,
}

/// Builds for a target.
///
/// # Errors
/// When it does not build, is larger than it may be, or has a path of this machine in it.
pub(super) fn build(stage: &Stage, target: &str) -> Result<Built> {
    let places = places(stage)?;
    let mut cargo = program::cargo();
    cargo.args(["build", "--profile", "dist", "--locked", "--package", "baton-clockify", "--target", target]);
    cargo.current_dir(&stage.source);
    cargo.env("CARGO_TARGET_DIR", &stage.built).env("CARGO_INCREMENTAL", "0");
    cargo.env("SOURCE_DATE_EPOCH", stage.time.to_string()).env("BATON_BUILD_REVISION", &stage.revision);
    cargo.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", rust_flags(&places, target));
    if !target.ends_with("-msvc") {
        let flags = c_flags(&places)?;
        cargo.env("CFLAGS", &flags).env("CXXFLAGS", &flags);
    }
    let path = program::executable(cargo)?;
    let program = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    if program.len() > MOST {
        bail!("the program for {target} has {} bytes, and {MOST} is the most", program.len());
    }
    if let Some((place, _)) =
        places.iter().find(|(place, _)| contains(&program, place.as_os_str().as_encoded_bytes()))
    {
        bail!("the program for {target} has the path {} in it", place.display());
    }
    Ok(Built { path, program })
}

/// Folders of this machine, and what the program has to say instead of them.
fn places(stage: &Stage) -> Result<Vec<(PathBuf, &'static str)>> {
    let sysroot =
        Command::new("rustc").args(["--print", "sysroot"]).output().context("cannot start rustc")?;
    let sysroot = String::from_utf8(sysroot.stdout).context("rustc says something that is not UTF-8")?;
    Ok(vec![
        (cargo_home()?, "/cargo"),
        (PathBuf::from(sysroot.trim()), "/rust"),
        (stage.folder.canonicalize().context("the stage is gone")?, "/build"),
    ])
}

/// Where cargo keeps what it has fetched.
fn cargo_home() -> Result<PathBuf> {
    if let Some(home) = env::var_os("CARGO_HOME") {
        return Ok(home.into());
    }
    let home = env::home_dir().context("nobody says where the home folder is")?;
    Ok(home.join(".cargo"))
}

/// For rustc, with the separator that cargo wants.
fn rust_flags(places: &[(PathBuf, &str)], target: &str) -> OsString {
    let mut flags = OsString::new();
    for (place, name) in places {
        if !flags.is_empty() {
            flags.push("\u{1f}");
        }
        flags.push("--remap-path-prefix=");
        flags.push(place);
        flags.push("=");
        flags.push(name);
    }
    // Microsoft's linker writes the time of day unless it is told not to.
    if target.ends_with("-msvc") {
        flags.push("\u{1f}-Clink-arg=/Brepro");
    }
    flags
}

/// For the C compiler: the names of sources are in what its assertions say.
fn c_flags(places: &[(PathBuf, &str)]) -> Result<String> {
    let flags = places.iter().map(|(place, name)| {
        let place = place.to_str().filter(|place| !place.contains(char::is_whitespace));
        let place =
            place.context("a path with a space in it cannot be kept out of the program; build elsewhere")?;
        Ok(format!("-ffile-prefix-map={place}={name}"))
    });
    Ok(flags.collect::<Result<Vec<_>>>()?.join(" "))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// What the program says with these arguments. It is asked with no settings of whoever builds it.
pub(super) fn said(program: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let mut command = Command::new(program);
    command.args(arguments);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("BATON_") {
            command.env_remove(name);
        }
    }
    let out = command.output().context("the program does not run on this machine")?;
    if !out.status.success() {
        bail!("`{}`: {}", arguments.join(" "), String::from_utf8_lossy(&out.stderr).trim());
    }
    Ok(out.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_renamed_for_both_compilers() {
        let places = [(PathBuf::from("/a/b"), "/cargo"), (PathBuf::from("/c"), "/build")];
        assert_eq!(
            rust_flags(&places, "x86_64-unknown-linux-gnu"),
            "--remap-path-prefix=/a/b=/cargo\u{1f}--remap-path-prefix=/c=/build"
        );
        assert_eq!(c_flags(&places).unwrap(), "-ffile-prefix-map=/a/b=/cargo -ffile-prefix-map=/c=/build");
        assert!(c_flags(&[(PathBuf::from("/a b"), "/x")]).is_err());
        assert!(contains(b"see /a/b/c.rs", b"/a/b") && !contains(b"see /a/c", b"/a/b"));
    }
}
