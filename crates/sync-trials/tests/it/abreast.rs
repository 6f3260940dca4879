//! As many requests at the same time as the pace allows: a slow answer must not hold up those behind it. Real time, because
//! it is about requests that are really under way together.

use std::time::Duration;

use clockify_api::{ApiKey, BaseUrl, Client, Pace};
use clockify_connector::{ClockifyConnector, Settings};
use clockify_sim::{Endpoint, SeededWorkspace, Simulator};
use sync_engine::{C1zStores, NoObserver, Options, SystemClock};

const LATENCY: Duration = Duration::from_millis(100);

/// 100 pages at 50 a second take two seconds at the least, and the last answer its latency.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn latency_costs_nothing_below_the_pace() {
    let workspace = SeededWorkspace::new(3).users(500).groups(4);
    let simulator = Simulator::builder(workspace).latency(LATENCY).start().await.unwrap();
    let client = Client::builder(ApiKey::new(simulator.api_key()).unwrap())
        .base_url(BaseUrl::parse(&simulator.base_url()).unwrap())
        .pace(Pace::new(50, Duration::from_secs(1)).unwrap())
        .build()
        .unwrap();
    let settings = Settings { page_size: 5, projects: false };
    let connector = ClockifyConnector::new(client, simulator.workspace_id().parse().unwrap(), settings);
    let folder = tempfile::tempdir().unwrap();
    let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
    sync_engine::sync(&connector, &stores, &SystemClock, &Options::default(), &NoObserver).await.unwrap();

    let requests = simulator.requests();
    let pages = requests.iter().filter(|request| request.endpoint == Endpoint::Users);
    let (mut count, mut first, mut last) = (0, Duration::MAX, Duration::ZERO);
    for page in pages {
        count += 1;
        first = first.min(page.at);
        last = last.max(page.at);
    }
    assert_eq!(count, 100);
    // One for the key's owner, two for the workspace, and one for the only page of groups.
    assert_eq!(requests.len(), 104);
    let waited = last.saturating_sub(first) + LATENCY;
    assert!(waited < Duration::from_millis(2_600), "{waited:?}");
}
