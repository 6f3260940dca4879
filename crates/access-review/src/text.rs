//! Untrusted text, made harmless for where it is going.
//!
//! Names come from whoever could give an account one. On a terminal an escape sequence can hide or fake lines; in a
//! spreadsheet a cell that begins like a formula is one. HTML is escaped by the template engine. In JSON the same characters
//! are written as escapes, which any reader turns back: nothing is lost, and a terminal that shows it obeys nothing.

use std::borrow::Cow;

/// Text for a terminal: one line, without control characters, and without the invisible characters that turn the
/// direction of text or pretend to be nothing. Each becomes U+FFFD, so that one sees that something was there.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_dangerous) {
        Cow::Owned(
            text.chars().map(|c| if is_dangerous(c) { char::REPLACEMENT_CHARACTER } else { c }).collect(),
        )
    } else {
        Cow::Borrowed(text)
    }
}

/// Text for a cell of a spreadsheet. What Excel, `LibreOffice` or Google Sheets would take for a formula gets an apostrophe
/// in front, which makes it text there; the rule is that of OWASP's page on CSV injection. So does what follows a semicolon, a
/// tab or the end of a line: where the semicolon separates columns, as in a German Excel, a new cell begins there. Control
/// characters but those become U+FFFD: CSV is shown on terminals, too.
pub fn cell(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    let mut defused = String::new();
    let mut begins = true;
    for c in text.chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') {
            defused.push('\'');
        }
        defused.push(if is_control(c) { char::REPLACEMENT_CHARACTER } else { c });
        begins = matches!(c, ';' | '\t' | '\r' | '\n') || begins && (c.is_whitespace() || c == '\u{feff}');
    }
    if defused == text { Cow::Borrowed(text) } else { Cow::Owned(defused) }
}

/// Whether a terminal would obey a character, or a reader be misled by it.
pub(crate) fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Line and paragraph separators, and what turns the direction of text.
            '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
            // Invisible, and tags that carry hidden text.
            | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_no_escapes_and_no_turned_text() {
        assert_eq!(terminal("Ann O'Hara"), "Ann O'Hara");
        assert_eq!(terminal("a\x1b[2Jb\r\nc\td"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}c\u{fffd}d");
        assert_eq!(terminal("x\u{9b}31m"), "x\u{fffd}31m");
        assert_eq!(terminal("a\u{202e}txt.exe"), "a\u{fffd}txt.exe");
        assert_eq!(terminal("Zoë 👩‍💻 محمد"), "Zoë 👩‍💻 محمد");
    }

    #[test]
    fn a_spreadsheet_gets_no_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"] {
            assert_eq!(cell(bad), format!("'{bad}"), "{bad:?}");
        }
        assert_eq!([cell("\t=1"), cell("\r=1"), cell(" =1")], ["'\t'=1", "'\r'=1", " '=1"]);
        for (bad, harmless) in [
            ("a;=1+1;b", "a;'=1+1;b"),
            ("Ops; =cmd|x", "Ops; '=cmd|x"),
            ("a\n@x", "a\n'@x"),
            ("\u{3000}=1", "\u{3000}'=1"),
            ("a\x1b[2J\u{9b}1m\0", "a\u{fffd}[2J\u{fffd}1m\u{fffd}"),
        ] {
            assert_eq!(cell(bad), harmless, "{bad:?}");
        }
        for good in ["", "Ann", "a=b", "Ops; Sales", "a\tb", "'=1", "a-b", "2026-11-24T00:00:00Z"] {
            assert_eq!(cell(good), good);
        }
    }
}
