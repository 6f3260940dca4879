//! Schedules of faults drawn by a seed, for property tests: the same seed is the same schedule on every machine.

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;

use super::{Action, Endpoint, Fault};

/// The endpoints that a sync with projects cannot do without.
const READ_BY_A_SYNC: [Endpoint; 5] =
    [Endpoint::CurrentUser, Endpoint::Workspace, Endpoint::Users, Endpoint::UserGroups, Endpoint::Projects];

/// Long enough to be felt, short enough for hundreds of runs.
const MOMENT: Duration = Duration::from_millis(5);

/// Longer than the answer to any page that a test asks for.
const MANY_BYTES: usize = 4_096;

/// Draws faults. By default they hit the endpoints that a sync reads, the first three pages, and at most the first three
/// attempts in a row, which is fewer than a patient client makes.
#[derive(Clone, Debug)]
pub struct Schedule {
    rng: Rng,
    endpoints: Vec<Endpoint>,
    pages: u32,
    attempts: u32,
    /// How many attempts at an endpoint and page have a fault already, and whether the last of them leaves the client
    /// content, so that no further attempt follows.
    taken: BTreeMap<(Endpoint, u32), (u32, bool)>,
}

impl Schedule {
    /// Begins a schedule that depends on nothing but this seed and what is drawn.
    pub fn seeded(seed: u64) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            endpoints: READ_BY_A_SYNC.to_vec(),
            pages: 3,
            attempts: 3,
            taken: BTreeMap::new(),
        }
    }

    /// Draws from these endpoints only.
    #[must_use]
    pub fn endpoints(mut self, endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        self.endpoints = endpoints.into_iter().collect();
        self
    }

    /// Hits pages up to this one, counted from 1. Endpoints without pages have page 1 only.
    #[must_use]
    pub fn pages(mut self, last: u32) -> Self {
        self.pages = last.max(1);
        self
    }

    /// Hits one endpoint and page at most this many times.
    #[must_use]
    pub fn attempts(mut self, most: u32) -> Self {
        self.attempts = most.max(1);
        self
    }

    /// Draws `count` faults that a client overcomes by asking again: 429, 500, 502, 503, 504, broken connections; or that
    /// only try its patience: a late or slow body, and a connection that is gone when the answer is there.
    ///
    /// The faults of one endpoint and page hit its attempts 1, 2, 3 … without a gap. So every fault fires when a client
    /// that goes on until it succeeds asks for every endpoint and page. Draws fewer than `count` when there is no room for
    /// more.
    pub fn transient(&mut self, count: usize) -> Vec<Fault> {
        let mut faults = Vec::new();
        while faults.len() < count {
            let open = self.open_places();
            if open.is_empty() {
                break;
            }
            let (endpoint, page) = open[self.rng.usize(..open.len())];
            let (action, answers) = self.transient_action();
            let (taken, ended) = self.taken.entry((endpoint, page)).or_default();
            *taken += 1;
            *ended = answers;
            faults.push(Fault::on(endpoint, action).page(page).attempt(*taken).times(1));
        }
        faults
    }

    /// Draws a fault that hits the first page of one endpoint however often it is asked for, and that no client can
    /// overcome: a refusal, an answer that is no answer, or a failure that does not end.
    ///
    /// # Panics
    ///
    /// When the schedule has no endpoints.
    pub fn permanent(&mut self) -> Fault {
        let endpoint = self.endpoints[self.rng.usize(..self.endpoints.len())];
        let cut = self.rng.usize(..MANY_BYTES);
        let action = match self.rng.u32(..14) {
            0 => Action::error(400, 501, "You entered invalid value for field: [page]."),
            1 => Action::error(401, 4003, "Api key does not exist"),
            2 => Action::error(403, 501, "Access Denied"),
            3 => Action::error(404, 3000, "No static resource v1."),
            4 => Action::error(406, 406, "Access to workspace is denied"),
            5 => Action::error(500, 500, "Internal Server Error"),
            6 => Action::plain(503, "service unavailable"),
            7 => Action::Html,
            8 => Action::EmptyBody,
            9 => Action::CutJson(cut),
            10 => Action::MalformedJson,
            11 => Action::ContentType("text/plain".to_owned()),
            12 => Action::Reset,
            _ => Action::Truncate(cut),
        };
        Fault::on(endpoint, action).page(1)
    }

    /// The endpoints and pages that another fault can hit.
    fn open_places(&self) -> Vec<(Endpoint, u32)> {
        let pages = |endpoint: Endpoint| 1..=if endpoint.has_pages() { self.pages } else { 1 };
        let places =
            self.endpoints.iter().flat_map(|&endpoint| pages(endpoint).map(move |page| (endpoint, page)));
        places
            .filter(|place| {
                self.taken.get(place).is_none_or(|&(taken, ended)| taken < self.attempts && !ended)
            })
            .collect()
    }

    /// An action, and whether the client is content with the answer all the same.
    fn transient_action(&mut self) -> (Action, bool) {
        let cut = self.rng.usize(..MANY_BYTES);
        match self.rng.u32(..13) {
            0 => (Action::too_many_requests(None), false),
            1 => (Action::too_many_requests(Some(0)), false),
            2 => (Action::error(500, 500, "Internal Server Error"), false),
            3 => (Action::plain(502, "bad gateway"), false),
            4 => (Action::plain(503, "service unavailable"), false),
            5 => (Action::plain(504, "<html><body>gateway timeout</body></html>"), false),
            6 => (Action::Reset, false),
            7 => (Action::ResetDuringBody(cut), false),
            8 => (Action::Truncate(cut), false),
            9 => (Action::Delay(MOMENT), true),
            10 => (Action::SlowFirstByte(MOMENT), true),
            11 => (Action::Drip { bytes: MANY_BYTES, interval: MOMENT }, true),
            _ => (Action::ResetAfterBody, true),
        }
    }
}
