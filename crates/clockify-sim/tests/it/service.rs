//! Starting, stopping, the log, latency and compression.

use std::time::{Duration, Instant};

use clockify_sim::{ApiKey, Endpoint, KeyRights, SeededWorkspace, Simulator};
use reqwest::Method;

use crate::crew::{WORKSPACE, crew};
use crate::support::{get, get_in, in_workspace, send, start, try_get};

#[tokio::test]
async fn the_address_is_loopback_with_the_real_prefix() {
    let simulator = start(crew()).await;
    let url = simulator.base_url();
    assert!(url.starts_with("http://127.0.0.1:") && url.ends_with("/api/v1"), "{url}");
    assert_eq!(simulator.workspace_id(), WORKSPACE);
    let other = start(crew()).await;
    assert_ne!(other.base_url(), url);
}

#[tokio::test]
async fn the_log_tells_what_was_asked() {
    let simulator = start(crew()).await;
    get_in(&simulator, "/users?page=2&email=a%2Bb&roles=x&roles=y").await;
    get_in(&simulator, "/users?page=two").await;
    get(&simulator, "/nowhere").await;
    let log = simulator.requests();
    assert_eq!(log.len(), 3);
    assert_eq!(log[0].method, "GET");
    assert_eq!(log[0].path, format!("/api/v1/workspaces/{WORKSPACE}/users"));
    assert_eq!(log[0].parameter("email"), Some("a+b"));
    assert_eq!(log[0].query.iter().filter(|(name, _)| name == "roles").count(), 2);
    assert_eq!(log[0].header("x-api-key"), Some(simulator.api_key()));
    assert_eq!((log[0].endpoint, log[0].page, log[0].attempt), (Endpoint::Users, Some(2), 1));
    assert_eq!((log[1].page, log[1].status), (None, Some(400)));
    assert_eq!((log[2].endpoint, log[2].status), (Endpoint::Other, Some(404)));
    assert!(log[0].at <= log[1].at && log[1].at <= log[2].at);
}

#[tokio::test]
async fn a_stopped_or_dropped_simulator_answers_no_more() {
    let simulator = start(crew()).await;
    let url = format!("{}/user", simulator.base_url());
    assert_eq!(send(Method::GET, &url, &[]).await.unwrap().status, 401);
    simulator.shutdown().await.unwrap();
    assert!(send(Method::GET, &url, &[]).await.is_err());

    let simulator = start(crew()).await;
    let url = format!("{}/user", simulator.base_url());
    drop(simulator);
    let begun = Instant::now();
    while send(Method::GET, &url, &[]).await.is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(2), "a dropped simulator goes on");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn it_runs_until_told() {
    let simulator = start(crew()).await;
    let url = format!("{}/user", simulator.base_url());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(simulator.run_until(async {
        stopped.await.expect("the test sends");
    }));
    assert_eq!(send(Method::GET, &url, &[]).await.unwrap().status, 401);
    assert!(!running.is_finished());
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    assert!(send(Method::GET, &url, &[]).await.is_err());
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let simulator = start(crew()).await;
    let url = url::Url::parse(&simulator.base_url()).unwrap();
    let again = Simulator::builder(crew()).port(url.port().unwrap()).start().await;
    assert!(again.is_err());
}

#[tokio::test]
async fn latency_slows_every_request() {
    let latency = Duration::from_millis(60);
    let simulator = Simulator::builder(crew()).latency(latency).start().await.unwrap();
    let begun = Instant::now();
    get(&simulator, "/user").await;
    get(&simulator, "/nowhere").await;
    assert!(begun.elapsed() >= 2 * latency);
}

#[tokio::test]
async fn compression_is_off_unless_wanted_on_both_sides() {
    for (wanted, expected) in [(false, None), (true, Some("gzip"))] {
        let builder = Simulator::builder(SeededWorkspace::demo()).gzip(wanted);
        let simulator = builder.start().await.unwrap();
        let url = format!("{}{}", simulator.base_url(), in_workspace(&simulator, "/users"));
        let client = reqwest::Client::builder().no_gzip().build().unwrap();
        let request = client.get(&url).header("X-Api-Key", simulator.api_key());
        let raw = request.try_clone().unwrap().header("Accept-Encoding", "gzip").send().await.unwrap();
        assert_eq!(raw.headers().get("content-encoding").map(|value| value.to_str().unwrap()), expected);
        let plain = request.send().await.unwrap();
        assert_eq!(plain.headers().get("content-encoding"), None);
        // A client that understands gzip sees the same either way.
        assert_eq!(
            try_get(&simulator, &in_workspace(&simulator, "/users")).await.unwrap().text,
            plain.text().await.unwrap()
        );
    }
}

#[tokio::test]
async fn several_keys_can_be_good() {
    let regular = ApiKey { key: "second".to_owned(), user: 2, rights: KeyRights::Regular };
    let simulator = Simulator::builder(crew()).api_key("first").key(regular).start().await.unwrap();
    assert_eq!(simulator.api_key(), "first");
    let url = format!("{}/user", simulator.base_url());
    for (key, name) in [("first", "Olga Owner"), ("second", "Cleo")] {
        let reply = send(Method::GET, &url, &[("X-Api-Key", key)]).await.unwrap();
        assert_eq!(reply.json()["name"], name);
    }
    let reply = send(Method::GET, &url, &[("X-Api-Key", "simulator-key")]).await.unwrap();
    assert_eq!(reply.status, 401, "the default key is good only when no other was given");
}
