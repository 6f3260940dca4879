//! Service mode: the real program between the look-alikes of Clockify and of C1.

use std::process::Child;
use std::time::Duration;

use c1_sim::{C1Sim, Credentials, Options, SyncFull, TaskKind, TaskScript};
use clockify_sim::{Action, Endpoint, Fault, SeededWorkspace, Simulator, Truth};
use rusqlite::Connection;
use sync_trials::database::{ids, with};
use sync_trials::{Expected, same};

use crate::program::{KEY, Program};

const PATIENCE: Duration = Duration::from_secs(60);

async fn clockify(fault: Option<Fault>) -> Simulator {
    let workspace = SeededWorkspace::new(5).users(600).groups(20);
    let builder = Simulator::builder(workspace).api_key(KEY);
    let builder = if let Some(fault) = fault { builder.fault(fault) } else { builder };
    builder.start().await.unwrap()
}

async fn c1() -> C1Sim {
    C1Sim::start(Options::default()).await.unwrap()
}

fn service(clockify: &Simulator, c1: &C1Sim, credentials: &Credentials) -> Program {
    Program::against(clockify)
        .set("BATON_CLIENT_ID", &credentials.client_id)
        .set("BATON_CLIENT_SECRET", &credentials.client_secret)
        .set("BATON_C1_API_HOST", &c1.address())
        .set("SSL_CERT_FILE", c1.ca_file().to_str().unwrap())
        .set("BATON_PAGE_SIZE", "100")
}

/// Ends with the test, whatever comes of it.
struct Running(Child);

impl Running {
    fn signal(&self, name: &str) {
        let command = format!("kill -{name} {}", self.0.id());
        assert!(std::process::Command::new("sh").args(["-c", &command]).status().unwrap().success());
    }

