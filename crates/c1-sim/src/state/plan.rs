//! Which planned faults hit which requests.

use crate::fault::{Action, Endpoint, Fault};

/// The planned faults, with what they have seen.
#[derive(Default)]
pub(crate) struct Plan(Vec<Planned>);

struct Planned {
    fault: Fault,
    since_ms: u64,
    met: u32,
    fired: u32,
    cleared: bool,
}

impl Plan {
    pub(crate) fn add(&mut self, fault: Fault, at_ms: u64) {
        self.0.push(Planned { fault, since_ms: at_ms, met: 0, fired: 0, cleared: false });
    }

    /// Ends every fault. What they did stays known.
    pub(crate) fn clear(&mut self) {
        for planned in &mut self.0 {
            planned.cleared = true;
        }
    }

    /// Counts a request, and returns what happens to it: preparations first, and at most one other action.
    pub(crate) fn hit(&mut self, endpoint: Endpoint, at_ms: u64) -> Vec<Action> {
        let mut actions = Vec::new();
        let mut decided = false;
        for planned in &mut self.0 {
            if !planned.counts(endpoint, at_ms) {
                continue;
            }
            let preparation = planned.fault.action.is_preparation();
            if planned.is_due() && (preparation || !decided) {
                planned.fired += 1;
                decided |= !preparation;
                actions.push(planned.fault.action.clone());
            }
        }
        actions.sort_by_key(|action| !action.is_preparation());
        actions
    }

    /// How often each fault fired, in the order in which they were planned.
    pub(crate) fn fired(&self) -> Vec<(Fault, u32)> {
        self.0.iter().map(|planned| (planned.fault.clone(), planned.fired)).collect()
    }
}

impl Planned {
    /// Counts a request that the fault could hit.
    fn counts(&mut self, endpoint: Endpoint, at_ms: u64) -> bool {
        let over = self.fault.for_ms.is_some_and(|ms| at_ms >= self.since_ms.saturating_add(ms));
        if self.cleared || over || self.fault.endpoint != endpoint {
            return false;
        }
        self.met += 1;
        true
    }

    fn is_due(&self) -> bool {
        self.met >= self.fault.nth && self.fault.times.is_none_or(|times| self.fired < times)
    }
}
