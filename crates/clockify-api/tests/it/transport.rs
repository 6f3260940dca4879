//! Connections that fail, and what may have been sent over them.

use std::time::{Duration, Instant};

use clockify_api::{BaseUrl, ErrorKind, RetryPolicy};

use super::support::{Reply, Server, builder, client};

const ME: &str = r#"{"id":"66b0c1d2e4f5a6978812aa0c"}"#;

#[tokio::test]
async fn a_reset_connection_may_have_carried_the_request() {
    let server = Server::start([Reply::reset()]).await;
    let client = builder(&server).retry(RetryPolicy::none()).build().unwrap();
    let error = client.me().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Transport);
    assert!(error.maybe_sent() && error.is_retryable());
    assert_eq!(error.status(), None);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_broken_connection() {
    let server = Server::start([Reply::json(ME).truncated()]).await;
    let client = builder(&server).retry(RetryPolicy::none()).build().unwrap();
    let error = client.me().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Transport);
    assert_eq!((error.status(), error.maybe_sent()), (Some(200), true));
}

#[tokio::test]
async fn a_refused_connection_carried_nothing() {
    let server = Server::start([]).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = builder(&server).base_url(BaseUrl::parse(&closed).unwrap()).build().unwrap();
    let error = client.me().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Connect);
    assert!(!error.maybe_sent() && error.is_retryable() && error.retries_spent());
    assert_eq!(error.attempts(), 6);
    assert!(
        error.to_string().starts_with("get the key's own user: cannot connect to 127.0.0.1; after 6"),
        "{error}"
    );
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn silence_ends_with_the_read_timeout() {
    let server = Server::start([Reply::silence()]).await;
    let client = builder(&server).read_timeout(Duration::from_millis(80)).retry(RetryPolicy::none());
    let start = Instant::now();
    let error = client.build().unwrap().me().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout);
    assert!(start.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn a_slow_answer_that_never_falls_silent_is_read() {
    let server = Server::start([Reply::json(ME).drip(Duration::from_millis(5))]).await;
    let client = builder(&server).read_timeout(Duration::from_millis(500)).build().unwrap();
    client.me().await.unwrap();
}

#[tokio::test]
async fn a_drip_that_pauses_too_long_times_out() {
    let server = Server::start([Reply::json(ME).drip(Duration::from_millis(400))]).await;
    let client = builder(&server).read_timeout(Duration::from_millis(60)).retry(RetryPolicy::none());
    let error = client.build().unwrap().me().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (&ErrorKind::Timeout, Some(200)));
}

#[tokio::test]
async fn a_drip_that_never_ends_meets_the_request_timeout() {
    let server = Server::start([Reply::json(vec![b' '; 10_000]).drip(Duration::from_millis(5))]).await;
    let client = builder(&server).request_timeout(Duration::from_millis(150)).retry(RetryPolicy::none());
    let error = client.build().unwrap().me().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout);
}

#[tokio::test]
async fn a_redirect_without_a_target_or_to_the_same_host_is_not_followed_either() {
    let script = [Reply::status(302), Reply::status(301).header("Location", "/api/v2/user")];
    let server = Server::start(script).await;
    let client = client(&server);
    assert_eq!(client.me().await.unwrap_err().kind(), &ErrorKind::Redirect { host: None });
    let error = client.me().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Redirect { host: Some("127.0.0.1".to_owned()) });
    assert!(!error.is_retryable());
}

/// Part of an answer, or word that one will follow, must not pass for the answer.
#[tokio::test]
async fn only_200_is_a_full_answer() {
    for status in [201, 202, 203, 204, 205, 206, 207, 226, 299] {
        let empty = matches!(status, 204 | 205);
        let body = |json: &str| if empty { Vec::new() } else { json.as_bytes().to_vec() };
        let script = [ME, "[]"].map(|json| Reply::json(body(json)).code(status));
        let server = Server::start(script).await;
        let client = client(&server);
        let list = client.users(&super::support::workspace());
        let errors = [
            client.me().await.unwrap_err(),
            list.page(&clockify_api::PageCursor::default()).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.kind(), error.status()), (&ErrorKind::NotFull, Some(status)));
            assert!(!error.is_retryable() && error.maybe_sent());
            assert!(
                error.to_string().contains(&format!("HTTP {status}, which is no full answer")),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn a_request_says_who_asks_and_what_for() {
    let server = Server::start([Reply::json(ME)]).await;
    client(&server).me().await.unwrap();
    let request = server.requests().remove(0);
    assert_eq!(request.header("accept"), Some("application/json"));
    let agent = request.header("user-agent").unwrap();
    let version = agent.strip_prefix("baton-clockify/").unwrap();
    assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{agent}");
    assert_eq!(request.header("accept-language"), None, "messages would be translated");
}

/// Linux leaves a connection unanswered when the queue of the listener is full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connection_that_is_never_accepted_carried_nothing() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let queue: Vec<_> = (0..4).map(|_| tokio::spawn(tokio::net::TcpStream::connect(address))).collect();
    tokio::time::sleep(Duration::from_millis(50)).await;

    let server = Server::start([]).await;
    let client = builder(&server)
        .base_url(BaseUrl::parse(&format!("http://{address}")).unwrap())
        .connect_timeout(Duration::from_millis(80))
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let error = client.me().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout);
    assert!(!error.maybe_sent() && error.is_retryable());
    queue.iter().for_each(tokio::task::JoinHandle::abort);
}
