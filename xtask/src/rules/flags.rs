//! Documents and deployment files use no flag and no command that the program, or `cargo xtask`, does not have.

use super::document::{Code, Document};
use super::known::Known;
use super::{Repository, is_deployment, is_document};
use crate::shell;

/// Flags of others that documents name by themselves, and whose they are.
const OTHERS: &[(&str, &str)] = &[
    ("hostname", "docker's"),
    ("storage-engine", "of the Go SDK's tools"),
    ("locked", "cargo's"),
    ("switch", "stands for any of those that take no value"),
];

pub(super) fn broken(repository: &Repository) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in repository.files.iter() {
        if is_document(path) && path != "CHANGELOG.md" {
            let document = Document::read(text);
            for code in document.code {
                let unknown = in_code(&code, &repository.known);
                found.extend(
                    unknown.into_iter().map(|what| format!("{path}:{}: there is no {what}", code.line)),
                );
            }
            for piece in document.prose {
                let words: Vec<_> = piece.text.split_whitespace().collect();
                let unknown = named(&words, &repository.known);
                found.extend(
                    unknown.into_iter().map(|what| format!("{path}:{}: there is no {what}", piece.line)),
                );
            }
        } else if is_deployment(path) {
            for (number, line) in text.lines().enumerate() {
                let unknown = in_settings(line, &repository.known);
                found.extend(
                    unknown.into_iter().map(|what| format!("{path}:{}: there is no {what}", number + 1)),
                );
            }
        }
    }
    found
}

/// In a document.
fn in_code(code: &Code, known: &Known) -> Vec<String> {
    match code.language.as_deref() {
        None => shell::commands(&code.text).iter().flat_map(|words| in_line(words, known)).collect(),
        Some(language) if shell::is_language(language) => {
            shell::commands(&code.text).iter().flat_map(|words| in_command(words, known)).collect()
        }
        Some(_) => code.text.lines().flat_map(|line| in_settings(line, known)).collect(),
    }
}

/// Of a command that somebody may copy.
fn in_command(words: &[String], known: &Known) -> Vec<String> {
    match shell::ours(words) {
        Some(arguments) => known.program.unknown(arguments),
        None if words.len() > 2 && words[0] == "cargo" && words[1] == "xtask" => {
            known.xtask.unknown(&words[2..])
        }
        None => Vec::new(),
    }
}

/// Of a piece in a line of text, which may also be flags alone, or a command without the program.
fn in_line(words: &[String], known: &Known) -> Vec<String> {
    if known.program.begins_with(&words[0]) {
        return known.program.unknown(words);
    }
    if !words[0].starts_with("--") && !known.program.has_command(&words[0]) {
        return in_command(words, known);
    }
    named(words, known)
}

/// Of words that stand for themselves.
fn named<T: AsRef<str>>(words: &[T], known: &Known) -> Vec<String> {
    words
        .iter()
        .filter_map(|word| flag(word.as_ref()))
        .filter(|name| !is_known(name, known))
        .map(|name| format!("--{name}"))
        .collect()
}

/// In YAML, units and the like: behind the program on the same line, or an element of a list by itself.
fn in_settings(line: &str, known: &Known) -> Vec<String> {
    let own = shell::commands(line);
    if let Some(arguments) = own.iter().find_map(|words| {
        let is_program = |word: &String| word.rsplit('/').next() == Some(shell::PROGRAM);
        let at = words.iter().position(is_program)?;
        words
            .get(at + 1..)
            .filter(|rest| rest.iter().any(|word| word.starts_with('-')) && !rest[0].ends_with(','))
    }) {
        return known.program.unknown(arguments);
    }
    let element = line.trim().strip_prefix("- ").map(str::trim).filter(|word| word.starts_with("--"));
    let quoted = line.split('"').skip(1).step_by(2).filter(|word| word.starts_with("--"));
    let names = element.into_iter().chain(quoted).flat_map(str::split_whitespace).filter_map(flag);
    names.filter(|name| !known.program.has_flag(name)).map(|name| format!("--{name}")).collect()
}

/// The name in a word that is a flag.
fn flag(word: &str) -> Option<&str> {
    let name = word.trim_matches(['[', ']', '(', ')', '"', ',', ';', ':', '.']).strip_prefix("--")?;
    let name = name.split_once('=').map_or(name, |(name, _)| name);
    name.starts_with(|letter: char| letter.is_ascii_lowercase()).then_some(name)
}

fn is_known(name: &str, known: &Known) -> bool {
    ["help", "version"].contains(&name)
        || known.program.has_flag(name)
        || known.xtask.has_flag(name)
        || OTHERS.iter().any(|(other, _)| *other == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_that_nobody_has_are_found_wherever_they_are_written() {
        let document = "\
Use `--admin`, `--no-such` or `users --file x`, `users --wrong`, `create --sign`, `create --resign`; `ls --all` is not ours.\n\n\
```sh\n\
docker run --read-only r/baton-clockify:1.0.0 users --gone   # --comment\n\
cargo run -- users --bad && cargo build --release\n\
cargo xtask fixtures refresh --from-sim --from-nowhere\n\
```\n\n\
```yaml\n\
args: [\"users\", \"--absent\", \"--file\"]\n\
  - --missing=3\n\
run: kubectl apply --filename x\n\
run: baton-clockify users --astray\n\
```\n\n\
Plain --gone-astray (--file, --help), a--b and -- are.\n\n\
```\n\
$ baton-clockify users --unmarked\n\
```\n\n\
```text\n\
Usage: baton-clockify users [OPTIONS] --in-text\n\
```\n";
        let unit = "ExecStart=/usr/local/bin/baton-clockify --file x --lost\nExecStop=/bin/kill --signal\n";
        let repository = Repository::invented(&[
            ("README.md", document),
            ("deploy/a.service", unit),
            ("deploy/check.py", "\"--check\""),
            ("CHANGELOG.md", "`--no-longer`"),
        ]);
        let expected = [
            "README.md:1: there is no --no-such",
            "README.md:1: there is no --wrong",
            "README.md:1: there is no --resign",
            "README.md:3: there is no --gone",
            "README.md:3: there is no --bad",
            "README.md:3: there is no --from-nowhere",
            "README.md:9: there is no --absent",
            "README.md:9: there is no --missing",
            "README.md:9: there is no --astray",
            "README.md:18: there is no --unmarked",
            "README.md:22: there is no --in-text",
            "README.md:16: there is no --gone-astray",
            "deploy/a.service:1: there is no --lost",
        ];
        assert_eq!(broken(&repository), expected);
    }
}
