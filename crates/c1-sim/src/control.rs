//! HTTP on a second port of the loopback interface: what a test in another process asks and tells the look-alike.
//!
//! | request | body or answer |
//! |---|---|
//! | `GET /info` | [`Info`] |
//! | `POST /tasks` | [`TaskScript`] → `{"id": …}` |
//! | `GET /tasks` | a list of [`TaskView`](crate::TaskView) |
//! | `POST /tasks/{id}/cancel` | nothing |
//! | `GET /seen` | [`Seen`](crate::Seen) |
//! | `GET /violations` | a list of [`Violation`](crate::Violation) |
//! | `GET /uploads/{number}` | the bytes of an upload, numbered from 0 as in `seen` |
//! | `POST /faults`, `DELETE /faults` | [`Fault`]; ends all |
//! | `GET /faults` | how often each fault fired |
//! | `POST /pace` | [`Pace`] |
//! | `POST /revoke-tokens` | nothing |
//! | `POST /restart` | [`Down`]; answers when the service is back |

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::fault::Fault;
use crate::options::Credentials;
use crate::script::TaskScript;
use crate::sim::C1Sim;

/// What a connector is to be started with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Info {
    /// The service, as `BATON_C1_API_HOST` has it.
    pub address: String,
    /// Where these requests are answered: `http://127.0.0.1:<port>`.
    pub control: String,
    /// The file of the certificate to trust.
    pub ca_file: String,
    /// The client's credentials.
    pub credentials: Credentials,
    /// The client's id with somebody else's secret.
    pub wrong_credentials: Credentials,
}

/// When clients ask and give signs of life.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Pace {
    /// When to ask for the next task.
    pub next_poll_ms: u64,
    /// When to send the next heartbeat.
    pub next_heartbeat_ms: u64,
}

/// How long the service is away.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Down {
    /// How long.
    pub down_ms: u64,
}

type Shared = State<(Arc<C1Sim>, Arc<Info>)>;

/// Answers on a free port for as long as the runtime lives.
///
/// # Errors
///
/// When there is no free port.
pub async fn serve(sim: Arc<C1Sim>) -> io::Result<Info> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let info = info(&sim, listener.local_addr()?);
    let router = router(sim, info.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(info)
}

fn info(sim: &C1Sim, control: SocketAddr) -> Info {
    Info {
        address: sim.address(),
        control: format!("http://{control}"),
        ca_file: sim.ca_file().display().to_string(),
        credentials: sim.credentials(),
        wrong_credentials: sim.wrong_credentials(),
    }
}

fn router(sim: Arc<C1Sim>, info: Info) -> Router {
    Router::new()
        .route("/info", get(async |State((_, info)): Shared| Json(Info::clone(&info))))
        .route("/tasks", get(async |State((sim, _)): Shared| Json(sim.tasks())).post(script))
        .route("/tasks/{id}/cancel", post(cancel))
        .route("/seen", get(async |State((sim, _)): Shared| Json(sim.seen())))
        .route("/violations", get(async |State((sim, _)): Shared| Json(sim.violations())))
        .route("/uploads/{number}", get(upload))
        .route("/faults", get(fired).post(fault).delete(async |State((sim, _)): Shared| sim.clear_faults()))
        .route("/pace", post(pace))
        .route("/revoke-tokens", post(async |State((sim, _)): Shared| sim.revoke_tokens()))
        .route("/restart", post(restart))
        .with_state((sim, Arc::new(info)))
}

async fn script(State((sim, _)): Shared, Json(task): Json<TaskScript>) -> Json<Value> {
    Json(json!({ "id": sim.script(task) }))
}

async fn cancel(State((sim, _)): Shared, Path(id): Path<String>) -> StatusCode {
    if sim.cancel(&id) { StatusCode::OK } else { StatusCode::NOT_FOUND }
}

async fn upload(State((sim, _)): Shared, Path(number): Path<usize>) -> Result<bytes::Bytes, StatusCode> {
    let mut uploads = sim.seen().uploads;
    if number < uploads.len() { Ok(uploads.swap_remove(number).content) } else { Err(StatusCode::NOT_FOUND) }
}

async fn fired(State((sim, _)): Shared) -> Json<Vec<(Fault, u32)>> {
    Json(sim.faults_fired())
}

async fn fault(State((sim, _)): Shared, Json(fault): Json<Fault>) {
    sim.fault(fault);
}

async fn pace(State((sim, _)): Shared, Json(pace): Json<Pace>) {
    sim.set_pace(Duration::from_millis(pace.next_poll_ms), Duration::from_millis(pace.next_heartbeat_ms));
}

async fn restart(State((sim, _)): Shared, Json(down): Json<Down>) {
    sim.restart(Duration::from_millis(down.down_ms)).await;
}
