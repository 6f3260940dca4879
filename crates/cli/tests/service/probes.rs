//! What probes and scrapes are told, and the command that asks for them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::time::Duration;

use c1_sim::TaskScript;
use clockify_sim::Fault;
use serde_json::Value;

use crate::openmetrics::read;
use crate::parts::{Running, c1, clockify, done, service};
use crate::program::Program;

/// A port that was free a moment ago.
fn port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

fn watched(program: Program, port: &str) -> Program {
    program
        .set("BATON_HEALTH_CHECK", "true")
        .set("BATON_METRICS", "true")
        .set("BATON_HEALTH_CHECK_PORT", port)
}

async fn get(port: &str, path: &str) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("http://127.0.0.1:{port}{path}")).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_see_a_service_that_is_well_and_spend_one_request() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    c1.script(TaskScript::sync());
    let port = port();
    let program = watched(service(&clockify, &c1), &port);
    let running = Running::start(&program);
    done(&c1).await;
    let before = clockify.requests().len();
    for (path, status) in
        [("/live", "alive"), ("/ready", "ready"), ("/health", "healthy"), ("/health", "healthy")]
    {
        let (code, body) = get(&port, path).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((code, body["status"].as_str()), (200, Some(status)), "{path}");
        assert!(
            body["timestamp"].as_str().unwrap().ends_with('Z') && body.get("details").is_none(),
            "{body}"
        );
    }
    for endpoint in ["health", "ready", "live"] {
        let ran = program.run(&["health-check", "--endpoint", endpoint]).succeeded();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""), "{endpoint}");
    }
    assert_eq!(clockify.requests().len() - before, 1, "an answer lasts a minute");
    running.end();
    for arguments in [&["health-check"][..], &["health-check", "--if-enabled"]] {
        let ran = program.run(arguments);
        assert_eq!(ran.code, Some(14), "{}", ran.stderr);
    }
    let program = program.set("BATON_HEALTH_CHECK", "false");
    assert_eq!(program.run(&["health-check"]).code, Some(14));
    program.run(&["health-check", "--if-enabled"]).succeeded();
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrape_counts_what_happened() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    c1.script(TaskScript::sync());
    let port = port();
    let program = watched(service(&clockify, &c1), &port);
    let running = Running::start(&program);
    done(&c1).await;
    let (code, text) = get(&port, "/metrics").await;
    running.end();
    assert!(code == 200 && text.ends_with("# EOF\n"), "{text}");
    let sum = |name: &str| -> f64 {
        let lines = text.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
        lines.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    };
    let upload = &c1.seen().uploads[0];
    #[expect(clippy::cast_precision_loss, reason = "these are small")]
    let expected = [
        ("clockify_tasks_total", 1.0),
        ("clockify_sync_runs_total", 1.0),
        ("clockify_uploads_total", 1.0),
        ("clockify_task_reports_total", 1.0),
        ("clockify_uploaded_bytes_total", upload.content.len() as f64),
        ("clockify_http_requests_total", clockify.requests().len() as f64),
        ("clockify_tasks_running", 0.0),
    ];
    for (name, value) in expected {
        assert!((sum(name) - value).abs() < 0.5, "{name} is {} and not {value}:\n{text}", sum(name));
    }
    assert!(text.contains("clockify_tasks_total{kind=\"sync_full\",code=\"ok\"} 1"), "{text}");
}

/// The metrics that operators of such programs expect, as they were asked for, and how each is written.
const EXPECTED: [(&str, &str, &str, &[&str]); 10] = [
    ("clockify_build", "info", "", &["version", "revision"]),
    ("clockify_checkpoints", "counter", "", &[]),
    ("clockify_http_request_duration_seconds", "histogram", "seconds", &["endpoint"]),
    ("clockify_http_requests", "counter", "", &["endpoint", "code"]),
    ("clockify_last_success_timestamp_seconds", "gauge", "seconds", &[]),
    ("clockify_rate_limit_wait_seconds", "counter", "seconds", &[]),
    ("clockify_retries", "counter", "", &["reason"]),
    ("clockify_sync_duration_seconds", "histogram", "seconds", &["outcome"]),
    ("clockify_sync_rows", "gauge", "", &["type", "row"]),
    ("clockify_sync_runs", "counter", "", &["outcome"]),
];

