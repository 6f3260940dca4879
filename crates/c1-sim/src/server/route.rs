//! Records a request, lets its faults happen, checks its token, and passes it on.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use baton_proto::c1::connectorapi::baton::v1::baton_service_server::{BatonServiceServer, SERVICE_NAME};
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::sync::mpsc;
use tonic::body::Body;
use tonic::codegen::Service as _;
use tonic::{Code, Status};

use super::body::{End, ShortBody};
use super::connection::ResetSwitch;
use super::listener::Command;
use super::service::Baton;
use super::token;
use crate::fault::{Action, Endpoint};
use crate::options::Options;
use crate::state::{Memory, Presented, RequestRecord};

/// What every request can reach.
pub(crate) struct Shared {
    pub(crate) memory: Memory,
    pub(crate) options: Options,
    pub(crate) public_key: Vec<u8>,
    pub(crate) commands: mpsc::WeakUnboundedSender<Command>,
}

/// The connection that a request came over.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) number: usize,
    pub(super) tls: &'static str,
    pub(super) switch: ResetSwitch,
}

/// What the service has to know of a request besides its message.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    pub(super) number: usize,
    pub(super) cancel: bool,
    pub(super) again: bool,
    pub(super) answer_lost: bool,
}

impl Shared {
    pub(super) fn understood(&self, mark: Mark, host: &str, task: &str) {
        let mut state = self.memory.lock();
        if let Some(record) = state.seen.requests.get_mut(mark.number) {
            host.clone_into(&mut record.host);
            task.clone_into(&mut record.task);
        }
    }

    pub(super) fn answered(&self, number: usize, outcome: i32) {
        if let Some(record) = self.memory.lock().seen.requests.get_mut(number) {
            record.outcome = Some(outcome);
        }
    }
}

pub(super) async fn handle(
    shared: Arc<Shared>,
    caller: Caller,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let endpoint = endpoint_of(request.uri().path());
    let (number, actions) = record(&shared, &caller, endpoint, &request);
    let mut mark = Mark { number, ..Mark::default() };
    let mut late = Duration::ZERO;
    let mut short = None;
    for action in actions {
        match action {
            Action::Delay { ms } => tokio::time::sleep(Duration::from_millis(ms)).await,
            Action::RevokeTokens => shared.memory.lock().tokens.revoke_all(),
            Action::Grpc { code, message } => {
                shared.answered(number, code);
                return Ok(Status::new(Code::from_i32(code), message).into_http());
            }
            Action::Http { status, body } => {
                shared.answered(number, i32::from(status));
                return Ok(plain(status, body));
            }
            Action::SlowAnswer { ms } => late = Duration::from_millis(ms),
            Action::Hang => return std::future::pending().await,
            Action::Reset => {
                caller.switch.throw();
                return std::future::pending().await;
            }
            Action::Restart { down_ms } => {
                if let Some(commands) = shared.commands.upgrade() {
                    // Refused only when the look-alike is being stopped.
                    let _ = commands.send(Command::Restart(Duration::from_millis(down_ms), None));
                }
                return std::future::pending().await;
            }
            Action::ResetAfter { bytes } => short = Some((bytes, End::Reset(caller.switch.clone()))),
            Action::RevokeAfter { bytes } => short = Some((bytes, End::Revoke(Arc::clone(&shared)))),
            Action::LoseAnswer => mark.answer_lost = true,
            Action::Cancel => mark.cancel = true,
            Action::HandOutAgain => mark.again = true,
        }
    }
    let (parts, incoming) = request.into_parts();
    let body = match short {
        Some((left, end)) => Body::new(ShortBody { inner: incoming, left, end }),
        None => Body::new(incoming),
    };
    let response = pass_on(&shared, endpoint, mark, Request::from_parts(parts, body)).await;
    if mark.answer_lost {
        caller.switch.throw();
        return std::future::pending().await;
    }
    tokio::time::sleep(late).await;
    Ok(response)
}

