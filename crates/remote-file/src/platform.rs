//! What differs between operating systems, and nothing else of this crate does.

use reqwest::ClientBuilder;

/// How long an unanswered packet may stay so.
#[cfg(target_os = "linux")]
const UNANSWERED: std::time::Duration = std::time::Duration::from_secs(60);

/// Lets a network that went away in the middle of an upload be noticed by packets that nobody answers.
#[cfg(target_os = "linux")]
pub(crate) fn noticing_a_dead_network(builder: ClientBuilder) -> ClientBuilder {
    builder.tcp_user_timeout(UNANSWERED)
}

/// Where that cannot be asked for, the limit of the whole answer has to do.
#[cfg(not(target_os = "linux"))]
pub(crate) fn noticing_a_dead_network(builder: ClientBuilder) -> ClientBuilder {
    builder
}
