//! Carries out the plan of faults and the quota, and counts.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};

use super::answer::Answer;
use crate::fault::{Action, Endpoint, Fault, Quota};

/// The faults of a simulator, in order, each with the number of times it fired.
#[derive(Default)]
pub(super) struct FaultPlan(Mutex<Vec<(Fault, u32)>>);

/// What the plan has in store for one request.
#[derive(Default)]
pub(super) struct Fate {
    /// Delays and changes of content, in order, each with the number of its fault.
    pub(super) preparations: Vec<(usize, Action)>,
    /// The first other action, with the number of its fault.
    pub(super) outcome: Option<(usize, Action)>,
}

impl FaultPlan {
    pub(super) fn add(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((fault, 0));
    }

    /// Finds what hits a request, and counts it as fired.
    pub(super) fn fate(&self, endpoint: Endpoint, page: Option<u32>, attempt: u32) -> Fate {
        let mut fate = Fate::default();
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (number, (fault, fired)) in faults.iter_mut().enumerate() {
            let matches = fault.endpoint == endpoint
                && (fault.page.is_none() || fault.page == page)
                && fault.attempt.is_none_or(|wanted| wanted == attempt)
                && fault.limit.is_none_or(|limit| *fired < limit);
            if !matches {
                continue;
            }
            if fault.action.is_preparation() {
                fate.preparations.push((number, fault.action.clone()));
            } else if fate.outcome.is_none() {
                fate.outcome = Some((number, fault.action.clone()));
            } else {
                continue;
            }
            *fired += 1;
        }
        fate
    }

    /// Takes back that a fault fired, because it changed nothing.
    pub(super) fn revoke(&self, number: usize) {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults[number].1 -= 1;
    }

    pub(super) fn fired(&self) -> Vec<(Fault, u32)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How much of the quota is used.
pub(super) struct QuotaMeter {
    quota: Quota,
    /// When the current period began, and how many requests it had.
    period: Mutex<Option<(Duration, u32)>>,
}

impl QuotaMeter {
    pub(super) fn new(quota: Quota) -> Self {
        Self { quota, period: Mutex::new(None) }
    }

    /// Counts a request; the answer is a refusal when it exceeds the quota.
    pub(super) fn refuse(&self, now: Duration) -> Option<Answer> {
        let mut period = self.period.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, used) = match *period {
            Some((start, used)) if now.saturating_sub(start) < self.quota.period => (start, used),
            _ => (now, 0),
        };
        if used < self.quota.requests {
            *period = Some((start, used + 1));
            return None;
        }
        let left = self.quota.period.saturating_sub(now.saturating_sub(start));
        let refusal = Answer::error(StatusCode::TOO_MANY_REQUESTS, 429, "Too Many Requests");
        Some(if self.quota.retry_after {
            refusal.with_header(header::RETRY_AFTER, HeaderValue::from(whole_seconds(left)))
        } else {
            refusal
        })
    }
}

/// Rounded up: a client that waits so long must find the next period open.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
