//! What documents point at is there: files, headings, and paths that they name.

use super::document::Document;
use super::{Repository, is_document};

/// Where paths in documents begin; without one of these, a name may be anything.
const FOLDERS: &[&str] =
    &["crates/", "deploy/", "docs/", "examples/", "fixtures/", "fuzz/", "xtask/", ".github/", ".ci/"];

pub(super) fn broken(repository: &Repository) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in repository.files.iter().filter(|(path, _)| is_document(path)) {
        let document = Document::read(text);
        for link in &document.links {
            if let Some(why) = leads_nowhere(repository, path, &link.target) {
                found.push(format!("{path}:{}: {why}", link.line));
            }
        }
        // What a version of the past had need not be there any more.
        if path == "CHANGELOG.md" {
            continue;
        }
        for code in document.code.iter().filter(|code| code.language.is_none()) {
            let name = code.text.as_str();
            let is_path = FOLDERS.iter().any(|folder| name.starts_with(folder)) && name.chars().all(is_plain);
            if is_path && !repository.files.exists(name) {
                found.push(format!("{path}:{}: there is no {name}", code.line));
            }
        }
    }
    found
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "/._-".contains(letter)
}

fn leads_nowhere(repository: &Repository, from: &str, target: &str) -> Option<String> {
    // Other sites are not asked; mail has no file.
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let file = if file.is_empty() { from.to_owned() } else { resolved(from, file) };
    if !repository.files.exists(&file) {
        return Some(format!("there is no {file}"));
    }
    let anchor = anchor?;
    let text = repository.files.text(&file).filter(|_| is_document(&file))?;
    let is_there = Document::read(text).anchors.contains(anchor);
    (!is_there).then(|| format!("{file} has no heading `#{anchor}`"))
}

/// The path that a link means, seen from the root.
fn resolved(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_nowhere_is_found() {
        let repository = Repository::invented(&[
            (
                "README.md",
                "[a](docs/a.md) [b](docs/b.md) [c](docs/a.md#one) [d](docs/a.md#two) [e](https://e.example/x) [f](docs)\n",
            ),
            (
                "docs/a.md",
                "# One\n\n[back](../README.md) [lost](README.md) `crates/x/src` `crates/y` `crates/*/z` [here](#one)\n",
            ),
            ("crates/x/src/lib.rs", "//! X.\n"),
        ]);
        assert_eq!(
            broken(&repository),
            [
                "README.md:1: there is no docs/b.md",
                "README.md:1: docs/a.md has no heading `#two`",
                "docs/a.md:3: there is no docs/README.md",
                "docs/a.md:3: there is no crates/y",
            ]
        );
    }
}
