//! What every test here is made of: the two look-alikes, the program between them, a look into an upload.

use std::process::Child;
use std::time::Duration;

use c1_sim::{C1Sim, Endpoint, Options};
use clockify_sim::{Action, Content, Fault, SeededWorkspace, Simulator};
use sync_trials::database::{ids, with};
use sync_trials::{Expected, same};

use crate::program::{KEY, Program};

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A workspace that takes ten requests: account, member list, six pages of people, groups, and the member list again.
pub(crate) fn workspace() -> SeededWorkspace {
    SeededWorkspace::new(5).users(600).groups(20)
}

pub(crate) async fn clockify(faults: impl IntoIterator<Item = Fault>) -> Simulator {
    let builder = Simulator::builder(workspace()).api_key(KEY);
    faults.into_iter().fold(builder, clockify_sim::SimulatorBuilder::fault).start().await.unwrap()
}

/// Clockify takes its time over one page, once.
pub(crate) fn slow_page(time: Duration) -> Fault {
    Fault::on(clockify_sim::Endpoint::Users, Action::Delay(time)).page(6).times(1)
}

/// A C1 that does not give a task away for as long as a test takes.
pub(crate) async fn c1() -> C1Sim {
    C1Sim::start(Options { lost_after_ms: Some(600_000), ..Options::default() }).await.unwrap()
}

/// The program set up for both.
pub(crate) fn service(clockify: &Simulator, c1: &C1Sim) -> Program {
    let credentials = c1.credentials();
    Program::against(clockify)
        .set("BATON_CLIENT_ID", &credentials.client_id)
        .set("BATON_CLIENT_SECRET", &credentials.client_secret)
        .set("BATON_C1_API_HOST", &c1.address())
        .set("BATON_HOST_ID", "replica-1")
        .set("SSL_CERT_FILE", c1.ca_file().to_str().unwrap())
        .set("BATON_PAGE_SIZE", "100")
}

/// A service that runs, in the folder of its program; it is killed when a test fails.
pub(crate) struct Running<'a>(Child, std::marker::PhantomData<&'a Program>);

impl<'a> Running<'a> {
    pub(crate) fn start(program: &'a Program) -> Self {
        Self(program.start(&[]), std::marker::PhantomData)
    }

    /// Asks it to end, and asserts that it does so in good order.
    pub(crate) fn end(mut self) {
        assert!(self.0.try_wait().unwrap().is_none(), "it ended by itself");
        self.signal("TERM");
        assert_eq!(self.code(), Some(0));
    }

    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.0.id().to_string();
        assert!(std::process::Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// How much of the machine's memory it has.
    #[cfg(target_os = "linux")]
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Its exit code, once it has ended.
    pub(crate) fn code(&mut self) -> Option<i32> {
        tokio::task::block_in_place(|| self.0.wait().unwrap().code())
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // It has ended already where a test went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until every task has ended, and says what there is when that does not come.
pub(crate) async fn done(c1: &C1Sim) {
    let done = c1.wait_until_done(PATIENCE).await;
    assert!(done, "tasks: {:#?}\nviolations: {:#?}", c1.tasks(), c1.violations());
}

/// Asserts that an uploaded file holds the workspace, no more and no less.
#[track_caller]
pub(crate) fn holds(content: &dyn Content, upload: &[u8]) {
    let expected = Expected::of(content, false);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("uploaded.c1z");
    std::io::Write::write_all(&mut std::fs::File::create(&file).unwrap(), upload).unwrap();
    with(&file, |database| {
        same(&ids(database, "v1_resources"), &expected.resources);
        same(&ids(database, "v1_entitlements"), &expected.entitlements);
        same(&ids(database, "v1_grants"), &expected.grants);
    });
}

/// How often a call was made.
pub(crate) fn calls(c1: &C1Sim, endpoint: Endpoint) -> usize {
    c1.seen().requests.iter().filter(|request| request.endpoint == endpoint).count()
}
