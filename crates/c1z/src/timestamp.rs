//! Instants as c1z files spell them (interop reference 1.4): Go's layout `2006-01-02 15:04:05.999999999`, without a
//! zone and meant as UTC. Written always in that form; read also in RFC 3339 and with an offset, as the Go tools do.

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use governance_model::Timestamp;

/// The instant in Go's layout, in UTC; the fraction has no trailing zeros, and no dot when it is zero.
pub(crate) fn format(at: Timestamp) -> String {
    let civil = TimeZone::UTC.to_datetime(at);
    let mut text = civil.date().to_string();
    text.push(' ');
    // A civil time prints its fraction with exactly the digits it needs.
    text.push_str(&civil.time().to_string());
    text
}

/// The instant that a text names; `None` when it names none. Without an offset the text is taken as UTC.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse::<Timestamp>()
        .or_else(|_| text.parse::<DateTime>().and_then(|civil| TimeZone::UTC.to_timestamp(civil)))
        .or_else(|_| {
            strtime::parse("%Y-%m-%d %H:%M:%S%.f %z UTC", text).and_then(|parts| parts.to_timestamp())
        })
        .ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Texts taken from the official databases, and the same instants as the official CLI prints them.
    #[test]
    fn writes_what_the_official_writer_writes() {
        for (text, instant) in [
            ("2026-11-24 02:32:55.372207608", "2026-11-24T02:32:55.372207608Z"),
            ("2026-11-24 02:33:34.13130109", "2026-11-24T02:33:34.131301090Z"),
            ("2026-11-24 02:33:34", "2026-11-24T02:33:34Z"),
            ("2026-11-24 02:33:34.5", "2026-11-24T02:33:34.500Z"),
        ] {
            assert_eq!(format(at(instant)), text);
            assert_eq!(parse(text), Some(at(instant)));
        }
    }

    #[test]
    fn reads_other_spellings() {
        let expected = Some(at("2026-11-24T02:33:34.25Z"));
        for text in [
            "2026-11-24T02:33:34.25Z",
            "2026-11-24 02:33:34.25Z",
            "2026-11-24T02:33:34.25",
            "2026-11-23T21:33:34.25-05:00",
            "2026-11-24 04:33:34.25+02:00",
            "2026-11-24 02:33:34.25 +0000 UTC",
            " 2026-11-24 02:33:34.250 ",
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn refuses_what_names_no_instant() {
        for text in ["", "yesterday", "1764000000", "2026-13-01 00:00:00", "2026-11-24 25:00:00", "02:33:34"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_instant_survives(seconds in -62_135_596_800_i64..253_402_207_200, nanos in 0_i32..1_000_000_000) {
            let instant = Timestamp::new(seconds, nanos).unwrap();
            let text = format(instant);
            prop_assert_eq!(parse(&text), Some(instant));
            prop_assert!(!text.contains('.') || !text.ends_with('0'));
        }
    }
}
