//! What a run says about the sync that an earlier one left behind.

use std::collections::BTreeMap;

use governance_model::Timestamp;
use jiff::SignedDuration;
use sync_engine::Unusable;

use crate::duration;

/// It goes on: from where, and how old the checkpoint is.
pub(crate) fn resumed(
    sync_id: &str,
    started_at: Timestamp,
    checkpoint_at: Timestamp,
    pages: &BTreeMap<String, u64>,
    now: Timestamp,
) -> String {
    let streams: Vec<_> = pages.iter().map(|(stream, count)| format!("{stream} {count}")).collect();
    let stored = match pages.values().sum::<u64>() {
        0 => "no page is stored yet".to_owned(),
        1 => format!("1 page is stored ({}) and not read again", streams.join(", ")),
        many => format!("{many} pages are stored ({}) and not read again", streams.join(", ")),
    };
    format!(
        "Resuming sync {sync_id} from its checkpoint of {} ago: {stored}. It began {} ago.",
        since(checkpoint_at, now),
        since(started_at, now)
    )
}

/// It had been read to its end, and may not be in its place.
pub(crate) fn ended(sync_id: &str, ended_at: Timestamp, now: Timestamp) -> String {
    format!(
        "Sealing sync {sync_id}, which was read to its end {} ago and cut off while it was sealed; nothing is read again.",
        since(ended_at, now)
    )
}

/// It cannot be used, and why.
pub(crate) fn discarded(reason: &Unusable, now: Timestamp) -> String {
    let why = match reason {
        Unusable::TooOld { age, allowed } => {
            let [age, allowed] = [age, allowed].map(|length| {
                duration::show(SignedDuration::try_from(*length).unwrap_or(SignedDuration::MAX))
            });
            format!("it was cut off {age} ago, and at most {allowed} are allowed (--resume-max-age)")
        }
        Unusable::Begun { at } if *at > now => format!("it began at {at:.0}, and that is later than now"),
        Unusable::Begun { at } => {
            format!("it began {} ago, and no sync goes on for more than 7 d", since(*at, now))
        }
        Unusable::Conditions { names } if !names.is_empty() => {
            format!("it was begun with another {}", conditions(names))
        }
        other => other.to_string(),
    };
    format!(
        "The sync that was cut off cannot be resumed: {why}. Starting afresh; nothing that was sealed is lost."
    )
}

/// The connector's and the engine's names for parameters, as the flags call them.
fn conditions(names: &[String]) -> String {
    let mut words: Vec<_> = names
        .iter()
        .map(|name| match name.as_str() {
            "host" => "base URL",
            "page-size" => "page size",
            "projects" => "choice of projects",
            "types" => "choice of resource types",
            "engine" | "mapping" => "version of this program",
            other => other,
        })
        .collect();
    words.sort_unstable();
    words.dedup();
    words.join(", another ")
}

fn since(then: Timestamp, now: Timestamp) -> String {
    duration::show(now.duration_since(then))
}
