//! What the tests share.

pub(crate) mod scripted_c1;
pub(crate) mod syncer;

use std::path::Path;
use std::time::Duration;

use baton_proto::c1::connector::v2::ConnectorMetadata;
use baton_service::{Identity, Settings};

pub(crate) fn settings(data_dir: &Path) -> Settings {
    Settings {
        identity: Identity::here(Some("host-1"), "test"),
        package: ("test".to_owned(), "1.2.3".to_owned()),
        metadata: ConnectorMetadata { display_name: "Test".to_owned(), ..ConnectorMetadata::default() },
        tenant: "name@tenant.example/path".to_owned(),
        task_concurrency: 3,
        data_dir: data_dir.to_owned(),
        grace: Duration::from_secs(25),
    }
}
