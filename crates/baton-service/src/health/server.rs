//! The listener for probes and scrapes.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::answer::Answer;
use super::{Checkup, Readiness};
use crate::metrics::{CONTENT_TYPE, Metrics};

/// What is served; what is `None` is not found.
#[derive(Clone, Default)]
pub struct Pages {
    /// `/health`, `/ready` and `/live`.
    pub health: Option<(Checkup, Readiness)>,
    /// `/metrics`.
    pub metrics: Option<Metrics>,
}

/// A listener that is bound, so that whoever started it knows the address before it serves.
pub struct Monitor {
    listener: TcpListener,
    routes: Router,
}

impl Monitor {
    /// Takes the address.
    ///
    /// # Errors
    /// When it cannot be had, such as when another program has it.
    pub async fn bind(address: SocketAddr, pages: Pages) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, routes: routes(pages) })
    }

    /// Where it listens: the port is the real one where the address asked for any.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop`. Nobody waits for a probe: connections that are open then are closed by the end of the process.
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn serve(self, stop: CancellationToken) -> io::Result<()> {
        tokio::select! {
            outcome = axum::serve(self.listener, self.routes) => outcome,
            () = stop.cancelled() => Ok(()),
        }
    }
}

fn routes(pages: Pages) -> Router {
    let mut routes = Router::new();
    if let Some((checkup, readiness)) = pages.health {
        routes = routes
            .route("/health", get(health).with_state(checkup))
            .route("/ready", get(ready).with_state(readiness))
            .route("/live", get(live));
    }
    if let Some(metrics) = pages.metrics {
        routes = routes.route("/metrics", get(scrape).with_state(metrics));
    }
    routes
}

async fn health(State(checkup): State<Checkup>) -> Answer {
    match checkup.ask().await {
        Ok(()) => Answer::good("healthy"),
        Err(why) => Answer::bad("unhealthy", why),
    }
}

async fn ready(State(readiness): State<Readiness>) -> Answer {
    match readiness.objection() {
        None => Answer::good("ready"),
        Some(why) => Answer::bad("not_ready", why),
    }
}

async fn live() -> Answer {
    Answer::good("alive")
}

async fn scrape(State(metrics): State<Metrics>) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.encode()).into_response()
}
