//! The credential is in no error, no `Debug` output and no log, whatever the server does with it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use clockify_api::{ErrorKind, PageCursor};
use tracing_subscriber::fmt::MakeWriter;

use super::support::{KEY, Reply, Server, client, run_alone, users, workspace};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn everything(error: &clockify_api::Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text} {cause} {cause:?}");
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn a_server_that_echoes_the_key_does_not_make_it_known() {
    let echo = format!("Api key {KEY} does not exist; you sent {KEY}.");
    let padded = format!("{}{KEY}", "x".repeat(190));
    let script = [
        Reply::refusal(401, 4003, &echo),
        Reply::status(500).body(echo.clone()),
        Reply::refusal(401, 4003, &padded),
        Reply::json(format!("\"{KEY}\"")),
        Reply::json(format!("[{{\"id\":\"{KEY}\"}}] {KEY}")),
        Reply::status(200).header("Content-Type", "text/html").body(echo.clone()),
    ];
    let server = Server::start(script).await;
    let client = super::support::builder(&server).retry(clockify_api::RetryPolicy::none()).build().unwrap();
    let shown = client.me().await.unwrap_err();
    assert_eq!(shown.message(), Some("Api key [redacted] does not exist; you sent [redacted]."));
    let mut text = everything(&shown);
    for _ in 0..5 {
        text += &everything(&client.me().await.unwrap_err());
    }
    assert!(!text.contains(&KEY[..6]), "{text}");
}

/// A host is shown in lower case, and the names of fields where JSON breaks.
#[tokio::test]
async fn a_server_that_hides_the_key_in_other_places_does_not_make_it_known() {
    let (lower, upper) = (KEY.to_ascii_lowercase(), KEY.to_ascii_uppercase());
    let to = |location: String| Reply::status(302).header("Location", &location);
    let script = [
        to(format!("https://{KEY}.example/?{KEY}")),
        to(format!("https://x.{lower}/")),
        to(format!("//{upper}")),
        Reply::refusal(401, 4003, &format!("{lower} and {upper}Ä{KEY}")),
        Reply::status(400).body(upper.clone()),
        Reply::json(format!(r#"{{"{KEY}": tru"#)),
        Reply::json(format!(r#"{{"id":"a","{lower}": {{"{upper}": [tru"#)),
    ];
    let server = Server::start(script).await;
    let client = client(&server);
    let mut errors = Vec::new();
    for _ in 0..7 {
        errors.push(client.me().await.unwrap_err());
    }
    let host = |index: usize| match errors[index].kind() {
        ErrorKind::Redirect { host } => host.as_deref(),
        other => panic!("{other:?}"),
    };
    assert_eq!(host(0), Some("[redacted].example"));
    assert_eq!(host(1), Some("x.[redacted]"));
    assert_eq!(host(2), Some("[redacted]"));
    assert_eq!(errors[3].message(), Some("[redacted] and [redacted]Ä[redacted]"));
    for error in &errors {
        let text = everything(error).to_ascii_lowercase();
        assert!(!text.contains(&lower[..6]), "{text}");
    }
}

/// Alone, because another thread without a subscriber may be the first to meet a log statement and switch it off
/// for good.
#[test]
fn logs_at_the_most_detailed_level_have_neither_key_nor_personal_data() {
    run_alone("secrecy::child_logs", |process| process);
}

#[tokio::test]
#[ignore = "run by its parent in a process of its own"]
async fn child_logs() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);

    let person = r#"[{"id":"a","name":"Mirela","email":"mirela@nordlicht.example"},null]"#;
    let script = [
        Reply::refusal(429, 429, &format!("Too many requests for {KEY}")),
        Reply::reset(),
        Reply::json(person).last_page("false"),
        Reply::json(users([2])).last_page("true"),
        Reply::refusal(403, 501, "mirela@nordlicht.example may not do this"),
        Reply::status(302).header("Location", "https://elsewhere.example/"),
    ];
    let server = Server::start(script).await;
    let client = client(&server);
    let list = client.users(&workspace()).email_containing("mirela@nordlicht.example");
    let first = list.page(&PageCursor::default()).await.unwrap();
    list.page(&first.next.unwrap()).await.unwrap();
    client.me().await.unwrap_err();
    assert!(matches!(client.me().await.unwrap_err().kind(), ErrorKind::Redirect { .. }));
    drop(guard);

    let text = log.text();
    assert!(text.contains("Request finished."), "the client logs at all: {text}");
    assert!(text.contains("Waiting before the request is sent again."), "{text}");
    assert!(text.contains("Skipped elements"), "{text}");
    assert!(!text.contains(&KEY[..6]), "{text}");
    let own: Vec<_> = text.lines().filter(|line| line.contains("clockify_api")).collect();
    assert!(own.len() >= 6, "{text}");
    assert!(own.iter().all(|line| !line.to_lowercase().contains("mirela")), "{own:#?}");
}
