//! Flags that only service mode looks at, given to something else.

use crate::layers::Given;

const SERVICE_ONLY: [&str; 8] = [
    "skip-full-sync",
    "task-concurrency",
    "data-dir",
    "host-id",
    "c1-api-host",
    "shutdown-grace",
    "health-check",
    "metrics",
];

/// What to say of them, if any is set.
pub(crate) fn told(given: &Given) -> Option<String> {
    let names: Vec<_> = SERVICE_ONLY.into_iter().filter(|name| given.is_set(name)).collect();
    (!names.is_empty())
        .then(|| format!("Only service mode looks at [{}]: no difference is made here.", names.join(" ")))
}
