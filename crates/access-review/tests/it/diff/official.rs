//! The official tool's answer for the official file of two syncs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use access_review::diff::{Comparison, Options, RemarkCode, previous};
use access_review::{Selection, Snapshot};
use c1z::{C1zFile, Limits};
use serde_json::Value;

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors")
}

/// The official tool lists whole messages under `created`, `deleted` and `modified`; ours says the same about ids, and
/// more: names, which fields, and what follows from what. Where the two would part, this file has no case: the official
/// one compares encoded messages, so noise, and the copies of resources inside of entitlements and grants, count there.
#[test]
fn the_same_ids_come_and_go() {
    let official = std::fs::read_to_string(vectors().join("official/two-v1-diff.json")).unwrap();
    let official: Value = serde_json::from_str(&official).unwrap();
    let mut expected = BTreeSet::new();
    for (table, thing) in [("resources", ""), ("entitlements", "entitlement"), ("grants", "grant")] {
        for (bucket, verb) in [("created", "added"), ("deleted", "removed"), ("modified", "changed")] {
            for message in official[table][bucket].as_array().into_iter().flatten() {
                let line = if let Some(id) = message["id"].as_str() {
                    format!("{thing}-{verb} {id}")
                } else {
                    let part = |name: &str| message["id"][name].as_str().unwrap();
                    format!("{0}-{verb} {0}:{1}", part("resourceType"), part("resource"))
                };
                expected.insert(line);
            }
        }
    }
    assert_eq!(expected.len(), 9);

    let folder = tempfile::tempdir().unwrap();
    let file = C1zFile::open_in(&vectors().join("two-v1.c1z"), Limits::default(), folder.path()).unwrap();
    let new = Snapshot::open(&file, &Selection::default()).unwrap();
    let old = previous(&file, new.run()).unwrap().unwrap().sync_id;
    let old = Snapshot::open(&file, &Selection { sync: Some(old), include_unfinished: false }).unwrap();
    let comparison = Comparison::new(&old, &new, Options::default()).unwrap();
    let changes: Vec<_> = comparison.changes().collect::<Result<_, _>>().unwrap();
    let found: BTreeSet<_> = changes.iter().map(|change| format!("{} {}", change.kind, change.id)).collect();
    assert_eq!(found, expected);
    let remarks: Vec<_> = comparison.summary().remarks.iter().map(|remark| remark.code).collect();
    assert_eq!(remarks, [RemarkCode::UnknownSource]);

    // The facts of who came are the official message's.
    let user = official["resources"]["created"][0].clone();
    assert_eq!(user["id"]["resourceType"], "user");
    let came = changes.iter().find(|change| change.kind.to_string() == "user-added").unwrap();
    let fact = |name: &str| {
        let field = came.fields.iter().find(|field| field.field == name);
        field.map(|field| field.new.clone()).unwrap_or_default()
    };
    assert_eq!(fact("name"), user["displayName"]);
    assert_eq!(fact("email"), user["annotations"][0]["emails"][0]["address"]);
    assert_eq!(fact("status_reason"), user["status"]["details"]);
    assert_eq!(fact("profile.role"), user["profile"]["role"]);
}
