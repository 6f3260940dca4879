//! What the parts of a sync cost, one by one: `cargo bench -p bench-trials`.
//!
//! The rows are those of a look-alike with 200 people and as many groups of 40 members, one page of each. What a whole sync costs,
//! beside its floor, is `cargo xtask bench`.

use std::path::Path;
use std::time::Duration;

use c1z::{C1zFile, Limits, SealOptions, SyncStart, SyncType, WorkingDatabase};
use clockify_api::{ApiKey, BaseUrl, Client, Pace, PageCursor, RetryPolicy};
use clockify_connector::{ClockifyConnector, Settings};
use clockify_sim::{SeededWorkspace, Simulator};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use governance_model::{Baseline, Connector as _, Cursor, Facts, Page, Scope, Timestamp};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A look-alike, and who asks it.
struct Source {
    runtime: Runtime,
    simulator: Simulator,
    client: Client,
    connector: ClockifyConnector,
    baseline: Baseline,
}

impl Source {
    fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime can be made");
        let content = SeededWorkspace::new(1).users(200).groups(200).members_per_group(40).projects(0);
        let simulator = runtime.block_on(Simulator::builder(content).start()).expect("a port is free");
        let client = Client::builder(ApiKey::new(simulator.api_key()).expect("the key is one"))
            .base_url(BaseUrl::parse(&simulator.base_url()).expect("the address is one"))
            .pace(Pace::unlimited())
            .retry(RetryPolicy::none())
            .build()
            .expect("a client can be made");
        let workspace = simulator.workspace_id().parse().expect("the id is one");
        let settings = Settings { page_size: 200, projects: false };
        let connector = ClockifyConnector::new(client.clone(), workspace, settings);
        let baseline = runtime.block_on(connector.validate()).expect("the look-alike answers");
        Self { runtime, simulator, client, connector, baseline }
    }

    fn cursor(&self, stream: &str) -> Cursor {
        let mut planned = self.connector.plan(&self.baseline, &Scope::default()).into_iter();
        planned.find(|cursor| cursor.stream == stream).expect("the stream is planned")
    }

    fn page(&self, cursor: &Cursor) -> Page {
        self.runtime.block_on(self.connector.page(&self.baseline, cursor)).expect("the look-alike answers")
    }

    fn facts(&self, stream: &str) -> Facts {
        self.page(&self.cursor(stream)).facts
    }
}

fn reading(criterion: &mut Criterion) {
    let source = Source::start();
    let workspace = source.simulator.workspace_id().parse().expect("the id is one");
    criterion.bench_function("200 people: request and JSON", |bench| {
        bench.iter(|| {
            let list = source.client.users(&workspace).page_size(200);
            source.runtime.block_on(list.page(&PageCursor::at(1))).expect("the look-alike answers")
        });
    });
    for (stream, name) in [
        ("users", "200 people: request, JSON and mapping"),
        ("groups", "200 groups: request, JSON and mapping"),
    ] {
        let cursor = source.cursor(stream);
        criterion.bench_function(name, |bench| bench.iter(|| source.page(&cursor)));
    }
}

fn messages(criterion: &mut Criterion) {
    let source = Source::start();
    let (people, groups) = (source.facts("users"), source.facts("groups"));
    let mut buffer = Vec::new();
    criterion.bench_function("200 people: messages", |bench| {
        bench.iter(|| {
            for person in &people.resources {
                buffer.clear();
                baton_proto::write_resource(person, &mut buffer);
            }
        });
    });
    criterion.bench_function("8,000 grants: messages", |bench| {
        bench.iter(|| {
            for grant in &groups.grants {
                buffer.clear();
                baton_proto::write_grant(grant, &grant.id(), &mut buffer);
            }
        });
    });
}

fn storing(criterion: &mut Criterion) {
    let source = Source::start();
    let (people, groups) = (source.facts("users"), source.facts("groups"));
    criterion.bench_function("200 people: stored", |bench| {
        bench.iter_batched(
            working,
            |(folder, database)| (store(database, &people), folder),
            BatchSize::PerIteration,
        );
    });
    criterion.bench_function("200 groups and 8,000 grants: stored", |bench| {
        bench.iter_batched(
            working,
            |(folder, database)| (store(database, &groups), folder),
            BatchSize::PerIteration,
        );
    });
    criterion.bench_function("200 groups and 8,000 grants: sealed", |bench| {
        bench.iter_batched(
            || {
                let (folder, database) = working();
                let database = store(database, &groups);
                (folder, database)
            },
            |(folder, database)| (seal(database, folder.path()), folder),
            BatchSize::PerIteration,
        );
    });
    let (folder, database) = working();
    let file = seal(store(database, &groups), folder.path());
    criterion.bench_function("200 groups and 8,000 grants: opened", |bench| {
        bench.iter(|| C1zFile::open(&file, Limits::default()).expect("the file is a c1z"));
    });
}

fn working() -> (TempDir, WorkingDatabase) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let start = SyncStart {
        sync_id: c1z::ksuid::sync_id(Timestamp::UNIX_EPOCH),
        sync_type: SyncType::Full,
        started_at: Timestamp::UNIX_EPOCH,
    };
    let database =
        WorkingDatabase::create(&folder.path().join("work"), start).expect("the folder takes files");
    (folder, database)
}

fn store(mut database: WorkingDatabase, facts: &Facts) -> WorkingDatabase {
    database
        .transaction::<_, c1z::Error>(|batch| {
            batch.put_resources(&facts.resources, Timestamp::UNIX_EPOCH)?;
            batch.put_entitlements(&facts.entitlements, Timestamp::UNIX_EPOCH)?;
            batch.put_grants(&facts.grants, Timestamp::UNIX_EPOCH).map(drop)
        })
        .expect("the rows can be written");
    database
}

fn seal(database: WorkingDatabase, folder: &Path) -> std::path::PathBuf {
    let file = folder.join("sync.c1z");
    let options = SealOptions::new(&file, Timestamp::UNIX_EPOCH + Duration::from_secs(60));
    database.seal(&options, &mut |_| {}).expect("the sync can be sealed").path
}

criterion_group!(parts, reading, messages, storing);
criterion_main!(parts);
