//! What S3 does with a request that it believes.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Response};

use crate::answer::{Body, empty, error, full};
use crate::sign::{self, Disbelief};
use crate::state::{Rights, State, etag};

/// Answers a request.
pub(crate) fn handle(state: &mut State, region: &str, parts: &Parts, body: &Bytes) -> Response<Body> {
    let head = parts.method == Method::HEAD;
    let rights = match sign::check(parts, body, &state.keys, region, jiff::Timestamp::now()) {
        Ok(key) => key.rights,
        Err(Disbelief(status, code, more)) => return error(status, code, &more, head),
    };
    let Some((bucket, key)) = place(parts) else {
        return error(400, "InvalidURI", "<Message>Only /BUCKET/KEY is known here.</Message>", head);
    };
    let Some(found) = state.buckets.get(&bucket) else {
        let more = format!(
            "<Message>The specified bucket does not exist</Message><BucketName>{bucket}</BucketName>"
        );
        return error(404, "NoSuchBucket", &more, head);
    };
    if found != region {
        let value = HeaderValue::from_str(found).expect("a region is plain text");
        let mut answer = error(301, "PermanentRedirect", "<Message>Use another endpoint.</Message>", head);
        answer.headers_mut().insert("x-amz-bucket-region", value);
        return answer;
    }
    let query = parts.uri.query().unwrap_or_default();
    match (&parts.method, query) {
        (&Method::GET | &Method::HEAD, "") => get(state, &(bucket, key), rights, head),
        (&Method::PUT, "") => put(state, (bucket, key), rights, parts, body),
        (&Method::POST, "uploads" | "uploads=") => begin(state, &bucket, &key, rights),
        (&Method::DELETE, query) if query.starts_with("uploadId=") => {
            let id = query.trim_start_matches("uploadId=");
            if state.uploads.remove(id) { empty(204) } else { error(404, "NoSuchUpload", "", head) }
        }
        _ => error(501, "NotImplemented", "<Message>This look-alike does not do that.</Message>", head),
    }
}

/// Bucket and key of a path.
pub(crate) fn place(parts: &Parts) -> Option<(String, String)> {
    let (bucket, key) = parts.uri.path().strip_prefix('/')?.split_once('/')?;
    Some((decoded(bucket)?, decoded(key)?)).filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
}

fn decoded(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, more @ ..] = rest {
        if *first == b'%' {
            let code = std::str::from_utf8(more.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(code, 16).ok()?);
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8(bytes).ok()
}

fn denied(what: &str, head: bool) -> Response<Body> {
    let more = format!("<Message>User is not authorized to perform: {what}</Message>");
    error(403, "AccessDenied", &more, head)
}

fn get(state: &State, place: &(String, String), rights: Rights, head: bool) -> Response<Body> {
    if !rights.read {
        return denied("s3:GetObject", head);
    }
    let Some(content) = state.objects.get(place) else {
        // Whoever may not list does not hear that something is missing.
        return if rights.list {
            error(404, "NoSuchKey", "<Message>The specified key does not exist.</Message>", head)
        } else {
            denied("s3:ListBucket", head)
        };
    };
    let mut answer = empty(200);
    let headers = answer.headers_mut();
    headers.insert("etag", HeaderValue::from_str(&etag(content)).expect("hexadecimal"));
    headers.insert("last-modified", HeaderValue::from_static("Sun, 29 Nov 2026 00:00:00 GMT"));
    headers.insert("content-length", HeaderValue::from(content.len()));
    if !head {
        *answer.body_mut() = full(content.clone());
    }
    answer
}

fn put(
    state: &mut State,
    place: (String, String),
    rights: Rights,
    parts: &Parts,
    body: &Bytes,
) -> Response<Body> {
    if !rights.write {
        return denied("s3:PutObject", false);
    }
    let condition = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let there = state.objects.get(&place).map(|content| etag(content));
    let failed = error(
        412,
        "PreconditionFailed",
        "<Message>At least one of the pre-conditions you specified did not hold</Message>",
        false,
    );
    match (condition("if-none-match"), condition("if-match"), &there) {
        (Some("*"), None, None) | (None, None, _) => {}
        (None, Some(wanted), Some(there)) if wanted == there => {}
        (Some("*"), None, Some(_)) | (None, Some(_), Some(_)) => return failed,
        (None, Some(_), None) => return error(404, "NoSuchKey", "", false),
        _ => return error(501, "NotImplemented", "<Message>No such condition.</Message>", false),
    }
    let tag = HeaderValue::from_str(&etag(body)).expect("hexadecimal");
    state.objects.insert(place, body.clone());
    let mut answer = empty(200);
    answer.headers_mut().insert("etag", tag);
    answer
}

fn begin(state: &mut State, bucket: &str, key: &str, rights: Rights) -> Response<Body> {
    if !rights.write {
        return denied("s3:PutObject", false);
    }
    state.begun += 1;
    let id = format!("upload-{}", state.begun);
    let key = key.replace('&', "&amp;").replace('<', "&lt;");
    state.uploads.insert(id.clone());
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<InitiateMultipartUploadResult><Bucket>{bucket}</Bucket>\
         <Key>{key}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
    );
    let mut answer = empty(200);
    *answer.body_mut() = full(text.into());
    answer
}
