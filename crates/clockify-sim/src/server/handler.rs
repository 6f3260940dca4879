//! The way of one request through the server.

use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::answer::Answer;
use super::faults::{Fate, FaultPlan, QuotaMeter};
use super::listener::ResetSwitch;
use super::log::{Log, RequestRecord};
use super::params::Params;
use super::route::{self, Route};
use super::snapshot::Snapshot;
use super::{GroupScopeShape, PageSizePolicy, groups, keys, projects, users, workspaces};
use crate::content::{ApiKey, Content};
use crate::fault::{Action, Endpoint};

/// Between the last byte of a truncated body and the end of the connection, so that the bytes are really sent.
const PAUSE_BEFORE_CUT: Duration = Duration::from_millis(20);

/// What all requests share.
pub(super) struct Shared {
    pub(super) started: Instant,
    pub(super) snapshot: RwLock<Arc<Snapshot>>,
    pub(super) keys: Vec<ApiKey>,
    pub(super) page_size_limit: Option<(usize, PageSizePolicy)>,
    pub(super) group_scope_shape: GroupScopeShape,
    pub(super) gzip: bool,
    pub(super) latency: Duration,
    pub(super) quota: Option<QuotaMeter>,
    pub(super) faults: FaultPlan,
    pub(super) log: Log,
}

impl Shared {
    pub(super) fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn replace_content(&self, content: Arc<dyn Content>) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Snapshot::new(content));
    }
}

/// Answers any request.
pub(super) async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(reset): ConnectInfo<ResetSwitch>,
    request: Request,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let params = Params::parse(parts.uri.query());
    let route = route::find(&parts.method, parts.uri.path());
    let endpoint = route.as_ref().map_or(Endpoint::Other, Route::endpoint);
    let page = params.text("page").map_or(Some(1), |page| page.parse().ok());
    let (place, attempt) = shared.log.push(record(&shared, &parts, &params, endpoint, page));

    if !shared.latency.is_zero() {
        tokio::time::sleep(shared.latency).await;
    }
    if let Some(refusal) = shared.quota.as_ref().and_then(|quota| quota.refuse(Instant::now())) {
        return finish(&shared, place, refusal.into_response());
    }
    let Fate { preparations, outcome } = shared.faults.fate(endpoint, page, attempt);
    for preparation in preparations {
        match preparation {
            Action::Delay(time) => tokio::time::sleep(time).await,
            Action::ReplaceContent(content) => shared.replace_content(content),
            _ => {}
        }
    }
    let repeated = match (&outcome, page) {
        (Some(Action::RepeatPage), Some(page)) => Some(page.saturating_sub(1).max(1) as usize),
        _ => None,
    };
    if let Some(response) = instead_of_answer(outcome.as_ref(), &reset) {
        return match outcome {
            Some(Action::Reset) => response,
            _ => finish(&shared, place, response),
        };
    }

    let compress = shared.gzip && accepts_gzip(&parts);
    // Sorting 100,000 users takes a while, and the requests beside this one must not wait for it.
    let worker = Arc::clone(&shared);
    let answer = tokio::task::spawn_blocking(move || match route {
        Ok(route) => answer(&worker, &parts, &params, &route, repeated).compressed(compress),
        Err(refusal) => unauthenticated(&worker, &parts).unwrap_or(refusal),
    })
    .await
    .unwrap_or_else(|_| Answer::error(StatusCode::INTERNAL_SERVER_ERROR, 500, "the simulator failed"));
    finish(&shared, place, distort(answer, outcome.as_ref()))
}

fn record(
    shared: &Shared,
    parts: &Parts,
    params: &Params,
    endpoint: Endpoint,
    page: Option<u32>,
) -> RequestRecord {
    let headers = parts.headers.iter();
    RequestRecord {
        at: shared.started.elapsed(),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: params.pairs().to_vec(),
        headers: headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        endpoint,
        page,
        attempt: 0,
        status: None,
    }
}

fn finish(shared: &Shared, place: usize, response: Response<Body>) -> Response<Body> {
    shared.log.set_status(place, response.status().as_u16());
    response
}

fn accepts_gzip(parts: &Parts) -> bool {
    let accepted = parts.headers.get_all(header::ACCEPT_ENCODING).iter();
    accepted.filter_map(|value| value.to_str().ok()).any(|value| value.contains("gzip"))
}

/// The credential is checked before the route: without a key nobody learns what exists.
fn unauthenticated(shared: &Shared, parts: &Parts) -> Option<Answer> {
    let snapshot = shared.current();
    keys::authenticate(&parts.headers, &shared.keys, &*snapshot.content).err()
}

