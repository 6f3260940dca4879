//! `evidence`, as somebody who makes packs and an auditor who gets them see it.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use insta::{assert_snapshot, with_settings};
use serde_json::Value;

use super::workspace::{cut_off, demo};
use crate::program::{Program, Ran};

const FILTERS: [(&str, &str); 6] = [
    (r"20(?:2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"\b[0-9A-Za-z]{27}\b", "SYNC-ID"),
    (r"\b[0-9a-f]{64}\b", "DIGEST"),
    (r"127\.0\.0\.1:\d+", "LOOPBACK"),
    (r#"(MCow|"size": )[^\\",]+"#, "${1}…"),
    (r"\b\d+(\.\d)? [kM]B\b|\b\d+ bytes", "SIZE"),
];

fn openssl(program: &Program, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("openssl").args(arguments).current_dir(program.folder()).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The demonstration's file and a pair of keys made by OpenSSL.
fn with_keys() -> Program {
    let program = demo();
    assert!(openssl(&program, &["genpkey", "-algorithm", "ed25519", "-out", "key.pem"]).0);
    assert!(openssl(&program, &["pkey", "-in", "key.pem", "-pubout", "-out", "signer.pem"]).0);
    program
}

fn text(program: &Program, name: &str) -> String {
    fs::read_to_string(program.folder().join(name)).unwrap()
}

fn put(program: &Program, name: &str, content: &[u8]) {
    c1z::atomic::write(&program.folder().join(name), content).unwrap();
}

fn seen(ran: &Ran) -> String {
    ran.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_as_it_is_made_and_checked() {
    let program = demo();
    let made = program.run(&["evidence", "create", "pack"]);
    with_settings!({filters => FILTERS}, {
        assert_snapshot!("create", seen(&made));
        assert_snapshot!("verify", seen(&program.run(&["evidence", "verify", "pack"])));
        assert_snapshot!("verify_json", seen(&program.run(&["evidence", "verify", "pack", "-o", "json"])));
        assert_snapshot!("readme", text(&program, "pack/README.txt"));
        assert_snapshot!("manifest", text(&program, "pack/manifest.json"));
        assert_snapshot!("sums", text(&program, "pack/SHA256SUMS"));
        assert_snapshot!("help_create", seen(&program.run(&["evidence", "create", "-h"])));
        assert_snapshot!("help_verify", seen(&program.run(&["evidence", "verify", "-h"])));
    });
    assert_eq!(program.files(), ["pack", "sync.c1z"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_chain_with_all_that_can_be_told() {
    let program = with_keys();
    put(&program, "people.csv", b"mail\nquentin.zielinski4@marrowstone.example\n");
    put(&program, "overrides.csv", b"access-sync@marrowstone.example,ignore\n");
    program.run(&["evidence", "create", "q3"]).succeeded();
    let arguments = [
        "evidence",
        "create",
        "q4",
        "--previous",
        "q3",
        "--sign",
        "key.pem",
        "--domain",
        "marrowstone.example",
        "--identities",
        "people.csv",
        "--identity-overrides",
        "overrides.csv",
        "--max-admins",
        "2",
        "--skip-rule",
        "empty-group",
        "--invite-age",
        "14d",
        "--as-of",
        "2026-11-24",
    ];
    let made = program.run(&arguments);
    with_settings!({filters => FILTERS}, {
        assert_snapshot!("create_signed", seen(&made));
        assert_snapshot!("readme_signed", text(&program, "q4/README.txt"));
        assert_snapshot!("verify_signed", seen(&program.run(&["evidence", "verify", "q4"])));
        let all = ["evidence", "verify", "q4", "--public-key", "signer.pem", "--previous", "q3"];
        assert_snapshot!("verify_all", seen(&program.run(&all)));
        let wrong = ["evidence", "verify", "q3", "--public-key", "signer.pem", "--previous", "q4"];
        assert_snapshot!("verify_wrong", seen(&program.run(&wrong)));
    });
    let manifest: Value = serde_json::from_str(&text(&program, "q4/manifest.json")).unwrap();
    let asked = &manifest["parameters"];
    assert_eq!((&asked["max_admins"], &asked["invite_age_seconds"]), (&2.into(), &1_209_600.into()));
    assert_eq!(asked["as_of"], "2026-11-24T23:59:59Z");
    assert_eq!(asked["skip_rules"][0], "empty-group");
    assert_eq!(text(&program, "q4/identities.csv"), text(&program, "people.csv"));
    assert_eq!(text(&program, "q4/public-key.pem"), text(&program, "signer.pem"));
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_and_sha256sum_say_the_same() {
    let program = with_keys();
    program.run(&["evidence", "create", "pack", "--sign", "key.pem"]).succeeded();
    let check = [
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "signer.pem",
        "-rawin",
        "-in",
        "pack/manifest.json",
        "-sigfile",
        "pack/manifest.json.sig",
    ];
    let sums = || {
        let mut command = Command::new("sha256sum");
        let ran =
            command.args(["--check", "--strict", "SHA256SUMS"]).current_dir(program.folder().join("pack"));
        ran.output().unwrap()
    };
    assert_eq!(openssl(&program, &check), (true, "Signature Verified Successfully\n".to_owned()));
    let lines = String::from_utf8(sums().stdout).unwrap();
    assert!(lines.lines().all(|line| line.ends_with(": OK")), "{lines}");
    // All but itself.
    assert_eq!(lines.lines().count(), fs::read_dir(program.folder().join("pack")).unwrap().count() - 1);
    // And the commands stand in the README as they are run here.
    let readme = text(&program, "pack/README.txt");
    for command in [
        "sha256sum --check --strict SHA256SUMS",
        "openssl pkeyutl -verify -pubin -inkey SIGNER.pem -rawin -in manifest.json -sigfile manifest.json.sig",
    ] {
        assert!(readme.contains(command), "{command}");
    }

    let changed = text(&program, "pack/manifest.json").replace("\"users\": 61", "\"users\": 60");
    put(&program, "pack/manifest.json", changed.as_bytes());
    assert!(!openssl(&program, &check).0);
    assert!(!sums().status.success());
    assert_eq!(program.run(&["evidence", "verify", "pack"]).code, Some(15));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_pack_as_an_auditor_sees_it() {
    let program = demo();
    program.run(&["evidence", "create", "pack"]).succeeded();
    let report = text(&program, "pack/report.html").replacen("Administrative", "Administrativ3", 1);
    put(&program, "pack/report.html", report.as_bytes());
    put(&program, "pack/notes\u{202e}.txt", b"mine");
    fs::remove_file(program.folder().join("pack/findings.sarif")).unwrap();
    let ran = program.run(&["evidence", "verify", "pack"]);
    assert_eq!(ran.code, Some(15));
    let following = program.run(&["evidence", "create", "next", "--previous", "pack"]);
    assert_eq!(following.code, Some(15));
    fs::remove_file(program.folder().join("pack/manifest.json")).unwrap();
    with_settings!({filters => FILTERS}, {
        assert_snapshot!("changed", seen(&ran));
        assert_snapshot!("after_a_changed_one", seen(&following));
        assert_snapshot!("without_manifest", seen(&program.run(&["evidence", "verify", "pack"])));
    });
    assert!(!program.folder().join("next").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_said_and_leaves_nothing() {
    let program = with_keys();
    fs::create_dir(program.folder().join("taken")).unwrap();
    let before = program.files();
    let mut all = String::new();
    for (code, arguments) in [
        (9, &["evidence", "create", "taken"][..]),
        (5, &["evidence", "create", "no/such/folder"]),
        (5, &["evidence", "create", "new", "-f", "nosuch.c1z"]),
        (9, &["evidence", "create", "new", "-f", "key.pem"]),
        (5, &["evidence", "create", "new", "--sync", "nosuch"]),
        (5, &["evidence", "create", "new", "--since", "nosuch.c1z"]),
        (5, &["evidence", "create", "new", "--since", "nosuch"]),
        (5, &["evidence", "create", "new", "--previous", "nosuch"]),
        (5, &["evidence", "create", "new", "--sign", "nosuch.pem"]),
        (3, &["evidence", "create", "new", "--sign", "signer.pem"]),
        (3, &["evidence", "create", "new", "--identities", "key.pem"]),
        (5, &["evidence", "verify", "nosuch"]),
        (5, &["evidence", "verify", "sync.c1z"]),
        (3, &["evidence", "verify", "taken", "--public-key", "key.pem"]),
        (15, &["evidence", "verify", "taken"]),
    ] {
        let ran = program.run(arguments);
        writeln!(all, "$ {}\n{}\n", arguments.join(" "), seen(&ran)).unwrap();
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
    }
    assert_eq!(program.files(), before);
    with_settings!({filters => FILTERS}, { assert_snapshot!("refusals", all); });
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_never_shown_and_should_not_be_for_others_to_read() {
    use std::os::unix::fs::PermissionsExt;
    let program = with_keys();
    let mode = |mode| {
        let path = program.folder().join("key.pem");
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o600);
    let quiet = program.run(&["evidence", "create", "a", "--sign", "key.pem"]).succeeded();
    assert!(!quiet.stderr.contains("key.pem"), "{}", quiet.stderr);
    mode(0o644);
    let warned = program.run(&["evidence", "create", "b", "--sign", "key.pem"]).succeeded();
    assert!(warned.stderr.contains("warning: others can read the key key.pem"), "{}", warned.stderr);

    let key = text(&program, "key.pem");
    let secret = key.lines().nth(1).unwrap();
    let mut all = [quiet.stdout, quiet.stderr, warned.stdout, warned.stderr].concat();
    for file in fs::read_dir(program.folder().join("a")).unwrap() {
        all += &String::from_utf8_lossy(&fs::read(file.unwrap().path()).unwrap());
    }
    // What follows the fixed beginning of the format is the key.
    assert!(!all.contains(&secret[22..]) && !all.contains("PRIVATE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_sync_is_no_evidence_and_says_so_everywhere() {
    let program = cut_off();
    let refused = program.run(&["evidence", "create", "pack"]);
    assert_eq!(refused.code, Some(9));
    assert_eq!(program.files(), ["sync.c1z"]);
    let made = program.run(&["evidence", "create", "pack", "--include-unfinished"]);
    let checked = program.run(&["evidence", "verify", "pack"]);
    with_settings!({filters => FILTERS}, {
        assert_snapshot!("unfinished_refused", seen(&refused));
        assert_snapshot!("unfinished", format!("{}\n{}", seen(&made), seen(&checked)));
        assert_snapshot!("unfinished_warning", text(&program, "pack/NOT-EVIDENCE.txt"));
    });
    for (name, mark) in [
        ("README.txt", "NOT EVIDENCE"),
        ("manifest.json", "NOT EVIDENCE"),
        ("report.html", "UNFINISHED"),
        ("access.csv", ",unfinished"),
        ("access.json", "\"sealed\":false"),
        ("access.jsonl", "\"unfinished\":true"),
        ("findings.json", "\"unfinished\": true"),
        ("findings.sarif", "\"unfinished\": true"),
        ("changes.json", "\"unfinished\": true"),
    ] {
        let content = text(&program, &format!("pack/{name}"));
        assert!(content.to_lowercase().contains(&mark.to_lowercase()), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_holds_in_another_process_with_hostile_names_and_changes() {
    // Names of the demonstration hold formulas, markup and turned text.
    let program = demo();
    fs::rename(program.output(), program.folder().join("old.c1z")).unwrap();
    fs::copy(demo().output(), program.output()).unwrap();
    program.run(&["evidence", "create", "pack", "--since", "old.c1z"]).succeeded();
    let found = program.run(&["evidence", "verify", "pack", "-o", "json"]).succeeded();
    let found: Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!((&found["holds"], &found["derived"]), (&true.into(), &"same".into()));
    assert_eq!(found["manifest"]["changes"]["compared"]["since"]["file"], "since.c1z");
}
