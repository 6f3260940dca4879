//! Does Clockify still answer, and will it as long as a sync takes?

use std::fmt::Write as _;

use super::ask::Asked;
use crate::doctor::report::Check;
use crate::doctor::subject::Subject;
use crate::exit::Exit;

const NAME: &str = "rate-limit";

/// What a new Free workspace has in an hour (clockify reference 7).
const FREE: usize = 30;

/// Account, member list before and after, and one page of groups.
const BESIDES_PEOPLE: usize = 4;

pub(super) fn check(subject: &Subject, asked: &Asked) -> Check {
    if let Some(error) = asked.limited() {
        let wait = match error.retry_after() {
            Some(wait) => format!("wait {} s, as Clockify asks", wait.as_secs_f64().ceil()),
            None => "wait, up to an hour".to_owned(),
        };
        let todo = format!("{wait}; then --clockify-rate-limit 30/h, or --max-wait 1h, gets a sync through");
        let found =
            "Clockify answers 429, too many requests; a workspace on the Free plan may have 30 an hour";
        return Check::failed(NAME, Exit::Unavailable, found).todo(Some(todo));
    }
    let Some(last) = asked.heads.last() else { return Check::skipped(NAME, "no answer has come") };
    let announced = match (last.rate_limit, last.rate_remaining) {
        (Some(limit), Some(left)) => format!("Clockify announces {limit} requests, {left} left"),
        (Some(limit), None) => format!("Clockify announces {limit} requests"),
        (None, Some(left)) => format!("Clockify announces {left} requests left"),
        (None, None) => "Clockify announces no limit".to_owned(),
    };
    let mut found = format!("{announced}; the pace is {}", subject.pace);
    let Some(workspace) = asked.workspace.answer() else { return Check::ok(NAME, found) };
    let people = workspace.memberships.len().div_ceil(subject.page_size as usize).max(1);
    let needed = BESIDES_PEOPLE + people;
    // Writing to a string cannot fail.
    let _ = write!(found, "; a sync takes {needed} requests or a few more");
    let is_free = workspace.feature_subscription_type.as_deref() == Some("FREE");
    if is_free && needed > FREE && !subject.pace.ends_with("/h") {
        let found = format!("{found}, and a workspace on the Free plan may have {FREE} an hour");
        let todo = "set --clockify-rate-limit 30/h with --max-wait, or a larger --page-size; a sync that is cut off goes on \
                    with the next run";
        return Check::warning(NAME, found, todo);
    }
    Check::ok(NAME, found)
}
