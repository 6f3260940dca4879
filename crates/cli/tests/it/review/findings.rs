//! `findings`, on the demonstration's workspace.

use clockify_sim::{AccountStatus as Account, MembershipStatus as Membership, RoleCode};
use clockify_sim::{Content, SeededWorkspace, Truth};
use insta::{assert_snapshot, with_settings};
use serde_json::Value;

use crate::program::{Program, Ran};

const FILTERS: [(&str, &str); 3] = [
    (r"20(?:2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"\b[0-9A-Za-z]{27}\b", "SYNC-ID"),
    (r"\b\d+ days before", "N days before"),
];

/// A folder with the demonstration's c1z.
fn demo() -> Program {
    let program = Program::bare();
    program.run(&["demo", "--sync-projects"]).succeeded();
    program
}

impl Program {
    /// Puts a file into the folder.
    fn write(&self, name: &str, text: &str) {
        c1z::atomic::write(&self.folder().join(name), text.as_bytes()).unwrap();
    }
}

fn seen(ran: &Ran) -> String {
    ran.transcript()
}

/// The demonstration's people who have an address, active, but for these local parts; the admin Renn is suspended.
fn people(missing: &[&str]) -> String {
    let world = SeededWorkspace::demo();
    let emails = world.all_users().filter_map(|user| user.email).filter(|email| !email.is_empty());
    let rows = emails.filter(|email| !missing.iter().any(|local| email.starts_with(local))).map(|email| {
        let state = if email.starts_with("tobias.renn@") { "SUSPENDED" } else { "ACTIVE" };
        format!("{email},{state}\n")
    });
    format!("mail,status\n{}", rows.collect::<String>())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_sees() {
    let program = demo();
    with_settings!({filters => FILTERS}, {
        assert_snapshot!("table", seen(&program.run(&["findings"])));
        for format in ["json", "jsonl", "csv", "sarif"] {
            let ran = program.run(&["findings", "--rule", "admin-without-mfa,unlisted-member", "-o", format]);
            assert_snapshot!(format, seen(&ran));
        }
        assert_snapshot!("help", seen(&program.run(&["findings", "-h"])));
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn with_everything_that_can_be_told() {
    let program = demo();
    program.write("people.csv", &people(&["henrike.aldous", "priya.vandermeer5"]));
    program.write("overrides.csv", "access-sync@marrowstone.example,ignore,the program that syncs\n");
    let flags = [
        "findings",
        "--identities",
        "people.csv",
        "--identity-overrides",
        "overrides.csv",
        "--domain",
        "elsewhere.example",
        "--max-admins",
        "3",
        "--skip-rule",
        "limited-member,stale-invite",
    ];
    with_settings!({filters => FILTERS}, {
        assert_snapshot!("everything", seen(&program.run(&flags)));
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_follows_the_worst_finding() {
    let program = demo();
    for (fail_on, code) in [("low", 78), ("medium", 78), ("high", 78), ("critical", 0)] {
        let ran = program.run(&["findings", "--fail-on", fail_on]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(code), ""), "{fail_on}");
        assert!(ran.stdout.contains("admin-without-mfa"));
    }
    assert_eq!(program.run(&["findings"]).code, Some(0));
    let low = ["findings", "--rule", "limited-member", "--fail-on"];
    assert_eq!(program.run(&[&low[..], &["medium"]].concat()).code, Some(0));
    assert_eq!(program.run(&[&low[..], &["low", "-o", "sarif"]].concat()).code, Some(78));
    assert_eq!(program.run(&["findings", "--fail-on", "info"]).code, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn as_of_a_moment_the_answer_is_always_the_same() {
    let program = demo();
    let ask = |as_of: &str| program.run(&["findings", "-o", "sarif", "--as-of", as_of]).succeeded().stdout;
    let once = ask("2026-01-01T00:00:00Z");
    assert_eq!(once, ask("2026-01-01T00:00:00Z"));
    let log: Value = serde_json::from_str(&once).unwrap();
    assert_eq!(log["runs"][0]["properties"]["asOf"], "2026-01-01T00:00:00Z");
    // A day is all of it.
    let log: Value = serde_json::from_str(&ask("2020-04-11")).unwrap();
    assert_eq!(log["runs"][0]["properties"]["asOf"], "2020-04-11T23:59:59Z");
    // On that day nobody who is invited now had been waiting for long.
    assert!(!ask("2020-04-11").contains("stale-invite"));
    assert!(once.contains("stale-invite"));
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes() {
    let program = demo();
    program.write("names.csv", "name,phone\nAnn,1\n");
    program.write("people.csv", "email\nann@example.com\n");
    program.write("overrides.csv", "ann@example.com\n");
    with_settings!({filters => FILTERS}, {
        for (name, flags) in [
            ("unknown_rule", vec!["--rule", "owner"]),
            ("no_such_list", vec!["--identities", "nobody.csv"]),
            ("list_without_addresses", vec!["--identities", "names.csv"]),
            ("odd_override", vec!["--identities", "people.csv", "--identity-overrides", "overrides.csv"]),
            ("odd_moment", vec!["--as-of", "yesterday"]),
            ("no_such_file", vec!["--file", "other.c1z"]),
        ] {
            let ran = program.run(&[&["findings"], flags.as_slice()].concat());
            assert!(ran.stdout.is_empty(), "{}", ran.stdout);
            assert_snapshot!(name, seen(&ran));
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_is_about_somebody_of_the_workspace() {
    let program = demo();
    let text = program.run(&["findings", "--domain", "elsewhere.example", "-o", "json"]).succeeded().stdout;
    let findings: Vec<Value> = serde_json::from_str(&text).unwrap();
    let rows = |rule: &str| -> Vec<String> {
        let finding = findings.iter().filter(|finding| finding["rule"] == rule);
        let rows = finding.flat_map(|finding| finding["evidence"].as_array().unwrap());
        let mut ids: Vec<_> = rows.map(|row| row["subject"]["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let world = SeededWorkspace::demo();
    let people = |wanted: &dyn Fn(&clockify_sim::SimUser) -> bool| -> Vec<String> {
        let mut ids: Vec<_> = world.all_users().filter(|user| wanted(user)).map(|user| user.id).collect();
        ids.sort();
        ids
    };
    let no_mfa = people(&|user| {
        user.has_role(RoleCode::Admin)
            && user.settings.as_ref().is_some_and(|settings| !settings.multi_factor_enabled)
    });
    assert_eq!((rows("admin-without-mfa"), no_mfa.len()), (no_mfa.clone(), 3));
    let limited = people(&|user| {
        user.account_status == Account::Limited && user.membership_status == Membership::Active
    });
    assert_eq!((rows("limited-member"), limited.len()), (limited.clone(), 2));
    let outside = people(&|user| {
        let gone = user.account_status == Account::Deleted
            || [Membership::Inactive, Membership::Declined].contains(&user.membership_status);
        user.email.as_ref().is_some_and(|email| !email.is_empty()) && !gone
    });
    assert_eq!(rows("external-domain"), outside);
    let empty: Vec<_> =
        world.all_groups().filter(|group| group.user_ids.is_empty()).map(|group| group.id).collect();
    assert_eq!((rows("empty-group"), empty.len()), (empty.clone(), 1));
    let known: Vec<_> = (0..world.user_count()).map(|index| world.user_id(index)).collect();
    let unlisted = rows("unlisted-member");
    assert!(unlisted.len() == 1 && !known.contains(&unlisted[0]));
}
