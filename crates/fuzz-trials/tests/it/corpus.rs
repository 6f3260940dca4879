//! Findings stay found: the inputs in `fixtures/fuzz/<target>/`. And the seeds come as far as they should, so that a
//! target that turns everything away at the door is noticed.

use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use fuzz_trials::seeds::{fixtures, seeds};
use fuzz_trials::{TARGETS, Target};

fn target(name: &str) -> Target {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, run)| *run).unwrap()
}

/// The names in a folder, or none when there is no such folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Runs every input that was once a finding, and says which of them are findings again.
fn stay_found(name: &str) {
    let (folder, run) = (fixtures().join("fuzz").join(name), target(name));
    let inputs = names(&folder);
    assert!(!inputs.is_empty(), "nothing in {}", folder.display());
    let found_again = |input: &&String| {
        let bytes = std::fs::read(folder.join(input)).unwrap();
        panic::catch_unwind(AssertUnwindSafe(|| run(&bytes))).is_err()
    };
    let again: Vec<_> = inputs.iter().filter(found_again).collect();
    assert!(again.is_empty(), "broken again by {again:?}");
}

#[test]
fn c1z_database() {
    stay_found("c1z_database");
}

#[test]
fn c1z_file() {
    stay_found("c1z_file");
}

#[test]
fn checkpoint() {
    stay_found("checkpoint");
}

#[test]
fn clockify_answer() {
    stay_found("clockify_answer");
}

#[test]
fn messages() {
    stay_found("messages");
}

#[test]
fn settings() {
    stay_found("settings");
}

#[test]
fn working_database() {
    stay_found("working_database");
}

/// Every target has a binary in `fuzz/` that calls it, and no folder of inputs is one that nobody runs.
#[test]
fn targets_binaries_and_folders_are_the_same() {
    let known: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let binaries = names(&fixtures().join("../fuzz/fuzz_targets"));
    let binaries: BTreeSet<_> = binaries.iter().map(|name| name.trim_end_matches(".rs").to_owned()).collect();
    assert_eq!(binaries, known);
    assert_eq!(names(&fixtures().join("fuzz")), known);
    for name in &known {
        let source = fixtures().join(format!("../fuzz/fuzz_targets/{name}.rs"));
        let source = std::fs::read_to_string(source).unwrap();
        assert!(source.contains(&format!("fuzz_trials::{name}(")), "{name} calls something else");
    }
}

/// Seeds that must not come far, because they are refusals or nonsense.
fn is_refused(target: &str, name: &str) -> bool {
    let refused = [
        ("c1z_file", "tiny-v3"),
        ("clockify_answer", "07-users-past-the-end"),
        ("clockify_answer", "13-user-group-after-member-added"),
        ("clockify_answer", "last-page-lies"),
        ("clockify_answer", "no-content"),
        ("clockify_answer", "redirect"),
        ("clockify_answer", "reset"),
        ("clockify_answer", "retry-after"),
        ("clockify_answer", "refusal"),
        ("clockify_answer", "unreadable-and-more"),
        ("clockify_answer", "web-page"),
        ("settings", "cron-end"),
        ("settings", "cron-never"),
        ("settings", "duration-year"),
        ("settings", "status-other-format"),
    ];
    refused.iter().any(|(of, begins)| *of == target && name.starts_with(begins))
}

#[test]
fn seeds_come_as_far_as_they_should() {
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    for seed in seeds() {
        let reached = target(seed.target)(&seed.bytes);
        if (reached == 0) != is_refused(seed.target, &seed.name) {
            wrong.push(format!("{} {} came to {reached}", seed.target, seed.name));
        }
        seen.insert(seed.target);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(seen.len(), TARGETS.len(), "a target without seeds: {seen:?}");
}

/// Numbers that anybody can count in the sample files.
#[test]
fn what_the_seeds_hold_is_read() {
    let reached = |of: &str, name: &str| {
        let seed = seeds().into_iter().find(|seed| seed.target == of && seed.name == name).unwrap();
        target(of)(&seed.bytes)
    };
    // 2 types, 4 users, 2 groups, 2 entitlements, and the grants of the two groups.
    assert_eq!(reached("c1z_file", "tiny-v1"), reached("c1z_database", "tiny"));
    assert!(reached("c1z_file", "tiny-v1") >= 2 + 4 + 2 + 2);
    // The key's own account, and eleven members.
    assert_eq!(reached("clockify_answer", "04-workspace-single-subdomain"), 1 + 11);
    assert_eq!(reached("clockify_answer", "03-workspaces-list"), 2);
}
