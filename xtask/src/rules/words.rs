//! No paths of one machine, no hosts of package registries, no numbers of a tracker that readers do not have.

use super::Repository;

/// What must not be in a text, and why. Taken apart, so that this file does not break the rule.
const BANNED: &[(&str, &str)] = &[
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/ho", "me/"), "a path of one machine"),
    (concat!("C:\\Us", "ers\\"), "a path of one machine"),
    (concat!("index.", "crates.io"), "the host of a registry"),
    (concat!("static.", "crates.io"), "the host of a registry"),
    (concat!("files.", "pythonhosted.org"), "the host of a registry"),
    (concat!("py", "pi.org"), "the host of a registry"),
    (concat!("registry.", "npmjs.org"), "the host of a registry"),
    (concat!("proxy.", "golang.org"), "the host of a registry"),
    (concat!("arti", "factory"), "the host of a registry"),
    (concat!("JFR", "OG"), "the host of a registry"),
];

/// Followed by a digit: a number of a tracker.
const TRACKERS: &[&str] = &[concat!("iss", "ue "), concat!("iss", "ue #"), concat!("ti", "cket #")];

pub(super) fn broken(repository: &Repository) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in repository.files.iter() {
        for (number, line) in text.lines().enumerate() {
            for (word, why) in BANNED.iter().filter(|(word, _)| contains(line, word)) {
                found.push(format!("{path}:{}: `{word}` is {why}", number + 1));
            }
            if TRACKERS.iter().any(|tracker| is_numbered(&line.to_ascii_lowercase(), tracker)) {
                found.push(format!("{path}:{}: a number of a tracker says nothing to a reader", number + 1));
            }
        }
    }
    found
}

/// Whether a word stands there, in capitals or not. In the middle of an address such as `https://api.example/home/` it does not
/// count.
fn contains(line: &str, word: &str) -> bool {
    let (line, word) = (line.to_ascii_lowercase(), word.to_ascii_lowercase());
    let is_path = word.starts_with('/');
    line.match_indices(&word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !is_path || !before.is_some_and(|letter| letter.is_alphanumeric() || "._-}".contains(letter))
    })
}

fn is_numbered(line: &str, tracker: &str) -> bool {
    line.match_indices(tracker).any(|(at, found)| {
        let alone = !line[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        alone && line[at + found.len()..].starts_with(|letter: char| letter.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_banned_word_is_found_and_its_likes_are_not() {
        for (word, _) in BANNED {
            let text = format!("first\nsee {word}x\n");
            let found = broken(&Repository::invented(&[("a.md", &text)]));
            assert_eq!(found.len(), 1, "{word}: {found:?}");
            assert!(found[0].starts_with("a.md:2: "), "{found:?}");
        }
        for tracker in TRACKERS {
            let text = format!("as {tracker}12 says\n");
            assert_eq!(broken(&Repository::invented(&[("a.md", &text)])).len(), 1, "{tracker}");
        }
        let sound = format!("the issue is 5 years old; https://a.example{}; a reissue 5\n", BANNED[1].0);
        assert_eq!(broken(&Repository::invented(&[("a.md", &sound)])), [""; 0]);
    }
}
