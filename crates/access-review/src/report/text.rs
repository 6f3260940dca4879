//! Text for the page: harmless, and in the words and numbers that people read.
//!
//! The template engine escapes what means something in HTML. What it cannot know is that a name may turn the direction of the
//! text around it or hold invisible characters; [`Text`] shows those, as a terminal does.

use std::fmt::{self, Write as _};
use std::time::Duration;

use governance_model::Timestamp;

use crate::text;

/// Untrusted text, fit to be shown; still to be escaped by whoever writes it into HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Text(String);

impl Text {
    pub(super) fn new(raw: &str) -> Self {
        Self(text::terminal(raw).into_owned())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A link within the page to somebody or something, such as `#person=64a1`. The script reads it back.
pub(super) fn link(kind: &str, id: &str) -> String {
    match kind {
        "user" => format!("#person={}", encoded(id)),
        "group" | "role" | "project" => format!("#{kind}={}", encoded(id)),
        _ => format!("#resource={}:{}", encoded(kind), encoded(id)),
    }
}

/// Percent-encoding of everything that RFC 3986 does not leave alone anywhere.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A number with commas: 12,345.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with a noun in the right form.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// An instant, for people and for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct When {
    /// `24 Nov 2026, 08:21 UTC`.
    pub(super) text: String,
    /// `24 Nov 2026`.
    pub(super) day: String,
    /// RFC 3339.
    pub(super) machine: String,
}

impl From<Timestamp> for When {
    fn from(at: Timestamp) -> Self {
        Self {
            text: at.strftime("%-d %b %Y, %H:%M UTC").to_string(),
            day: at.strftime("%-d %b %Y").to_string(),
            machine: format!("{at:.0}"),
        }
    }
}

/// How long it was from one instant to another, roughly; nothing when the second is not after the first.
pub(super) fn between(from: Timestamp, to: Timestamp) -> Option<String> {
    let passed = Duration::try_from(to.duration_since(from)).ok()?;
    Some(age(passed))
}

fn age(passed: Duration) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let seconds = passed.as_secs();
    match seconds {
        0..MINUTE => "less than a minute".to_owned(),
        MINUTE..HOUR => counted(seconds / MINUTE, "minute", "minutes"),
        HOUR..DAY => counted(seconds / HOUR, "hour", "hours"),
        _ => counted(seconds / DAY, "day", "days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas() {
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(count), text);
        }
        assert_eq!(counted(1, "day", "days"), "1 day");
        assert_eq!(counted(0, "day", "days"), "0 days");
    }

    #[test]
    fn links_hold_no_character_that_means_something() {
        assert_eq!(link("user", "64a1"), "#person=64a1");
        assert_eq!(link("group", "a b&\"<é"), "#group=a%20b%26%22%3C%C3%A9");
        assert_eq!(link("app:x", "1:2"), "#resource=app%3Ax:1%3A2");
    }

    #[test]
    fn ages_are_rounded_down_and_never_negative() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let start = at("2026-11-24T08:00:00Z");
        for (end, text) in [
            ("2026-11-24T08:00:59Z", Some("less than a minute")),
            ("2026-11-24T08:01:00Z", Some("1 minute")),
            ("2026-11-24T10:59:00Z", Some("2 hours")),
            ("2026-11-25T08:00:00Z", Some("1 day")),
            ("2027-11-24T08:00:00Z", Some("365 days")),
            ("2026-11-24T07:59:00Z", None),
        ] {
            assert_eq!(between(start, at(end)).as_deref(), text, "{end}");
        }
        let when = When::from(start);
        assert_eq!((when.text.as_str(), when.day.as_str()), ("24 Nov 2026, 08:00 UTC", "24 Nov 2026"));
        assert_eq!(when.machine, "2026-11-24T08:00:00Z");
    }
}
