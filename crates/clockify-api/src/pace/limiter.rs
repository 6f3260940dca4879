//! Lets requests leave: one after the other, no faster than the pace, and not before the moment the server named.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::Notify;

use super::hold::Hold;
use super::slowdown::Slowdown;
use super::{Pace, Rate};
use crate::clock::Clock;
use crate::observer::PaceChange;
use crate::{Wait, WaitReason};

/// Keeps a pace. Waiters are served in the order in which they came.
pub(crate) struct Limiter {
    clock: Arc<dyn Clock>,
    configured: Pace,
    /// The configured pace, which holds whatever the server does.
    cells: Option<RateLimiter<NotKeyed, InMemoryState, GovernorClock, NoOpMiddleware<Duration>>>,
    /// What the server asked for beyond that.
    server: Mutex<Server>,
    /// Wakes whoever waits for a pace that has become faster meanwhile.
    faster: Notify,
    turn: tokio::sync::Mutex<()>,
}

struct Server {
    slowdown: Option<Slowdown>,
    last_departure: Option<Duration>,
    hold: Option<Hold>,
}

/// The right to send one request.
#[derive(Debug)]
pub(crate) struct Ticket {
    generation: u64,
    /// How long it was waited for.
    pub(crate) waited: Duration,
}

/// How long a call waits for a server that asked everybody to wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) total: Duration,
    /// When the call sent its first attempt, if it did.
    pub(crate) since: Option<Duration>,
}

impl Patience {
    fn ends(&self, now: Duration) -> Duration {
        self.since.unwrap_or(now).saturating_add(self.total)
    }
}

impl Limiter {
    pub(crate) fn new(pace: Pace, clock: Arc<dyn Clock>) -> Self {
        let cells = pace.0.map(|rate: Rate| {
            let quota = Quota::with_period(rate.interval())
                .expect("a pace with an interval of zero cannot be made")
                .allow_burst(rate.burst);
            RateLimiter::direct_with_clock(quota, GovernorClock(Arc::clone(&clock)))
        });
        let slowdown = pace.interval().map(Slowdown::new);
        Self {
            clock,
            configured: pace,
            cells,
            server: Mutex::new(Server { slowdown, last_departure: None, hold: None }),
            faster: Notify::new(),
            turn: tokio::sync::Mutex::new(()),
        }
    }

    /// Returns when a request may leave. `on_wait` hears of each wait before it begins. Fails when the server asked to
    /// wait for longer than the call has patience.
    pub(crate) async fn admit(&self, patience: Patience, on_wait: impl Fn(&Wait)) -> Result<Ticket, Hold> {
        let start = self.clock.now();
        let _turn = self.turn.lock().await;
        loop {
            // Made before the wait is computed, so that no change between the two is missed.
            let faster = self.faster.notified();
            let now = self.clock.now();
            // On a line of its own: within the match the lock would be held, and departing takes it as well.
            let asked = self.server().asks(now, patience)?;
            let wait = match asked {
                Some(wait) => wait,
                None => match self.cells.as_ref().map_or(Ok(()), RateLimiter::check) {
                    Ok(()) => return Ok(self.depart(start)),
                    Err(refused) => Wait {
                        duration: refused.wait_time_from(GovernorClock(Arc::clone(&self.clock)).now()),
                        reason: WaitReason::Pace,
                    },
                },
            };
            on_wait(&wait);
            tokio::select! {
                biased;
                () = faster => {}
                () = self.clock.sleep(wait.duration) => {}
            }
        }
    }

    fn depart(&self, start: Duration) -> Ticket {
        let now = self.clock.now();
        let mut server = self.server();
        server.last_departure = Some(now);
        let generation = server.slowdown.as_ref().map_or(0, Slowdown::generation);
        Ticket { generation, waited: now.saturating_sub(start) }
    }

    /// The pace in force.
    pub(crate) fn pace(&self) -> Pace {
        self.pace_of(&self.server())
    }

    fn pace_of(&self, server: &Server) -> Pace {
        server.slowdown.as_ref().and_then(Slowdown::interval).map_or(self.configured, Pace::spread)
    }

    /// How long the server keeps a request from leaving now, whatever the configured pace.
    pub(crate) fn imposed(&self) -> Duration {
        let slowed = self.server().slowed(self.clock.now());
        slowed.max(self.held()).unwrap_or_default()
    }

    /// How long nobody may send, because the server asked for it.
    pub(crate) fn held(&self) -> Option<Duration> {
        self.server().hold?.left(self.clock.now())
    }

    /// Lets nobody send for so long, because the server asked for it with this status.
    pub(crate) fn hold_back(&self, asked: Duration, status: u16) {
        let until = self.clock.now().saturating_add(asked);
        let mut server = self.server();
        if server.hold.is_none_or(|hold| hold.until < until) {
            server.hold = Some(Hold { until, status });
        }
    }

    /// The request was refused with 429.
    pub(crate) fn refused(&self, ticket: &Ticket) -> Option<PaceChange> {
        self.change(|slowdown| slowdown.refused(ticket.generation))
    }

    /// The request was answered.
    pub(crate) fn succeeded(&self, ticket: &Ticket) -> Option<PaceChange> {
        let change = self.change(|slowdown| slowdown.succeeded(ticket.generation));
        if change.is_some() {
            self.faster.notify_waiters();
        }
        change
    }

    fn change(&self, change: impl FnOnce(&mut Slowdown)) -> Option<PaceChange> {
        let mut server = self.server();
        let before = self.pace_of(&server);
        change(server.slowdown.as_mut()?);
        let now = self.pace_of(&server);
        (before != now).then_some(PaceChange { before, now, configured: self.configured })
    }

    fn server(&self) -> MutexGuard<'_, Server> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    /// What a request has to wait for before the configured pace is asked.
    fn asks(&self, now: Duration, patience: Patience) -> Result<Option<Wait>, Hold> {
        if let Some(hold) = self.hold
            && let Some(duration) = hold.left(now)
        {
            return if hold.until > patience.ends(now) {
                Err(hold)
            } else {
                Ok(Some(Wait { duration, reason: hold.reason() }))
            };
        }
        Ok(self.slowed(now).map(|duration| Wait { duration, reason: WaitReason::Pace }))
    }

    /// What is left of the interval since the last departure, when the pace is lowered.
    fn slowed(&self, now: Duration) -> Option<Duration> {
        let next = self.last_departure?.saturating_add(self.slowdown.as_ref()?.interval()?);
        next.checked_sub(now).filter(|left| !left.is_zero())
    }
}

/// Lets the rate limiter read the client's clock.
#[derive(Clone)]
struct GovernorClock(Arc<dyn Clock>);

impl governor::clock::Clock for GovernorClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.now()
    }
}
