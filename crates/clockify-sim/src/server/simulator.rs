//! Starts, describes and stops a simulator.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::faults::{FaultPlan, QuotaMeter};
use super::handler::{Now, Shared, handle};
use super::listener::{ResetSwitch, ResettableListener};
use super::log::{Log, RequestRecord};
use super::snapshot::Snapshot;
use super::{GroupScopeShape, PageSizePolicy};
use crate::content::{ApiKey, Content, KeyRights};
use crate::fault::{Fault, Quota};

/// The key of a simulator that was given none.
const DEFAULT_KEY: &str = "simulator-key";
/// How long an orderly shutdown may take before the server is cut off.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(2);

/// A running server. It stops when it is dropped.
pub struct Simulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<io::Result<()>>,
}

/// Collects how a simulator behaves, before it starts.
pub struct SimulatorBuilder {
    content: Arc<dyn Content>,
    port: u16,
    keys: Vec<ApiKey>,
    faults: Vec<Fault>,
    page_size_limit: Option<(usize, PageSizePolicy)>,
    group_scope_shape: GroupScopeShape,
    gzip: bool,
    latency: Duration,
    quota: Option<Quota>,
    clock: Option<Now>,
}

impl Simulator {
    /// Begins a simulator of `content`.
    pub fn builder(content: impl Content) -> SimulatorBuilder {
        Self::builder_shared(Arc::new(content))
    }

    /// Begins a simulator of a content that the caller keeps a handle of.
    pub fn builder_shared(content: Arc<dyn Content>) -> SimulatorBuilder {
        SimulatorBuilder {
            content,
            port: 0,
            keys: Vec::new(),
            faults: Vec::new(),
            page_size_limit: Some((5_000, PageSizePolicy::Clamp)),
            group_scope_shape: GroupScopeShape::PerMember,
            gzip: false,
            latency: Duration::ZERO,
            quota: None,
            clock: None,
        }
    }

    /// The base address of the API, as a client is given it: `http://127.0.0.1:<port>/api/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    /// The id of the simulated workspace.
    pub fn workspace_id(&self) -> String {
        self.shared.current().workspace.id.clone()
    }

    /// A key that is accepted: the first that the builder was given, or a default.
    pub fn api_key(&self) -> &str {
        &self.shared.keys[0].key
    }

    /// What is being served.
    pub fn content(&self) -> Arc<dyn Content> {
        Arc::clone(&self.shared.current().content)
    }

    /// Serves other content from the next request on. Requests under way end with what they began with.
    pub fn replace_content(&self, content: impl Content) {
        self.shared.replace_content(Arc::new(content));
    }

    /// Adds a fault behind those already planned.
    pub fn add_fault(&self, fault: Fault) {
        self.shared.faults.add(fault);
    }

    /// Every request up to now, in order of arrival.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.shared.log.records()
    }

    /// How often each planned fault fired, in the order in which they were planned.
    pub fn faults_fired(&self) -> Vec<(Fault, u32)> {
        self.shared.faults.fired()
    }

    /// The planned faults that never fired. A test that plans faults should end by finding this empty.
    pub fn unfired(&self) -> Vec<Fault> {
        self.faults_fired().into_iter().filter(|(_, times)| *times == 0).map(|(fault, _)| fault).collect()
    }

    /// Keeps serving until `signal` resolves, then shuts down.
    ///
    /// # Errors
    ///
    /// When the server itself failed.
    pub async fn run_until(mut self, signal: impl Future<Output = ()>) -> io::Result<()> {
        tokio::select! {
            () = signal => self.shutdown().await,
            result = &mut self.server => result.map_err(io::Error::other)?,
        }
    }

    /// Stops accepting, lets requests under way finish for a moment, and closes.
    ///
    /// # Errors
    ///
    /// When the server itself failed.
    pub async fn shutdown(mut self) -> io::Result<()> {
        if let Some(stop) = self.stop.take() {
            // The receiver is gone only when the server has ended already.
            let _ = stop.send(());
        }
        if let Ok(result) = tokio::time::timeout(SHUTDOWN_PATIENCE, &mut self.server).await {
            return result.map_err(io::Error::other)?;
        }
        self.server.abort();
        Ok(())
    }
}

