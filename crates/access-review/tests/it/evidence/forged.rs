//! Packs whose digests were all made to fit again.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use access_review::evidence::{Derived, Signed};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Packer, RFC_PUBLIC, checked, files, put, verified, wrong};

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Changes a file, and then the manifest and `SHA256SUMS` so that all digests fit.
fn forge(folder: &Path, name: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let before = fs::read(folder.join(name)).unwrap();
    let after = change(before.clone());
    assert_ne!(before, after, "{name}");
    put(&folder.join(name), &after);
    forge_manifest(folder, |text| {
        let sized =
            |bytes: &[u8]| format!("\"size\": {},\n      \"sha256\": \"{}\"", bytes.len(), digest(bytes));
        assert_eq!(text.matches(&sized(&before)).count(), 1, "{name}");
        let text = text.replace(&sized(&before), &sized(&after));
        // Lists are named by their digests in a second place.
        text.replace(&digest(&before), &digest(&after))
    });
}

fn forge_manifest(folder: &Path, change: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed);
    put(&folder.join("manifest.json"), changed.as_bytes());
    let mut sums = String::new();
    let manifest: Value = serde_json::from_str(&changed).unwrap();
    let listed: Vec<_> = manifest["files"].as_object().unwrap().keys().cloned().collect();
    let own = ["manifest.json", "manifest.json.sig"].map(str::to_owned);
    for name in own.into_iter().chain(listed).filter(|name| folder.join(name).exists()) {
        writeln!(sums, "{}  {name}", digest(&fs::read(folder.join(&name)).unwrap())).unwrap();
    }
    put(&folder.join("SHA256SUMS"), sums.as_bytes());
}

#[test]
fn the_forger_of_these_tests_writes_what_the_program_writes() {
    // Otherwise the others would find the forger's mistakes rather than the forgery.
    let packer = Packer::new();
    let folder = packer.pack("pack");
    let before = files(&folder);
    forge_manifest(&folder, |text| text.replace("tool", "TOOL"));
    forge_manifest(&folder, |text| text.replace("TOOL", "tool"));
    assert_eq!(files(&folder), before);
}

#[test]
fn a_file_that_does_not_come_from_the_c1z_is_found() {
    let packer = Packer::new();
    let derived = [
        "README.txt",
        "access.csv",
        "access.json",
        "access.jsonl",
        "access.xlsx",
        "changes.json",
        "findings.json",
        "findings.sarif",
        "report.html",
    ];
    for (number, name) in derived.into_iter().enumerate() {
        let folder = packer.pack(&format!("pack{number}"));
        forge(&folder, name, |mut bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            bytes
        });
        assert_eq!(wrong(&checked(&folder)), [(name.to_owned(), "not-reproduced".to_owned())]);
    }
}

#[test]
fn a_person_taken_out_of_an_export_is_found() {
    let packer = Packer::new();
    let folder = packer.pack("pack");
    forge(&folder, "access.csv", |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        text.split_inclusive('\n').filter(|line| !line.contains("ann@example.com")).collect::<String>().into()
    });
    assert_eq!(wrong(&checked(&folder)), [("access.csv".to_owned(), "not-reproduced".to_owned())]);
}

#[test]
fn a_list_that_findings_were_not_made_with_is_found() {
    let packer = Packer::new();
    let folder = packer.pack("pack");
    // Bob is on the list; without him, he would be a finding.
    forge(&folder, "identities.csv", |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        text.replace("bob@example.com,active\n", "").into()
    });
    let found = wrong(&checked(&folder));
    assert!(found.contains(&("findings.json".to_owned(), "not-reproduced".to_owned())), "{found:?}");
    assert!(found.iter().all(|(_, word)| word == "not-reproduced"), "{found:?}");
}

#[test]
fn another_c1z_does_not_give_the_same_files() {
    let packer = Packer::new();
    let folder = packer.pack("pack");
    let other = crate::workspace::File::new();
    let content = crate::workspace::Content::new().reported("w1");
    other.add(&content, 5);
    other.add(&content, 9);
    let other = fs::read(other.path("sync.c1z")).unwrap();
    forge(&folder, "sync.c1z", |_| other);
    let found = wrong(&checked(&folder));
    for name in ["access.csv", "access.xlsx", "report.html", "changes.json"] {
        assert!(found.contains(&(name.to_owned(), "not-reproduced".to_owned())), "{name}: {found:?}");
    }
    // And what is no c1z gives nothing.
    let folder = packer.pack("pack2");
    forge(&folder, "sync.c1z", |_| b"C1ZF\0 no".to_vec());
    assert_eq!(wrong(&checked(&folder)), [("sync.c1z".to_owned(), "not-reproduced".to_owned())]);
}

