//! A small c1z made by hand, with what other connectors and hostile people put into one.

use std::path::{Path, PathBuf};

use access_review::{Selection, Snapshot};
use c1z::{C1zFile, Limits, SealOptions, SealStep, SyncStart, SyncType, WorkingDatabase, ksuid};
use governance_model::{
    Email, Entitlement, Grant, Purpose, Resource, ResourceId, ResourceTrait, ResourceType, ResourceTypeId,
    State, Status, Timestamp, TraitKind, UserTrait,
};
use tempfile::TempDir;

pub(crate) const FORMULA: &str = "=cmd|' /C calc'!A0";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn vector(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors")).join(name)
}

pub(crate) fn id(kind: &'static str, id: &str) -> ResourceId {
    ResourceId::new(ResourceTypeId::from_static(kind), id)
}

pub(crate) fn user(key: &str, name: &str, state: State) -> Resource {
    let mut resource = Resource::new(id("user", key), name);
    resource.status = Some(Status { state, details: String::new() });
    resource.created_at = Some(at("2024-05-06T07:08:09Z"));
    let emails = vec![Email { address: format!("{key}@example.com"), primary: true }];
    resource.traits.push(ResourceTrait::User(Box::new(UserTrait { emails, ..UserTrait::default() })));
    for (field, text) in [("user_id", key), ("first_name", "First"), ("last_name", key)] {
        resource.profile.insert(field.into(), text.into());
    }
    resource
}

pub(crate) fn entitlement(on: &ResourceId, slug: &str) -> Entitlement {
    Entitlement::new(on.clone(), slug, Purpose::Assignment)
}

pub(crate) fn grant(on: &ResourceId, slug: &str, who: ResourceId) -> Grant {
    Grant::new(entitlement(on, slug).id, on.clone(), who)
}

/// What a sync holds.
#[derive(Clone)]
pub(crate) struct Content {
    pub(crate) types: Vec<(&'static str, Option<TraitKind>)>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) entitlements: Vec<Entitlement>,
    pub(crate) grants: Vec<Grant>,
    /// The report that our engine would keep with it.
    pub(crate) report: Option<String>,
    /// Whether members of groups get what the groups were granted.
    pub(crate) expanded: bool,
}

impl Content {
    /// Three people of whom one has a formula for a name, a group, a role, and a vault, which is of no known type and which
    /// the group opens. One grant goes to somebody who is not in the file. Five grants in all.
    pub(crate) fn new() -> Self {
        let (group, role, vault) = (id("group", "g1"), id("role", "owner"), id("vault", "v1"));
        let mut team = Resource::new(group.clone(), "Team");
        team.traits.push(ResourceTrait::Group);
        let mut owner = Resource::new(role.clone(), "Owner");
        owner.traits.push(ResourceTrait::Role);
        Self {
            types: vec![
                ("user", Some(TraitKind::User)),
                ("group", Some(TraitKind::Group)),
                ("role", Some(TraitKind::Role)),
                ("vault", None),
            ],
            resources: vec![
                user("ann", "Ann", State::Enabled),
                user("bob", FORMULA, State::Disabled),
                user("cem", "Cem \u{202e}txt _x0041_", State::Enabled),
                team,
                owner,
                Resource::new(vault.clone(), "Vault"),
            ],
            entitlements: vec![
                entitlement(&group, "member"),
                entitlement(&role, "assigned"),
                entitlement(&vault, "open"),
            ],
            grants: vec![
                grant(&group, "member", id("user", "ann")),
                grant(&group, "member", id("user", "bob")),
                grant(&role, "assigned", id("user", "ann")),
                grant(&vault, "open", group),
                grant(&vault, "open", id("user", "nobody")),
            ],
            report: None,
            expanded: false,
        }
    }

    /// The same, read by our engine from a workspace, and complete.
    pub(crate) fn reported(mut self, workspace: &str) -> Self {
        self.report = Some(format!(
            r#"{{"source_id": "{workspace}", "source_name": "Acme", "operator": {{"resource_type": "user", "resource": "ann"}},
                "completeness": {{"verified": true, "listed_before": 3, "listed_after": 3, "read": 3}}}}"#
        ));
        self
    }

    pub(crate) fn without_grant(mut self, wanted: &str) -> Self {
        let before = self.grants.len();
        self.grants.retain(|grant| grant.id().as_str() != wanted);
        assert_eq!(self.grants.len() + 1, before, "no grant {wanted}");
        self
    }

    pub(crate) fn resource(&mut self, wanted: &ResourceId) -> &mut Resource {
        self.resources.iter_mut().find(|resource| resource.id == *wanted).unwrap()
    }
}

/// A folder with a c1z in it.
pub(crate) struct File {
    folder: TempDir,
}

impl File {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A file with one sync, that of a minute.
    pub(crate) fn with(content: &Content, minute: u8) -> Self {
        let file = Self::new();
        file.add(content, minute);
        file
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Seals a sync into the file; it ended on the minute.
    pub(crate) fn add(&self, content: &Content, minute: u8) {
        let ended = at(&format!("2026-03-01T12:{minute:02}:00Z"));
        let sync_id = ksuid::sync_id_from(ended, [minute; 16]);
        let start = SyncStart { sync_id, sync_type: SyncType::Full, started_at: at("2026-03-01T11:00:00Z") };
        let mut database = WorkingDatabase::create(&self.path(".working"), start).unwrap();
        let types: Vec<ResourceType> = content
            .types
            .iter()
            .map(|(name, kind)| ResourceType {
                id: ResourceTypeId::from_static(name),
                display_name: (*name).to_owned(),
                description: String::new(),
                traits: kind.iter().copied().collect(),
                skip_entitlements_and_grants: false,
                annotations: Vec::new(),
            })
            .collect();
        database
            .transaction(|batch| {
                batch.put_resource_types(&types, ended)?;
                batch.put_resources(&content.resources, ended)?;
                batch.put_entitlements(&content.entitlements, ended)?;
                batch.put_grants(&content.grants, ended)?;
                if let Some(report) = &content.report {
                    batch.put_asset("sync-report.json", "application/json", report.as_bytes(), ended)?;
                }
                Ok::<_, c1z::Error>(())
            })
            .unwrap();
        if content.expanded {
            database.expand(ended).unwrap();
        }
        let options =
            SealOptions { invariants: Vec::new(), ..SealOptions::new(self.path("sync.c1z"), ended) };
        database.seal(&options, &mut |_: SealStep| {}).unwrap();
    }

    pub(crate) fn open(&self) -> C1zFile {
        open(&self.path("sync.c1z"))
    }
}

pub(crate) fn open(path: &Path) -> C1zFile {
    C1zFile::open(path, Limits::default()).unwrap()
}

pub(crate) fn newest(file: &C1zFile) -> Snapshot<'_> {
    Snapshot::open(file, &Selection::default()).unwrap()
}
