//! What a browser may do with the page: run this script, apply these styles, and nothing else.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The content security policy for a page with these scripts and styles. Nothing is loaded and nothing is sent; the
/// script cannot turn text into markup, because no Trusted Types policy exists.
pub(super) fn policy(scripts: &[&str], styles: &[&str]) -> String {
    let hashes = |texts: &[&str]| {
        let hashes = texts.iter().map(|text| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text))));
        hashes.collect::<Vec<_>>().join(" ")
    };
    format!(
        "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hashes(scripts),
        hashes(styles)
    )
}

/// The style that prints a header and a footer on each page.
pub(super) fn running_header(header: &str, footer: &str) -> String {
    format!(
        "@media print{{@page{{@top-left{{content:\"{}\"}}@bottom-left{{content:\"{}\"}}}}}}",
        quoted(header),
        quoted(footer)
    )
}

/// Text for a CSS string: everything but letters, digits and spaces as its number.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == ' ' {
            quoted.push(c);
        } else {
            let _ = write!(quoted, "\\{:x} ", u32::from(c));
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_each_text_by_its_hash() {
        // `printf 'abc' | openssl dgst -sha256 -binary | base64`.
        let policy = policy(&["abc"], &["abc", ""]);
        let abc = "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='";
        let empty = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
        assert!(policy.starts_with("default-src 'none'; "));
        assert!(policy.contains(&format!("script-src {abc};")), "{policy}");
        assert!(policy.contains(&format!("style-src {abc} {empty};")), "{policy}");
        assert!(!policy.contains("unsafe"));
    }

    #[test]
    fn a_name_stays_inside_of_its_string() {
        let style = running_header("a\"}</style>\\\n é", "");
        assert!(style.contains(r"a\22 \7d \3c \2f style\3e \5c \a  \e9 "), "{style}");
        assert_eq!(style.matches('"').count(), 4);
        assert!(!style.contains('<'));
    }
}