impl SimulatorBuilder {
    /// Adds a key of the content's key owner that may see everything. The first one added is
    /// [`Simulator::api_key`].
    #[must_use]
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        let user = self.content.key_owner();
        self.keys.push(ApiKey { key: key.into(), user, rights: KeyRights::Admin });
        self
    }

    /// Adds any key.
    #[must_use]
    pub fn key(mut self, key: ApiKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Plans a fault.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Sets the largest page and what happens above it; by default pages above 5,000 rows are clamped.
    #[must_use]
    pub fn page_size_limit(mut self, limit: Option<usize>, policy: PageSizePolicy) -> Self {
        self.page_size_limit = limit.map(|limit| (limit, policy));
        self
    }

    /// Sets how team managers of groups appear in `roles`; by default one entity for each member.
    #[must_use]
    pub fn group_scope_shape(mut self, shape: GroupScopeShape) -> Self {
        self.group_scope_shape = shape;
        self
    }

    /// Compresses answers for clients that accept gzip; off by default, because the real service does not document it.
    #[must_use]
    pub fn gzip(mut self, gzip: bool) -> Self {
        self.gzip = gzip;
        self
    }

    /// Makes every request wait so long.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Plans several faults, behind those already planned.
    #[must_use]
    pub fn faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.faults.extend(faults);
        self
    }

    /// Limits the number of requests.
    #[must_use]
    pub fn quota(mut self, quota: Quota) -> Self {
        self.quota = Some(quota);
        self
    }

    /// Takes the time for the quota and the request log from `now`: the time since some fixed moment, which never goes
    /// back. By default it is tokio's clock, so a test on a runtime whose clock is paused moves it by
    /// `tokio::time::advance`.
    ///
    /// Such a runtime moves its clock on its own whenever it waits for nothing but the network, so a client on it runs
    /// into its timeouts. A client that takes its time from a clock of the test's is better served by giving the simulator
    /// the same one; then an hour passes as soon as the client waits for it:
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use std::time::Duration;
    ///
    /// use clockify_sim::{Quota, SeededWorkspace, Simulator};
    ///
    /// let time = Arc::new(Mutex::new(Duration::ZERO)); // What the client's waits add to.
    /// let seen = Arc::clone(&time);
    /// let simulator = Simulator::builder(SeededWorkspace::demo())
    ///     .quota(Quota::free_plan())
    ///     .clock(move || *seen.lock().expect("nobody panics while holding it"));
    /// ```
    ///
    /// Delays, latency and slow bodies take real time whatever the clock.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.clock = Some(Box::new(now));
        self
    }

    /// Listens on this port instead of a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts the server on the loopback interface of the running tokio runtime.
    ///
    /// # Errors
    ///
    /// When the port cannot be opened.
    pub async fn start(mut self) -> io::Result<Simulator> {
        if self.keys.is_empty() {
            self = self.api_key(DEFAULT_KEY);
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let address = listener.local_addr()?;
        let faults = FaultPlan::default();
        self.faults.into_iter().for_each(|fault| faults.add(fault));
        let now = self.clock.unwrap_or_else(|| {
            let origin = Instant::now();
            Box::new(move || origin.elapsed())
        });
        let shared = Arc::new(Shared {
            started: now(),
            now,
            snapshot: RwLock::new(Arc::new(Snapshot::new(self.content, self.keys.clone()))),
            keys: self.keys,
            page_size_limit: self.page_size_limit,
            group_scope_shape: self.group_scope_shape,
            gzip: self.gzip,
            latency: self.latency,
            quota: self.quota.map(QuotaMeter::new),
            faults,
            log: Log::default(),
        });
        let router = Router::new().fallback(handle).with_state(Arc::clone(&shared));
        let service = router.into_make_service_with_connect_info::<ResetSwitch>();
        let (stop, stopped) = oneshot::channel::<()>();
        // Resolves when it is told to, and also when the simulator is dropped.
        let signal = async move {
            let _ = stopped.await;
        };
        let serve = axum::serve(ResettableListener(listener), service).with_graceful_shutdown(signal);
        let server = tokio::spawn(async move { serve.await });
        Ok(Simulator { address, shared, stop: Some(stop), server })
    }
}
