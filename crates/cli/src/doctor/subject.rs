//! What is to be examined: the settings as far as each can be used, whatever is wrong with the others.

use std::path::PathBuf;
use std::time::Duration;

use clockify_api::{ApiKey, BaseUrl, BuildError, Client, Observer, Pace, RetryPolicy, WorkspaceId};
use outbound::Proxy;

use crate::args::SyncArgs;
use crate::config;

/// Sent in place of a key where none is set, so that the way to Clockify can be examined all the same.
const NO_KEY: &str = "no-key-is-set";

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The settings that are usable.
pub(super) struct Subject {
    /// Where Clockify is, if the key may be sent there.
    pub(super) base: Option<BaseUrl>,
    pub(super) key: Option<ApiKey>,
    pub(super) workspace: Option<WorkspaceId>,
    /// As the user wrote it.
    pub(super) pace: String,
    pub(super) page_size: u32,
    pub(super) file: PathBuf,
    roots: Vec<u8>,
}

impl Subject {
    pub(super) fn of(args: &SyncArgs) -> Self {
        let trusted = args.clockify_trusted_host.as_deref().unwrap_or_default();
        let is_named = |url: &BaseUrl| {
            url.is_clockify() || url.is_loopback() || url.host().eq_ignore_ascii_case(trusted)
        };
        Self {
            base: BaseUrl::parse(&args.clockify_base_url).ok().filter(is_named),
            key: args.clockify_api_key.as_deref().and_then(|text| ApiKey::new(text).ok()),
            workspace: args.clockify_workspace_id.as_deref().and_then(|text| text.trim().parse().ok()),
            pace: args.clockify_rate_limit.trim().to_owned(),
            page_size: args.page_size.trim().parse().ok().filter(|size| *size > 0).unwrap_or(200),
            file: args.file.clone(),
            roots: config::roots(args.ca_cert.as_deref()).unwrap_or_default(),
        }
    }

    /// A client of an address that was named, or is one of Clockify's. It asks once and never waits.
    pub(super) fn client(&self, base: &BaseUrl, observer: impl Observer) -> Result<Client, BuildError> {
        let placeholder = || ApiKey::new(NO_KEY).expect("visible ASCII is a key");
        Client::builder(self.key.clone().unwrap_or_else(placeholder))
            .base_url(base.clone())
            .allow_foreign_host(self.base.as_ref() == Some(base))
            .pace(Pace::unlimited())
            .retry(RetryPolicy::default().with_max_attempts(1))
            .read_timeout(PATIENCE)
            .request_timeout(PATIENCE)
            .extra_ca_certificates(self.roots.clone())
            .observer(observer)
            .build()
    }

    /// The proxy on the way to Clockify.
    pub(super) fn proxy(&self) -> Option<Proxy> {
        outbound::proxy_for(&self.base.as_ref()?.to_string())
    }

    /// Whether roots were named with `--ca-cert`.
    pub(super) fn has_roots(&self) -> bool {
        !self.roots.is_empty()
    }
}
