//! Every variable is in the one list, which is the program's (`crates/cli/src/environment.rs`): those that documents and
//! deployment files name, and those that the code reads. And what is in the list is told in a document.

use super::{Repository, is_deployment, is_document};

/// Variables that the build reads or sets, and not the program.
const OF_THE_BUILD: [&str; 3] = ["BATON_BUILD_REVISION", "BATON_CLOCKIFY_REVISION", "BATON_CLOCKIFY_TARGET"];

/// What the system, or a web server, says of itself, and nobody sets for this program.
const OF_THE_SYSTEM: [&str; 2] = ["COMPUTERNAME", "REQUEST_METHOD"];

/// What variables of ours and of clouds begin with. Cloud's own tools gave them their names.
const BEGINNINGS: [&str; 5] = ["BATON_", "AWS_", "AZURE_", "GOOGLE_", "STORAGE_"];

/// Variables of others that documents speak of as not read.
const NOT_READ: [&str; 1] = ["AWS_PROFILE"];

pub(super) fn broken(repository: &Repository) -> Vec<String> {
    let listed = &repository.known.variables;
    let is_known =
        |name: &str| listed.contains(name) || OF_THE_BUILD.contains(&name) || OF_THE_SYSTEM.contains(&name);
    // `BATON_OTEL_…` stands for several.
    let is_beginning = |name: &str| name.ends_with('_') && listed.iter().any(|known| known.starts_with(name));
    let mut found = Vec::new();
    let mut documents = String::new();
    for (path, text) in repository.files.iter() {
        let is_told = (is_document(path) && path != "CHANGELOG.md") || is_deployment(path);
        if is_document(path) {
            documents.push_str(text);
        }
        let asks = asks(text);
        for (number, line) in text.lines().enumerate() {
            let named = if is_told {
                names(line)
            } else if is_source(path) {
                read(line, asks)
            } else {
                continue;
            };
            let is_said = |name: &str| is_told && NOT_READ.contains(&name);
            for name in
                named.into_iter().filter(|name| !is_known(name) && !is_beginning(name) && !is_said(name))
            {
                found.push(if is_told {
                    format!("{path}:{}: there is no variable {name}", number + 1)
                } else {
                    format!("{path}:{}: {name} is read, and is not in the program's list", number + 1)
                });
            }
        }
    }
    let untold = listed.iter().filter(|name| !documents.contains(&format!("`{name}`")));
    found.extend(untold.map(|name| format!("no document tells of {name}")));
    found
}

/// What goes into the program.
fn is_source(path: &str) -> bool {
    let is_rust = path.rsplit_once('.').is_some_and(|(_, kind)| kind == "rs");
    let is_code = path.starts_with("crates/") && (path.contains("/src/") || path.ends_with("/build.rs"));
    // These are for tests only.
    let is_for_tests = ["bench-trials", "c1-sim", "clockify-sim", "fuzz-trials", "s3-sim", "sync-trials"];
    let is_for_tests = is_for_tests.iter().any(|name| path.starts_with(&format!("crates/{name}/")));
    is_rust && is_code && !is_for_tests && !path.ends_with("/tests.rs")
}

/// Our names in a line, and those of clouds.
fn names(line: &str) -> Vec<&str> {
    let is_part = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    let starts = BEGINNINGS.iter().flat_map(|start| line.match_indices(start)).map(|(at, _)| at);
    let alone = |at: &usize| {
        !line[..*at].chars().next_back().is_some_and(|letter| is_part(letter) || letter.is_ascii_lowercase())
    };
    let names = starts.filter(alone).map(|at| {
        let rest = &line[at..];
        &rest[..rest.find(|letter| !is_part(letter)).unwrap_or(rest.len())]
    });
    names.filter(|name| !BEGINNINGS.contains(name)).collect()
}

/// Whether code asks the environment, or what was taken from it, for anything. Then the names of variables may stand anywhere
/// in the file, in a constant for one.
fn asks(text: &str) -> bool {
    let calls = ["env::var", "env!(", "super::environment(", "settings.get("];
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.into_iter().any(|line| calls.iter().any(|call| line.contains(call)))
}

/// Names that a line of code reads: ours and those of clouds in quotes, and others where the environment is asked.
fn read(line: &str, asks: bool) -> Vec<&str> {
    let code = line.trim_start();
    if code.starts_with("//") {
        return Vec::new();
    }
    let quoted = code.split('"').skip(1).step_by(2).filter(|name| is_name(name));
    // Cargo's own are there while a crate is built.
    let of_cargo =
        |name: &str| name.starts_with("CARGO_") || ["OUT_DIR", "TARGET", "HOST", "PROFILE"].contains(&name);
    let begins = |name: &str| BEGINNINGS.iter().any(|start| name.starts_with(start));
    quoted.filter(|name| (asks || begins(name)) && !of_cargo(name)).collect()
}

fn is_name(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_uppercase())
        && text.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
        && text.contains('_')
        && !text.ends_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_and_not_read_or_read_and_not_named_is_found() {
        let repository = Repository::invented(&[
            (
                "README.md",
                "`BATON_FILE`, BATON_FLIE=x, `BATON_API_KEY_FILE`, BATON_…, `BATON_AP_…`, `BATON_API_…`\n",
            ),
            ("docs/a.md", "`BATON_API_KEY` `NO_PROGRESS` BATON_LIMIT2\n"),
            ("deploy/a.yaml", "- name: BATON_GONE\n"),
            ("deploy/check/names.py", "BATON_SCRIPT\n"),
            (
                "crates/cli/src/a.rs",
                "//! BATON_COMMENT.\nlet a = limit(\"BATON_LIMIT\");\nlet b = env::var_os(\"NO_PROGRESS\");\nlet c = env::var(\"SECRET_DOOR\");\nlet d = \"BATON_HIDDEN\";\nlet e = env!(\"CARGO_PKG_NAME\");\n",
            ),
            ("crates/cli/src/b.rs", "const DOOR: &str = \"BACK_DOOR\";\nlet a = std::env::var_os(DOOR);\n"),
            (
                "crates/cli/src/c.rs",
                "// env::var\nlet a = \"TEAM_MANAGER\";\nlet b = settings(\"AWS_DOOR\");\n",
            ),
            ("crates/s3-sim/src/a.rs", "let a = \"AWS_OTHER_DOOR\";\n"),
            ("docs/stores.md", "`AWS_PROFILE` is not read, `AWS_GONE`, AWS_…\n"),
            ("crates/cli/tests/it/a.rs", "env::var(\"IN_TESTS\")\n"),
        ]);
        assert_eq!(
            broken(&repository),
            [
                "README.md:1: there is no variable BATON_FLIE",
                "README.md:1: there is no variable BATON_AP_",
                "crates/cli/src/a.rs:4: SECRET_DOOR is read, and is not in the program's list",
                "crates/cli/src/a.rs:5: BATON_HIDDEN is read, and is not in the program's list",
                "crates/cli/src/b.rs:1: BACK_DOOR is read, and is not in the program's list",
                "crates/cli/src/c.rs:3: AWS_DOOR is read, and is not in the program's list",
                "deploy/a.yaml:1: there is no variable BATON_GONE",
                "docs/a.md:1: there is no variable BATON_LIMIT2",
                "docs/stores.md:1: there is no variable AWS_GONE",
                "no document tells of BATON_LIMIT",
            ]
        );
    }
}
