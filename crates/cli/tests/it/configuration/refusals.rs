//! Flags of the Go SDK that this connector cannot serve: each says so, in every layer.

use super::{complete, demo};
use crate::program::Program;

const PROVISIONING: &str = "provisioning is not enabled in this version";
const TICKETS: &str = "Clockify has no tickets";
const EVENTS: &str = "Clockify has no feed of events";
const ACTIONS: &str = "this connector has no actions";
const ROTATION: &str = "Clockify lets nobody but their owner renew credentials";
const DIFF: &str = "differences are not written as a sync";
const COMPACTION: &str = "every sync here is a whole one, so there is nothing to put together";
const EXTERNAL: &str = "this connector matches nothing with another connector's people";
const TARGETED: &str = "Clockify has no cheaper way to read single resources, so every sync reads all";
const STORAGE: &str = "the file is a c1z with a SQLite database, which every tool reads";

/// Flag, a value of its, what is said, the exit code, and a word of the hint.
const REFUSED: [(&str, &str, &str, i32, &str); 45] = [
    ("provisioning", "true", PROVISIONING, 9, "in Clockify"),
    ("revoke-grant", "group:1:member:user:2", PROVISIONING, 9, "in Clockify"),
    ("grant-principal-type", "user", PROVISIONING, 9, "in Clockify"),
    ("create-account-login", "ada", PROVISIONING, 9, "in Clockify"),
    ("create-account-email", "ada@example.com", PROVISIONING, 9, "in Clockify"),
    ("create-account-profile", r#"{"name":"Ada"}"#, PROVISIONING, 9, "in Clockify"),
    ("create-account-resource-type", "user", PROVISIONING, 9, "in Clockify"),
    ("delete-resource", "1", PROVISIONING, 9, "in Clockify"),
    ("delete-resource-type", "user", PROVISIONING, 9, "in Clockify"),
    ("rotate-credentials", "1", ROTATION, 12, "Profile settings"),
    ("rotate-credentials-type", "user", ROTATION, 12, "Profile settings"),
    ("event-feed", "true", EVENTS, 12, "baton-clockify diff"),
    ("event-feed-id", "audit", EVENTS, 12, "baton-clockify diff"),
    ("event-feed-start-at", "2026-01-31T12:00:00Z", EVENTS, 12, "baton-clockify diff"),
    ("event-feed-cursor", "x", EVENTS, 12, "baton-clockify diff"),
    ("ticketing", "true", TICKETS, 12, ""),
    ("list-ticket-schemas", "true", TICKETS, 12, ""),
    ("invoke-action", "x", ACTIONS, 12, ""),
    ("invoke-action-args", "{}", ACTIONS, 12, ""),
    ("invoke-action-resource-type", "user", ACTIONS, 12, ""),
    ("list-action-schemas", "true", ACTIONS, 12, ""),
    ("list-action-schemas-resource-type", "user", ACTIONS, 12, ""),
    ("list-resource-actions", "true", ACTIONS, 12, ""),
    ("invoke-resource-action", "x", ACTIONS, 12, ""),
    ("invoke-resource-action-resource-type", "user", ACTIONS, 12, ""),
    ("invoke-resource-action-args", "{}", ACTIONS, 12, ""),
    ("external-resource-c1z", "idp.c1z", EXTERNAL, 12, "C1 matches people itself"),
    ("sync-resources", "user:1,user:2", TARGETED, 12, "--sync-resource-types"),
    ("storage-engine", "pebble", STORAGE, 12, "sqlite"),
    // Both halves of what belongs together, so that nothing else is wrong.
    ("grant-entitlement", "e --grant-principal=p", PROVISIONING, 9, "in Clockify"),
    ("grant-principal", "p --grant-entitlement=e", PROVISIONING, 9, "in Clockify"),
    ("create-ticket", "true --ticket-template-path=t.json", TICKETS, 12, ""),
    ("ticket-template-path", "t.json --create-ticket", TICKETS, 12, ""),
    ("bulk-create-ticket", "true --bulk-ticket-template-path=t.json", TICKETS, 12, ""),
    ("bulk-ticket-template-path", "t.json --bulk-create-ticket", TICKETS, 12, ""),
    ("get-ticket", "true --ticket-id=1", TICKETS, 12, ""),
    ("ticket-id", "1 --get-ticket", TICKETS, 12, ""),
    ("diff-syncs", "true --base-sync-id=a --applied-sync-id=b", DIFF, 12, "diff BASE APPLIED"),
    ("base-sync-id", "a --diff-syncs --applied-sync-id=b", DIFF, 12, "diff BASE APPLIED"),
    ("applied-sync-id", "b --diff-syncs --base-sync-id=a", DIFF, 12, "diff BASE APPLIED"),
    (
        "compact-syncs",
        "true --compact-sync-ids=a,b --compact-file-paths=a,b --compact-output-path=c",
        COMPACTION,
        12,
        "sync again",
    ),
    (
        "compact-sync-ids",
        "a,b --compact-syncs --compact-file-paths=a,b --compact-output-path=c",
        COMPACTION,
        12,
        "sync again",
    ),
    (
        "compact-output-path",
        "c --compact-syncs --compact-sync-ids=a,b --compact-file-paths=a,b",
        COMPACTION,
        12,
        "sync again",
    ),
    (
        "external-resource-entitlement-id-filter",
        "e --external-resource-c1z=idp.c1z",
        EXTERNAL,
        12,
        "C1 matches people itself",
    ),
    (
        "external-resource-traits",
        "user,group --external-resource-c1z=idp.c1z",
        EXTERNAL,
        12,
        "C1 matches people itself",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_is_answered_by_flag_by_variable_and_by_file() {
    for (flag, value, why, code, hint) in REFUSED {
        let (value, others) = value.split_once(' ').unwrap_or((value, ""));
        let others: Vec<_> = others.split(' ').filter(|flag| !flag.is_empty()).collect();
        let by_flag =
            [vec![format!("--{flag}={value}")], others.iter().map(ToString::to_string).collect()].concat();
        let by_flag: Vec<_> = by_flag.iter().map(String::as_str).collect();
        let variable = format!("BATON_{}", flag.to_uppercase().replace('-', "_"));
        let by_file = complete();
        by_file.put(".baton.yaml", format!("{flag}: '{value}'\n"));
        for (program, arguments, undoing) in [
            (complete(), &by_flag, format!("leave out --{flag}")),
            (complete().set(&variable, value), &others, format!("unset {variable}")),
            (by_file, &others, format!("take {flag} out of .baton.yaml")),
        ] {
            let ran = program.run(arguments);
            assert_eq!(ran.code, Some(code), "{flag}: {}", ran.stderr);
            assert!(ran.error().starts_with("flag(s) \""), "{flag}: {}", ran.error());
            assert!(ran.error().contains(&format!("\"{flag}\"")), "{flag}: {}", ran.error());
            assert!(ran.error().ends_with(&format!(" cannot be used: {why}")), "{flag}: {}", ran.error());
            let told = ran.stderr.split("\nhint: ").nth(1).unwrap();
            assert!(told.contains(hint) && told.contains(&undoing), "{flag}: {}", ran.stderr);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_off_or_empty_is_not_asked_for() {
    let simulator = demo().await;
    let mut program = Program::against(&simulator);
    for (flag, value, ..) in REFUSED {
        let variable = format!("BATON_{}", flag.to_uppercase().replace('-', "_"));
        program = program.set(&variable, if value.starts_with("true") { "false" } else { "" });
    }
    program.run(&[]).succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_in_the_file_is_the_json_of_its_variable() {
    let program = complete();
    program.put(".baton.yaml", "create-account-profile:\n  name: Ada\n  age: 5\n");
    program.run(&[]).failed(9, &format!("flag(s) \"create-account-profile\" cannot be used: {PROVISIONING}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_short_flag_and_the_service_are_refused_alike() {
    let expected = format!("flag(s) \"provisioning\" cannot be used: {PROVISIONING}");
    complete().run(&["-p"]).failed(9, &expected);
    complete().run(&["--provisioning", "schedule", "--every", "6h"]).failed(9, &expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_are_answered_together() {
    let ran = complete().run(&["--provisioning", "--ticketing", "--event-feed"]);
    ran.failed(
        12,
        "flag(s) \"provisioning\" cannot be used: provisioning is not enabled in this version\n\
         flag(s) \"event-feed\" cannot be used: Clockify has no feed of events\n\
         flag(s) \"ticketing\" cannot be used: Clockify has no tickets",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_refuses_what_is_on_its_command_line_only() {
    let simulator = demo().await;
    let program = Program::against(&simulator);
    program.run(&[]).succeeded();
    let program = program.set("BATON_TICKETING", "true").set("BATON_PROVISIONING", "true");
    program.run(&["users"]).succeeded();
    assert_eq!(program.run(&["--event-feed", "users"]).code, Some(12));
}
