//! The token endpoint: every rule of the form and of the assertion, kept once and broken once.

use c1_sim::{C1Sim, Options};

use crate::assertion::Assertion;
use crate::client::{
    connect, connect_by, exchange, https, post, refused, start, start_with, token, token_url, with,
};
use crate::messages::{HOST, get_task};

/// Sends an assertion that has to be refused, and returns what was wrong.
async fn breach(sim: &C1Sim, assertion: &Assertion) -> String {
    let before = sim.violations().len();
    let reply = exchange(sim, assertion).await;
    assert_eq!(reply.status, 400, "{}", reply.text);
    assert_eq!(reply.json()["error"], "invalid_request");
    let violations = sim.violations();
    assert_eq!(violations.len(), before + 1);
    assert_eq!(violations[before].endpoint, c1_sim::Endpoint::Token);
    violations[before].what.clone()
}

#[tokio::test]
async fn a_good_assertion_is_exchanged_for_a_token_that_opens_the_service() {
    let sim = start().await;
    let reply = exchange(&sim, &Assertion::of(&sim.credentials())).await;
    assert_eq!(
        (reply.json()["token_type"].as_str(), reply.json()["expires_in"].as_u64()),
        (Some("Bearer"), Some(3600))
    );
    let mut stub = connect(&sim).await;
    stub.get_task(with(&reply.token(), get_task(HOST))).await.unwrap();
    let seen = sim.seen();
    assert_eq!((seen.exchanges[0].granted, seen.requests[1].token), (Some(1), Some(1)));
    assert_eq!(seen.exchanges[0].claims["aud"], "tenant.c1.example");
    assert_eq!(sim.violations(), []);
}

#[tokio::test]
async fn every_claim_is_looked_at() {
    let sim = start().await;
    let good = || Assertion::of(&sim.credentials());
    let now = jiff::Timestamp::now().as_second();
    for (name, value) in [
        ("iss", "somebody".into()),
        ("sub", serde_json::Value::Null),
        ("aud", format!("https://{}", sim.address()).into()),
        ("aud", serde_json::json!(["tenant.c1.example"])),
        ("aud", "tenant.c1.example:443".into()),
        ("iat", "now".into()),
        ("iat", 1.5.into()),
        ("nbf", now.into()),
        ("exp", (now + 3600).into()),
    ] {
        let what = breach(&sim, &good().claim(name, value.clone())).await;
        assert!(what.contains(name) || what.contains("nbf and exp"), "{name} = {value}: {what}");
    }
    for past_or_future in [now - 400, now + 400] {
        let shifted = good()
            .claim("iat", past_or_future)
            .claim("nbf", past_or_future - 120)
            .claim("exp", past_or_future + 120);
        assert_eq!(breach(&sim, &shifted).await, "nbf and exp: the assertion is not valid now");
    }
    assert_eq!(exchange(&sim, &good()).await.status, 200);
}

#[tokio::test]
async fn the_header_holds_the_algorithm_and_a_nonce_and_nothing_else() {
    let sim = start().await;
    let good = || Assertion::of(&sim.credentials());
    let what = breach(&sim, &good().header("typ", "JWT")).await;
    assert!(what.contains("more or less than the algorithm and a nonce"), "{what}");
    for nonce in
        ["", "0123456789abcdef", "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789abcdef0"]
    {
        let what = breach(&sim, &good().header("nonce", nonce)).await;
        assert_eq!(what, "nonce: 32 hexadecimal digits are wanted", "{nonce}");
    }
    let what = breach(&sim, &good().header("alg", "HS256")).await;
    assert_eq!(what, "client_assertion: the algorithm is not EdDSA");
    let what = breach(&sim, &good().spoil(|compact| format!("{compact}="))).await;
    assert_eq!(what, "client_assertion: unpadded base64url is wanted");
}

#[tokio::test]
async fn a_nonce_is_good_once() {
    let sim = start().await;
    let assertion = Assertion::of(&sim.credentials());
    assert_eq!(exchange(&sim, &assertion).await.status, 200);
    assert_eq!(breach(&sim, &assertion).await, "nonce: it was used before");
}

/// Wrong credentials are no mistake of the protocol: they are refused, and not held against the connector.
#[tokio::test]
async fn somebody_elses_key_and_an_unknown_client_are_denied() {
    let sim = start().await;
    let mut stranger = sim.credentials();
    stranger.client_id = stranger.client_id.replace("calm-panda", "wild-panda");
    for credentials in [sim.wrong_credentials(), stranger] {
        let reply = exchange(&sim, &Assertion::of(&credentials)).await;
        assert_eq!((reply.status, reply.json()["error"].as_str()), (401, Some("invalid_client")));
    }
    assert_eq!(sim.violations(), []);
    assert!(sim.seen().exchanges.iter().all(|exchange| exchange.refused.is_some()));
}

