//! Points in time.

use governance_model::Timestamp;

use super::ConvertError;

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// A point in time as protobuf writes it: the nanoseconds count forward, before 1970 too.
pub fn timestamp_to_proto(time: Timestamp) -> prost_types::Timestamp {
    let (seconds, nanos) = (time.as_second(), time.subsec_nanosecond());
    if nanos < 0 {
        prost_types::Timestamp { seconds: seconds - 1, nanos: nanos + 1_000_000_000 }
    } else {
        prost_types::Timestamp { seconds, nanos }
    }
}

/// The point in time that protobuf means; `None` when its nanoseconds are not 0 to 999,999,999 or the year is not one
/// of the calendar's.
pub fn timestamp_from_proto(time: &prost_types::Timestamp) -> Option<Timestamp> {
    let in_range = (0..NANOS_PER_SECOND).contains(&i128::from(time.nanos));
    in_range
        .then(|| i128::from(time.seconds) * NANOS_PER_SECOND + i128::from(time.nanos))
        .and_then(|nanos| Timestamp::from_nanosecond(nanos).ok())
}

/// [`timestamp_from_proto`] for an optional field of a message.
pub(super) fn read(
    message: &'static str,
    field: &'static str,
    time: Option<&prost_types::Timestamp>,
) -> Result<Option<Timestamp>, ConvertError> {
    let Some(time) = time else { return Ok(None) };
    timestamp_from_proto(time).map(Some).ok_or(ConvertError::Time {
        message,
        field,
        seconds: time.seconds,
        nanos: time.nanos,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nanoseconds_count_forward() {
        let proto = timestamp_to_proto(Timestamp::from_nanosecond(-1).expect("in range"));
        assert_eq!(proto, prost_types::Timestamp { seconds: -1, nanos: 999_999_999 });
        let proto = timestamp_to_proto("2026-08-21T00:00:00.5Z".parse().expect("a time"));
        assert_eq!(proto, prost_types::Timestamp { seconds: 1_787_270_400, nanos: 500_000_000 });
    }

    #[test]
    fn nonsense_is_no_time() {
        let bad = [(0, -1), (0, 1_000_000_000), (i64::MAX, 0), (i64::MIN, 0)];
        for (seconds, nanos) in bad {
            assert_eq!(timestamp_from_proto(&prost_types::Timestamp { seconds, nanos }), None);
        }
    }
}
