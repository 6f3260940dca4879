//! Three processes over the loopback interface: the connector, the look-alike of Clockify, the look-alike of C1.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use c1_sim::control::Info;
use clockify_sim::Simulator;
use serde_json::{Value, json};

use crate::parts::{PATIENCE, Running, holds, workspace};
use crate::program::{KEY, Program};

/// Tells a process of this program's tests what to be.
const ROLE: &str = "SERVICE_TESTS_ROLE";

/// A look-alike in a process of its own: these tests, started anew as one of the two functions below.
struct Process {
    child: Child,
    info: Value,
}

impl Process {
    fn start(role: &str) -> Self {
        let name = format!("processes::be_{role}");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", &name, "--nocapture"])
            .env(ROLE, role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        // The test harness speaks first.
        let line = lines.find_map(|line| line.find('{').map(|place| line[place..].to_owned())).unwrap();
        Self { child, info: serde_json::from_str(&line).unwrap() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It ends with its standard input anyway.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "is the look-alike of C1 when another test starts it"]
fn be_c1() {
    if std::env::var(ROLE).is_ok_and(|role| role == "c1") {
        c1_sim::run("{}", &mut std::io::stdout()).unwrap();
    }
}

#[test]
#[ignore = "is the look-alike of Clockify when another test starts it"]
fn be_clockify() {
    if std::env::var(ROLE).is_ok_and(|role| role == "clockify") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let _on = runtime.enter();
        let simulator = runtime.block_on(Simulator::builder(workspace()).api_key(KEY).start()).unwrap();
        let info = json!({ "url": simulator.base_url(), "workspace": simulator.workspace_id() });
        writeln!(std::io::stdout(), "{info}").unwrap();
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    }
}

async fn ask(info: &Info, path: &str) -> Value {
    let text = reqwest::get(format!("{}{path}", info.control)).await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

async fn script(info: &Info, task: Value) -> String {
    let client = reqwest::Client::new();
    let request = client.post(format!("{}/tasks", info.control)).header("content-type", "application/json");
    let text = request.body(task.to_string()).send().await.unwrap().text().await.unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn hello_sync_upload_and_finish() {
    let (clockify, c1) = (Process::start("clockify"), Process::start("c1"));
    let info: Info = serde_json::from_value(c1.info.clone()).unwrap();
    let hello = script(&info, json!({ "kind": "hello" })).await;
    let sync = script(&info, json!({ "kind": { "sync_full": {} } })).await;
    let program = Program::bare()
        .set("BATON_CLOCKIFY_API_KEY", KEY)
        .set("BATON_CLOCKIFY_WORKSPACE_ID", clockify.info["workspace"].as_str().unwrap())
        .set("BATON_CLOCKIFY_BASE_URL", clockify.info["url"].as_str().unwrap())
        .set("BATON_CLOCKIFY_RATE_LIMIT", "unlimited")
        .set("BATON_CLIENT_ID", &info.credentials.client_id)
        .set("BATON_CLIENT_SECRET", &info.credentials.client_secret)
        .set("BATON_C1_API_HOST", &info.address)
        .set("SSL_CERT_FILE", &info.ca_file)
        .set("BATON_PAGE_SIZE", "100");
    let running = Running::start(&program);

    let begun = Instant::now();
    let seen = loop {
        let tasks = ask(&info, "/tasks").await;
        if tasks.as_array().unwrap().iter().all(|task| task["state"] == "finished") {
            break ask(&info, "/seen").await;
        }
        assert!(begun.elapsed() < PATIENCE, "{tasks:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    running.end();

    assert_eq!(ask(&info, "/violations").await, json!([]));
    let greeted: Vec<_> = seen["hellos"].as_array().unwrap().iter().map(|hello| &hello["task"]).collect();
    assert_eq!(greeted, ["", &*hello]);
    let finishes = seen["finishes"].as_array().unwrap();
    assert_eq!(finishes.len(), 1, "a hello task has none: {finishes:#?}");
    assert_eq!((&finishes[0]["task"], &finishes[0]["success"]), (&json!(sync), &json!(true)));
    let uploads = seen["uploads"].as_array().unwrap();
    assert_eq!((uploads.len(), &uploads[0]["complete"]), (1, &json!(true)));
    let upload = reqwest::get(format!("{}/uploads/0", info.control)).await.unwrap().bytes().await.unwrap();
    holds(&workspace(), &upload);
}
