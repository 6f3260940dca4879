//! Answers as S3 writes them.

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full, combinators::BoxBody};

/// The body of an answer. It may break off.
pub(crate) type Body = BoxBody<Bytes, std::io::Error>;

pub(crate) fn full(content: Bytes) -> Body {
    Full::new(content).map_err(|never| match never {}).boxed()
}

/// An answer without a body.
pub(crate) fn empty(status: u16) -> Response<Body> {
    let mut answer = Response::new(full(Bytes::new()));
    *answer.status_mut() = StatusCode::from_u16(status).expect("a status of three digits");
    answer
}

/// An error: status, code, and what else there is to say. An answer to HEAD has no body.
pub(crate) fn error(status: u16, code: &str, more: &str, head: bool) -> Response<Body> {
    let mut answer = empty(status);
    if !head {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>{more}\
             <RequestId>TX0000000000000000000A</RequestId></Error>"
        );
        answer.headers_mut().insert("content-type", http::HeaderValue::from_static("application/xml"));
        *answer.body_mut() = full(text.into());
    }
    answer
}
