//! Every module begins with a `//!` that says what it is for.

use super::Repository;

pub(super) fn broken(repository: &Repository) -> Vec<String> {
    let is_rust = |path: &str| path.rsplit_once('.').is_some_and(|(_, kind)| kind == "rs");
    let says = |text: &str| {
        text.strip_prefix("//!")
            .is_some_and(|rest| !rest.lines().next().unwrap_or_default().trim().is_empty())
    };
    let sources = repository.files.iter().filter(|(path, _)| is_rust(path));
    sources
        .filter(|(_, text)| !says(text))
        .map(|(path, _)| format!("{path} does not begin with a `//!` that says what it is for"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_says_nothing_is_found() {
        let repository = Repository::invented(&[
            ("a.rs", "//! What a is for.\n\nfn a() {}\n"),
            ("b.rs", "fn b() {}\n"),
            ("c.rs", "//!\n\nfn c() {}\n"),
            ("d.rs", "/// Not of the module.\nfn d() {}\n"),
            ("e.md", "text\n"),
        ]);
        let found = broken(&repository);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(
            found[0].starts_with("b.rs ") && found[1].starts_with("c.rs ") && found[2].starts_with("d.rs ")
        );
    }
}
