//! Faults that change an answer or the way it is sent.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};

use super::answer::{Answer, Pieces};
use super::listener::ResetSwitch;
use super::params::PageTwist;
use crate::fault::Action;

/// Between the last byte that is sent and the end of the connection, so that the bytes are really sent.
const PAUSE_BEFORE_CUT: Duration = Duration::from_millis(20);
/// What a long body begins with, piece by piece.
static BLANKS: [u8; 64 * 1024] = [b' '; 64 * 1024];

/// What is sent, and whether it is anything else than without the fault.
pub(super) struct Distorted {
    pub(super) response: Response<Body>,
    pub(super) changed: bool,
}

/// Resets a connection a moment after the body that holds this was taken or given up. Nobody asks a body of known length
/// for more than its length, so its end cannot be seen from inside.
struct ResetLater(ResetSwitch);

impl Drop for ResetLater {
    fn drop(&mut self) {
        let reset = self.0.clone();
        // A body may outlive the runtime, whose connections are gone then.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                tokio::time::sleep(PAUSE_BEFORE_CUT).await;
                reset.throw();
            });
        }
    }
}

/// The page that a fault serves instead of the one asked for.
pub(super) fn twist(action: &Action) -> Option<PageTwist> {
    match action {
        Action::RepeatPage => Some(PageTwist::Before),
        Action::ShiftPage(rows) => Some(PageTwist::Shifted(*rows)),
        Action::ClampPageSize(rows) => Some(PageTwist::Clamped(*rows)),
        _ => None,
    }
}

/// The response of faults that need no answer.
pub(super) fn instead_of_answer(action: &Action, reset: &ResetSwitch) -> Option<Response<Body>> {
    let answer = match action {
        Action::Status { code, body, headers } => {
            let content_type = if body.starts_with('{') { "application/json" } else { "text/plain" };
            let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut answer = Answer::text(status, content_type, body.clone());
            for (name, value) in headers {
                let header = (HeaderName::try_from(name), HeaderValue::from_str(value));
                if let (Ok(name), Ok(value)) = header {
                    // Replaces rather than repeats, so that a fault can change the content type.
                    answer = answer.replace_header(name, value);
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

/// Sends another page than the one asked for.
pub(super) fn send_other(mut honest: Answer, mut other: Answer, compress: bool) -> Distorted {
    let body = other.collect_body();
    let changed = honest.collect_body() != body || honest.headers != other.headers;
    Distorted { response: with_body(other, body).compressed(compress).into_response(), changed }
}

/// Sends an answer as the fault has it.
pub(super) fn send_distorted(
    answer: Answer,
    action: &Action,
    compress: bool,
    reset: &ResetSwitch,
) -> Distorted {
    let (answer, content_changed) = change_content(answer, action);
    let (response, way_changed) = change_way(answer.compressed(compress), action, reset);
    Distorted { response, changed: content_changed || way_changed }
}

/// What the answer says.
fn change_content(mut answer: Answer, action: &Action) -> (Answer, bool) {
    match action {
        Action::WrongLastPage(value) => {
            let changed = answer.last_page() != Some(*value);
            (answer.with_last_page(Some(*value)), changed)
        }
        Action::NoLastPage => {
            let changed = answer.last_page().is_some();
            (answer.with_last_page(None), changed)
        }
        Action::ContentType(name) => match HeaderValue::from_str(name) {
            Ok(value) => (answer.replace_header(header::CONTENT_TYPE, value), true),
            Err(_) => (answer, false),
        },
        Action::Header { name, value } => {
            let header = (HeaderName::try_from(name.as_str()), HeaderValue::from_str(value));
            match header {
                (Ok(name), Ok(value)) => (answer.replace_header(name, value), true),
                _ => (answer, false),
            }
        }
        Action::MalformedJson => {
            let mut whole = answer.collect_body();
            let changed = whole.last_mut().is_some_and(|last| {
                *last = if *last == b']' { b'}' } else { b']' };
                true
            });
            (with_body(answer, whole), changed)
        }
        Action::HugeBody(blanks) => {
            let honest = std::mem::replace(&mut answer.body, Box::new(std::iter::empty()));
            answer.body = Box::new(filler(*blanks).chain(honest));
            (answer, *blanks > 0)
        }
        _ => (answer, false),
    }
}

/// How the answer is sent.
fn change_way(mut answer: Answer, action: &Action, reset: &ResetSwitch) -> (Response<Body>, bool) {
    let reset = reset.clone();
    match *action {
        Action::EmptyBody => {
            let changed = !answer.collect_body().is_empty();
            (answer.into_response(), changed)
        }
        Action::CutJson(bytes) => {
            let whole = answer.collect_body();
            let sent = beginning(&whole, bytes).to_vec();
            let changed = sent.len() < whole.len();
            (with_body(answer, sent).into_response(), changed)
        }
        Action::Truncate(bytes) => broken_off(answer, bytes, || {}),
        Action::ResetDuringBody(bytes) => broken_off(answer, bytes, move || reset.throw()),
        Action::ResetAfterBody => {
            let whole = answer.collect_body();
            let length = whole.len();
            let later = ResetLater(reset);
            let body = piece(whole).inspect(move |_| {
                let _held_by_the_body = &later;
            });
            (announced(answer, length, body), true)
        }
        Action::SlowFirstByte(time) => {
            let whole = answer.collect_body();
            let length = whole.len();
            let late = stream::once(async move {
                tokio::time::sleep(time).await;
                Ok(Bytes::from(whole))
            });
            (announced(answer, length, late), length > 0 && !time.is_zero())
        }
        Action::Drip { bytes, interval } => {
            let whole = Bytes::from(answer.collect_body());
            let length = whole.len();
            let drops = stream::unfold(whole, move |mut left| async move {
                if left.is_empty() {
                    return None;
                }
                tokio::time::sleep(interval).await;
                let drop = left.split_to(bytes.clamp(1, left.len()));
                Some((Ok(drop), left))
            });
            (announced(answer, length, drops), length > 0 && !interval.is_zero())
        }
        _ => (answer.into_response(), false),
    }
}

/// Announces the whole body, sends its beginning, does `last` and drops the connection.
fn broken_off(
    mut answer: Answer,
    bytes: usize,
    last: impl FnOnce() + Send + 'static,
) -> (Response<Body>, bool) {
    let whole = answer.collect_body();
    let length = whole.len();
    let sent = beginning(&whole, bytes).to_vec();
    let changed = sent.len() < length;
    let cut = stream::once(async move {
        tokio::time::sleep(PAUSE_BEFORE_CUT).await;
        last();
        Err(io::ErrorKind::ConnectionAborted.into())
    });
    (announced(answer, length, piece(sent).chain(cut)), changed)
}

/// At most so many bytes, and never all of them.
fn beginning(whole: &[u8], bytes: usize) -> &[u8] {
    &whole[..bytes.min(whole.len().saturating_sub(1))]
}

fn piece(bytes: Vec<u8>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::once(async { Ok(Bytes::from(bytes)) })
}

fn with_body(mut answer: Answer, body: Vec<u8>) -> Answer {
    answer.body = Box::new(std::iter::once(Bytes::from(body)));
    answer
}

/// The head of an answer with a body of this length, whatever is sent of it.
fn announced(
    answer: Answer,
    length: usize,
    body: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> Response<Body> {
    let mut response = answer.into_response();
    *response.body_mut() = Body::from_stream(body);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn filler(mut left: u64) -> Pieces {
    Box::new(std::iter::from_fn(move || {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(BLANKS.len());
        left -= length as u64;
        (length > 0).then(|| Bytes::from_static(&BLANKS[..length]))
    }))
}
