//! The packages that a program for one target is made of, as cargo resolves them for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::stage::Stage;
use crate::program::cargo;

/// Name and version; there is one package of each.
pub(super) type Id = (String, String);

/// A package.
#[derive(Clone, Debug)]
pub(super) struct Package {
    pub(super) id: Id,
    /// An SPDX expression.
    pub(super) licence: Option<String>,
    pub(super) repository: Option<String>,
    /// SHA-256 of what was fetched; none for those of the workspace.
    pub(super) checksum: Option<String>,
    pub(super) folder: PathBuf,
    /// Whether it is in the program; otherwise it only takes part in building it.
    pub(super) is_linked: bool,
    pub(super) depends_on: BTreeSet<Id>,
}

impl Package {
    /// Whether it is of this workspace.
    pub(super) fn is_ours(&self) -> bool {
        self.checksum.is_none()
    }
}

/// All of them, the program first.
pub(super) fn of(stage: &Stage, target: &str) -> Result<Vec<Package>> {
    let resolved = |edges: &str| {
        run(
            &stage.source,
            &[
                "tree",
                "--locked",
                "--package",
                "baton-clockify",
                "--target",
                target,
                "--edges",
                edges,
                "--prefix",
                "depth",
                "--format",
                "{p}",
            ],
        )
    };
    let all = resolved("normal,build")?;
    let linked = graph(&resolved("normal,no-proc-macro")?);
    let told =
        run(&stage.source, &["metadata", "--locked", "--format-version", "1", "--filter-platform", target])?;
    let told: Value = serde_json::from_str(&told).context("what cargo metadata says is not JSON")?;
    let lock = std::fs::read_to_string(stage.source.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let checksums = checksums(&lock);
    let top = all.lines().next().and_then(package_of).context("cargo tree says nothing")?.1;
    let mut packages = Vec::new();
    for (id, depends_on) in graph(&all) {
        let is_it = |package: &&Value| package["name"] == *id.0 && package["version"] == *id.1;
        let told = told["packages"].as_array().and_then(|packages| packages.iter().find(is_it));
        let told = told.with_context(|| format!("cargo metadata does not know {} {}", id.0, id.1))?;
        let text = |name: &str| told[name].as_str().map(str::to_owned);
        let manifest = PathBuf::from(text("manifest_path").unwrap_or_default());
        packages.push(Package {
            licence: text("license").map(|licence| licence.replace('/', " OR ")),
            repository: text("repository"),
            checksum: checksums.get(&id).cloned(),
            folder: manifest.parent().unwrap_or(Path::new("")).to_owned(),
            is_linked: linked.contains_key(&id),
            depends_on,
            id,
        });
    }
    packages.sort_by(|a, b| (a.id != top, &a.id).cmp(&(b.id != top, &b.id)));
    Ok(packages)
}

fn run(folder: &Path, arguments: &[&str]) -> Result<String> {
    let out = cargo().args(arguments).current_dir(folder).output().context("cannot start cargo")?;
    if !out.status.success() {
        bail!("cargo {}: {}", arguments[0], String::from_utf8_lossy(&out.stderr).trim());
    }
    String::from_utf8(out.stdout).context("cargo says something that is not UTF-8")
}

/// Each package of a tree with those that it depends on.
fn graph(tree: &str) -> BTreeMap<Id, BTreeSet<Id>> {
    let mut graph: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    let mut above: Vec<Id> = Vec::new();
    for (depth, id) in tree.lines().filter_map(package_of) {
        above.truncate(depth);
        graph.entry(id.clone()).or_default();
        if let Some(parent) = above.last() {
            graph.entry(parent.clone()).or_default().insert(id.clone());
        }
        above.push(id);
    }
    graph
}

/// The depth and the package in a line such as `2serde v1.0.0 (proc-macro) (*)`.
fn package_of(line: &str) -> Option<(usize, Id)> {
    let name = line.find(|letter: char| !letter.is_ascii_digit())?;
    let mut words = line[name..].split(' ');
    let id = (words.next()?.to_owned(), words.next()?.strip_prefix('v')?.to_owned());
    Some((line[..name].parse().ok()?, id))
}

/// What the lock file says of what was fetched.
fn checksums(lock: &str) -> BTreeMap<Id, String> {
    let field = |package: &str, name: &str| {
        let line = package.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""))?;
        line.strip_suffix('"').map(str::to_owned)
    };
    let packages = lock.split("[[package]]").skip(1);
    packages
        .filter_map(|package| {
            Some(((field(package, "name")?, field(package, "version")?), field(package, "checksum")?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_with_what_it_leaves_out_the_second_time() {
        let tree = "0top v1.0.0 (/x/top)\n1a v1.0.0\n2b v2.0.0 (proc-macro)\n3c v3.0.0\n1b v2.0.0 (proc-macro) (*)\n1c v4.0.0\n";
        let graph = graph(tree);
        let of = |name: &str, version: &str| -> Vec<String> {
            graph[&(name.to_owned(), version.to_owned())]
                .iter()
                .map(|(name, version)| format!("{name} {version}"))
                .collect()
        };
        assert_eq!(of("top", "1.0.0"), ["a 1.0.0", "b 2.0.0", "c 4.0.0"]);
        assert_eq!(of("a", "1.0.0"), ["b 2.0.0"]);
        assert_eq!(of("b", "2.0.0"), ["c 3.0.0"]);
        assert_eq!(of("c", "4.0.0"), [""; 0]);
    }
}
