//! Lets croner walk on jiff's clock.
//!
//! croner's own support for jiff is for an older jiff; its trait is what both need.

use std::cmp::Ordering;

use croner::errors::CronError;
use croner::{CivilDate, CivilDateTime, CivilTime, CronDateTime, Resolution, Weekday};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, AmbiguousZonedDateTime};
use jiff::{SignedDuration, ZonedDateTime};

/// A time in a zone, as croner sees it.
#[derive(Clone, Debug)]
pub(super) struct Civil(pub(super) ZonedDateTime);

impl CronDateTime for Civil {
    fn to_civil(&self) -> CivilDateTime {
        let at = self.0.datetime();
        // jiff never has a negative one of these.
        let field = |value: i8| u32::from(value.unsigned_abs());
        CivilDateTime::new(
            CivilDate::from_parts_unchecked(i32::from(at.year()), field(at.month()), field(at.day())),
            CivilTime::from_parts_unchecked(field(at.hour()), field(at.minute()), field(at.second())),
        )
    }

    fn civil_weekday(&self) -> Weekday {
        let day = self.0.weekday().to_sunday_zero_offset();
        Weekday::from_days_from_sunday(u32::from(day.unsigned_abs()))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let zone = self.0.time_zone();
        let wall = wall(civil).ok_or(CronError::InvalidDate)?;
        let exact =
            |picked: Result<ZonedDateTime, jiff::Error>| picked.map(Self).map_err(|_| CronError::InvalidTime);
        let ambiguous: AmbiguousZonedDateTime = zone.to_ambiguous_zoned_datetime(wall);
        Ok(match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => Resolution::Single(exact(ambiguous.unambiguous())?),
            AmbiguousOffset::Fold { .. } => {
                Resolution::Ambiguous(exact(ambiguous.clone().earlier())?, exact(ambiguous.later())?)
            }
            AmbiguousOffset::Gap { .. } => Resolution::Gap,
        })
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        self.0.checked_add(SignedDuration::from_secs(seconds)).ok().map(Self)
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.timestamp().cmp(&other.0.timestamp())
    }
}

fn wall(civil: CivilDateTime) -> Option<DateTime> {
    let field = |value: u32| i8::try_from(value).ok();
    DateTime::new(
        i16::try_from(civil.year()).ok()?,
        field(civil.month())?,
        field(civil.day())?,
        field(civil.hour())?,
        field(civil.minute())?,
        field(civil.second())?,
        0,
    )
    .ok()
}
