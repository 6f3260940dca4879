//! A collector of traces and logs: what it is sent, and that nothing depends on it.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use c1_sim::{TaskScript, TaskState};
use clockify_sim::{Action, Endpoint, Fault, Truth};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use crate::otlp::{Collector, Received, text, texts};
use crate::parts::{PATIENCE, Running, c1, clockify, done, service, slow_page};
use crate::program::{KEY, Program};

fn exporting(program: Program, address: &str) -> Program {
    program
        .set("BATON_OTEL_COLLECTOR_ENDPOINT", address)
        .set("BATON_OTEL_COLLECTOR_ENDPOINT_TLS_INSECURE", "true")
}

fn named<'a>(received: &'a Received, name: &str) -> Vec<&'a Span> {
    let mut spans: Vec<_> = received.spans.iter().filter(|span| span.name == name).collect();
    spans.sort_by_key(|span| span.start_time_unix_nano);
    spans
}

#[track_caller]
fn only<'a>(received: &'a Received, name: &str) -> &'a Span {
    let spans = named(received, name);
    assert_eq!(spans.len(), 1, "{name}: {spans:#?}");
    spans[0]
}

fn attribute(span: &Span, name: &str) -> String {
    texts(&span.attributes).remove(name).unwrap_or_default()
}

/// Asserts that a span is inside of another one, in the same trace and in time.
#[track_caller]
fn inside(span: &Span, outer: &Span) {
    assert_eq!((&span.trace_id, &span.parent_span_id), (&outer.trace_id, &outer.span_id), "{}", span.name);
    assert!(span.start_time_unix_nano <= span.end_time_unix_nano);
    assert!(outer.start_time_unix_nano <= span.start_time_unix_nano, "{} begins before", span.name);
    assert!(span.end_time_unix_nano <= outer.end_time_unix_nano, "{} ends after", span.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_sees_where_the_time_of_a_sync_goes() {
    let failing = Fault::on(Endpoint::UserGroups, Action::plain(502, "busy")).times(1);
    let (clockify, c1) = (clockify([failing]).await, c1().await);
    let collector = Collector::start(None).await;
    let id = c1.script(TaskScript::sync());
    let program = exporting(service(&clockify, &c1), &collector.address);
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    let received = collector.received();

    let task = only(&received, "task");
    assert!(task.parent_span_id.is_empty(), "a task is inside of nothing");
    assert_eq!((attribute(task, "task_id"), attribute(task, "kind")), (id, "sync_full".to_owned()));
    assert_eq!(attribute(task, "rpc.grpc.status_code"), "0");
    let sync = only(&received, "sync");
    inside(sync, task);
    assert_eq!((attribute(sync, "sync_id").len(), attribute(sync, "resumed")), (27, "false".to_owned()));

    let phases = named(&received, "phase");
    for phase in &phases {
        inside(phase, sync);
    }
    let names: Vec<_> = phases.iter().map(|phase| attribute(phase, "name")).collect();
    assert_eq!(names, ["validate", "read", "verify", "expand", "seal"]);
    assert!(phases.windows(2).all(|pair| pair[0].end_time_unix_nano <= pair[1].start_time_unix_nano));

    let requests = named(&received, "request");
    for request in &requests {
        inside(request, sync);
    }
    assert!(requests.iter().all(|request| request.kind == SpanKind::Client as i32));
    let mut kinds = BTreeMap::new();
    for request in &requests {
        let of = |name| attribute(request, name);
        let kind = (of("endpoint"), of("attempt"), of("http.response.status_code"));
        *kinds.entry(kind).or_insert(0) += 1;
    }
    let kind = |endpoint: &str, attempt: &str, status: &str| {
        (endpoint.to_owned(), attempt.to_owned(), status.to_owned())
    };
    let expected = BTreeMap::from([
        (kind("user", "1", "200"), 1),
        (kind("workspace", "1", "200"), 2),
        (kind("users", "1", "200"), 6),
        (kind("user-groups", "1", "502"), 1),
        (kind("user-groups", "2", "200"), 1),
    ]);
    assert_eq!((kinds, requests.len()), (expected, clockify.requests().len()));
    assert_eq!(received.spans.len(), 1 + 1 + phases.len() + requests.len(), "and nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_knows_who_speaks_and_is_told_no_secrets() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let collector = Collector::start(None).await;
    c1.script(TaskScript::sync());
    let program = exporting(service(&clockify, &c1), &collector.address).set("BATON_LOG_LEVEL", "debug");
    let running = Running::start(&program);
    done(&c1).await;
    running.end();
    let received = collector.received();

    let us = [
        ("service.name", "baton-clockify"),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("service.instance.id", "replica-1"),
    ];
    let us = us.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert!(received.resources.len() >= 2);
    assert!(received.resources.iter().all(|resource| *resource == BTreeMap::from(us.clone())));

    let ours =
        ["baton_clockify", "baton_service", "c1z", "clockify_api", "clockify_connector", "sync_engine"];
    let is_ours = |scope: &String| ours.contains(&scope.split("::").next().unwrap());
    assert!(received.scopes.iter().all(is_ours), "{:?}", received.scopes);
    let log = |body: &str| {
        let found = received.logs.iter().find(|log| text(log.body.as_ref()) == body);
        found.unwrap_or_else(|| panic!("{body:?} is not among the logs"))
    };
    for (body, severity) in [
        ("C1 knows this connector; waiting for tasks.", "INFO"),
        ("A task begins.", "INFO"),
        ("There is a new access token.", "DEBUG"),
        ("Request finished.", "DEBUG"),
        ("A task is done.", "INFO"),
        ("The service has stopped.", "INFO"),
    ] {
        assert_eq!(log(body).severity_text, severity, "{body}");
    }
    // What is said inside of a span leads to it.
    let (sealed, sync) = (log("The sync is sealed."), only(&received, "sync"));
    assert_eq!((&sealed.trace_id, &sealed.span_id), (&sync.trace_id, &sync.span_id));
    assert_eq!(texts(&sealed.attributes)["sync_id"], attribute(sync, "sync_id"));

    let sent = String::from_utf8_lossy(&received.bytes);
    let secret = c1.credentials().client_secret;
    let private = secret.rsplit(':').next().unwrap();
    // The last but one is how every assertion begins: base64url of `{"alg":`.
    for secret in [KEY, private, "Bearer ", "secret-token", "eyJhbGciO", "client_assertion"] {
        assert!(!sent.contains(secret), "{secret:?} was sent");
    }
    let people: Vec<_> = clockify.content().all_users().flat_map(|user| [user.email, user.name]).collect();
    // Short names may be part of anything.
    let people: Vec<_> = people.into_iter().flatten().filter(|text| text.len() > 7).collect();
    assert!(people.len() > 600);
    assert_eq!(people.iter().find(|text| sent.contains(&***text)), None);
}

/// The spans around a request that hangs would never end if its own did not.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_cut_off_has_an_end_too() {
    let (clockify, c1) = (clockify([slow_page(Duration::from_secs(600))]).await, c1().await);
    let collector = Collector::start(None).await;
    c1.script(TaskScript::sync().cancel_at_beat(3));
    let program = exporting(service(&clockify, &c1), &collector.address);
    let running = Running::start(&program);
    assert!(c1.wait_until(PATIENCE, |c1| c1.tasks()[0].state == TaskState::Finished).await);
    running.end();
    let received = collector.received();
    let task = only(&received, "task");
    assert_eq!(attribute(task, "rpc.grpc.status_code"), "1");
    assert_eq!(task.status.as_ref().unwrap().code, StatusCode::Error as i32);
    let sync = only(&received, "sync");
    inside(sync, task);
    let requests = named(&received, "request");
    for request in &requests {
        inside(request, sync);
    }
    let unanswered: Vec<_> = requests
        .iter()
        .filter(|request| attribute(request, "http.response.status_code").is_empty())
        .map(|request| (attribute(request, "endpoint"), attribute(request, "page")))
        .collect();
    assert_eq!(unanswered, [("users".to_owned(), "6".to_owned())]);
    assert_eq!(requests.len(), clockify.requests().len());
}

/// Who may be asked about one of both is not sent the other.
#[tokio::test(flavor = "multi_thread")]
async fn traces_or_logs_alone_can_be_left_out() {
    for (setting, has_spans) in
        [("BATON_OTEL_TRACING_DISABLED", false), ("BATON_OTEL_LOGGING_DISABLED", true)]
    {
        let (clockify, c1) = (clockify([]).await, c1().await);
        let collector = Collector::start(None).await;
        c1.script(TaskScript::sync());
        let program = exporting(service(&clockify, &c1), &collector.address).set(setting, "true");
        let running = Running::start(&program);
        done(&c1).await;
        running.end();
        let received = collector.received();
        assert_eq!((!received.spans.is_empty(), !received.logs.is_empty()), (has_spans, !has_spans));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_behind_tls_is_believed_by_its_own_root() {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = certificate.self_signed(&key).unwrap();
    let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let mut tls = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let tls = TlsAcceptor::from(Arc::new(tls));
    for is_trusted in [true, false] {
        let (clockify, c1) = (clockify([]).await, c1().await);
        let collector = Collector::start(Some(tls.clone())).await;
        c1.script(TaskScript::sync());
        let program = service(&clockify, &c1).set("BATON_OTEL_COLLECTOR_ENDPOINT", &collector.address);
        let root = program.folder().join("collector.pem");
        std::io::Write::write_all(&mut std::fs::File::create(&root).unwrap(), certificate.pem().as_bytes())
            .unwrap();
        let root = root.to_str().unwrap().to_owned();
        let program = if is_trusted {
            program.set("BATON_OTEL_COLLECTOR_ENDPOINT_TLS_CERT_PATH", &root)
        } else {
            program
        };
        let running = Running::start(&program);
        done(&c1).await;
        running.end();
        let received = collector.received();
        let heard = (!received.spans.is_empty(), !received.logs.is_empty());
        assert_eq!(heard, (is_trusted, is_trusted));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_silent_or_away_hinders_nothing() {
    for is_away in [false, true] {
        let (clockify, c1) = (clockify([]).await, c1().await);
        c1.script(TaskScript::sync());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let program = exporting(service(&clockify, &c1), &listener.local_addr().unwrap().to_string());
        // One that takes connections and never answers, or none.
        let _silent = (!is_away).then_some(listener);
        let running = Running::start(&program);
        done(&c1).await;
        let begun = Instant::now();
        running.end();
        // It may wait three seconds for what was not sent.
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert_eq!(c1.violations(), []);
    }
}
