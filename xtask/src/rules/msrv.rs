//! No dependency asks for a newer compiler than `rust-version` promises. That the code itself asks for none is seen by clippy's
//! `incompatible_msrv` as far as the standard library goes, and wholly by the workflow that builds with that compiler.

use serde_json::Value;

use super::Repository;

pub(super) fn broken(repository: &Repository) -> Vec<String> {
    let Some(packages) = repository.metadata["packages"].as_array() else { return Vec::new() };
    let is_ours = |package: &&Value| package["source"].is_null();
    let Some(ours) = packages.iter().filter(is_ours).filter_map(needed).max() else {
        return vec!["no package of the workspace has a rust-version".to_owned()];
    };
    packages
        .iter()
        .filter(|package| needed(package).is_some_and(|needed| needed > ours))
        .map(|package| {
            let text = |name: &str| package[name].as_str().unwrap_or_default();
            let (name, version, needs) = (text("name"), text("version"), text("rust_version"));
            format!("{name} {version} needs Rust {needs}; the workspace promises {}.{}", ours.0, ours.1)
        })
        .collect()
}

fn needed(package: &Value) -> Option<(u32, u32, u32)> {
    let mut parts = package["rust_version"].as_str()?.split('.').map(|part| part.parse().unwrap_or_default());
    Some((parts.next()?, parts.next().unwrap_or_default(), parts.next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_dependency_that_needs_more_is_found() {
        let package = |name: &str, source: Value, needs: Value| json!({ "name": name, "version": "1.2.3", "source": source, "rust_version": needs });
        let mut repository = Repository::invented(&[]);
        repository.metadata = json!({ "packages": [
            package("ours", Value::Null, json!("1.89")),
            package("old", json!("registry"), json!("1.9")),
            package("same", json!("registry"), json!("1.89.0")),
            package("silent", json!("registry"), Value::Null),
            package("newer", json!("registry"), json!("1.100.1")),
        ] });
        assert_eq!(broken(&repository), ["newer 1.2.3 needs Rust 1.100.1; the workspace promises 1.89"]);
        repository.metadata = json!({ "packages": [package("ours", Value::Null, Value::Null)] });
        assert_eq!(broken(&repository).len(), 1);
    }
}
