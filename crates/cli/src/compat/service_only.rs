//! Flags that only service mode looks at, given to something else, and those that it alone does not look at.

use std::path::Path;

use crate::layers::Given;
use crate::remote;

const SERVICE_ONLY: [&str; 10] = [
    "skip-full-sync",
    "task-concurrency",
    "data-dir",
    "host-id",
    "c1-api-host",
    "shutdown-grace",
    "health-check",
    "health-check-port",
    "health-check-bind-address",
    "metrics",
];

/// Where a single sync goes: a service sends what it reads to C1.
const NOT_IN_A_SERVICE: [&str; 3] = ["file", "report-file", "wait-lock"];

/// What to say of those that only a service looks at, if any is set.
pub(crate) fn told(given: &Given) -> Option<String> {
    // What is worked on for an object store lies there, too.
    let is_remote = given.text("file").is_some_and(|file| remote::is_meant_by(Path::new(file)));
    let is_without_effect = |name: &&str| given.is_set(name) && !(is_remote && *name == "data-dir");
    let names: Vec<_> = SERVICE_ONLY.into_iter().filter(is_without_effect).collect();
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
