//! The metrics themselves: names, units, buckets and help.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::Build;
use super::labels::{Built, Coded, Ended, Kind, Limited, Requested, Row, Task, Tried};

/// A family of histograms, each made by the function.
type Histograms<S> = Family<S, Histogram, fn() -> Histogram>;
type Seconds = Counter<f64, AtomicU64>;
type SecondsGauge = Gauge<f64, AtomicU64>;

/// A gauge that is not there until it is set: a time of zero would be taken for 1970.
type NotYet = Family<[(&'static str, &'static str); 0], SecondsGauge>;

#[derive(Debug)]
pub(super) struct Families {
    pub(super) requests: Family<Requested, Counter>,
    pub(super) request_duration: Histograms<Limited>,
    pub(super) retries: Family<Tried, Counter>,
    pub(super) rate_limit_wait: Seconds,
    pub(super) syncs: Family<Ended, Counter>,
    pub(super) sync_duration: Histograms<Ended>,
    pub(super) rows: Family<Row, Gauge>,
    pub(super) checkpoints: Counter,
    pub(super) last_success: NotYet,
    pub(super) tasks: Family<Task, Counter>,
    pub(super) task_duration: Histograms<Kind>,
    pub(super) tasks_running: Family<Kind, Gauge>,
    pub(super) polls: Family<Coded, Counter>,
    pub(super) heartbeats: Family<Coded, Counter>,
    pub(super) uploads: Family<Coded, Counter>,
    pub(super) uploaded: Counter,
    pub(super) upload_duration: Histogram,
    pub(super) reports: Family<Coded, Counter>,
    pub(super) report_retries: Counter,
    pub(super) token_exchanges: Family<Ended, Counter>,
}

/// From 10 milliseconds, the fastest answer over the internet, to the longest that is waited for.
fn request() -> Histogram {
    Histogram::new([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0])
}

/// From a small workspace to a day of waiting for a quota.
fn sync() -> Histogram {
    Histogram::new([1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 86_400.0])
}

fn upload() -> Histogram {
    Histogram::new([0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0])
}

/// All metrics, and where they are read. The last word of a name is its unit; the registry adds it, and `_total`.
pub(super) fn register(namespace: &str, build: Build) -> (Registry, Families) {
    let families = Families {
        requests: Family::default(),
        request_duration: Family::new_with_constructor(request),
        retries: Family::default(),
        rate_limit_wait: Counter::default(),
        syncs: Family::default(),
        sync_duration: Family::new_with_constructor(sync),
        rows: Family::default(),
        checkpoints: Counter::default(),
        last_success: Family::default(),
        tasks: Family::default(),
        task_duration: Family::new_with_constructor(sync),
        tasks_running: Family::default(),
        polls: Family::default(),
        heartbeats: Family::default(),
        uploads: Family::default(),
        uploaded: Counter::default(),
        upload_duration: upload(),
        reports: Family::default(),
        report_retries: Counter::default(),
        token_exchanges: Family::default(),
    };
    let mut registry = Registry::with_prefix(namespace);
    let info = Info::new(Built { version: build.version, revision: build.revision });
    registry.register("build", "What runs", info);
    source(&mut registry, &families);
    syncs(&mut registry, &families);
    tasks(&mut registry, &families);
    (registry, families)
}

fn source(registry: &mut Registry, all: &Families) {
    registry.register("http_requests", "Requests to the source, retries included", all.requests.clone());
    registry.register_with_unit(
        "http_request_duration",
        "Time from sending a request to the end of its answer",
        Unit::Seconds,
        all.request_duration.clone(),
    );
    registry.register("retries", "Requests to the source that were made again", all.retries.clone());
    registry.register_with_unit(
        "rate_limit_wait",
        "Time that requests waited for a quota or a pace",
        Unit::Seconds,
        all.rate_limit_wait.clone(),
    );
}

fn syncs(registry: &mut Registry, all: &Families) {
    registry.register("sync_runs", "Syncs that ended", all.syncs.clone());
    registry.register_with_unit(
        "sync_duration",
        "Time a sync took",
        Unit::Seconds,
        all.sync_duration.clone(),
    );
    registry.register("sync_rows", "What the last sealed sync holds", all.rows.clone());
    registry.register("checkpoints", "Pages stored with their checkpoint", all.checkpoints.clone());
    registry.register_with_unit(
        "last_success_timestamp",
        "When the last sync was sealed; not there before the first",
        Unit::Seconds,
        all.last_success.clone(),
    );
}

fn tasks(registry: &mut Registry, all: &Families) {
    registry.register("tasks", "Tasks that ended", all.tasks.clone());
    registry.register_with_unit(
        "task_duration",
        "Time a task took",
        Unit::Seconds,
        all.task_duration.clone(),
    );
    registry.register("tasks_running", "Tasks that are worked on", all.tasks_running.clone());
    registry.register("task_polls", "Times C1 was asked for a task", all.polls.clone());
    registry.register("heartbeats", "Heartbeats of tasks", all.heartbeats.clone());
    registry.register("uploads", "Uploads that were tried", all.uploads.clone());
    registry.register_with_unit(
        "uploaded",
        "Size of the files that C1 took",
        Unit::Bytes,
        all.uploaded.clone(),
    );
    registry.register_with_unit(
        "upload_duration",
        "Time an upload took, or took to fail",
        Unit::Seconds,
        all.upload_duration.clone(),
    );
    registry.register("task_reports", "Ends of tasks that C1 was told", all.reports.clone());
    registry.register(
        "task_report_retries",
        "Times C1 was told the end of a task once more",
        all.report_retries.clone(),
    );
    registry.register("token_exchanges", "Times C1's token endpoint was asked", all.token_exchanges.clone());
}
