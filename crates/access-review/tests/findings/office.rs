//! A workspace in order, to be put out of order by each test, and the way from it to findings.

use std::path::PathBuf;
use std::sync::Mutex;

use access_review::findings::{Assessment, Identities, Options, Overrides, Rule, Severity, evaluate};
use access_review::{Selection, Snapshot};
use c1z::{C1zFile, Limits};
use clockify_api::{ApiKey, BaseUrl, Client, Pace};
use clockify_connector::{ClockifyConnector, Settings};
use clockify_sim::{
    AccountStatus, Content, FixedWorkspace, MembershipStatus, RoleCode, SimGroup, SimProject, SimScope,
    SimSettings, SimUser, SimWorkspace, Simulator,
};
use governance_model::Timestamp;
use sync_engine::{C1zStores, Clock, NoObserver, Options as SyncOptions};
use tempfile::TempDir;

/// When the first sync is made, and everything is judged, if a test says nothing else.
pub(crate) const TODAY: &str = "2026-03-02T08:00:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An id as Clockify makes them, of an account that was made on a day.
pub(crate) fn id(day: &str, number: u32) -> String {
    format!("{:08x}{number:016x}", at(&format!("{day}T12:00:00Z")).as_second())
}

/// The person with a number: in use, with a second factor, since 2024.
pub(crate) fn person(number: u32) -> SimUser {
    let mut user =
        SimUser::new(who(number), format!("Person {number}"), format!("person{number}@acme.example"));
    user.settings = Some(SimSettings { multi_factor_enabled: true, ..SimSettings::default() });
    user
}

/// The id of the person with a number.
pub(crate) fn who(number: u32) -> String {
    id("2024-05-06", number)
}

/// The person with a number as an administrator.
pub(crate) fn admin(number: u32) -> SimUser {
    person(number).with_role(RoleCode::Admin, SimScope::Workspace)
}

/// A person who was invited, on a day at the latest, and has not come.
pub(crate) fn invited(day: &str, number: u32) -> SimUser {
    let mut user = person(number).with_statuses(AccountStatus::NotRegistered, MembershipStatus::Pending);
    user.id = id(day, number);
    (user.name, user.settings) = (None, None);
    user
}

/// Owner 1 and administrator 2, who made the key; people 3 to 11, of whom 3 manages one group of five; as many projects.
pub(crate) fn office() -> FixedWorkspace {
    let mut office =
        FixedWorkspace::with_owner(SimWorkspace::new("600525a3f5d05a2d97000000", "Acme"), person(1));
    office.users.push(admin(2));
    office.key_owner = 1;
    office.users.extend((3..=11).map(person));
    for group in 1..=5 {
        let (name, members) = (format!("Group {group}"), [who(group + 3), who(group + 4)]);
        office.groups.push(SimGroup::new(id("2024-06-01", group), name, members));
        office.projects.push(SimProject::new(
            id("2024-07-01", group),
            format!("Project {group}"),
            [who(group + 3)],
        ));
    }
    office.users[2].roles.push(managed(RoleCode::TeamManager, SimScope::Group(id("2024-06-01", 1))));
    office.users[3].roles.push(managed(RoleCode::ProjectManager, SimScope::Project(id("2024-07-01", 1))));
    office
}

pub(crate) fn managed(role: RoleCode, scope: SimScope) -> clockify_sim::SimRole {
    clockify_sim::SimRole { role, scope }
}

/// One c1z, and the syncs in it.
pub(crate) struct File {
    folder: TempDir,
    now: Mutex<Timestamp>,
    pub(crate) projects: bool,
}

impl Clock for File {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }
}

impl File {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), now: Mutex::new(at(TODAY)), projects: true }
    }

    /// A file with one sync.
    pub(crate) async fn of(content: impl Content) -> Self {
        let file = Self::new();
        file.sync(content, TODAY).await;
        file
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("sync.c1z")
    }

    /// Syncs a workspace into the file, at a moment, with the real connector and engine.
    pub(crate) async fn sync(&self, content: impl Content, moment: &str) {
        *self.now.lock().unwrap() = at(moment);
        let simulator = Simulator::builder(content).start().await.unwrap();
        let client = Client::builder(ApiKey::new(simulator.api_key()).unwrap())
            .base_url(BaseUrl::parse(&simulator.base_url()).unwrap())
            .pace(Pace::unlimited())
            .build()
            .unwrap();
        let settings = Settings { page_size: 200, projects: self.projects };
        let connector = ClockifyConnector::new(client, simulator.workspace_id().parse().unwrap(), settings);
        let stores = C1zStores::lock(&self.path()).unwrap();
        sync_engine::sync(&connector, &stores, self, &SyncOptions::default(), &NoObserver).await.unwrap();
    }

    /// What the rules say about its newest sync.
    pub(crate) fn judged(&self, options: &Options) -> Assessment {
        let file = C1zFile::open(&self.path(), Limits::default()).unwrap();
        evaluate(&Snapshot::open(&file, &Selection::default()).unwrap(), options).unwrap()
    }
}

/// The usual options.
pub(crate) fn options() -> Options {
    Options::new(at(TODAY))
}

/// The usual options with one rule alone.
pub(crate) fn only(rule: Rule) -> Options {
    Options { rules: vec![rule], ..options() }
}

/// The usual options with an identity list and overrides; no overrides when empty.
pub(crate) fn listed(list: &str, overrides: &str) -> Options {
    let list = Identities::read(list.as_bytes()).unwrap();
    let overrides = Overrides::read(overrides.as_bytes()).unwrap();
    Options { identities: Some(list.with_overrides(overrides)), ..options() }
}

/// A list on which everybody of the office is, but not these.
pub(crate) fn everybody_but(missing: &[u32]) -> String {
    let people = (1..=11).filter(|number| !missing.contains(number));
    let rows: Vec<_> = people.map(|number| format!("person{number}@acme.example,active")).collect();
    format!("email,status\n{}\n", rows.join("\n"))
}

/// What was found, as `severity rule/case: ids`.
pub(crate) fn found(assessment: &Assessment) -> Vec<String> {
    let findings = assessment.findings.iter().map(|finding| {
        let ids: Vec<_> = finding.evidence.iter().map(|row| row.subject.id.as_str()).collect();
        format!("{} {}: {}", finding.severity, finding.key(), ids.join(" "))
    });
    findings.collect()
}

/// The one finding with this key.
#[track_caller]
pub(crate) fn detail(assessment: &Assessment, key: &str) -> String {
    let finding = assessment.findings.iter().find(|finding| finding.key() == key);
    let finding = finding.unwrap_or_else(|| panic!("no {key} in {:?}", found(assessment)));
    assert_eq!(finding.evidence.len(), 1, "{:?}", finding.evidence);
    finding.evidence[0].detail.clone()
}

/// As [`found`] writes it.
pub(crate) fn line(severity: Severity, key: &str, ids: &[String]) -> String {
    format!("{severity} {key}: {}", ids.join(" "))
}