#[test]
fn facts_that_the_manifest_alone_states_are_found() {
    let packer = Packer::new();
    for (number, (was, is)) in [
        ("\"verified\": true", "\"verified\": false"),
        ("\"complete\": \"verified\"", "\"complete\": \"unknown\""),
        ("\"name\": \"Acme\"", "\"name\": \"Other\""),
        ("\"users\": 3", "\"users\": 2"),
        ("\"grants\": 4", "\"grants\": 5"),
        ("\"name\": \"Ann\"", "\"name\": \"Eve\""),
        ("\"max_admins\": 5", "\"max_admins\": 6"),
        ("\"made_at\": \"2026-03-02", "\"made_at\": \"2026-03-03"),
        ("\"as_of\": \"2026-03-02", "\"as_of\": \"2026-03-03"),
        ("\"ended_at\": \"2026-03-01T12:09", "\"ended_at\": \"2026-03-01T12:10"),
        ("\"total\": 1", "\"total\": 0"),
        ("\"version\": \"1.2.3\"", "\"version\": \"1.2.4\""),
        ("the report to read", "the invoice to pay"),
        ("\"previous\": null", "\"previous\": {\n    \"manifest_sha256\": \"00\",\n    \"made_at\": \"2026-01-01T00:00:00Z\",\n    \"sync_id\": \"x\"\n  }"),
    ]
    .into_iter()
    .enumerate()
    {
        let folder = packer.pack(&format!("pack{number}"));
        forge_manifest(&folder, |text| text.replace(was, is));
        let version = if is.contains("1.2.4") { "1.2.4" } else { "1.2.3" };
        let found = verified(&folder, None, None, version);
        assert!(wrong(&found).iter().any(|(_, word)| word == "not-reproduced"), "{is}: {:?}", found.problems);
    }
}

#[test]
fn a_file_left_out_everywhere_is_found() {
    let packer = Packer::new();
    let folder = packer.pack("pack");
    fs::remove_file(folder.join("findings.sarif")).unwrap();
    forge_manifest(&folder, |text| {
        let start = text.find("    \"findings.sarif\"").unwrap();
        let end = start + text[start..].find("},\n").unwrap() + 3;
        format!("{}{}", &text[..start], &text[end..])
    });
    let found = wrong(&checked(&folder));
    assert!(found.contains(&("findings.sarif".to_owned(), "not-reproduced".to_owned())), "{found:?}");
}

#[test]
fn a_manifest_cannot_lead_out_of_the_folder() {
    let packer = Packer::new();
    let folder = packer.pack("pack");
    forge_manifest(&folder, |text| text.replace("\"access.csv\"", "\"../people.csv\""));
    let found = wrong(&checked(&folder));
    assert!(found.contains(&("manifest.json".to_owned(), "manifest".to_owned())), "{found:?}");
    assert!(found.contains(&("access.csv".to_owned(), "added".to_owned())), "{found:?}");
}

#[test]
fn another_version_reports_what_it_makes_otherwise_and_does_not_judge() {
    let packer = Packer::new();
    let folder = packer.pack("pack");
    let found = verified(&folder, None, None, "2.0.0");
    assert!(found.holds);
    assert_eq!(found.derived, Derived::Same);
    forge(&folder, "report.html", |mut bytes| {
        bytes.extend(b"<!-- -->");
        bytes
    });
    let found = verified(&folder, None, None, "2.0.0");
    assert!(found.holds, "{:?}", found.problems);
    assert_eq!(found.derived, Derived::ByAnotherVersion(vec!["report.html".to_owned()]));
}

#[test]
fn a_forged_pack_has_no_signature_of_the_key() {
    let packer = Packer::signing();
    let folder = packer.pack("pack");
    assert_eq!(verified(&folder, Some(RFC_PUBLIC), None, "1.2.3").signature, Signed::ByTheGivenKey);
    assert_eq!(checked(&folder).signature, Signed::ByItsOwnKey);
    forge(&folder, "report.html", |mut bytes| {
        bytes.push(b'\n');
        bytes
    });
    let found = verified(&folder, Some(RFC_PUBLIC), None, "1.2.3");
    assert_eq!(wrong(&found), [("manifest.json.sig".to_owned(), "signature".to_owned())]);
    assert_eq!(found.signature, Signed::Wrong);
}
