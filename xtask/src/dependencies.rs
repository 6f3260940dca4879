//! Whether `docs/dependencies.md` speaks of every direct dependency of the workspace, and of no other, and whether what watches
//! over dependencies and compilers is still told to.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    fn read(path: &str) -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        std::fs::read_to_string(root.join(path)).unwrap()
    }

    /// The names in the table of workspace dependencies, without our own crates.
    fn declared() -> BTreeSet<String> {
        let manifest = read("Cargo.toml");
        let table = manifest.split("[workspace.dependencies]").nth(1).unwrap();
        let table = table.split("\n[").next().unwrap();
        let lines = table.lines().filter(|line| !line.starts_with('#') && !line.contains("path = "));
        lines.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.to_owned()).collect()
    }

    /// The names in the first columns of the tables.
    fn explained() -> BTreeSet<String> {
        let text = read("docs/dependencies.md");
        let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
        let firsts = rows.filter_map(|row| row.split(" | ").next());
        let names = firsts.flat_map(|first| first.split(", "));
        names.map(|name| name.trim_matches('`').to_owned()).collect()
    }

    #[test]
    fn every_dependency_is_explained() {
        let (declared, explained) = (declared(), explained());
        assert!(declared.len() > 50);
        let missing: Vec<_> = declared.difference(&explained).collect();
        let strangers: Vec<_> = explained.difference(&declared).collect();
        assert!(missing.is_empty(), "docs/dependencies.md does not speak of {missing:?}");
        assert!(
            strangers.is_empty(),
            "docs/dependencies.md speaks of {strangers:?}, which the workspace does not have"
        );
    }

    /// Tools that read a setting are silent when it is gone.
    #[test]
    fn what_is_not_allowed_is_denied() {
        for (file, settings) in [
            (
                "deny.toml",
                &[
                    "multiple-versions = \"deny\"",
                    "wildcards = \"deny\"",
                    "unknown-registry = \"deny\"",
                    "unknown-git = \"deny\"",
                    "yanked = \"deny\"",
                ][..],
            ),
            (
                "Cargo.toml",
                &["incompatible_msrv = \"deny\"", "unsafe_code = \"forbid\"", "missing_docs = \"deny\""],
            ),
            (".github/workflows/ci.yaml", &["  msrv:"]),
        ] {
            let text = read(file);
            for setting in settings {
                assert!(text.lines().any(|line| line == *setting), "{file} does not say {setting}");
            }
        }
    }

    /// So that nobody is surprised by a version that came in unseen: each exception says why.
    #[test]
    fn every_exception_has_a_reason() {
        let text = read("deny.toml");
        let skipped = text.split("skip = [").nth(1).unwrap().split("\n]").next().unwrap();
        for line in skipped.lines().filter(|line| !line.trim().is_empty()) {
            assert!(line.contains("crate = \"") && line.contains("reason = \""), "{line}");
        }
    }
}
