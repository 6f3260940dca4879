//! The answer to a probe.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;

/// What a probe hears.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    status: &'static str,
    code: StatusCode,
    details: Option<Details>,
}

#[derive(Clone, Debug, Serialize)]
struct Details {
    error: String,
}

/// The body, as probes of connectors built on the Go SDK expect it.
#[derive(Serialize)]
struct Body {
    status: &'static str,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details>,
}

impl Answer {
    pub(super) fn good(status: &'static str) -> Self {
        Self { status, code: StatusCode::OK, details: None }
    }

    pub(super) fn bad(status: &'static str, why: impl Into<String>) -> Self {
        let details = Some(Details { error: why.into() });
        Self { status, code: StatusCode::SERVICE_UNAVAILABLE, details }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let timestamp = format!("{:.0}", Timestamp::now());
        let body = Body { status: self.status, timestamp, details: self.details };
        (self.code, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_answer_has_no_details() {
        let body = Body { status: "alive", timestamp: "2026-01-02T03:04:05Z".to_owned(), details: None };
        assert_eq!(
            serde_json::to_string(&body).unwrap(),
            r#"{"status":"alive","timestamp":"2026-01-02T03:04:05Z"}"#
        );
    }
}
