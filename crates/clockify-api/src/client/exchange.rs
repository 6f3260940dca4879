//! One exchange: a request, its answer, and the checks between them.

use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, LOCATION};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::value::RawValue;
use url::Url;

use super::Shared;
use crate::error::{ErrorAnswer, clean};
use crate::model::{Element, Record, Rows, salvage};
use crate::observer::Head;
use crate::retry::advice;
use crate::{Credential, Error, ErrorKind, Operation};

/// How much of a refusal's body is read. What Clockify says fits many times.
const REFUSAL_LIMIT: u64 = 64 * 1024;

/// How much room is made for a body because its length was announced. 100,000 members take half of it.
const CLAIM_LIMIT: u64 = 64 * 1024 * 1024;

/// A success with a body that claims to be JSON.
pub(crate) struct Answer {
    status: u16,
    body: Bytes,
    last_page: Option<bool>,
    attempts: u32,
    /// To take it out of what an error says of the body.
    credential: Credential,
}

impl Answer {
    pub(super) fn after(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// How many requests it took.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    pub(super) fn bytes(&self) -> usize {
        self.body.len()
    }

    /// What the header `Last-Page` says, when it says anything.
    pub(crate) fn last_page(&self) -> Option<bool> {
        self.last_page
    }

    /// Reads one object, which must have an identifier. An odd text in it is mended, as in a list.
    pub(crate) fn record<T: Record>(self, operation: Operation) -> Result<T, Error> {
        let read = match self.read() {
            Ok(Element(read)) => read,
            Err(error) => {
                let text = String::from_utf8_lossy(&self.body);
                if serde_json::from_str::<&RawValue>(&text).is_err() {
                    drop(text);
                    return Err(self.misshapen::<T>(operation, &error));
                }
                salvage(&text).value
            }
        };
        let missing = match read {
            Some(record) if !T::id(&record).is_empty() => return Ok(record),
            Some(_) => "the identifier is missing",
            None => "not an object",
        };
        let place = Place { path: String::new(), line: 1, column: 1 };
        Err(self.undecodable(operation, place, missing.to_owned()))
    }

    /// Reads an array. A broken element is skipped, a broken array is an error.
    pub(crate) fn rows<T: Record>(self, operation: Operation) -> Result<Rows<T>, Error> {
        match self.read() {
            Ok(rows) => Ok(rows),
            Err(error) => match Rows::salvage(&self.body) {
                Some(rows) => Ok(rows),
                None => Err(self.misshapen::<Rows<T>>(operation, &error)),
            },
        }
    }

    /// Looked through for broken UTF-8 as a whole, the texts in it need not be looked at one by one.
    fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        match str::from_utf8(&self.body) {
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(&self.body),
        }
    }

    /// Reads a second time to find out where: a good answer need not pay for that. The parser's own text is used
    /// for broken JSON only; for a wrong type it quotes the value.
    fn misshapen<T: DeserializeOwned>(self, operation: Operation, error: &serde_json::Error) -> Error {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let path = match serde_path_to_error::deserialize::<_, T>(&mut json) {
            // A place inside a value that was being read has no name and prints as a question mark.
            Err(located) => located.path().to_string().trim_end_matches(['?', '.']).to_owned(),
            Ok(_) => String::new(),
        };
        let path = clean(&path, &self.credential).unwrap_or_default();
        let detail = match error.classify() {
            Category::Data => "not of the expected type".to_owned(),
            _ => error.to_string(),
        };
        self.undecodable(operation, Place { path, line: error.line(), column: error.column() }, detail)
    }

    fn undecodable(self, operation: Operation, Place { path, line, column }: Place, detail: String) -> Error {
        Error::new(operation, ErrorKind::Decode { path, line, column })
            .with_status(self.status)
            .with_detail(detail)
            .with_body(self.body)
            .after(self.attempts)
    }
}

struct Place {
    path: String,
    line: usize,
    column: usize,
}

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
        let body = self.body(operation, response).await?;
        let Some(first) = body.iter().find(|byte| !byte.is_ascii_whitespace()) else {
            return Err(Error::new(operation, ErrorKind::EmptyBody));
        };
        if *first == b'<' || content == Content::Other {
            return Err(Error::new(operation, ErrorKind::NotJson { html: *first == b'<' }));
        }
        Ok(Answer { status, body, last_page, attempts: 1, credential: self.credential.clone() })
    }

    /// Reads the body up to the limit, counted after decompression, and never holds more than one piece above it.
    async fn body(&self, operation: Operation, mut response: Response) -> Result<Bytes, Error> {
        let limit = self.body_limit;
        let too_large = || Error::new(operation, ErrorKind::BodyTooLarge { limit });
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        // A body that is compressed has no length beforehand. What a server only claims is believed up to a point.
        let length = response.content_length().unwrap_or_default().min(limit).min(CLAIM_LIMIT);
        let mut body = BytesMut::with_capacity(usize::try_from(length).unwrap_or_default());
        while let Some(piece) = response.chunk().await.map_err(|error| Error::exchange(operation, error))? {
            self.counters.bytes(piece.len());
            if (body.len() + piece.len()) as u64 > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&piece);
        }
        Ok(body.freeze())
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
