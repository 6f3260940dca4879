//! Small worlds, and files that hold them.

use std::path::Path;

use access_review::diff::{Change, Comparison, Options};
use access_review::{Error, Selection, Snapshot};
use c1z::{C1zFile, Limits, SealOptions, SyncStart, SyncType, WorkingDatabase};
use governance_model::{
    Email, Entitlement, Grant, Purpose, Resource, ResourceId, ResourceTrait, ResourceType, ResourceTypeId,
    State, Status, Timestamp, TraitKind, UserTrait, Value,
};
use serde_json::json;
use tempfile::TempDir;

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) types: Vec<ResourceType>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) entitlements: Vec<Entitlement>,
    pub(crate) grants: Vec<Grant>,
    /// The workspace's id and whether everybody was read; nothing leaves the report out.
    pub(crate) report: Option<(&'static str, bool)>,
    /// The second at which it ended.
    pub(crate) ended: i64,
    pub(crate) sync_type: Option<SyncType>,
}

impl World {
    /// Types, the four roles of Clockify, and nobody.
    pub(crate) fn new(ended: i64) -> Self {
        let mut world = Self { report: Some(("w1", true)), ended, ..Self::default() };
        for (id, kind) in [("user", TraitKind::User), ("group", TraitKind::Group), ("role", TraitKind::Role)]
        {
            world.types.push(resource_type(id, Some(kind)));
        }
        for role in ["owner", "workspace-admin", "team-manager", "project-manager"] {
            world.add("role", role, &format!("Role {role}"), ResourceTrait::Role, &["assigned"]);
        }
        world
    }

    fn add(&mut self, kind: &str, id: &str, name: &str, is: ResourceTrait, slugs: &[&str]) {
        let mut resource = Resource::new(of(kind, id), name);
        resource.traits.push(is);
        for slug in slugs {
            let mut entitlement = Entitlement::new(resource.id.clone(), slug, Purpose::Assignment);
            entitlement.display_name = format!("{name} {slug}");
            entitlement.description = format!("Is {slug} of {name}.");
            self.entitlements.push(entitlement);
        }
        self.resources.push(resource);
    }

    pub(crate) fn group(mut self, id: &str, name: &str) -> Self {
        self.add("group", id, name, ResourceTrait::Group, &["member", "manager"]);
        self
    }

    pub(crate) fn user(mut self, id: &str, edit: impl FnOnce(&mut Resource)) -> Self {
        let mut user = Resource::new(of("user", id), format!("Name of {id}"));
        user.status = Some(Status { state: State::Enabled, details: "account ACTIVE".to_owned() });
        user.traits.push(ResourceTrait::User(Box::new(UserTrait {
            emails: vec![Email { address: format!("{id}@example.com"), primary: true }],
            login: Some(format!("{id}@example.com")),
            mfa_enabled: Some(true),
            ..UserTrait::default()
        })));
        user.profile.insert("user_id".into(), Value::from(id));
        edit(&mut user);
        self.resources.push(user);
        self
    }

    pub(crate) fn grant(mut self, on: (&str, &str, &str), to: &str, edit: impl FnOnce(&mut Grant)) -> Self {
        let resource = of(on.0, on.1);
        let entitlement = Entitlement::new(resource.clone(), on.2, Purpose::Assignment).id;
        let mut grant = Grant::new(entitlement, resource, of("user", to));
        edit(&mut grant);
        self.grants.push(grant);
        self
    }

    /// Writes it as the newest sync of a file.
    pub(crate) fn seal(&self, file: &Path, sync_id: &str) {
        let at = Timestamp::from_second(self.ended).unwrap();
        let start = SyncStart {
            sync_id: sync_id.to_owned(),
            sync_type: self.sync_type.clone().unwrap_or(SyncType::Full),
            started_at: at,
        };
        let mut database = WorkingDatabase::create(&file.with_extension("work"), start).unwrap();
        let written: Result<(), c1z::Error> = database.transaction(|batch| {
            batch.put_resource_types(&self.types, at)?;
            batch.put_resources(&self.resources, at)?;
            batch.put_entitlements(&self.entitlements, at)?;
            batch.put_grants(&self.grants, at)?;
            if let Some((source, verified)) = self.report {
                let report = json!({
                    "source_id": source,
                    "source_name": format!("Workspace {source}"),
                    "completeness": { "verified": verified },
                });
                let report = report.to_string();
                batch.put_asset("sync-report.json", "application/json", report.as_bytes(), at)?;
            }
            Ok(())
        });
        written.unwrap();
        let mut options = SealOptions::new(file, at);
        options.invariants.clear();
        database.seal(&options, &mut |_| {}).unwrap();
    }
}

pub(crate) fn resource_type(id: &str, kind: Option<TraitKind>) -> ResourceType {
    ResourceType {
        id: ResourceTypeId::new(id),
        display_name: id.to_owned(),
        description: String::new(),
        traits: kind.into_iter().collect(),
        skip_entitlements_and_grants: false,
        annotations: Vec::new(),
    }
}

pub(crate) fn of(kind: &str, id: &str) -> ResourceId {
    ResourceId::new(ResourceTypeId::new(kind), id)
}

pub(crate) fn user_trait(resource: &mut Resource) -> &mut UserTrait {
    match &mut resource.traits[0] {
        ResourceTrait::User(user) => user,
        other => panic!("{other:?}"),
    }
}

/// Two worlds in two files.
pub(crate) struct Pair {
    _folder: TempDir,
    files: [C1zFile; 2],
}

impl Pair {
    pub(crate) fn new(old: &World, new: &World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |world: &World, name: &str| {
            let path = folder.path().join(format!("{name}.c1z"));
            world.seal(&path, &format!("sync-{name}"));
            C1zFile::open_in(&path, Limits::default(), folder.path()).unwrap()
        };
        let files = [file(old, "old"), file(new, "new")];
        Self { _folder: folder, files }
    }

    /// Compares them, the first with the second or the other way round, and looks at the comparison.
    pub(crate) fn compare<T>(
        &self,
        backwards: bool,
        options: Options,
        look: impl FnOnce(&Comparison<'_>) -> T,
    ) -> Result<T, Error> {
        let [old, new] = [usize::from(backwards), usize::from(!backwards)];
        let old = Snapshot::open(&self.files[old], &Selection::default())?;
        let new = Snapshot::open(&self.files[new], &Selection::default())?;
        let comparison = Comparison::new(&old, &new, options)?;
        Ok(look(&comparison))
    }
}

/// What differs between two worlds.
pub(crate) fn changes(old: &World, new: &World) -> Vec<Change> {
    let pair = Pair::new(old, new);
    pair.compare(false, Options::default(), |comparison| {
        comparison.changes().collect::<Result<Vec<_>, _>>().unwrap()
    })
    .unwrap()
}

/// The same as short lines: kind, id, the fields that differ, and notes.
pub(crate) fn lines(old: &World, new: &World) -> Vec<String> {
    changes(old, new).iter().map(line).collect()
}

pub(crate) fn line(change: &Change) -> String {
    let fields: Vec<_> = change.fields.iter().map(|field| field.field.as_str()).collect();
    let notes: Vec<_> = change.notes.iter().map(|note| format!("{:?}", note.code)).collect();
    format!("{} {} [{}] {}", change.kind, change.id, fields.join(" "), notes.join(" ")).trim_end().to_owned()
}
