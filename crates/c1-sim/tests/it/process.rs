//! The look-alike as a process: started, told and asked from another one.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use c1_sim::control::Info;
use serde_json::{Value, json};

struct Process {
    child: Child,
    info: Info,
    client: reqwest::Client,
}

impl Process {
    fn start(options: &Value) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_c1-sim"))
            .arg(options.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let info = serde_json::from_str(&line).unwrap();
        let client = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
        Self { child, info, client }
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.info.control);
        let text =
            self.client.get(url).send().await.unwrap().error_for_status().unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> String {
        let url = format!("{}{path}", self.info.control);
        let request = self.client.post(url).header("content-type", "application/json");
        let response = request.body(body.to_string()).send().await.unwrap();
        response.error_for_status().unwrap().text().await.unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn it_is_told_and_asked_over_http() {
    let process = Process::start(&json!({ "tenant": "else.c1.example", "next_poll_ms": 10 }));
    assert!(process.info.credentials.client_id.contains("@else.c1.example/"));
    assert!(process.info.credentials.client_secret.starts_with("secret-token:conductorone.com:v1:"));
    let pem = std::fs::read_to_string(&process.info.ca_file).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));

    let sync = json!({ "kind": { "sync_full": { "skip_grants": true } }, "cancel_at_beat": 2 });
    let id: Value = serde_json::from_str(&process.post("/tasks", sync).await).unwrap();
    process.post("/tasks", json!({ "kind": "hello" })).await;
    let tasks = process.get("/tasks").await;
    assert_eq!(
        (&tasks[0]["id"], &tasks[0]["state"], &tasks[1]["kind"]),
        (&id["id"], &json!("queued"), &json!("hello"))
    );
    let path = format!("/tasks/{}/cancel", id["id"].as_str().unwrap());
    process.post(&path, Value::Null).await;
    assert_eq!(process.get("/tasks").await[0]["cancelled"], true);

    let fault =
        json!({ "endpoint": "token", "times": 1, "action": { "http": { "status": 503, "body": "busy" } } });
    process.post("/faults", fault).await;
    process.post("/pace", json!({ "next_poll_ms": 5, "next_heartbeat_ms": 5 })).await;
    process.post("/revoke-tokens", Value::Null).await;
    let authority = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([authority]).build().unwrap();
    let url = format!("https://{}/auth/v1/token", process.info.address);
    assert_eq!(client.post(&url).send().await.unwrap().status().as_u16(), 503);
    assert_eq!(client.post(&url).send().await.unwrap().status().as_u16(), 400);
    process.post("/restart", json!({ "down_ms": 10 })).await;
    assert_eq!(client.post(&url).send().await.unwrap().status().as_u16(), 400);
    assert_eq!(process.get("/faults").await[0][1], 1);
    let seen = process.get("/seen").await;
    assert_eq!(
        (&seen["requests"][0]["tls"], &seen["requests"][0]["endpoint"]),
        (&json!("1.3"), &json!("token"))
    );
    assert_eq!(process.get("/violations").await.as_array().unwrap().len(), 2);
}

#[test]
fn it_ends_with_its_standard_input() {
    let mut process = Process::start(&json!({}));
    drop(process.child.stdin.take());
    assert!(process.child.wait().unwrap().success());
}

#[test]
fn options_that_are_not_understood_are_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_c1-sim")).arg("{\"prot\":1}").output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("unknown field `prot`"));
}
