//! The real client against the look-alike: token, TLS, hello, task, upload, ending.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use baton_service::{
    Address, ClientId, ClientSecret, Connection, Ended, NoEvents, ProvisioningDisabled, ServiceError,
    connect, run,
};
use c1_sim::{Action, C1Sim, Credentials, Endpoint, Fault, Options, TaskKind, TaskScript};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::settings;
use crate::support::syncer::Scripted;

const PATIENCE: Duration = Duration::from_secs(30);

struct Service {
    running: JoinHandle<Result<Ended, ServiceError>>,
    stop: CancellationToken,
}

impl Service {
    fn start(c1: &C1Sim, credentials: &Credentials, data: &Path, syncer: &Arc<Scripted>) -> Self {
        let connection = Connection {
            client_id: ClientId::parse(&credentials.client_id).unwrap(),
            client_secret: ClientSecret::parse(&credentials.client_secret).unwrap(),
            address: Some(Address::parse(&c1.address()).unwrap()),
            extra_roots: c1.ca_pem().as_bytes().to_vec(),
            user_agent: "test/1".to_owned(),
        };
        let client = Arc::new(connect(connection).unwrap());
        let stop = CancellationToken::new();
        let service = run(
            settings(data),
            client,
            syncer.clone(),
            Arc::new(ProvisioningDisabled),
            Arc::new(NoEvents),
            stop.clone(),
        );
        Self { running: tokio::spawn(service), stop }
    }

    async fn end(self) -> Ended {
        self.stop.cancel();
        self.running.await.unwrap().unwrap()
    }
}

async fn c1() -> C1Sim {
    C1Sim::start(Options::default()).await.unwrap()
}

/// More than two pieces, and no two of them the same.
fn content() -> Vec<u8> {
    (0..1_300_000_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_goes_from_hello_to_its_ending() {
    let (c1, data) = (c1().await, tempfile::tempdir().unwrap());
    let syncer = Scripted::of(&content());
    let task = c1.script(TaskScript::sync().debug());
    let service = Service::start(&c1, &c1.credentials(), data.path(), &syncer);
    assert!(c1.wait_until_done(PATIENCE).await, "{:?} {:?}", c1.tasks(), c1.violations());
    assert_eq!(service.end().await, Ended { left: 0 });

    assert_eq!(c1.violations(), []);
    let uploads = c1.uploads(&task);
    assert_eq!(uploads.len(), 2);
    assert!(uploads[0] == content(), "the file arrived changed");
    let lines: Vec<serde_json::Value> = uploads[1]
        .split(|b| *b == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(lines[0]["msg"], "made up");
    assert_eq!(lines[0]["rows"], 7);
    let seen = c1.seen();
    // Pieces of 512 KiB, and the rest.
    assert_eq!(seen.uploads[0].pieces, [524_288, 524_288, 251_424]);
    assert_eq!(seen.hellos.len(), 1);
    let left: Vec<_> = files(data.path())
        .into_iter()
        .filter(|path| !path.ends_with("sync.c1z") && !path.ends_with("0.lock") && !path.ends_with(".lock"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_that_cannot_be_done_are_ended_for_good() {
    let (c1, data) = (c1().await, tempfile::tempdir().unwrap());
    for kind in TaskKind::all() {
        c1.script(TaskScript::new(kind));
    }
    let service = Service::start(&c1, &c1.credentials(), data.path(), &Scripted::of(b"file"));
    assert!(c1.wait_until_done(PATIENCE).await, "{:?} {:?}", c1.tasks(), c1.violations());
    service.end().await;
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_secret_ends_the_service_at_once() {
    let (c1, data) = (c1().await, tempfile::tempdir().unwrap());
    let service = Service::start(&c1, &c1.wrong_credentials(), data.path(), &Scripted::of(b"file"));
    let error = tokio::time::timeout(PATIENCE, service.running).await.unwrap().unwrap().unwrap_err();
    let ServiceError::TurnedAway(status) = error else { panic!("{error}") };
    assert_eq!(status.code(), tonic::Code::Unauthenticated, "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_endpoint_that_fails_is_no_refusal() {
    let (c1, data) = (c1().await, tempfile::tempdir().unwrap());
    c1.fault(Fault::once(Endpoint::Token, 1, Action::http(503, "busy")));
    let task = c1.script(TaskScript::sync());
    let service = Service::start(&c1, &c1.credentials(), data.path(), &Scripted::of(b"file"));
    assert!(c1.wait_until_done(PATIENCE).await, "{:?} {:?}", c1.tasks(), c1.violations());
    service.end().await;
    assert_eq!(c1.unfired(), []);
    assert_eq!(c1.uploads(&task)[0], b"file"[..]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_revoked_early_is_replaced() {
    let (c1, data) = (c1().await, tempfile::tempdir().unwrap());
    // At the hello, which a refusal would end for good; in the middle of the first upload; before the ending is told.
    c1.fault(Fault::once(Endpoint::Hello, 1, Action::RevokeTokens));
    c1.fault(Fault::once(Endpoint::UploadAsset, 1, Action::RevokeAfter { bytes: 600_000 }));
    c1.fault(Fault::once(Endpoint::FinishTask, 1, Action::RevokeTokens));
    let task = c1.script(TaskScript::sync());
    let service = Service::start(&c1, &c1.credentials(), data.path(), &Scripted::of(&content()));
    assert!(c1.wait_until_done(PATIENCE).await, "{:?} {:?}", c1.tasks(), c1.violations());
    service.end().await;
    assert_eq!(c1.unfired(), []);
    let uploads = c1.uploads(&task);
    assert!(uploads.len() == 1 && uploads[0] == content());
}
