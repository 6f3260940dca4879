//! A look-alike, a folder, and runs against them that are wired as the program's own.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use clockify_api::{ApiKey, BaseUrl, Client, Pace, RetryPolicy};
use clockify_connector::{ClockifyConnector, Settings};
use clockify_sim::{Content, Endpoint, Simulator, SimulatorBuilder};
use sync_engine::{C1zStores, NoObserver, Observer, Options, SyncError, SyncReport, SyncStores};
use sync_trials::{Expected, database, same};
use tempfile::TempDir;

use crate::clock::VirtualClock;

/// How a run is made, beside what is always the same.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) page_size: u32,
    pub(crate) concurrency: usize,
    pub(crate) retry: RetryPolicy,
    pub(crate) pace: Pace,
    pub(crate) max_wait: Duration,
}

impl Default for Setup {
    /// As the program, but with pages of three and with repeatable waits.
    fn default() -> Self {
        Self {
            page_size: 3,
            concurrency: 4,
            retry: RetryPolicy::default().with_seed(1),
            pace: Pace::default(),
            max_wait: Duration::ZERO,
        }
    }
}

/// One look-alike and one output.
pub(crate) struct Trial {
    pub(crate) simulator: Simulator,
    pub(crate) clock: VirtualClock,
    pub(crate) setup: Setup,
    folder: TempDir,
}

impl Trial {
    pub(crate) async fn start(builder: SimulatorBuilder, setup: Setup) -> Self {
        let clock = VirtualClock::default();
        let seen = clock.clone();
        let simulator = builder.clock(move || seen.elapsed()).start().await.unwrap();
        Self { simulator, clock, setup, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn output(&self) -> PathBuf {
        self.folder.path().join("sync.c1z")
    }

    /// One run of the program.
    pub(crate) async fn run(&self) -> Result<SyncReport, SyncError> {
        self.run_on(&C1zStores::lock(&self.output()).unwrap(), &NoObserver).await
    }

    /// One run on other stores, or with somebody listening.
    pub(crate) async fn run_on<T: SyncStores>(
        &self,
        stores: &T,
        observer: &dyn Observer,
    ) -> Result<SyncReport, SyncError> {
        // No process starts at the instant in which the last one ended.
        self.clock.advance(Duration::from_secs(1));
        let client = Client::builder(ApiKey::new(self.simulator.api_key()).unwrap())
            .base_url(BaseUrl::parse(&self.simulator.base_url()).unwrap())
            .pace(self.setup.pace)
            .retry(self.setup.retry.clone())
            .clock(self.clock.clone())
            .build()
            .unwrap();
        let workspace = self.simulator.workspace_id().parse().unwrap();
        let settings = Settings { page_size: self.setup.page_size, projects: true };
        let connector = ClockifyConnector::new(client, workspace, settings);
        let options = Options {
            concurrency: self.setup.concurrency,
            max_wait: self.setup.max_wait,
            ..Options::default()
        };
        let outcome = sync_engine::sync(&connector, stores, &self.clock, &options, observer).await;
        self.settle().await;
        outcome.map(|(report, _)| report)
    }

    /// Waits until the look-alike has taken note of what was under way when a run ended.
    async fn settle(&self) {
        let mut known = None;
        while known != Some(self.simulator.requests().len()) {
            known = Some(self.simulator.requests().len());
            for _ in 0..5 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }

    /// What was asked, from the request with this number on.
    pub(crate) fn asked(&self, from: usize) -> Vec<(Endpoint, u32)> {
        self.simulator.requests()[from..].iter().map(|asked| (asked.endpoint, asked.page.unwrap())).collect()
    }

    /// How often a page was asked for.
    pub(crate) fn times(&self, endpoint: Endpoint, page: u32) -> usize {
        self.asked(0).into_iter().filter(|asked| *asked == (endpoint, page)).count()
    }

    /// Fails unless every planned fault fired.
    #[track_caller]
    pub(crate) fn all_fired(&self) {
        assert!(self.simulator.unfired().is_empty(), "never fired: {:?}", self.simulator.unfired());
    }

    /// Fails unless the file holds what is served now.
    #[track_caller]
    pub(crate) fn holds_what_is_served(&self, sync_id: &str) {
        self.holds(sync_id, &served(&self.simulator));
    }

    /// Fails unless a sync in the file holds this, no more and no less.
    #[track_caller]
    pub(crate) fn holds(&self, sync_id: &str, expected: &Expected) {
        let [resources, entitlements, grants] = database::with(&self.output(), |database| {
            ["v1_resources", "v1_entitlements", "v1_grants"].map(|table| {
                let sql = format!("select external_id from {table} where sync_id = '{sync_id}'");
                let rows = database::texts(database, &sql);
                let set: BTreeSet<_> = rows.iter().cloned().collect();
                assert_eq!(set.len(), rows.len(), "a row of {table} is there twice");
                set
            })
        });
        same(&resources, &expected.resources);
        same(&entitlements, &expected.entitlements);
        same(&grants, &expected.grants);
    }
}

/// What a complete sync of the present content holds.
pub(crate) fn served(simulator: &Simulator) -> Expected {
    let content: &dyn Content = &*simulator.content();
    Expected::of(content, true)
}