/// The answer that an undisturbed service gives.
fn answer(shared: &Shared, parts: &Parts, params: &Params, route: &Route, page: Option<usize>) -> Answer {
    let snapshot = shared.current();
    let key = match keys::authenticate(&parts.headers, &shared.keys, &*snapshot.content) {
        Ok(key) => key,
        Err(refusal) => return refusal,
    };
    if let Some(refusal) = check_workspace(&snapshot, route) {
        return refusal;
    }
    let result = match route {
        Route::CurrentUser => users::current_user(&snapshot, &key, params),
        Route::Workspaces => workspaces::list(&snapshot, &key, params),
        Route::Workspace(id) => Ok(workspaces::one(&snapshot, id)),
        Route::Users(_) => users::list(shared, &snapshot, &key, params, page),
        Route::UserGroups(_) => groups::list(shared, &snapshot, params, page),
        Route::Projects(_) => projects::list(shared, &snapshot, params, page),
    };
    result.unwrap_or_else(|refusal| refusal)
}

/// Refuses workspaces that are malformed, suspended, or not the simulated one.
fn check_workspace(snapshot: &Snapshot, route: &Route) -> Option<Answer> {
    let id = match route {
        Route::CurrentUser | Route::Workspaces => return None,
        Route::Workspace(id) | Route::Users(id) | Route::UserGroups(id) | Route::Projects(id) => id,
    };
    if id.len() != 24 {
        // The text is recorded, the code is not.
        return Some(Answer::error(
            StatusCode::BAD_REQUEST,
            501,
            "state should be: hexString has 24 characters",
        ));
    }
    if *id == snapshot.workspace.id {
        let status = snapshot.workspace.suspended?;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_ACCEPTABLE);
        let message = format!(
            "You’ve been logged out since your {id} workspace has been suspended. Contact support@clockify.me for more \
             information"
        );
        return Some(Answer::error(status, 406, &message));
    }
    let lists = !matches!(route, Route::Workspace(_));
    let is_other = snapshot.content.other_workspaces().iter().any(|other| other.workspace.id == *id);
    match (is_other, lists) {
        (true, false) => None,
        (true, true) => Some(Answer::access_denied()),
        // The holder of the key is the user who does not belong there.
        (false, _) => Some(Answer::foreign("User")),
    }
}

/// The response of faults that need no answer.
fn instead_of_answer(outcome: Option<&Action>, reset: &ResetSwitch) -> Option<Response<Body>> {
    let answer = match outcome? {
        Action::Status { code, body, headers } => {
            let content_type = if body.starts_with('{') { "application/json" } else { "text/plain" };
            let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut answer = Answer::text(status, content_type, body.clone());
            for (name, value) in headers {
                let header = (HeaderName::try_from(name), HeaderValue::from_str(value));
                if let (Ok(name), Ok(value)) = header {
                    // Replaces rather than repeats, so that a fault can change the content type.
                    answer.headers.retain(|(present, _)| *present != name);
                    answer = answer.with_header(name, value);
                }
            }
            answer
        }
        Action::Html => Answer::text(
            StatusCode::OK,
            "text/html;charset=utf-8",
            "<!doctype html><html><head><title>Clockify</title></head><body><div id=\"app\"></div></body></html>",
        ),
        Action::Reset => {
            reset.throw();
            Answer::json("")
        }
        _ => return None,
    };
    Some(answer.into_response())
}

/// Applies the faults that change an answer.
fn distort(mut answer: Answer, outcome: Option<&Action>) -> Response<Body> {
    match outcome {
        Some(Action::WrongLastPage(value)) => answer.with_last_page(Some(*value)).into_response(),
        Some(Action::NoLastPage) => answer.with_last_page(None).into_response(),
        Some(Action::EmptyBody) => {
            answer.body = Box::new(std::iter::empty());
            answer.into_response()
        }
        Some(Action::CutJson(bytes)) => {
            let mut whole = answer.collect_body();
            whole.truncate(*bytes);
            answer.body = Box::new(std::iter::once(Bytes::from(whole)));
            answer.into_response()
        }
        Some(Action::Truncate(bytes)) => {
            let mut whole = answer.collect_body();
            let length = whole.len();
            whole.truncate(*bytes);
            let mut response = answer.into_response();
            let sent = stream::once(async { Ok::<_, io::Error>(Bytes::from(whole)) });
            let cut = stream::once(async {
                tokio::time::sleep(PAUSE_BEFORE_CUT).await;
                Err(io::ErrorKind::ConnectionAborted.into())
            });
            *response.body_mut() = Body::from_stream(sent.chain(cut));
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            response
        }
        _ => answer.into_response(),
    }
}
