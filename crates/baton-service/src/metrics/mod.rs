//! What is counted, for Prometheus and whoever else reads `OpenMetrics`.
//!
//! Every name begins with a namespace of the program's choice and ends with its unit; labels have few values, and none of
//! them is an id. The table of all names is in `docs/service-mode.md`. [`Metrics`] is a handle: clones count together, and
//! counting never waits.

mod exchange;
mod families;
mod hear;
mod labels;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use sync_engine::SyncReport;
use tonic::Code;

pub use exchange::CountedExchange;
use families::Families;
pub use labels::Outcome;
use labels::{Coded, Ended, Limited, Requested, Row, Task, Tried, code_name};

/// The content type of [`Metrics::encode`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Counts.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    families: Families,
}

/// What the program is, for the metric that says so.
#[derive(Clone, Debug)]
pub struct Build {
    /// Its version.
    pub version: String,
    /// What it was built from; empty when unknown.
    pub revision: String,
}

impl Metrics {
    /// Begins to count, under names that begin with `namespace`.
    pub fn new(namespace: &str, build: Build) -> Self {
        let (registry, families) = families::register(namespace, build);
        Self(Arc::new(Inner { registry, families }))
    }

    /// Everything counted so far, as `OpenMetrics` text of the type [`CONTENT_TYPE`].
    pub fn encode(&self) -> String {
        let mut text = String::new();
        // A String takes everything. Were something left out, the missing end would show it to whoever reads.
        let _ = encode(&mut text, &self.0.registry);
        text
    }

    fn families(&self) -> &Families {
        &self.0.families
    }

    /// A request to the source ended: with a status, or with none when there was no answer.
    pub fn request(&self, endpoint: &'static str, status: Option<u16>, took: Duration) {
        let code = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        self.families().requests.get_or_create(&Requested { endpoint, code }).inc();
        self.families().request_duration.get_or_create(&Limited { endpoint }).observe(took.as_secs_f64());
    }

    /// A request to the source was cut off. How long it would have taken is not known.
    pub fn request_cut_off(&self, endpoint: &'static str) {
        self.families().requests.get_or_create(&Requested { endpoint, code: "none".to_owned() }).inc();
    }

    /// A request to the source is made again.
    pub fn retry(&self, reason: &'static str) {
        self.families().retries.get_or_create(&Tried { reason }).inc();
    }

    /// A request to the source waits because of a quota, its own pace or the source's.
    pub fn rate_limited(&self, wait: Duration) {
        self.families().rate_limit_wait.inc_by(wait.as_secs_f64());
    }

    /// A page was stored together with its checkpoint.
    pub fn checkpoint(&self) {
        self.families().checkpoints.inc();
    }

    /// A sync ended; the report is there when it was sealed.
    pub fn sync_ended(&self, outcome: Outcome, took: Duration, report: Option<&SyncReport>) {
        let families = self.families();
        families.syncs.get_or_create(&Ended { outcome }).inc();
        families.sync_duration.get_or_create(&Ended { outcome }).observe(took.as_secs_f64());
        if outcome == Outcome::Success {
            let now = Timestamp::now().as_millisecond();
            #[expect(
                clippy::cast_precision_loss,
                reason = "milliseconds since 1970 fit into 53 bits for 285,000 years"
            )]
            families.last_success.get_or_create(&[]).set(now as f64 / 1000.0);
        }
        if let Some(report) = report {
            self.rows(report);
        }
    }

    /// What the last sealed sync holds. Kinds that it does not have any more are gone from here too.
    fn rows(&self, report: &SyncReport) {
        let rows = &self.families().rows;
        rows.clear();
        let counts = &report.rows;
        for (kind, counts) in [
            ("resource", &counts.resources),
            ("entitlement", &counts.entitlements),
            ("grant", &counts.grants),
        ] {
            for (resource_type, count) in counts {
                let row = Row { r#type: resource_type.clone(), row: kind };
                rows.get_or_create(&row).set(i64::try_from(*count).unwrap_or(i64::MAX));
            }
        }
    }

    /// C1's token endpoint was asked.
    pub fn token_exchange(&self, outcome: Outcome) {
        self.families().token_exchanges.get_or_create(&Ended { outcome }).inc();
    }

    fn task_started(&self, kind: &'static str) {
        self.families().tasks_running.get_or_create(&labels::Kind { kind }).inc();
    }

    fn task_ended(&self, kind: &'static str, code: Code, took: Duration) {
        let families = self.families();
        families.tasks_running.get_or_create(&labels::Kind { kind }).dec();
        families.tasks.get_or_create(&Task { kind, code: code_name(code) }).inc();
        families.task_duration.get_or_create(&labels::Kind { kind }).observe(took.as_secs_f64());
    }

    fn polled(&self, code: Code) {
        self.families().polls.get_or_create(&Coded { code: code_name(code) }).inc();
    }

    fn heartbeat(&self, code: Code) {
        self.families().heartbeats.get_or_create(&Coded { code: code_name(code) }).inc();
    }

    fn upload(&self, code: Code, bytes: u64, took: Duration) {
        let families = self.families();
        families.uploads.get_or_create(&Coded { code: code_name(code) }).inc();
        families.upload_duration.observe(took.as_secs_f64());
        if code == Code::Ok {
            families.uploaded.inc_by(bytes);
        }
    }

    fn reported(&self, code: Code, tries: u32) {
        let families = self.families();
        families.reports.get_or_create(&Coded { code: code_name(code) }).inc();
        families.report_retries.inc_by(u64::from(tries.saturating_sub(1)));
    }
}
