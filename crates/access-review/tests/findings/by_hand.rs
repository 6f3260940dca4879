//! What no workspace of the look-alike shows: files that were edited with SQLite, and one of another connector.

use std::io::Write;

use access_review::findings::{Assessment, Severity, evaluate};
use access_review::{Selection, Snapshot};
use c1z::{C1zFile, Limits, SealOptions, SealStep, SyncStart, SyncType, WorkingDatabase, ksuid};
use governance_model::{
    Entitlement, Grant, Purpose, Resource, ResourceId, ResourceTrait, ResourceType, ResourceTypeId, State,
    Status, TraitKind, UserTrait,
};

use crate::office::*;

use Severity::{High, Info, Low, Medium};

/// Runs SQL in the database of a file, and judges what is then in it.
fn edited(file: &File, sql: &str) -> Assessment {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("db");
    let bytes = std::fs::read(file.path()).unwrap();
    zstd::stream::copy_decode(&bytes[5..], std::fs::File::create(&database).unwrap()).unwrap();
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection.execute_batch(sql).unwrap();
    assert!(connection.changes() > 0, "nothing was changed by {sql}");
    drop(connection);
    let path = folder.path().join("edited.c1z");
    let mut out = std::fs::File::create(&path).unwrap();
    out.write_all(b"C1ZF\0").unwrap();
    zstd::stream::copy_encode(std::fs::File::open(&database).unwrap(), out, 1).unwrap();
    let file = C1zFile::open(&path, Limits::default()).unwrap();
    let selection = Selection { include_unfinished: true, ..Selection::default() };
    evaluate(&Snapshot::open(&file, &selection).unwrap(), &options()).unwrap()
}

/// Replaces text in the report that the engine keeps with a sync.
fn reported(file: &File, old: &str, new: &str) -> Vec<String> {
    let sql = format!(
        "update v1_assets set data = cast(replace(cast(data as text), '{old}', '{new}') as blob)
         where external_id = 'sync-report.json' and instr(cast(data as text), '{old}') > 0"
    );
    found(&edited(file, &sql))
}

#[tokio::test]
async fn a_sync_that_is_not_finished() {
    let file = File::of(office()).await;
    let found = found(&edited(&file, "update v1_sync_runs set ended_at = null"));
    assert_eq!(found, ["high incomplete-sync/unfinished: 600525a3f5d05a2d97000000"]);
}

#[tokio::test]
async fn what_the_completeness_check_says() {
    let file = File::of(office()).await;
    let unlisted = reported(&file, r#""unlisted":0"#, r#""unlisted":3"#);
    assert_eq!(unlisted, ["low incomplete-sync/read-not-listed: 600525a3f5d05a2d97000000"]);
    let silent = reported(&file, r#""verified":true"#, r#""verified":false"#);
    assert_eq!(silent, ["medium incomplete-sync/not-verified: 600525a3f5d05a2d97000000"]);
    let doubts = r#""verified":false,"reasons":["one","two"],"was":"#;
    let doubted = reported(&file, r#""verified":true,"reasons":"#, doubts);
    let workspace = "600525a3f5d05a2d97000000";
    assert_eq!(doubted, [format!("medium incomplete-sync/not-verified: {workspace} {workspace}")]);
}

#[tokio::test]
async fn a_group_whose_members_were_not_told_is_no_empty_group() {
    let mut office = office();
    office.groups[0].user_ids.clear();
    let file = File::of(office).await;
    let group = id("2024-06-01", 1);
    assert_eq!(
        found(&file.judged(&options())),
        [line(Low, "empty-group/empty", std::slice::from_ref(&group))]
    );
    let doubt = r#""verified":false,"reasons":["Clockify did not say who belongs to some groups"],"was":"#;
    let doubted = reported(&file, r#""verified":true,"reasons":"#, doubt);
    let expected = [
        line(Medium, "incomplete-sync/not-verified", &["600525a3f5d05a2d97000000".to_owned()]),
        line(Info, "empty-group/empty", &[group]),
    ];
    assert_eq!(doubted, expected);
}

#[tokio::test]
async fn what_could_not_be_judged_is_no_evidence_for_a_control() {
    let mut office = office();
    office.users.push(invited("2024-01-01", 20));
    office.users[11].account_status = clockify_sim::AccountStatus::Active;
    let assessment = File::of(office).await.judged(&options());
    assert_eq!(assessment.findings[0].key(), "stale-invite/age-unknown");
    assert!(assessment.findings[0].controls().is_empty());
    assert!(!assessment.findings[0].rule.controls().is_empty());
}

/// Another connector: roles by other names, and sign-in through an identity provider.
#[test]
fn who_signs_in_elsewhere_is_not_blamed_for_a_second_factor_that_is_off_here() {
    let role = ResourceId::new(ResourceTypeId::from_static("role"), "org-admin");
    let assigned = Entitlement::new(role.clone(), "assigned", Purpose::Permission);
    let mut resource = Resource::new(role.clone(), "Organization administrator");
    resource.traits.push(ResourceTrait::Role);
    let (mut resources, mut grants) = (vec![resource], Vec::new());
    for (name, sso) in [("ann", Some(true)), ("bob", Some(false)), ("cem", None)] {
        let id = ResourceId::new(ResourceTypeId::from_static("user"), name);
        let mut user = Resource::new(id.clone(), name);
        user.status = Some(Status { state: State::Enabled, details: String::new() });
        let facts = UserTrait { mfa_enabled: Some(false), sso_enabled: sso, ..UserTrait::default() };
        user.traits.push(ResourceTrait::User(Box::new(facts)));
        resources.push(user);
        grants.push(Grant::new(assigned.id.clone(), role.clone(), id));
    }
    let types = [("user", TraitKind::User), ("role", TraitKind::Role)].map(|(name, kind)| ResourceType {
        id: ResourceTypeId::from_static(name),
        display_name: name.to_owned(),
        description: String::new(),
        traits: vec![kind],
        skip_entitlements_and_grants: false,
        annotations: Vec::new(),
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sync.c1z");
    let now = at(TODAY);
    let sync_id = ksuid::sync_id_from(now, [1; 16]);
    let start = SyncStart { sync_id, sync_type: SyncType::Full, started_at: now };
    let mut database = WorkingDatabase::create(&folder.path().join(".working"), start).unwrap();
    database
        .transaction(|batch| {
            batch.put_resource_types(&types, now)?;
            batch.put_resources(&resources, now)?;
            batch.put_entitlements(&[assigned], now)?;
            batch.put_grants(&grants, now)?;
            Ok::<_, c1z::Error>(())
        })
        .unwrap();
    database.seal(&SealOptions::new(path.clone(), now), &mut |_: SealStep| {}).unwrap();

    let file = C1zFile::open(&path, Limits::default()).unwrap();
    let assessment = evaluate(&Snapshot::open(&file, &Selection::default()).unwrap(), &options()).unwrap();
    let expected = [
        line(High, "admin-without-mfa", &["bob".to_owned(), "cem".to_owned()]),
        line(Low, "admin-mfa-unknown", &["ann".to_owned()]),
        line(Info, "incomplete-sync/not-known", &["unknown".to_owned()]),
    ];
    assert_eq!(found(&assessment), expected);
}
