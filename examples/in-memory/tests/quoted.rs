//! `docs/extending.md` quotes what is there, and names paths that exist.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Each Rust block with the source that was named last before it.
fn blocks(document: &str) -> Vec<(String, Vec<String>)> {
    let mut blocks = Vec::new();
    let mut source = None;
    let mut block: Option<Vec<String>> = None;
    for line in document.lines() {
        if let Some(path) = line.strip_prefix("From `").and_then(|rest| rest.strip_suffix("`:")) {
            source = Some(path.to_owned());
        } else if line == "```rust" {
            block = Some(Vec::new());
        } else if line == "```" {
            let whole = block.take().map(|lines| (source.clone().expect("a source is named"), lines));
            blocks.extend(whole);
        } else if let Some(lines) = &mut block {
            lines.push(line.to_owned());
        }
    }
    blocks
}

/// Whether the lines follow one another in the source, all of them further in by the same number of spaces.
fn occurs(source: &str, block: &[String]) -> bool {
    let source: Vec<&str> = source.lines().collect();
    source.windows(block.len()).any(|found| {
        let indent = found[0].len() - found[0].trim_start().len();
        let indent = indent - (block[0].len() - block[0].trim_start().len()).min(indent);
        found.iter().zip(block).all(|(found, quoted)| {
            if quoted.is_empty() { found.is_empty() } else { **found == format!("{:indent$}{quoted}", "") }
        })
    })
}

#[test]
fn every_block_is_in_the_source_it_is_said_to_be_from() {
    let found = blocks(&text("docs/extending.md"));
    assert!(found.len() >= 12, "only {} blocks were found", found.len());
    for (source, block) in found {
        assert!(occurs(&text(&source), &block), "not in {source}:\n{}", block.join("\n"));
    }
}

#[test]
fn every_path_exists() {
    let document = text("docs/extending.md");
    let quoted = document.split('`').skip(1).step_by(2);
    let folders = ["crates/", "docs/", "examples/", "fixtures/", "xtask/"];
    let paths: Vec<&str> =
        quoted.filter(|quoted| folders.iter().any(|folder| quoted.starts_with(folder))).collect();
    assert!(paths.len() > 20, "only {} paths were found", paths.len());
    for path in paths {
        assert!(root().join(path).exists(), "there is no {path}");
    }
}

#[test]
fn a_block_with_another_word_is_not_in_the_source() {
    let source = "fn a() {\n    let b = 1;\n\n    let c = 2;\n}\n";
    let block = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    assert!(occurs(source, &block(&["let b = 1;", "", "let c = 2;"])));
    assert!(!occurs(source, &block(&["let b = 1;", "", "let c = 3;"])));
    assert!(!occurs(source, &block(&["let b = 1;", "let c = 2;"])));
}