#[tokio::test]
async fn the_form_has_four_fields_and_their_values() {
    let sim = start().await;
    let good = Assertion::of(&sim.credentials());
    for (change, reason) in [
        ("grant_type", "grant_type: client_credentials is wanted"),
        ("client_assertion_type", "client_assertion_type: it is not the JWT bearer's"),
        ("client_assertion", "client_assertion: three parts are wanted"),
    ] {
        let mut form = good.form();
        form.iter_mut().find(|field| field.0 == change).unwrap().1 = "something".to_owned();
        assert_eq!(post(&sim, &form).await.unwrap().status, 400);
        assert_eq!(sim.violations().last().unwrap().what, reason);
    }
    for missing in 0..4 {
        let mut form = good.form();
        form.remove(missing);
        assert_eq!(post(&sim, &form).await.unwrap().status, 400);
        assert!(sim.violations().last().unwrap().what.starts_with("form: the fields"));
    }
    let mut form = good.form();
    form.push(("scope", "all".to_owned()));
    assert_eq!(post(&sim, &form).await.unwrap().status, 400);
    let mut form = good.form();
    form.push(form[0].clone());
    assert_eq!(post(&sim, &form).await.unwrap().status, 400);
    assert_eq!(sim.violations().last().unwrap().what, "form: a field is there twice");
    assert_eq!(post(&sim, &good.form()).await.unwrap().status, 200);
}

#[tokio::test]
async fn method_content_type_and_a_stray_authorization_are_looked_at() {
    let sim = start().await;
    let client = https(&sim);
    let form = "application/x-www-form-urlencoded";
    for (request, reason) in [
        (client.get(token_url(&sim)), "method: POST is wanted"),
        (
            client.post(token_url(&sim)).header("content-type", "application/json"),
            "content-type: application/x-www-form-urlencoded is wanted",
        ),
        (
            client.post(token_url(&sim)).header("content-type", form).header("authorization", "Bearer x"),
            "authorization: there is none on this endpoint",
        ),
    ] {
        assert_eq!(request.send().await.unwrap().status().as_u16(), 400);
        assert_eq!(sim.violations().last().unwrap().what, reason);
    }
}

#[tokio::test]
async fn every_call_needs_a_token_that_is_good_now() {
    let sim = start_with(Options { token_lifetime_ms: 300, ..Options::default() }).await;
    let mut stub = connect(&sim).await;
    let unauthenticated = tonic::Code::Unauthenticated;
    assert_eq!(refused(stub.get_task(get_task(HOST)).await).0, unauthenticated);
    assert_eq!(refused(stub.get_task(with("never-made", get_task(HOST))).await).0, unauthenticated);
    assert_eq!(sim.violations().len(), 2);

    let token = token(&sim).await;
    stub.get_task(with(&token, get_task(HOST))).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(350)).await;
    assert_eq!(refused(stub.get_task(with(&token, get_task(HOST))).await).0, unauthenticated);
    let again = crate::client::token(&sim).await;
    sim.revoke_tokens();
    assert_eq!(refused(stub.get_task(with(&again, get_task(HOST))).await).0, unauthenticated);
    // A token that ended is no mistake.
    assert_eq!(sim.violations().len(), 2);
}

#[tokio::test]
async fn a_clock_that_is_ahead_denies_without_blaming_the_client() {
    let sim = start_with(Options { clock_ahead_s: 300, ..Options::default() }).await;
    let late = exchange(&sim, &Assertion::of(&sim.credentials())).await;
    assert_eq!(late.status, 401);
    assert_eq!(sim.violations(), []);
    let sim = start_with(Options { clock_ahead_s: 100, ..Options::default() }).await;
    assert_eq!(exchange(&sim, &Assertion::of(&sim.credentials())).await.status, 200);
}

#[tokio::test]
async fn both_versions_of_tls_are_spoken_and_taken_down() {
    let sim = start().await;
    let token = token(&sim).await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut stub = connect_by(&sim, &[version]).await.unwrap();
        stub.get_task(with(&token, get_task(HOST))).await.unwrap();
    }
    let seen = sim.seen();
    let tls: Vec<_> = seen.requests[1..].iter().map(|request| &*request.tls).collect();
    assert_eq!((tls, seen.connections), (vec!["1.2", "1.3"], 3));
    assert_eq!(seen.requests[1].http, "HTTP/2.0");
    assert!(seen.requests[1].user_agent.is_empty() && seen.requests[1].host == HOST);
}
