//! The way of one request through the server.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode, header};

use super::answer::Answer;
use super::distort::{self, Distorted};
use super::faults::{Fate, FaultPlan, QuotaMeter};
use super::listener::ResetSwitch;
use super::log::{Log, RequestRecord};
use super::params::{PageTwist, Params};
use super::route::{self, Route};
use super::snapshot::Snapshot;
use super::{GroupScopeShape, PageSizePolicy, groups, keys, projects, users, workspaces};
use crate::content::{ApiKey, Content, FixedWorkspace};
use crate::fault::{Action, Endpoint};

/// A clock: the time since some fixed moment.
pub(super) type Now = Box<dyn Fn() -> Duration + Send + Sync>;

/// What all requests share.
pub(super) struct Shared {
    pub(super) now: Now,
    pub(super) started: Duration,
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
        let snapshot = Arc::new(Snapshot::new(content, self.keys.clone()));
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }

    fn edit_content(&self, edit: impl FnOnce(&mut FixedWorkspace)) {
        // Held while editing: of two edits at once neither may get lost.
        let mut snapshot = self.snapshot.write().unwrap_or_else(PoisonError::into_inner);
        *snapshot = Arc::new(snapshot.edited(edit));
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
    if let Some(refusal) = shared.quota.as_ref().and_then(|quota| quota.refuse((shared.now)())) {
        return finish(&shared, place, refusal.into_response());
    }
    let Fate { preparations, outcome } = shared.faults.fate(endpoint, page, attempt);
    for (fault, preparation) in preparations {
        if !prepare(&shared, preparation).await {
            shared.faults.revoke(fault);
        }
    }
    let (fault, action) = outcome.unzip();
    if let Some(response) = action.as_ref().and_then(|action| distort::instead_of_answer(action, &reset)) {
        return match action {
            Some(Action::Reset) => response,
            _ => finish(&shared, place, response),
        };
    }

    let compress = shared.gzip && accepts_gzip(&parts);
    // Sorting 100,000 users takes a while, and the requests beside this one must not wait for it.
    let worker = Arc::clone(&shared);
    let Distorted { response, changed } = tokio::task::spawn_blocking(move || {
        let (honest, other) = match route {
            Ok(route) => {
                let twist = action.as_ref().and_then(distort::twist);
                let other = twist.map(|twist| answer(&worker, &parts, &params, &route, Some(twist)));
                (answer(&worker, &parts, &params, &route, None), other)
            }
            Err(refusal) => (unauthenticated(&worker, &parts).unwrap_or(refusal), None),
        };
        match (other, &action) {
            (Some(other), _) => distort::send_other(honest, other, compress),
            (None, Some(action)) => distort::send_distorted(honest, action, compress, &reset),
            (None, None) => {
                Distorted { response: honest.compressed(compress).into_response(), changed: true }
            }
        }
    })
    .await
    .unwrap_or_else(|_| {
        let answer = Answer::error(StatusCode::INTERNAL_SERVER_ERROR, 500, "the simulator failed");
        Distorted { response: answer.into_response(), changed: true }
    });
    if let Some(fault) = fault.filter(|_| !changed) {
        shared.faults.revoke(fault);
    }
    finish(&shared, place, response)
}

/// Carries out what happens before a request is answered. Says whether anything did.
async fn prepare(shared: &Shared, preparation: Action) -> bool {
    match preparation {
        Action::Delay(time) => tokio::time::sleep(time).await,
        Action::ReplaceContent(content) => shared.replace_content(content),
        Action::AddUser(user) => shared.edit_content(|workspace| workspace.users.push(*user)),
        Action::RemoveUser(id) => {
            let mut removed = false;
            shared.edit_content(|workspace| removed = workspace.remove_user(&id).is_some());
            return removed;
        }
        Action::EditContent(edit) => shared.edit_content(|workspace| edit.0(workspace)),
        _ => return false,
    }
    true
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
        at: (shared.now)().saturating_sub(shared.started),
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
    keys::authenticate(&parts.headers, &snapshot.keys, &*snapshot.content).err()
}

/// The answer that an undisturbed service gives.
fn answer(
    shared: &Shared,
    parts: &Parts,
    params: &Params,
    route: &Route,
    twist: Option<PageTwist>,
) -> Answer {
    let snapshot = shared.current();
    let key = match keys::authenticate(&parts.headers, &snapshot.keys, &*snapshot.content) {
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
        Route::Users(_) => users::list(shared, &snapshot, &key, params, twist),
        Route::UserGroups(_) => groups::list(shared, &snapshot, params, twist),
        Route::Projects(_) => projects::list(shared, &snapshot, params, twist),
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
