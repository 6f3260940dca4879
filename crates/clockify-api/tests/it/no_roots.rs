//! A machine without any CA certificate, which is what a container made of one binary is.

use clockify_api::{ApiKey, Client, ErrorKind, RetryPolicy};

use super::support::{Reply, Server, run_alone};

/// Runs one ignored test of this binary in a process that finds no certificates.
fn run_without_roots(name: &str) {
    // A folder in place of the system's, with nothing in it.
    let empty = concat!(env!("CARGO_TARGET_TMPDIR"), "/no-certificates");
    std::fs::create_dir_all(empty).unwrap();
    run_alone(name, |process| process.env("SSL_CERT_DIR", empty).env_remove("SSL_CERT_FILE"));
}

#[test]
fn a_loopback_server_works_without_certificates() {
    run_without_roots("no_roots::child_loopback");
}

#[test]
fn an_https_server_fails_with_the_reason_and_not_before_the_first_request() {
    run_without_roots("no_roots::child_https");
}

#[tokio::test]
#[ignore = "run by its parent in a process without certificates"]
async fn child_loopback() {
    let server = Server::start([Reply::json(r#"{"id":"a"}"#)]).await;
    super::support::client(&server).me().await.unwrap();
}

#[tokio::test]
#[ignore = "run by its parent in a process without certificates"]
async fn child_https() {
    Client::builder(ApiKey::new("key").unwrap()).build().unwrap();

    // Nothing answers in TLS there; what matters is that no attempt is repeated and that the reason is given.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let client = Client::builder(ApiKey::new("key").unwrap())
        .base_url(format!("https://127.0.0.1:{port}").parse().unwrap())
        .retry(RetryPolicy::for_tests())
        .build()
        .unwrap();
    let error = client.me().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Connect);
    assert!(!error.is_retryable() && error.attempts() == 1, "{error:?}");
    assert!(error.to_string().contains("no CA certificates"), "{error}");
}

#[test]
fn extra_certificates_must_be_certificates() {
    let build = |pem: &str| Client::builder(ApiKey::new("key").unwrap()).extra_ca_certificates(pem).build();
    for text in ["not a certificate", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
        assert!(matches!(build(text), Err(clockify_api::BuildError::Certificates)), "{text}");
    }
}
