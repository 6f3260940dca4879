//! An answer before it becomes HTTP, and the error answers of clockify reference 2.2.

use std::collections::VecDeque;
use std::io::Write as _;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use serde_json::json;

pub(super) const LAST_PAGE: HeaderName = HeaderName::from_static("last-page");

/// A body that is produced while it is sent.
pub(super) type Pieces = Box<dyn Iterator<Item = Bytes> + Send>;

/// A status, headers and a body in pieces.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Pieces,
}

impl Answer {
    fn new(status: StatusCode, content_type: &'static str, body: Pieces) -> Self {
        Self { status, headers: vec![(header::CONTENT_TYPE, HeaderValue::from_static(content_type))], body }
    }

    pub(super) fn json(body: impl Into<Bytes>) -> Self {
        Self::new(StatusCode::OK, "application/json", Box::new(std::iter::once(body.into())))
    }

    pub(super) fn json_pieces(body: Pieces) -> Self {
        Self::new(StatusCode::OK, "application/json", body)
    }

    /// One page of a list, as a bare array.
    pub(super) fn page(body: Vec<u8>, last: bool) -> Self {
        Self::json(body).with_last_page(Some(last))
    }

    pub(super) fn text(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self::new(status, content_type, Box::new(std::iter::once(body.into())))
    }

    pub(super) fn error(status: StatusCode, code: i64, message: &str) -> Self {
        let body = json!({ "message": message, "code": code }).to_string();
        Self::text(status, "application/json", body)
    }

    /// The usual "not found": an id that is unknown, deleted or of another workspace.
    pub(super) fn foreign(what: &str) -> Self {
        Self::error(StatusCode::BAD_REQUEST, 501, &format!("{what} doesn't belong to Workspace"))
    }

    pub(super) fn access_denied() -> Self {
        Self::error(StatusCode::FORBIDDEN, 501, "Access Denied")
    }

    pub(super) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sets or removes `Last-Page`.
    pub(super) fn with_last_page(mut self, last: Option<bool>) -> Self {
        self.headers.retain(|(name, _)| *name != LAST_PAGE);
        if let Some(last) = last {
            let value = HeaderValue::from_static(if last { "true" } else { "false" });
            self.headers.push((LAST_PAGE, value));
        }
        self
    }

    /// What `Last-Page` says.
    pub(super) fn last_page(&self) -> Option<bool> {
        let (_, value) = self.headers.iter().find(|(name, _)| *name == LAST_PAGE)?;
        Some(value == "true")
    }

    /// Sets a header in place of any of its name.
    pub(super) fn replace_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.retain(|(present, _)| *present != name);
        self.with_header(name, value)
    }

    /// The whole body at once.
    pub(super) fn collect_body(&mut self) -> Vec<u8> {
        let pieces = std::mem::replace(&mut self.body, Box::new(std::iter::empty()));
        pieces.fold(Vec::new(), |mut whole, piece| {
            whole.extend_from_slice(&piece);
            whole
        })
    }

    /// Compresses the body if `wanted`.
    pub(super) fn compressed(mut self, wanted: bool) -> Self {
        if !wanted {
            return self;
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        let pieces = std::mem::replace(&mut self.body, Box::new(std::iter::empty()));
        for piece in pieces {
            encoder.write_all(&piece).expect("a vector takes any byte");
        }
        let body = encoder.finish().expect("a vector takes any byte");
        self.body = Box::new(std::iter::once(body.into()));
        self.with_header(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))
    }

    /// Becomes HTTP. A body of one piece has a length; a longer one is sent in chunks as it is produced.
    pub(super) fn into_response(self) -> Response<Body> {
        let mut pieces = self.body;
        let mut ahead: VecDeque<Bytes> = pieces.by_ref().take(2).collect();
        let body = if ahead.len() < 2 {
            Body::from(ahead.pop_front().unwrap_or_default())
        } else {
            Body::from_stream(stream::iter(
                ahead.into_iter().chain(pieces).map(Ok::<_, std::convert::Infallible>),
            ))
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }
}
