//! The look-alike as a test holds it.

use std::error::Error;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tempfile::{NamedTempFile, TempDir};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::fault::Fault;
use crate::options::{Credentials, Options};
use crate::script::TaskScript;
use crate::server::{Certificate, Command, Server, Shared, certificate};
use crate::state::{Memory, Plan, Queue, Seen, State, TaskState, TaskView, Tokens, Violation};

/// How often a condition is looked at again.
const LOOK: Duration = Duration::from_millis(10);
/// After how many missed heartbeats a sync is given to somebody else.
const BEATS_MISSED: u64 = 3;

/// A running look-alike of C1. It stops when it is dropped.
pub struct C1Sim {
    address: SocketAddr,
    ca_pem: String,
    ca_file: PathBuf,
    credentials: Credentials,
    wrong: Credentials,
    shared: Arc<Shared>,
    commands: mpsc::UnboundedSender<Command>,
    server: JoinHandle<()>,
    _folder: Option<TempDir>,
}

impl C1Sim {
    /// Starts one on the loopback interface.
    ///
    /// # Errors
    ///
    /// When the port is taken, the certificate's file cannot be written, or no key can be made.
    pub async fn start(options: Options) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let client_id = options.client_id();
        let key = || Credentials::generate(&client_id).ok_or("no key could be made");
        let ((credentials, public_key), (wrong, _)) = (key()?, key()?);
        let Certificate { authority_pem, tls } = certificate(&options.tenant)?;
        let (folder, ca_file) = write_authority(options.folder.as_deref(), &authority_pem)?;

        let sync_lost_ms = options.lost_after_ms.unwrap_or(options.next_heartbeat_ms * BEATS_MISSED);
        let state = State {
            tokens: Tokens::default(),
            queue: Queue::new(sync_lost_ms, options.others_lost_after_ms),
            plan: Plan::default(),
            seen: Seen::default(),
            next_poll_ms: options.next_poll_ms,
            next_heartbeat_ms: options.next_heartbeat_ms,
        };
        let (commands, told) = mpsc::unbounded_channel();
        let port = options.port;
        let shared = Arc::new(Shared {
            memory: Memory::new(state),
            options,
            public_key,
            commands: commands.downgrade(),
        });
        let (server, address) = Server::bind(port, tls, Arc::clone(&shared)).await?;
        let server = tokio::spawn(server.run(told));
        Ok(Self {
            address,
            ca_pem: authority_pem,
            ca_file,
            credentials,
            wrong,
            shared,
            commands,
            server,
            _folder: folder,
        })
    }

    /// Where it listens, as `BATON_C1_API_HOST` has it: `127.0.0.1:<port>`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The certificate of its authority.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The file that this certificate is in.
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// What its one client is set up with.
    pub fn credentials(&self) -> Credentials {
        self.credentials.clone()
    }

    /// The client's id with a well-formed secret that is not the client's.
    pub fn wrong_credentials(&self) -> Credentials {
        self.wrong.clone()
    }

    /// Puts a task at the end of the queue, and returns its id.
    pub fn script(&self, task: TaskScript) -> String {
        self.shared.memory.lock().queue.add(task)
    }

    /// Every task, in the order in which they were scripted.
    pub fn tasks(&self) -> Vec<TaskView> {
        self.shared.memory.lock().queue.views()
    }

    /// Cancels a task: the next heartbeat for it is told. False when there is no such task.
    pub fn cancel(&self, task: &str) -> bool {
        self.shared.memory.lock().queue.cancel(task)
    }

    /// Changes when clients ask and give signs of life, from the next answer on.
    pub fn set_pace(&self, next_poll: Duration, next_heartbeat: Duration) {
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let mut state = self.shared.memory.lock();
        state.next_poll_ms = ms(next_poll);
        state.next_heartbeat_ms = ms(next_heartbeat);
    }

    /// Plans a fault behind those already planned.
    pub fn fault(&self, fault: Fault) {
        let at_ms = self.shared.memory.at_ms();
        self.shared.memory.lock().plan.add(fault, at_ms);
    }

    /// Ends every fault.
    pub fn clear_faults(&self) {
        self.shared.memory.lock().plan.clear();
    }

    /// How often each fault fired, in the order in which they were planned.
    pub fn faults_fired(&self) -> Vec<(Fault, u32)> {
        self.shared.memory.lock().plan.fired()
    }

    /// The planned faults that never fired. A test that plans faults should end by finding this empty.
    pub fn unfired(&self) -> Vec<Fault> {
        self.faults_fired().into_iter().filter(|(_, times)| *times == 0).map(|(fault, _)| fault).collect()
    }

    /// Revokes every token handed out up to now, without telling anybody.
    pub fn revoke_tokens(&self) {
        self.shared.memory.lock().tokens.revoke_all();
    }

    /// Resets every connection, stays away for this time, and comes back on the same port. Tasks and tokens survive.
    pub async fn restart(&self, down: Duration) {
        let (back, told) = oneshot::channel();
        if self.commands.send(Command::Restart(down, Some(back))).is_ok() {
            // An error means that the look-alike is being stopped.
            let _ = told.await;
        }
    }

    /// Everything received up to now.
    pub fn seen(&self) -> Seen {
        self.shared.memory.lock().seen.clone()
    }

    /// The rules that were broken up to now. A test of a connector ends by finding none.
    pub fn violations(&self) -> Vec<Violation> {
        self.shared.memory.lock().seen.violations.clone()
    }

    /// The contents of a task's complete uploads, in order.
    pub fn uploads(&self, task: &str) -> Vec<Bytes> {
        let state = self.shared.memory.lock();
        let complete = state.seen.uploads.iter().filter(|upload| upload.complete && upload.task == task);
        complete.map(|upload| upload.content.clone()).collect()
    }

    /// Waits until something is so, and says whether it became so in this time.
    pub async fn wait_until(&self, patience: Duration, condition: impl Fn(&Self) -> bool) -> bool {
        let wait = async {
            while !condition(self) {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(patience, wait).await.is_ok()
    }

    /// Waits until every task has ended.
    pub async fn wait_until_done(&self, patience: Duration) -> bool {
        let ended = |sim: &Self| sim.tasks().iter().all(|task| task.state == TaskState::Finished);
        self.wait_until(patience, ended).await
    }
}

impl Drop for C1Sim {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Writes the certificate, in a folder of its own when none is named.
fn write_authority(folder: Option<&Path>, pem: &str) -> std::io::Result<(Option<TempDir>, PathBuf)> {
    let own = if folder.is_none() { Some(tempfile::tempdir()?) } else { None };
    let folder = folder.or(own.as_ref().map(TempDir::path)).unwrap_or(Path::new("."));
    let place = folder.join("c1-sim-ca.pem");
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(pem.as_bytes())?;
    file.persist(&place)?;
    Ok((own, place))
}