/// What the documentation says is there: the name of each sample or histogram, and its labels.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("../../../../docs/service-mode.md");
    let table = text.split("\n## Metrics\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let quoted =
        |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let rows = table.lines().filter(|line| line.starts_with("| `clockify_"));
    rows.flat_map(|row| {
        let cells: Vec<_> = row.split('|').collect();
        let labels: BTreeSet<_> = quoted(cells[2]).into_iter().collect();
        quoted(cells[1]).into_iter().map(move |name| (name, labels.clone()))
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrape_is_strict_openmetrics_and_has_the_names_that_are_promised() {
    let busy =
        Fault::on(clockify_sim::Endpoint::UserGroups, clockify_sim::Action::plain(502, "busy")).times(1);
    let (clockify, c1) = (clockify([busy]).await, c1().await);
    c1.fault(c1_sim::Fault::once(c1_sim::Endpoint::FinishTask, 1, c1_sim::Action::grpc(14, "away")));
    c1.script(TaskScript::sync());
    let port = port();
    let program = watched(service(&clockify, &c1), &port);
    let running = Running::start(&program);
    // Nothing has happened yet, or not much: that must be in order as well.
    while program.run(&["health-check", "--endpoint", "live"]).code != Some(0) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    read(&get(&port, "/metrics").await.1).unwrap();
    done(&c1).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("http://127.0.0.1:{port}/metrics")).send().await.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    let text = answer.text().await.unwrap();
    running.end();
    assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let scrape = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));

    for (name, kind, unit, labels) in EXPECTED {
        let family = scrape.get(name).unwrap_or_else(|| panic!("{name} is not there:\n{text}"));
        assert_eq!((&*family.kind, &*family.unit), (kind, unit), "{name}");
        for sample in &family.samples {
            let found: BTreeSet<_> =
                sample.labels.keys().map(String::as_str).filter(|label| *label != "le").collect();
            assert_eq!(found, labels.iter().copied().collect(), "{name}");
        }
    }
    // One table for people, and nothing in it that is not there, or there that is not in it.
    let mut served = BTreeMap::new();
    for (name, family) in &scrape {
        let suffix = match &*family.kind {
            "counter" => "_total",
            "info" => "_info",
            _ => "",
        };
        let labels: BTreeSet<_> =
            family.samples[0].labels.keys().filter(|label| *label != "le").cloned().collect();
        served.insert(format!("{name}{suffix}"), labels);
    }
    assert_eq!(served, documented());
    // No label names a person, a task or a sync: there are few of each.
    for (name, family) in &scrape {
        assert!(family.samples.len() < 200, "{name} has {} samples", family.samples.len());
    }
    let last = scrape["clockify_last_success_timestamp_seconds"].samples[0].value;
    // In seconds: of milliseconds there were a thousand times as many.
    assert!((1.7e9..1e11).contains(&last), "{last}");
    assert!((scrape["clockify_retries"].samples[0].value - 1.0).abs() < 0.5);
    assert_eq!(scrape["clockify_retries"].samples[0].labels["reason"], "server-error");
}

/// Each of both is asked for by itself, and what is not asked for is not there.
#[tokio::test(flavor = "multi_thread")]
async fn probes_and_metrics_are_served_at_one_place_and_each_only_when_asked_for() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    for (flag, there, away) in
        [("BATON_HEALTH_CHECK", "/live", "/metrics"), ("BATON_METRICS", "/metrics", "/live")]
    {
        let port = port();
        let program = service(&clockify, &c1).set(flag, "true").set("BATON_HEALTH_CHECK_PORT", &port);
        let running = Running::start(&program);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://127.0.0.1:{port}{there}");
        while client.get(&url).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!((get(&port, there).await.0, get(&port, away).await.0), (200, 404), "{flag}");
        running.end();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused_is_unhealthy_and_nobody_is_told_the_key() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let port = port();
    let program = watched(service(&clockify, &c1).set("BATON_CLOCKIFY_API_KEY", "not-the-key"), &port);
    let running = Running::start(&program);
    // Only who listens can be asked.
    while program.run(&["health-check", "--endpoint", "live"]).code != Some(0) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (code, body) = get(&port, "/health").await;
    assert!(code == 503 && body.contains("unhealthy") && body.contains("details"), "{body}");
    assert!(!body.contains("not-the-key"), "{body}");
    let ran = program.run(&["health-check"]);
    assert_eq!(ran.code, Some(14));
    assert!(ran.stderr.contains("health check returned status 503"), "{}", ran.stderr);
    running.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_served_unasked() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let ran = service(&clockify, &c1).set("BATON_HEALTH_CHECK_PORT", "9999").run(&[]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("('health-check')"), "{}", ran.stderr);
}
