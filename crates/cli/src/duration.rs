//! Lengths of time as people write and read them.

use std::fmt::Write;
use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};

/// Reads a length of time such as `90s`, `6h`, `1d` or `1h30m`; a day is 24 hours.
///
/// # Errors
/// How it should be written.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let read = || {
        let span: Span = text.trim().parse().ok()?;
        let length: SignedDuration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
        Duration::try_from(length).ok()
    };
    read().ok_or_else(|| format!("a time is written like 90s, 15m, 6h, 1d or 1h30m, not {text:?}"))
}

/// Shows a length of time in its two largest units; negative ones as none at all.
pub(crate) fn show(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let Some(largest) = units.iter().position(|(_, size)| seconds >= *size) else { return "0 s".to_owned() };
    let (unit, size) = units[largest];
    let mut text = format!("{} {unit}", seconds / size);
    if let Some((next, smaller)) = units.get(largest + 1)
        && seconds % size >= *smaller
    {
        // Writing to a string cannot fail.
        let _ = write!(text, " {} {next}", seconds % size / smaller);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write() {
        for (text, seconds) in [
            ("1s", 1),
            ("90m", 5_400),
            ("6h", 21_600),
            ("26h", 93_600),
            ("1d", 86_400),
            ("1h30m", 5_400),
            (" 1 day 12 hours ", 129_600),
            ("1w", 604_800),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "6", "six hours", "-6h", "1mo", "1y", "6h6", "99999999999999w"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_people_read() {
        for (seconds, text) in [
            (-5, "0 s"),
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_599, "59 min 59 s"),
            (3_605, "1 h"),
            (93_600, "1 d 2 h"),
            (86_400 + 60, "1 d"),
        ] {
            assert_eq!(show(SignedDuration::from_secs(seconds)), text);
        }
    }
}
