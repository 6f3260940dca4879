//! When a sync is due: every so often, or by a cron expression in a time zone.

use std::fmt;
use std::time::Duration;

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use governance_model::Timestamp;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use thiserror::Error;

use super::civil::Civil;

/// The shortest interval.
const SHORTEST: Duration = Duration::from_secs(1);

/// The longest interval: a leap year.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// When regular runs are due.
#[derive(Clone, Debug)]
pub struct Schedule(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Every(Duration),
    Cron { cron: Box<Cron>, expression: String, zone: TimeZone },
}

/// Why something is not a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// The interval is under a second or over a year.
    #[error("the interval must be between 1 second and 366 days")]
    Interval,
    /// The cron expression cannot be read.
    #[error("{expression:?} is not a cron expression of five fields: {reason}")]
    Cron {
        /// The expression.
        expression: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The cron expression names a time that never comes, such as 30 February.
    #[error("the cron expression {0:?} is never due")]
    Never(String),
    /// The spread is as long as the interval, or longer.
    #[error("the jitter must be shorter than the time between two runs")]
    Jitter,
}

impl Schedule {
    /// A run every so often, counted from the end of the last one that succeeded.
    ///
    /// # Errors
    /// When the interval is under a second or over 366 days.
    pub fn every(interval: Duration) -> Result<Self, ScheduleError> {
        if (SHORTEST..=LONGEST).contains(&interval) {
            Ok(Self(Kind::Every(interval)))
        } else {
            Err(ScheduleError::Interval)
        }
    }

    /// Runs by a cron expression of five fields (minute, hour, day of the month, month, day of the week; `@daily` and its
    /// like are read too), on the clock of a time zone.
    ///
    /// Where that clock jumps forward over the time of an expression with one minute and one hour, the run is due when the
    /// jump is over; where the clock goes back, it is due at the first of the two times only. Expressions with several
    /// times a day follow the wall clock: what is skipped is skipped, what comes twice is due twice.
    ///
    /// # Errors
    /// When the expression cannot be read, or is never due. `from` is where the search for its first time begins.
    pub fn cron(expression: &str, zone: TimeZone, from: Timestamp) -> Result<Self, ScheduleError> {
        let expression = expression.trim();
        let cron = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(expression)
            .map_err(|error| ScheduleError::Cron {
                expression: expression.to_owned(),
                // The parser quotes what it was given, which may be meant for a terminal.
                reason: error.to_string().trim_end_matches('.').replace(char::is_control, "\u{fffd}"),
            })?;
        let schedule = Self(Kind::Cron { cron: Box::new(cron), expression: expression.to_owned(), zone });
        match schedule.next_after(from) {
            Some(_) => Ok(schedule),
            None => Err(ScheduleError::Never(expression.to_owned())),
        }
    }

    /// The first regular time after `last`, which is the end of the last successful run; always later than `last`. `None`
    /// when the calendar ends before.
    pub fn next_after(&self, last: Timestamp) -> Option<Timestamp> {
        match &self.0 {
            Kind::Every(interval) => {
                let interval = SignedDuration::try_from(*interval).ok()?;
                last.checked_add(interval).ok()
            }
            Kind::Cron { cron, zone, .. } => {
                let from = Civil(last.to_zoned_datetime(zone.clone()));
                let found = cron.find_next_occurrence(&from, false).ok()?;
                Some(found.0.timestamp()).filter(|next| *next > last)
            }
        }
    }

    /// Checks that a spread leaves runs in their order: it must be shorter than the interval. Between the times of a cron
    /// expression it is cut where they are closer to each other.
    ///
    /// # Errors
    /// [`ScheduleError::Jitter`] when it is not.
    pub fn check_jitter(&self, jitter: Duration) -> Result<(), ScheduleError> {
        match &self.0 {
            Kind::Every(interval) if jitter >= *interval => Err(ScheduleError::Jitter),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Every(interval) => match SignedDuration::try_from(*interval) {
                Ok(interval) => write!(f, "every {interval:#}"),
                Err(_) => write!(f, "every {} s", interval.as_secs()),
            },
            Kind::Cron { expression, zone, .. } => {
                write!(f, "cron {expression} ({})", zone.iana_name().unwrap_or("UTC"))
            }
        }
    }
}
