//! What is in a pack, and when there is none.

use std::fs;

use access_review::Error;
use access_review::evidence::{Changes, Derived, Refusal, Since, Statement};
use serde_json::Value;

use super::{Packer, checked, files, put};
use crate::workspace::{Content, File, at};

#[test]
fn the_same_order_gives_the_same_bytes() {
    let packer = Packer::signing();
    let first = files(&packer.pack("first"));
    assert_eq!(files(&packer.pack("second")), first);
    // Also from another place under another name, because a pack says nothing of where it was made.
    let moved = packer.path("elsewhere.c1z");
    fs::copy(packer.path("sync.c1z"), &moved).unwrap();
    packer.make("third", |order| order.c1z = &moved).unwrap();
    assert_eq!(files(&packer.path("third")), first);
    assert_eq!(first["sync.c1z"], fs::read(&moved).unwrap());
}

#[test]
fn a_pack_can_be_moved_and_read_only() {
    let packer = Packer::new();
    let folder = packer.pack("pack");
    let moved = packer.path("archive");
    fs::rename(folder, &moved).unwrap();
    let found = checked(&moved);
    assert_eq!((found.holds, found.derived), (true, Derived::Same));
}

#[test]
fn the_manifest_says_what_an_auditor_asks() {
    let packer = Packer::new();
    let made = packer.make("pack", |_| {}).unwrap();
    let bytes = fs::read(packer.path("pack/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(manifest["statement"], "Evidence of who had access when the sync ended.");
    assert_eq!(manifest["source"]["id"], "w1");
    assert_eq!(manifest["operator"]["email"], "ann@example.com");
    assert_eq!(manifest["sync"]["started_at"], "2026-03-01T11:00:00Z");
    assert_eq!(manifest["sync"]["ended_at"], "2026-03-01T12:09:00Z");
    assert_eq!(manifest["complete"], "verified");
    assert_eq!(manifest["completeness"]["listed_before"], 3);
    assert_eq!(manifest["counts"]["users"], 3);
    assert_eq!(manifest["counts"]["grants"], 4);
    assert_eq!(manifest["counts"]["other_resources"], 1);
    // Bob's membership is the one change.
    assert_eq!(manifest["changes"]["compared"]["total"], 1);
    assert_eq!(manifest["changes"]["compared"]["since"]["ended_at"], "2026-03-01T12:05:00Z");
    assert_eq!(manifest["parameters"]["domains"][0], "example.com");
    let list = &manifest["parameters"]["identities"];
    assert_eq!(list["file"], "identities.csv");
    assert_eq!(list["sha256"], manifest["files"]["identities.csv"]["sha256"]);
    assert_eq!(manifest["files"].as_object().unwrap().len() + 2, made.files);
    let sizes: usize = files(&packer.path("pack")).values().map(Vec::len).sum();
    assert_eq!(made.size, sizes as u64);
}

#[test]
fn changes_name_what_differs() {
    let packer = Packer::new();
    let folder = packer.pack("pack");
    let changes: Value = serde_json::from_slice(&fs::read(folder.join("changes.json")).unwrap()).unwrap();
    assert_eq!(changes["changes"][0]["id"], "group:g1:member:user:bob");
    assert_eq!(changes["changes"].as_array().unwrap().len(), 1);
    assert_eq!(changes["summary"]["old"]["file"], "sync.c1z");
    assert_eq!(changes["not_compared"], Value::Null);
}

#[test]
fn another_file_to_compare_with_is_in_the_pack() {
    let packer = Packer::new();
    let older = File::with(&Content::new().reported("w1"), 1);
    let older = older.path("sync.c1z");
    let made = packer
        .make("pack", |order| {
            order.parameters.since = Since::File;
            order.since = Some(&older);
        })
        .unwrap();
    let Changes::Compared(changed) = &made.manifest.changes else { panic!("{:?}", made.manifest.changes) };
    assert_eq!((changed.total, changed.since.file.as_str()), (1, "since.c1z"));
    assert_eq!(files(&packer.path("pack"))["since.c1z"], fs::read(&older).unwrap());
    let found = checked(&packer.path("pack"));
    assert_eq!((found.holds, found.derived), (true, Derived::Same));
    // A sync of the same file by its id.
    let first = changed_since(&packer);
    packer.make("by-id", |order| order.parameters.since = Since::Sync(first)).unwrap();
    assert!(checked(&packer.path("by-id")).holds);
}

/// The id of the first sync in the file.
fn changed_since(packer: &Packer) -> String {
    let file = crate::workspace::open(&packer.path("sync.c1z"));
    let syncs = file.syncs().unwrap();
    syncs.into_iter().min_by_key(|run| run.ended_at).unwrap().sync_id
}

#[test]
fn a_file_of_the_official_tools_makes_a_pack_that_says_what_is_not_known() {
    let packer = Packer::new();
    let c1z = crate::workspace::vector("two-v1.c1z");
    let made = packer
        .make("pack", |order| {
            order.c1z = &c1z;
            order.identities = None;
            order.overrides = None;
        })
        .unwrap();
    assert_eq!(made.manifest.complete, "unknown");
    assert_eq!(made.manifest.statement, Statement::Evidence);
    assert!(made.manifest.operator.is_none());
    assert!(checked(&packer.path("pack")).holds);
}

#[test]
fn nothing_is_overwritten_and_what_fails_leaves_nothing() {
    let packer = Packer::new();
    let folder = packer.pack("pack");
    let before = files(&folder);
    let error = packer.make("pack", |_| {}).unwrap_err();
    assert!(matches!(error, Error::Evidence(Refusal::Exists(_))), "{error}");
    assert_eq!(files(&folder), before);

    let names = |packer: &Packer| {
        let around = packer.path("");
        let mut names: Vec<_> =
            fs::read_dir(around).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let around = names(&packer);
    let missing = packer.path("nosuch.c1z");
    let error = packer.make("new", |order| order.c1z = &missing).unwrap_err();
    assert!(error.to_string().contains("nosuch.c1z"), "{error}");
    let bad = packer.path("people.csv");
    let error = packer.make("new", |order| order.c1z = &bad).unwrap_err();
    // Of the file that was named, and not of its copy.
    assert!(error.to_string().contains("people.csv") && !error.to_string().contains("baton-tmp"), "{error}");
    put(&packer.path("no-list.csv"), b"name\nAnn\n");
    let bad = packer.path("no-list.csv");
    let error = packer.make("new", |order| order.identities = Some(&bad)).unwrap_err();
    assert!(matches!(error, Error::Evidence(Refusal::List { .. })), "{error}");
    fs::remove_file(bad).unwrap();
    let error = packer.make("new", |order| order.parameters.since = Since::Sync("x".to_owned())).unwrap_err();
    assert!(matches!(error, Error::File(c1z::Error::NoSuchSync(_))), "{error}");
    let early = packer.make("new", |order| order.made_at = at("2026-03-02T12:00:00Z"));
    early.unwrap();
    fs::remove_dir_all(packer.path("new")).unwrap();
    assert_eq!(names(&packer), around);
}

#[cfg(unix)]
#[test]
fn a_pack_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let packer = Packer::signing();
    let folder = packer.pack("pack");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for name in files(&folder).into_keys() {
        assert_eq!(mode(&folder.join(&name)), 0o600, "{name}");
    }
}
