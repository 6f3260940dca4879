//! One exchange: a request, its answer, and the checks between them.

use std::sync::atomic::Ordering;

use bytes::BytesMut;
use jiff::Timestamp;
use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, LOCATION};
use reqwest::{Response, StatusCode};
use url::Url;

use super::aside::{Aside, Taken};
use super::{Answer, Shared};
use crate::error::{ErrorAnswer, clean};
use crate::observer::Head;
use crate::retry::advice;
use crate::{Endpoint, Error, ErrorKind, Operation};

/// How much of a refusal's body is read. What Clockify says fits many times.
const REFUSAL_LIMIT: u64 = 64 * 1024;

/// How much room is made for a body because its length was announced.
const CLAIM_LIMIT: u64 = 64 * 1024 * 1024;

impl Shared {
    pub(super) async fn exchange(&self, operation: Operation, url: &Url) -> Result<Answer, Error> {
        let (name, value) = self.credential.header();
        let request = self.http.get(url.clone()).header(name, value).header(ACCEPT, "application/json");
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Err(self.explain(Error::exchange(operation, error))),
        };
        let status = response.status();
        self.observer.answered(&self.head(operation, &response));
        if status.is_redirection() {
            let host = redirect_host(response.headers(), url);
            let host = host.and_then(|host| clean(&host, &self.credential));
            return Err(Error::new(operation, ErrorKind::Redirect { host }).with_status(status.as_u16()));
        }
        if !status.is_success() {
            return Err(self.refusal(operation, response).await);
        }
        if status != StatusCode::OK {
            return Err(Error::new(operation, ErrorKind::NotFull).with_status(status.as_u16()));
        }
        self.success(operation, response).await.map_err(|error| error.with_status(status.as_u16()))
    }

    /// What the head says that is not about this request alone.
    fn head(&self, operation: Operation, response: &Response) -> Head {
        let headers = response.headers();
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse().ok();
        let server_time =
            headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
        Head {
            operation,
            status: response.status().as_u16(),
            server_time: server_time.and_then(|time| Timestamp::try_from(time).ok()),
            local_time: self.clock.timestamp(),
            rate_limit: number("x-ratelimit-limit"),
            rate_remaining: number("x-ratelimit-remaining"),
        }
    }

    async fn success(&self, operation: Operation, response: Response) -> Result<Answer, Error> {
        let content = content_type(response.headers());
        if content == Content::Html {
            return Err(Error::new(operation, ErrorKind::NotJson { html: true }));
        }
        let status = response.status().as_u16();
        let last_page = last_page(response.headers());
        // A body that is compressed has no length beforehand. What a server only claims is believed up to a point.
        let length = response.content_length().unwrap_or_default().min(self.body_limit).min(CLAIM_LIMIT);
        let (body, bytes, taken) = if operation.endpoint() == Endpoint::Workspace {
            // A list that is read again is about as long as before.
            let mut aside = Aside::expecting(self.members.load(Ordering::Relaxed));
            let bytes = self.body(operation, response, |piece| aside.feed(piece)).await?;
            let (body, taken) = aside.finish();
            self.members.store(taken.members.len(), Ordering::Relaxed);
            (body.into(), bytes, taken)
        } else {
            let mut body = BytesMut::with_capacity(usize::try_from(length).unwrap_or_default());
            let bytes = self.body(operation, response, |piece| body.extend_from_slice(piece)).await?;
            (body.freeze(), bytes, Taken::default())
        };
        let Some(first) = body.iter().find(|byte| !byte.is_ascii_whitespace()) else {
            return Err(Error::new(operation, ErrorKind::EmptyBody));
        };
        if *first == b'<' || content == Content::Other {
            return Err(Error::new(operation, ErrorKind::NotJson { html: *first == b'<' }));
        }
        let credential = self.credential.clone();
        Ok(Answer { status, body, bytes, taken, last_page, attempts: 1, credential })
    }

    /// Hands on the body up to the limit, counted after decompression, piece by piece. How long it was.
    async fn body(
        &self,
        operation: Operation,
        mut response: Response,
        mut take: impl FnMut(&[u8]),
    ) -> Result<usize, Error> {
        let limit = self.body_limit;
        let too_large = || Error::new(operation, ErrorKind::BodyTooLarge { limit });
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut bytes = 0;
        while let Some(piece) = response.chunk().await.map_err(|error| Error::exchange(operation, error))? {
            self.counters.bytes(piece.len());
            bytes += piece.len();
            if bytes as u64 > limit {
                return Err(too_large());
            }
            take(&piece);
        }
        Ok(bytes)
    }

    /// A refusal counts even when its body cannot be read.
    async fn refusal(&self, operation: Operation, mut response: Response) -> Error {
        let status = response.status();
        let asked = advice(response.headers(), status.as_u16(), self.clock.timestamp());
        let mut body = BytesMut::new();
        while let Ok(Some(piece)) = response.chunk().await {
            self.counters.bytes(piece.len());
            body.extend_from_slice(&piece);
            if body.len() as u64 > REFUSAL_LIMIT {
                break;
            }
        }
        Error::api(operation, status.as_u16(), ErrorAnswer::read(&body, &self.credential), asked)
    }

    /// Names the host that could not be reached. Without roots no https server can be verified, however often it is
    /// tried.
    fn explain(&self, error: Error) -> Error {
        let host = self.base.host();
        match error.kind() {
            ErrorKind::Connect | ErrorKind::Certificate { .. } if self.no_roots => {
                error.permanent(&format!("{host}; this machine has no CA certificates to verify it with"))
            }
            ErrorKind::Connect | ErrorKind::Certificate { .. } => error.with_detail(host),
            _ => error,
        }
    }
}

#[derive(PartialEq, Eq)]
enum Content {
    Json,
    Html,
    Other,
}

/// An answer that names no type is taken for JSON and judged by its first byte.
fn content_type(headers: &HeaderMap) -> Content {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Content::Json };
    let value = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let essence = value.split(';').next().unwrap_or_default().trim();
    match essence {
        "text/html" | "application/xhtml+xml" => Content::Html,
        _ if essence.ends_with("/json") || essence.ends_with("+json") => Content::Json,
        _ => Content::Other,
    }
}

fn last_page(headers: &HeaderMap) -> Option<bool> {
    let value = headers.get("last-page")?.to_str().ok()?;
    value.trim().to_ascii_lowercase().parse().ok()
}

fn redirect_host(headers: &HeaderMap, from: &Url) -> Option<String> {
    let location = headers.get(LOCATION)?.to_str().ok()?;
    from.join(location).ok()?.host_str().map(str::to_owned)
}
