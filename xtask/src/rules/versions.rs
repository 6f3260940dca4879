//! The version is said once, in `Cargo.toml`; where documents and deployment files have to repeat it, they say the same.

use std::ops::Range;

use super::Repository;

pub(super) fn broken(repository: &Repository) -> Vec<String> {
    let Some(version) = repository.files.text("Cargo.toml").and_then(of_workspace) else { return Vec::new() };
    let mut found = Vec::new();
    for (path, text) in repository.files.iter() {
        for place in places(path, text) {
            let line = text[..place.start].matches('\n').count() + 1;
            if text[place.clone()] != *version {
                found.push(format!("{path}:{line}: says version {}, and this is {version}", &text[place]));
            }
        }
    }
    found
}

/// The version in the manifest of the workspace.
pub(crate) fn of_workspace(manifest: &str) -> Option<&str> {
    let (_, package) = manifest.split_once("[workspace.package]")?;
    let line = package
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| line.strip_prefix("version = \""))?;
    line.strip_suffix('"')
}

/// The same file with another version wherever it names the version; none when it does not.
pub(crate) fn renamed(path: &str, text: &str, new: &str) -> Option<String> {
    let mut places = places(path, text);
    if places.is_empty() {
        return None;
    }
    places.sort_by_key(|place| std::cmp::Reverse(place.start));
    let mut text = text.to_owned();
    for place in places {
        text.replace_range(place, new);
    }
    Some(text)
}

/// Where a file names the version: as the tag of the image, in what Helm and Kubernetes call it, in the manifest.
fn places(path: &str, text: &str) -> Vec<Range<usize>> {
    let is_told =
        path == "README.md" || ["docs/", "deploy/", ".github/"].iter().any(|folder| path.starts_with(folder));
    if path == "Cargo.toml" {
        let version = of_workspace(text).and_then(|version| text.find(&format!("\nversion = \"{version}\"")));
        return version.map(|at| number(text, at + "\nversion = \"".len())).into_iter().flatten().collect();
    }
    if !is_told {
        return Vec::new();
    }
    let mut found: Vec<Range<usize>> = ["baton-clockify:", "baton-clockify-v", "/baton-clockify/v"]
        .into_iter()
        .flat_map(|before| text.match_indices(before).filter_map(|(at, _)| number(text, at + before.len())))
        .collect();
    let name = path.rsplit('/').next().unwrap_or_default();
    let keys: &[&str] = match name {
        "Chart.yaml" => &["version:", "appVersion:"],
        _ if path.starts_with("deploy/") => {
            &["tag:", "newTag:", "app.kubernetes.io/version:", "org.opencontainers.image.version="]
        }
        _ => &[],
    };
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        for key in keys.iter().filter(|key| line.trim_start().starts_with(**key)) {
            let value = &line[indent + key.len()..];
            let before = value.len() - value.trim_start_matches([' ', '"', '\'', 'v']).len();
            found.extend(number(text, begin + indent + key.len() + before));
        }
        begin += line.len();
    }
    found
}

/// Three numbers with full stops between them, and what may follow of a version before its release.
fn number(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = &text[at..];
    let length = rest
        .find(|letter: char| !letter.is_ascii_alphanumeric() && !".-+".contains(letter))
        .unwrap_or(rest.len());
    let version = rest[..length].trim_end_matches(['.', '-', '+']);
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let is_version = numbers.split('.').count() == 3
        && numbers
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(|digit| digit.is_ascii_digit()));
    is_version.then(|| at..at + version.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[workspace]\nresolver = \"3\"\n\n[workspace.package]\nversion = \"1.2.3\"\n\n[workspace.dependencies]\na = { version = \"1.2.3\" }\n";
    const CHART: &str = "apiVersion: v2\nversion: 1.2.3\nappVersion: \"1.2.3\"\nkubeVersion: 1.30.0\n";

    #[test]
    fn another_version_is_found() {
        let files = [
            ("Cargo.toml", MANIFEST),
            ("deploy/helm/Chart.yaml", &CHART.replace("appVersion: \"1.2.3\"", "appVersion: \"1.2.2\"")),
            ("deploy/a.yaml", "image: r.example/baton-clockify:1.2.3\n  tag: 1.2.4\n"),
            ("deploy/Dockerfile", "LABEL \\\n    org.opencontainers.image.version=\"1.2.2\" \\\n"),
            ("docs/a.md", "`r.example/baton-clockify:1.0.0-rc.1`.\n"),
            ("crates/a/tests/b.rs", "baton-clockify:9.9.9"),
        ];
        assert_eq!(
            broken(&Repository::invented(&files)),
            [
                "deploy/Dockerfile:2: says version 1.2.2, and this is 1.2.3",
                "deploy/a.yaml:2: says version 1.2.4, and this is 1.2.3",
                "deploy/helm/Chart.yaml:3: says version 1.2.2, and this is 1.2.3",
                "docs/a.md:1: says version 1.0.0-rc.1, and this is 1.2.3",
            ]
        );
    }

    #[test]
    fn the_version_is_renamed_where_it_is_said_and_nowhere_else() {
        let manifest = renamed("Cargo.toml", MANIFEST, "2.0.0").unwrap();
        assert_eq!(manifest, MANIFEST.replacen("\"1.2.3\"", "\"2.0.0\"", 1));
        assert_eq!(
            renamed("deploy/helm/Chart.yaml", CHART, "2.0.0").unwrap(),
            CHART.replace("1.2.3", "2.0.0")
        );
        assert_eq!(renamed("docs/a.md", "1.2.3 is not it", "2.0.0"), None);
    }
}