    fn ended(&mut self) -> Option<i32> {
        tokio::task::block_in_place(|| self.0.wait().unwrap().code())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended, in most tests.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks into an uploaded file with SQLite alone.
fn look<T>(upload: &[u8], look: impl FnOnce(&Connection) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("uploaded.c1z");
    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    std::fs::write(&file, upload).unwrap();
    with(&file, look)
}

fn holds_everything(clockify: &Simulator, upload: &[u8]) {
    let expected = Expected::of(&*clockify.content(), false);
    look(upload, |database| {
        same(&ids(database, "v1_resources"), &expected.resources);
        same(&ids(database, "v1_entitlements"), &expected.entitlements);
        same(&ids(database, "v1_grants"), &expected.grants);
        assert_eq!(ids_of_type(database), ["full"]);
    });
}

fn ids_of_type(database: &Connection) -> Vec<String> {
    sync_trials::database::texts(database, "select sync_type from v1_sync_runs order by 1")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_task_is_done_and_the_signal_ends_the_service_in_order() {
    let (clockify, c1) = (clockify(None).await, c1().await);
    let program = service(&clockify, &c1, &c1.credentials());
    let tasks = [c1.script(TaskScript::sync().debug()), c1.script(TaskScript::new(TaskKind::Hello))];
    let mut running = Running(program.start(&[]));
    assert!(c1.wait_until_done(PATIENCE).await, "{:?} {:?}", c1.tasks(), c1.violations());
    running.signal("TERM");
    assert_eq!(running.ended(), Some(0));

    assert_eq!(c1.violations(), []);
    let uploads = c1.uploads(&tasks[0]);
    assert_eq!(uploads.len(), 2);
    holds_everything(&clockify, &uploads[0]);
    let log = String::from_utf8(uploads[1].to_vec()).unwrap();
    assert!(log.contains("Page stored."), "{log}");
    assert!(!log.contains(KEY), "{log}");
    assert_eq!(program.files(), ["baton-clockify-data"]);
    let hello = &c1.seen().hellos[0];
    assert!(format!("{hello:?}").contains("baton-clockify"), "{hello:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "a test's own file")]
async fn its_secret_may_be_in_a_file_and_its_settings_in_another() {
    let (clockify, c1) = (clockify(None).await, c1().await);
    let credentials = c1.credentials();
    let program = service(&clockify, &c1, &credentials).unset("BATON_CLIENT_SECRET").unset("BATON_CLIENT_ID");
    let secret = program.folder().join("secret");
    std::fs::write(&secret, format!("{}\n", credentials.client_secret)).unwrap();
    let file = format!("client-id: '{}'\nskip-entitlements-and-grants: true\n", credentials.client_id);
    std::fs::write(program.folder().join(".baton.yaml"), file).unwrap();
    let program = program.set("BATON_CLIENT_SECRET_FILE", secret.to_str().unwrap());
    let tasks = [c1.script(TaskScript::sync()), c1.script(TaskScript::sync())];
    let mut running = Running(program.start(&[]));
    assert!(c1.wait_until_done(PATIENCE).await, "{:?} {:?}", c1.tasks(), c1.violations());
    running.signal("TERM");
    assert_eq!(running.ended(), Some(0));
    for task in &tasks {
        look(&c1.uploads(task)[0], |database| {
            assert_eq!(ids_of_type(database), ["resources_only"]);
            assert!(ids(database, "v1_grants").is_empty() && !ids(database, "v1_resources").is_empty());
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_killed_goes_on_where_it_was() {
    let hang = Fault::on(Endpoint::Users, Action::Delay(Duration::from_secs(600))).page(6).times(1);
    let (clockify, c1) = (clockify(Some(hang)).await, c1().await);
    let program = service(&clockify, &c1, &c1.credentials());
    let task = c1.script(TaskScript::sync());
    let mut running = Running(program.start(&[]));
    // Everything but the page that hangs: the key's owner, the list, six pages of users, one of groups.
    let enough = || clockify.requests().len() >= 9;
    assert!(c1.wait_until(PATIENCE, |_| enough()).await, "{}", clockify.requests().len());
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.signal("KILL");
    running.ended();
    let asked = clockify.requests().len();

    let second = c1.script(TaskScript::sync());
    let mut running = Running(program.start(&[]));
    assert!(c1.wait_until_done(PATIENCE).await, "{:?} {:?}", c1.tasks(), c1.violations());
    running.signal("INT");
    assert_eq!(running.ended(), Some(0));
    // Of the two tasks that are left, one goes on (the page that hung, the list again) and one reads all.
    let all = [&task, &second].map(|task| c1.uploads(task));
    for uploads in &all {
        assert_eq!(uploads.len(), 1);
        holds_everything(&clockify, &uploads[0]);
    }
    assert_eq!(clockify.requests().len() - asked, 2 + 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_in_the_middle_is_told_and_the_next_service_goes_on() {
    let hang = Fault::on(Endpoint::Users, Action::Delay(Duration::from_secs(600))).page(6).times(1);
    let (clockify, c1) = (clockify(Some(hang)).await, c1().await);
    let program = service(&clockify, &c1, &c1.credentials());
    let task = c1.script(TaskScript::sync());
    let mut running = Running(program.start(&[]));
    assert!(c1.wait_until(PATIENCE, |_| clockify.requests().len() >= 9).await);
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.signal("TERM");
    assert_eq!(running.ended(), Some(0));
    let seen = c1.seen();
    let finish = seen.finishes.iter().find(|finish| finish.task == task).expect("the ending is told");
    assert!(!finish.success && !finish.non_retryable, "{finish:?}");
    assert_eq!(finish.code, 1);
    let asked = clockify.requests().len();

    let second = c1.script(TaskScript::sync());
    let mut running = Running(program.start(&[]));
    assert!(c1.wait_until(PATIENCE, |c1| !c1.uploads(&second).is_empty()).await, "{:?}", c1.violations());
    assert!(c1.wait_until_done(PATIENCE).await);
    running.signal("TERM");
    assert_eq!(running.ended(), Some(0));
    holds_everything(&clockify, &c1.uploads(&second)[0]);
    assert_eq!(clockify.requests().len() - asked, 2);
    assert_eq!(c1.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_task_leaves_out_is_left_out() {
    let (clockify, c1) = (clockify(None).await, c1().await);
    let program = service(&clockify, &c1, &c1.credentials());
    let of = |sync| c1.script(TaskScript::new(TaskKind::SyncFull(sync)));
    let without_grants = of(SyncFull { skip_grants: true, ..SyncFull::default() });
    let only_resources = of(SyncFull { skip_entitlements_and_grants: true, ..SyncFull::default() });
    let only_groups =
        of(SyncFull { sync_resource_type_ids: vec!["group".to_owned()], ..SyncFull::default() });
    let targeted = of(SyncFull {
        targeted_sync_resources: vec![("user".to_owned(), "64a0f0f0f0f0f0f0f0f0f0f0".to_owned())],
        storage_engine: "pebble".to_owned(),
        ..SyncFull::default()
    });
    let unknown = of(SyncFull { sync_resource_type_ids: vec!["planet".to_owned()], ..SyncFull::default() });
    let grant = c1.script(TaskScript::new(TaskKind::Grant));
    let mut running = Running(program.start(&[]));
    assert!(c1.wait_until_done(PATIENCE).await, "{:?} {:?}", c1.tasks(), c1.violations());
    running.signal("TERM");
    assert_eq!(running.ended(), Some(0));
    assert_eq!(c1.violations(), []);

    let expected = Expected::of(&*clockify.content(), false);
    let none = std::collections::BTreeSet::new();
    // Whom only grants name is nobody where there are no grants.
    let listed: Vec<_> = clockify.content().all_users().map(|user| format!("user:{}", user.id)).collect();
    let mut resources = expected.resources.clone();
    resources.retain(|id| !id.starts_with("user:") || listed.contains(id));
    look(&c1.uploads(&without_grants)[0], |database| {
        same(&ids(database, "v1_resources"), &resources);
        same(&ids(database, "v1_entitlements"), &expected.entitlements);
        same(&ids(database, "v1_grants"), &none);
    });
    look(&c1.uploads(&only_resources)[0], |database| {
        same(&ids(database, "v1_resources"), &resources);
        same(&ids(database, "v1_entitlements"), &none);
        same(&ids(database, "v1_grants"), &none);
        assert_eq!(ids_of_type(database), ["resources_only"]);
    });
    let groups = expected.resources.iter().filter(|id| id.starts_with("group:")).cloned().collect();
    look(&c1.uploads(&only_groups)[0], |database| same(&ids(database, "v1_resources"), &groups));
    holds_everything(&clockify, &c1.uploads(&targeted)[0]);
    let seen = c1.seen();
    let ended = |task: &str| {
        let finish = seen.finishes.iter().find(|finish| finish.task == task).unwrap();
        (finish.code, finish.non_retryable, finish.message.clone())
    };
    assert_eq!(ended(&unknown), (3, true, "invalid resource type 'planet' in filter".to_owned()));
    assert_eq!(ended(&grant), (9, true, "provisioning is not enabled".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_end_the_program_with_their_own_code() {
    let (clockify, c1) = (clockify(None).await, c1().await);
    let ran = service(&clockify, &c1, &c1.wrong_credentials()).run(&[]);
    assert_eq!(ran.code, Some(16), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("hint: the client id and the client secret must be a pair"),
        "{}",
        ran.stderr
    );

    let garbled =
        service(&clockify, &c1, &c1.credentials()).set("BATON_CLIENT_SECRET", "secret-token:x:v1:AAAA");
    let ran = garbled.run(&["--task-concurrency", "0"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    for part in ["field client-secret: invalid client secret", "field task-concurrency"] {
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    let half = service(&clockify, &c1, &c1.credentials()).unset("BATON_CLIENT_SECRET");
    let ran = half.run(&[]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("missing [client-secret]"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_share_the_tasks() {
    let (clockify, c1) = (clockify(None).await, c1().await);
    let tasks: Vec<_> = (0..20).map(|_| c1.script(TaskScript::sync())).collect();
    let replicas: Vec<_> = ["one", "two"]
        .map(|host| service(&clockify, &c1, &c1.credentials()).set("BATON_HOST_ID", host))
        .into_iter()
        .collect();
    // On one disk, which is harder than one each.
    let disk = tempfile::tempdir().unwrap();
    let data = disk.path().join("data");
    let mut running: Vec<_> = replicas
        .iter()
        .map(|program| Running(program.start(&["--data-dir", data.to_str().unwrap()])))
        .collect();
    assert!(c1.wait_until_done(PATIENCE).await, "{:?} {:?}", c1.tasks(), c1.violations());
    for replica in &mut running {
        replica.signal("TERM");
        assert_eq!(replica.ended(), Some(0));
    }
    assert_eq!(c1.violations(), []);
    for task in &tasks {
        assert_eq!(c1.uploads(task).len(), 1);
    }
    let seen = c1.seen();
    assert_eq!(seen.finishes.iter().filter(|finish| finish.success).count(), 20);
    let hosts: std::collections::BTreeSet<_> =
        seen.hand_outs.iter().map(|given| given.host.as_str()).collect();
    assert_eq!(hosts.len(), 2, "{hosts:?}");
    holds_everything(&clockify, &c1.uploads(&tasks[19])[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_groups_have_is_given_to_their_members_unless_it_is_left_out() {
    let (clockify, c1) = (clockify(None).await, c1().await);
    let program = service(&clockify, &c1, &c1.credentials()).set("BATON_SYNC_PROJECTS", "true");
    let whole = c1.script(TaskScript::sync());
    let skip = SyncFull { skip_expand_grants: true, ..SyncFull::default() };
    let unexpanded = c1.script(TaskScript::new(TaskKind::SyncFull(skip)));
    let mut running = Running(program.start(&[]));
    assert!(c1.wait_until_done(PATIENCE).await, "{:?} {:?}", c1.tasks(), c1.violations());
    running.signal("TERM");
    assert_eq!(running.ended(), Some(0));

    let expected = Expected::of(&*clockify.content(), true);
    look(&c1.uploads(&whole)[0], |database| same(&ids(database, "v1_grants"), &expected.grants));
    look(&c1.uploads(&unexpanded)[0], |database| {
        same(&ids(database, "v1_resources"), &expected.resources);
        let grants = ids(database, "v1_grants");
        assert!(grants.is_subset(&expected.grants));
        assert!(grants.len() < expected.grants.len(), "{}", grants.len());
    });
}
