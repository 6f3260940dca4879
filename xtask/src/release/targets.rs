//! For which targets this machine can build.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::say::say;

/// Those that were asked for; without any, this machine's own and, where compilers for it are there, the static one of Linux.
pub(super) fn wanted(asked: &[String]) -> Result<Vec<String>> {
    if !asked.is_empty() {
        if let Some(missing) = asked.iter().find(|target| !is_installed(target)) {
            bail!("the standard library for {missing} is not installed: rustup target add {missing}");
        }
        return Ok(asked.to_vec());
    }
    let host = host()?;
    let mut targets = vec![host.clone()];
    if let Some(fixed) =
        host.strip_suffix("-gnu").filter(|host| host.ends_with("-linux")).map(|host| format!("{host}-musl"))
    {
        let compiler =
            Command::new("musl-gcc").arg("--version").output().is_ok_and(|out| out.status.success());
        if is_installed(&fixed) && compiler {
            targets.push(fixed);
        } else {
            say(&format!("release: LEFT OUT {fixed}: its standard library or musl-gcc is not installed"));
        }
    }
    Ok(targets)
}

/// The target of this machine.
pub(super) fn host() -> Result<String> {
    let out = Command::new("rustc").arg("-vV").output().context("cannot start rustc")?;
    let said = String::from_utf8(out.stdout).context("rustc says something that is not UTF-8")?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say for which target it builds")
}

fn is_installed(target: &str) -> bool {
    let out = Command::new("rustc").args(["--print", "target-libdir", "--target", target]).output();
    let folder =
        out.ok().filter(|out| out.status.success()).and_then(|out| String::from_utf8(out.stdout).ok());
    folder.is_some_and(|folder| std::path::Path::new(folder.trim()).is_dir())
}
