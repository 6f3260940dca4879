//! Paths and methods: what exists, what exists for other verbs, and what does not exist (clockify reference 2.2 and 3).

use axum::http::{HeaderValue, Method, StatusCode, header};

use super::answer::Answer;
use crate::fault::Endpoint;

/// A route that the simulator serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    CurrentUser,
    Workspaces,
    Workspace(String),
    Users(String),
    UserGroups(String),
    Projects(String),
}

impl Route {
    pub(super) fn endpoint(&self) -> Endpoint {
        match self {
            Self::CurrentUser => Endpoint::CurrentUser,
            Self::Workspaces => Endpoint::Workspaces,
            Self::Workspace(_) => Endpoint::Workspace,
            Self::Users(_) => Endpoint::Users,
            Self::UserGroups(_) => Endpoint::UserGroups,
            Self::Projects(_) => Endpoint::Projects,
        }
    }
}

/// Finds the route, or the answer to a request that has none.
pub(super) fn find(method: &Method, path: &str) -> Result<Route, Answer> {
    let resource = path.strip_prefix("/api/").unwrap_or_else(|| path.trim_start_matches('/'));
    let segments: Vec<&str> = resource.split('/').collect();
    let Some(verbs) = verbs(&segments) else {
        let message = format!("No static resource {resource}.");
        return Err(Answer::error(StatusCode::NOT_FOUND, 3000, &message));
    };
    let reads = *method == Method::GET || *method == Method::HEAD;
    if !verbs.contains(&if reads { "GET" } else { method.as_str() }) {
        let message = format!("Request method '{method}' is not supported");
        let allow = HeaderValue::from_str(&verbs.join(", ")).expect("verbs are plain ASCII");
        let answer = Answer::error(StatusCode::METHOD_NOT_ALLOWED, 3000, &message);
        return Err(answer.with_header(header::ALLOW, allow));
    }
    let route = match *segments.as_slice() {
        _ if !reads => None,
        ["v1", "user"] => Some(Route::CurrentUser),
        ["v1", "workspaces"] => Some(Route::Workspaces),
        ["v1", "workspaces", id] => Some(Route::Workspace(id.to_owned())),
        ["v1", "workspaces", id, "users"] => Some(Route::Users(id.to_owned())),
        ["v1", "workspaces", id, "user-groups"] => Some(Route::UserGroups(id.to_owned())),
        ["v1", "workspaces", id, "projects"] => Some(Route::Projects(id.to_owned())),
        _ => None,
    };
    // An honest refusal: the real service knows this route and the simulator does not.
    route.ok_or_else(|| {
        Answer::error(StatusCode::NOT_IMPLEMENTED, 501, "the simulator does not serve this route")
    })
}

/// The verbs that the real service binds to a path, in the order of its `Allow` header.
fn verbs(segments: &[&str]) -> Option<&'static [&'static str]> {
    match *segments {
        ["v1", "user"] | ["v1", "workspaces", _] => Some(&["GET"]),
        ["v1", "workspaces"] => Some(&["GET", "POST"]),
        ["v1", "workspaces", _, ref rest @ ..] => match *rest {
            ["users" | "user-groups" | "projects" | "clients" | "webhooks"] => Some(&["GET", "POST"]),
            ["users", "info"] | ["user-groups", _, "users"] => Some(&["POST"]),
            ["users" | "user-groups", _] => Some(&["DELETE", "PUT"]),
            ["users", _, "roles"] => Some(&["DELETE", "POST"]),
            ["users", _, "managers"] => Some(&["GET"]),
            ["member-profile", _] => Some(&["GET", "PATCH"]),
            ["user-groups", _, "users", _] => Some(&["DELETE"]),
            ["projects", _] => Some(&["DELETE", "GET", "PUT"]),
            ["projects", _, "memberships"] => Some(&["PATCH", "POST"]),
            _ => None,
        },
        _ => None,
    }
}
