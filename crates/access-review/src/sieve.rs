//! Looking for a text in messages that are not decoded: of a hundred thousand people one is meant, and decoding the others is
//! all that a search costs.

use std::cell::RefCell;

use memchr::memmem::{self, Finder};

/// A text that is shorter fits too many messages to be worth a look.
const SHORTEST: usize = 3;
/// The Kelvin sign, the one character outside of ASCII that becomes an ASCII letter in lower case.
const KELVIN: &str = "\u{212a}";
/// What an I with a dot above leaves behind its i in lower case.
const DOT_ABOVE: char = '\u{307}';

/// Finds the messages in which some text may be the wanted one, in whatever case.
pub(crate) struct Sieve {
    finder: Finder<'static>,
    lower: RefCell<Vec<u8>>,
}

impl Sieve {
    /// For a text in lower case; nothing when messages cannot be told apart by it.
    pub(crate) fn of(wanted: &str) -> Option<Self> {
        if wanted.contains(DOT_ABOVE) {
            return None;
        }
        // Other characters have other bytes in capitals; what stands between them is found alone.
        let longest = wanted.split(|c: char| !c.is_ascii()).max_by_key(|part| part.len())?;
        (longest.len() >= SHORTEST)
            .then(|| Self { finder: Finder::new(longest).into_owned(), lower: RefCell::default() })
    }

    /// Whether the message may hold it. Texts stand in messages as they are.
    pub(crate) fn may_hold(&self, message: &[u8]) -> bool {
        let mut lower = self.lower.borrow_mut();
        lower.clear();
        lower.extend_from_slice(message);
        lower.make_ascii_lowercase();
        self.finder.find(&lower).is_some() || memmem::find(message, KELVIN.as_bytes()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_equal_in_lower_case_is_held() {
        for (wanted, text) in [
            ("ada", "ADA"),
            ("ada.lovelace@example.com", "Ada.LoveLace@Example.COM"),
            ("müller-lüdenscheidt", "MÜLLER-LÜDENSCHEIDT"),
            ("zoë quinn", "ZOË QUINN"),
            ("kim", "\u{212a}im"),
            ("karl-heinz", "\u{212a}ARL-HEIN\u{5a}"),
            ("i\u{307}stanbul", "İSTANBUL"),
            ("ok", "OK"),
            ("приёмка", "ПРИЁМКА"),
        ] {
            assert_eq!(text.to_lowercase(), wanted, "the table itself");
            let held = |sieve: Sieve| sieve.may_hold(format!("\n\u{2}{text}\u{1a}").as_bytes());
            assert!(Sieve::of(wanted).is_none_or(held), "{wanted} in {text}");
        }
        assert!(!Sieve::of("ada").unwrap().may_hold(b"somebody else"));
    }

    /// Every character of Unicode: none but those two gives ASCII in lower case that was not ASCII before.
    #[test]
    fn no_other_character_becomes_ascii() {
        let strangers: Vec<char> =
            ('\u{80}'..=char::MAX).filter(|c| c.to_lowercase().any(|lower| lower.is_ascii())).collect();
        assert_eq!(strangers, ['\u{130}', '\u{212a}']);
    }
}
