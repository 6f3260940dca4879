//! What probes and scrapes are told, and the command that asks for them.

use std::net::TcpListener;

use c1_sim::TaskScript;
use serde_json::Value;

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
    let ran = program.run(&["health-check"]);
    assert_eq!(ran.code, Some(14), "{}", ran.stderr);
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

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused_is_unhealthy_and_nobody_is_told_the_key() {
    let (clockify, c1) = (clockify([]).await, c1().await);
    let port = port();
    let program = watched(service(&clockify, &c1).set("BATON_CLOCKIFY_API_KEY", "not-the-key"), &port);
    let running = Running::start(&program);
    // Only who listens can be asked.
    while program.run(&["health-check", "--endpoint", "live"]).code != Some(0) {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
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
