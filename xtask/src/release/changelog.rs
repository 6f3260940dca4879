//! `CHANGELOG.md`: what a release says about itself.

use anyhow::{Result, bail};

use super::version::Version;

const UNRELEASED: &str = "## [Unreleased]";

/// The changelog in which what was unreleased is of this version. One that has a section for it already stays as it is.
///
/// # Errors
/// When there is nothing to say about the version.
pub(super) fn released(text: &str, version: Version, date: &str) -> Result<String> {
    if let Some(section) = section(text, &format!("## [{version}]")) {
        if !has_entries(section) {
            bail!("CHANGELOG.md says nothing about {version}");
        }
        return Ok(text.to_owned());
    }
    let Some(section) = section(text, UNRELEASED) else {
        bail!("CHANGELOG.md has no section `{UNRELEASED}` and none for {version}");
    };
    if !has_entries(section) {
        bail!("CHANGELOG.md has nothing under `{UNRELEASED}`; say what a user of {version} notices");
    }
    Ok(text.replacen(UNRELEASED, &format!("{UNRELEASED}\n\n## [{version}] - {date}"), 1))
}

/// What stands under a heading.
pub(super) fn section<'a>(text: &'a str, heading: &str) -> Option<&'a str> {
    let at =
        text.match_indices(heading).map(|(at, _)| at).find(|at| *at == 0 || text[..*at].ends_with('\n'))?;
    let rest = text[at..].split_once('\n').map_or("", |(_, rest)| rest);
    Some(rest.find("\n## ").map_or(rest, |end| &rest[..=end]))
}

fn has_entries(section: &str) -> bool {
    section.lines().any(|line| line.starts_with("- "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [0.1.0] - 2026-01-02\n\n- The first.\n";

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_unreleased_gets_a_version_and_a_date() {
        assert_eq!(
            released(TEXT, version("0.2.0"), "2026-03-04").unwrap(),
            "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-03-04\n\n### Added\n\n- A thing.\n\n## [0.1.0] - 2026-01-02\n\n- The first.\n"
        );
        assert_eq!(released(TEXT, version("0.1.0"), "2026-03-04").unwrap(), TEXT);
        assert_eq!(section(TEXT, "## [0.1.0]"), Some("\n- The first.\n"));
    }

    #[test]
    fn a_release_that_says_nothing_is_refused() {
        let empty = TEXT.replace("- A thing.\n", "");
        assert!(released(&empty, version("0.2.0"), "2026-03-04").is_err());
        assert!(released("# Changelog\n", version("0.2.0"), "2026-03-04").is_err());
        assert!(released(&TEXT.replace("- The first.", ""), version("0.1.0"), "2026-03-04").is_err());
    }
}
