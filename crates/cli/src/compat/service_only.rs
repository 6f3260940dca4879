//! Flags that only service mode looks at, given to something else, and those that it alone does not look at.

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

/// Where a single sync goes: a service sends what it reads to C1.
const NOT_IN_A_SERVICE: [&str; 3] = ["file", "report-file", "wait-lock"];

/// What to say of those that only a service looks at, if any is set.
pub(crate) fn told(given: &Given) -> Option<String> {
    let names: Vec<_> = SERVICE_ONLY.into_iter().filter(|name| given.is_set(name)).collect();
    (!names.is_empty())
        .then(|| format!("Only service mode looks at [{}]: no difference is made here.", names.join(" ")))
}

/// What to say in service mode of those that it does not look at, if any is set.
pub(crate) fn told_in_a_service(given: &Given) -> Option<String> {
    let names: Vec<_> = NOT_IN_A_SERVICE.into_iter().filter(|name| given.is_set(name)).collect();
    (!names.is_empty()).then(|| {
        format!(
            "Service mode does not look at [{}]: what is read goes to C1, and unfinished syncs to --data-dir.",
            names.join(" ")
        )
    })
}
