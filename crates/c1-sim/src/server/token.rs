//! `POST /auth/v1/token`: a signed assertion for a bearer token.

use std::collections::BTreeMap;
use std::ops::Range;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use http_body_util::{BodyExt as _, Limited};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tonic::body::Body;
use url::form_urlencoded;

use super::route::Shared;
use crate::fault::Endpoint;
use crate::jws::{self, JwsError};
use crate::state::Exchange;

const LONGEST_FORM: usize = 64 * 1024;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far `nbf` and `exp` are from `iat`.
const WINDOW_S: i64 = 120;
/// How many hexadecimal digits a nonce has.
const NONCE: usize = 32;

/// Why there is no token.
enum Refusal {
    /// The request is not as the protocol has it.
    Wrong(String),
    /// It is, and these credentials open nothing.
    Denied(String),
}

/// The status and body of the answer.
pub(super) async fn answer(shared: &Shared, request: Request<Body>) -> (u16, String) {
    let mut claims = Value::Null;
    let outcome = exchange(shared, request, &mut claims).await;
    let at_ms = shared.memory.at_ms();
    let mut exchange = Exchange { at_ms, granted: None, refused: None, claims };
    let (status, body) = match outcome {
        Ok(()) => {
            let lifetime = shared.options.token_lifetime_ms;
            let expires_in = shared.options.expires_in.unwrap_or(lifetime / 1_000);
            let (number, token) = shared.memory.lock().tokens.make(at_ms.saturating_add(lifetime));
            exchange.granted = Some(number);
            (200, json!({ "access_token": token, "token_type": "Bearer", "expires_in": expires_in }))
        }
        Err(Refusal::Wrong(what)) => {
            shared.memory.violated(Endpoint::Token, "", &what, true);
            exchange.refused = Some(what.clone());
            (400, json!({ "error": "invalid_request", "error_description": what }))
        }
        Err(Refusal::Denied(what)) => {
            exchange.refused = Some(what.clone());
            (401, json!({ "error": "invalid_client", "error_description": what }))
        }
    };
    shared.memory.lock().seen.exchanges.push(exchange);
    (status, body.to_string())
}

async fn exchange(shared: &Shared, request: Request<Body>, seen: &mut Value) -> Result<(), Refusal> {
    let form = read_form(request).await?;
    let wanted = ["client_assertion", "client_assertion_type", "client_id", "grant_type"];
    if !form.keys().map(String::as_str).eq(wanted) {
        let fields: Vec<&String> = form.keys().collect();
        return wrong(&format!("form: the fields {wanted:?} are wanted, and there are {fields:?}"));
    }
    if form["grant_type"] != "client_credentials" {
        return wrong("grant_type: client_credentials is wanted");
    }
    if form["client_assertion_type"] != ASSERTION_TYPE {
        return wrong("client_assertion_type: it is not the JWT bearer's");
    }
    let client_id = shared.options.client_id();
    if form["client_id"] != client_id {
        return Err(Refusal::Denied("the client is not known".to_owned()));
    }
    let signed = jws::open(&form["client_assertion"], &shared.public_key).map_err(|error| match error {
        JwsError::Malformed(what) => Refusal::Wrong(format!("client_assertion: {what}")),
        JwsError::Signature => {
            Refusal::Denied("the assertion is not signed with the client's key".to_owned())
        }
    })?;
    let nonce = nonce(&signed.header)?;
    let Ok(Value::Object(claims)) = serde_json::from_slice(&signed.payload) else {
        return wrong("client_assertion: the claims are not an object");
    };
    *seen = Value::Object(claims.clone());
    let valid_from_to = check_claims(&claims, &client_id, &shared.options.tenant)?;
    if !valid_from_to.contains(&now(shared)) {
        let what = "nbf and exp: the assertion is not valid now".to_owned();
        // With clocks that differ on purpose it is not the client's mistake.
        let ours = shared.options.clock_ahead_s != 0;
        return Err(if ours { Refusal::Denied(what) } else { Refusal::Wrong(what) });
    }
    if !shared.memory.lock().tokens.use_nonce(nonce) {
        return wrong("nonce: it was used before");
    }
    Ok(())
}

async fn read_form(request: Request<Body>) -> Result<BTreeMap<String, String>, Refusal> {
    if request.method() != Method::POST {
        return wrong("method: POST is wanted");
    }
    if request.headers().contains_key(AUTHORIZATION) {
        return wrong("authorization: there is none on this endpoint");
    }
    let kind = request.headers().get(CONTENT_TYPE);
    if kind.is_none_or(|kind| kind != "application/x-www-form-urlencoded") {
        return wrong("content-type: application/x-www-form-urlencoded is wanted");
    }
    let body = Limited::new(request.into_body(), LONGEST_FORM).collect().await;
    let Ok(body) = body else { return wrong("body: it is too long or broke off") };
    let body = body.to_bytes();
    let pairs: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
    let form: BTreeMap<_, _> = pairs.iter().cloned().collect();
    if form.len() != pairs.len() {
        return wrong("form: a field is there twice");
    }
    Ok(form)
}

/// The nonce of a header that holds nothing besides it and the algorithm.
fn nonce(header: &Map<String, Value>) -> Result<&str, Refusal> {
    if header.len() != 2 {
        return wrong("client_assertion: the header holds more or less than the algorithm and a nonce");
    }
    let nonce = header.get("nonce").and_then(Value::as_str).unwrap_or_default();
    if nonce.len() != NONCE || !nonce.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return wrong("nonce: 32 hexadecimal digits are wanted");
    }
    Ok(nonce)
}

/// When the assertion is valid.
fn check_claims(claims: &Map<String, Value>, client: &str, tenant: &str) -> Result<Range<i64>, Refusal> {
    for name in ["iss", "sub"] {
        if claims.get(name).and_then(Value::as_str) != Some(client) {
            return wrong(&format!("{name}: the client's id is wanted"));
        }
    }
    if claims.get("aud").and_then(Value::as_str) != Some(tenant) {
        return wrong("aud: the host of the client's id is wanted, as one text and without a port");
    }
    let time = |name: &str| {
        let time = claims.get(name).and_then(Value::as_i64);
        time.ok_or_else(|| Refusal::Wrong(format!("{name}: whole seconds are wanted")))
    };
    let (issued, begins, ends) = (time("iat")?, time("nbf")?, time("exp")?);
    if issued - begins != WINDOW_S || ends - issued != WINDOW_S {
        return wrong("nbf and exp: two minutes before and after iat are wanted");
    }
    Ok(begins..ends)
}

/// The service's own time.
fn now(shared: &Shared) -> i64 {
    Timestamp::now().as_second() + shared.options.clock_ahead_s
}

fn wrong<T>(what: &str) -> Result<T, Refusal> {
    Err(Refusal::Wrong(what.to_owned()))
}
