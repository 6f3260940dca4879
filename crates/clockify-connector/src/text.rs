//! Keeps texts within what the Baton protocol takes, and within what a broken or hostile server may do to files and
//! terminals.

/// The longest display name, in bytes (interop reference 2.4).
pub(crate) const MAX_NAME_BYTES: usize = 1024;

/// The longest text in a profile, in bytes. Names, time zones and custom fields of real workspaces fit many times.
pub(crate) const MAX_TEXT_BYTES: usize = 4096;

/// The longest name of a custom field, in bytes.
pub(crate) const MAX_KEY_BYTES: usize = 256;

/// The longest code, such as a role or a status, in bytes.
pub(crate) const MAX_CODE_BYTES: usize = 256;

/// The longest e-mail address, in bytes: 64 before the `@` and 255 behind it (RFC 5321, 4.5.3.1). A longer one is left
/// out, because a part of it may be somebody else's.
pub(crate) const MAX_ADDRESS_BYTES: usize = 320;

/// How much of a raw value is shown in a sentence, in bytes. Values that Clockify is known to send fit twice.
pub(crate) const MAX_RAW_BYTES: usize = 64;

/// The longest prefix of `text` that has at most `max` bytes and cuts no character in two.
pub(crate) fn clip(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The first text that says something: `""` and `None` both mean nothing (clockify reference 9).
pub(crate) fn first_of<'a>(candidates: &[Option<&'a str>], last: &'a str) -> &'a str {
    candidates.iter().flatten().copied().find(|text| !is_blank(text)).unwrap_or(last)
}

/// Whether a text says nothing.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Given and family name: the first word and the rest. Clockify keeps one name only.
pub(crate) fn split_name(name: &str) -> (&str, &str) {
    let name = name.trim();
    match name.split_once(char::is_whitespace) {
        Some((given, family)) => (given, family.trim_start()),
        None => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clipping_respects_characters() {
        assert_eq!(clip("日本語", 4), "日");
        assert_eq!(clip("日本語", 9), "日本語");
        assert_eq!(clip("", 0), "");
    }

    #[test]
    fn names_split_at_the_first_space() {
        assert_eq!(split_name("Zoë „Zed“ Müller"), ("Zoë", "„Zed“ Müller"));
        assert_eq!(split_name("田中 愛子"), ("田中", "愛子"));
        assert_eq!(split_name(" Cher "), ("Cher", ""));
        assert_eq!(split_name(""), ("", ""));
    }
}