async fn pass_on(
    shared: &Arc<Shared>,
    endpoint: Endpoint,
    mark: Mark,
    mut request: Request<Body>,
) -> Response<Body> {
    if endpoint == Endpoint::Token {
        let (status, body) = token::answer(shared, request).await;
        shared.answered(mark.number, i32::from(status));
        return plain(status, body);
    }
    let refusal = match endpoint {
        Endpoint::Other => Some(Status::unimplemented("there is no such call")),
        _ => authenticate(shared, endpoint, mark.number, request.headers()).err(),
    };
    if let Some(refusal) = refusal {
        shared.answered(mark.number, refusal.code().into());
        return refusal.into_http();
    }
    request.extensions_mut().insert(mark);
    let mut service = BatonServiceServer::new(Baton(Arc::clone(shared)));
    let Ok(response) = service.call(request).await;
    // What the service never saw: a message that does not decode, a call that does not exist.
    if let Some(status) = Status::from_header_map(response.headers()) {
        let mut state = shared.memory.lock();
        let record = state.seen.requests.get_mut(mark.number);
        if let Some(record) = record.filter(|record| record.outcome.is_none()) {
            record.outcome = Some(status.code().into());
        }
    }
    response
}

/// A good token on every call: this is the service's only way to know who calls.
fn authenticate(
    shared: &Shared,
    endpoint: Endpoint,
    number: usize,
    headers: &HeaderMap,
) -> Result<(), Status> {
    let at_ms = shared.memory.at_ms();
    let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(value) = shown.and_then(|value| value.strip_prefix("Bearer ")) else {
        shared.memory.violated(endpoint, "", "authorization: a bearer token is wanted", true);
        return Err(Status::unauthenticated("a bearer token is wanted"));
    };
    let presented = shared.memory.lock().tokens.look_up(value, at_ms);
    let (token, result) = match presented {
        Presented::Good(token) => (Some(token), Ok(())),
        Presented::Ended(token) => {
            (Some(token), Err(Status::unauthenticated("the token is no longer valid")))
        }
        Presented::Unknown => {
            shared.memory.violated(endpoint, "", "authorization: the token was never handed out", true);
            (None, Err(Status::unauthenticated("the token is not known")))
        }
    };
    if let Some(record) = shared.memory.lock().seen.requests.get_mut(number) {
        record.token = token;
    }
    result
}

/// Takes the request down, and finds out what happens to it.
fn record(
    shared: &Shared,
    caller: &Caller,
    endpoint: Endpoint,
    request: &Request<Incoming>,
) -> (usize, Vec<Action>) {
    let at_ms = shared.memory.at_ms();
    let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut state = shared.memory.lock();
    let actions = state.plan.hit(endpoint, at_ms);
    state.seen.requests.push(RequestRecord {
        at_ms,
        endpoint,
        connection: caller.number,
        tls: caller.tls.to_owned(),
        http: format!("{:?}", request.version()),
        user_agent: agent.to_owned(),
        token: None,
        host: String::new(),
        task: String::new(),
        outcome: None,
        faults: actions.iter().map(|action| format!("{action:?}")).collect(),
    });
    (state.seen.requests.len() - 1, actions)
}

fn endpoint_of(path: &str) -> Endpoint {
    let method = path.strip_prefix('/').and_then(|path| path.split_once('/'));
    match (path, method) {
        ("/auth/v1/token", _) => Endpoint::Token,
        (_, Some((SERVICE_NAME, method))) => match method {
            "Hello" => Endpoint::Hello,
            "GetTask" => Endpoint::GetTask,
            "GetTasks" => Endpoint::GetTasks,
            "Heartbeat" => Endpoint::Heartbeat,
            "FinishTask" => Endpoint::FinishTask,
            "UploadAsset" => Endpoint::UploadAsset,
            "StartDebugging" => Endpoint::StartDebugging,
            _ => Endpoint::Other,
        },
        _ => Endpoint::Other,
    }
}

fn plain(status: u16, body: String) -> Response<Body> {
    let kind = if body.starts_with('{') { "application/json" } else { "text/html" };
    let mut response = Response::new(Body::new(Full::from(body)));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static(kind));
    response
}
