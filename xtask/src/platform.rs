//! The program is built for Windows and macOS from the same source: what one kind of operating system has is named in the
//! module `platform` of a crate and nowhere else in it. There is no machine of either kind here that would tell.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// What only one kind of system has, or has there.
const NAMED: [&str; 8] =
    ["std::os::", "signal::unix", "rustix::", "libc::", "windows_sys::", "\"/dev/", "\"/proc/", "\"/etc/"];

/// How code is made to depend on something.
const CONDITIONS: [&str; 3] = ["cfg(", "cfg!(", "cfg_attr("];

/// The kinds of systems, in a condition.
const SYSTEMS: [&str; 5] = ["unix", "windows", "target_os", "target_family", "target_vendor"];

/// Crates that no release has in it, and that need what they name: they kill processes, and measure them.
const TOOLS: [&str; 2] = ["bench-trials", "sync-trials"];

/// Dependencies that are for one kind of system.
const DEPENDENCIES: [&str; 3] = ["rustix", "libc", "openssl-probe"];

/// Looks through the sources of all crates.
///
/// # Errors
/// When something is named where it must not be.
pub(crate) fn check() -> Result<()> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask is a folder of the workspace")?;
    let mut found = Vec::new();
    for crate_folder in children(&root.join("crates"))? {
        let name = crate_folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if TOOLS.contains(&name.as_str()) {
            continue;
        }
        let manifest = crate_folder.join("Cargo.toml");
        found.extend(in_manifest(&format!("crates/{name}/Cargo.toml"), &read(&manifest)?));
        for file in sources(&crate_folder.join("src"))? {
            let path = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            found.extend(in_source(&path, &read(&file)?));
        }
    }
    if found.is_empty() { Ok(()) } else { bail!("{}", found.join("\n")) }
}

/// What a source names that it must not; tests at its end aside.
fn in_source(path: &str, text: &str) -> Vec<String> {
    let is_platform = path.split('/').any(|part| part == "platform" || part == "platform.rs");
    if is_platform {
        return Vec::new();
    }
    let lines = text.lines().enumerate().take_while(|(_, line)| line.trim() != "#[cfg(test)]");
    lines
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .filter_map(|(number, line)| {
            let named = NAMED.into_iter().find(|named| line.contains(named));
            let named = named.or_else(|| condition(line))?;
            Some(format!("{path}:{}: `{named}` belongs into the module `platform` of the crate", number + 1))
        })
        .collect()
}

/// The kind of system that the code on a line depends on.
fn condition(line: &str) -> Option<&'static str> {
    let start = CONDITIONS.into_iter().filter_map(|condition| line.find(condition)).min()?;
    let words: Vec<_> = line[start..].split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    SYSTEMS.into_iter().find(|system| words.contains(system))
}

/// Dependencies of one kind of system that a manifest asks for on all.
fn in_manifest(path: &str, text: &str) -> Vec<String> {
    let mut section = "";
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            section = line;
        }
        let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
        if DEPENDENCIES.contains(&name) && !section.starts_with("[target.") {
            found.push(format!("{path}: `{name}` is for one kind of system, and belongs below `[target.'cfg(…)'.dependencies]`"));
        }
    }
    found
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for child in children(folder)? {
        if child.is_dir() {
            found.extend(sources(&child)?);
        } else if child.extension().is_some_and(|kind| kind == "rs") {
            found.push(child);
        }
    }
    Ok(found)
}

fn children(folder: &Path) -> Result<Vec<PathBuf>> {
    let listed = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut paths = listed.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_keeps_the_rule() {
        check().unwrap();
    }

    #[test]
    fn what_one_kind_of_system_has_is_found() {
        for line in [
            "use std::os::unix::fs::MetadataExt;",
            "    #[cfg(unix)]",
            "#[cfg(not(windows))]",
            "#[cfg_attr(target_os = \"linux\", expect(dead_code))]",
            "    if cfg!(any(test, target_family = \"unix\")) {",
            "let full = File::open(\"/dev/full\");",
            "use tokio::signal::unix::signal;",
            "rustix::process::geteuid()",
        ] {
            let text = format!("//! A module.\n{line}\n");
            let found = in_source("crates/a/src/b.rs", &text);
            assert!(found.len() == 1 && found[0].starts_with("crates/a/src/b.rs:2: "), "{line}: {found:?}");
            for place in ["crates/a/src/platform/b.rs", "crates/a/src/platform.rs"] {
                assert_eq!(in_source(place, &text), [""; 0]);
            }
        }
        for line in
            ["// cfg(unix) is in the platform module", "#[cfg(feature = \"otel\")]", "let unix = cfg(test);"]
        {
            assert_eq!(in_source("crates/a/src/b.rs", line), [""; 0], "{line}");
        }
        let tests = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    #[cfg(unix)]\n    #[test]\n";
        assert_eq!(in_source("crates/a/src/b.rs", tests), [""; 0]);
    }

    #[test]
    fn a_dependency_of_one_kind_of_system_is_asked_for_there_only() {
        let sound = "[dependencies]\nserde.workspace = true\n\n[target.'cfg(unix)'.dependencies]\nrustix.workspace = true\n";
        assert_eq!(in_manifest("Cargo.toml", sound), [""; 0]);
        for line in ["rustix.workspace = true", "libc = \"0.2\"", "rustix = { workspace = true }"] {
            assert_eq!(in_manifest("Cargo.toml", &format!("[dependencies]\n{line}\n")).len(), 1, "{line}");
        }
    }
}
