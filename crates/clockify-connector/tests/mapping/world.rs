//! Workspaces to read, made of JSON, and the questions that tests ask of the result.

use clockify_connector::{GROUP, PROJECT, ROLE, Settings, USER};
use governance_model::{Resource, ResourceId, ResourceTypeId, Scope, State, UserTrait};
use serde_json::{Value, json};

use crate::render;
use crate::seam::{self, Read, WORKSPACE};
use crate::server::{Answer, Script, Server};

/// The key's own user, who is the workspace's owner.
pub(crate) const OWNER: &str = "66b0c1d2e4f5a6978812aa01";
/// The owner's name.
pub(crate) const CAST: &str = "Olga Owner";
/// Whom most cases are about.
pub(crate) const ANNA: &str = "66b0c1d2e4f5a6978812aa02";
/// Somebody else.
pub(crate) const BEN: &str = "66b0c1d2e4f5a6978812aa03";
/// In no list at all.
pub(crate) const GHOST: &str = "66b0c1d2e4f5a6978812ffff";
/// A group.
pub(crate) const CREW: &str = "66c10000000000000000b101";
/// A project.
pub(crate) const APOLLO: &str = "66d20000000000000000c201";
/// A workspace that is not read.
pub(crate) const ELSEWHERE: &str = "5f0e3c9a1b2c3d4e5f607100";

/// What the server will say.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) me: Value,
    pub(crate) workspace: Value,
    pub(crate) users: Vec<Value>,
    pub(crate) groups: Vec<Value>,
    pub(crate) projects: Vec<Value>,
}

impl World {
    /// The owner, whose key is used, and these members, all of them active on the workspace's list.
    pub(crate) fn of(members: impl IntoIterator<Item = Value>) -> Self {
        let owner = json!({
            "id": OWNER, "email": "owner@nordlicht.example", "name": CAST, "status": "ACTIVE",
            "memberships": [membership(OWNER, WORKSPACE, "WORKSPACE", "ACTIVE")],
            "roles": [role("WORKSPACE_OWN", &[entity(WORKSPACE)])],
        });
        let mut users = vec![owner.clone()];
        users.extend(members);
        let ids = users.iter().filter_map(|user| user["id"].as_str());
        let memberships: Vec<Value> =
            ids.map(|id| membership(id, WORKSPACE, "WORKSPACE", "ACTIVE")).collect();
        let workspace = json!({"id": WORKSPACE, "name": "Nordlicht", "memberships": memberships});
        Self { me: owner, workspace, users, groups: Vec::new(), projects: Vec::new() }
    }

    pub(crate) fn with_groups(mut self, groups: impl IntoIterator<Item = Value>) -> Self {
        self.groups.extend(groups);
        self
    }

    pub(crate) fn with_projects(mut self, projects: impl IntoIterator<Item = Value>) -> Self {
        self.projects.extend(projects);
        self
    }

    /// Says what the workspace's own list has of a member, instead of `ACTIVE`; an empty status takes them off it.
    pub(crate) fn listing(mut self, id: &str, status: &str) -> Self {
        let list = self.workspace["memberships"].as_array_mut().unwrap();
        list.retain(|entry| entry["userId"] != id);
        if !status.is_empty() {
            list.push(membership(id, WORKSPACE, "WORKSPACE", status));
        }
        self
    }

    pub(crate) fn script(&self) -> Script {
        let workspace = format!("/workspaces/{WORKSPACE}");
        let mut script = Script::new();
        script.insert("/user".to_owned(), Answer::json(self.me.clone()));
        for (list, rows) in
            [("users", &self.users), ("user-groups", &self.groups), ("projects", &self.projects)]
        {
            script.insert(format!("{workspace}/{list}"), Answer::json(Value::Array(rows.clone())));
        }
        script.insert(workspace, Answer::json(self.workspace.clone()));
        script
    }
}

/// Reads a workspace whole, holds it against what always holds, and compares it with the snapshot of that name.
pub(crate) async fn check(name: &str, world: World) -> Read {
    let read = look(&world).await;
    render::snapshot(name, &read);
    read
}

/// As [`check`], without a snapshot.
pub(crate) async fn look(world: &World) -> Read {
    look_in(world, &Scope::default()).await
}

/// As [`look`], for some resource types only.
pub(crate) async fn look_in(world: &World, scope: &Scope) -> Read {
    let server = Server::start(world.script());
    let settings = Settings { page_size: 3, projects: true };
    let read = seam::read(&seam::connector(&server.url(), settings), scope).await.unwrap();
    render::hold(&read);
    assert_eq!(read.contradicted, 0, "one fact is told in one way");
    read
}

/// Only these resource types.
pub(crate) fn scope(types: &[ResourceTypeId]) -> Scope {
    Scope { resource_types: Some(types.iter().cloned().collect()) }
}

impl Read {
    pub(crate) fn user(&self, id: &str) -> &Resource {
        &self.resources[&ResourceId::new(USER, id)]
    }

    pub(crate) fn state(&self, id: &str) -> (State, &str) {
        let status = self.user(id).status.as_ref().unwrap();
        (status.state, &status.details)
    }

    pub(crate) fn account(&self, id: &str) -> &UserTrait {
        self.user(id).user().unwrap()
    }

    /// A profile entry as JSON; `null` when there is none.
    pub(crate) fn profile(&self, id: &str, key: &str) -> Value {
        serde_json::to_value(self.user(id).profile.get(key)).unwrap()
    }

    pub(crate) fn stand_in_of(&self, id: &str) -> &Resource {
        &self.stand_ins[&ResourceId::new(USER, id)]
    }

    /// The ids of everybody's grants but the owner's.
    pub(crate) fn grant_ids(&self) -> Vec<&str> {
        let mine = format!(":user:{OWNER}");
        self.grants.keys().map(String::as_str).filter(|id| !id.ends_with(&mine)).collect()
    }

    /// The scopes in a role grant's metadata, as JSON.
    pub(crate) fn scopes(&self, role: &str, user: &str) -> Value {
        let grant = &self.grants[&role_grant(role, user)];
        serde_json::to_value(grant.details().metadata.get("scopes")).unwrap()
    }

    pub(crate) fn drops(&self, reason: &str) -> u64 {
        self.dropped.get(reason).copied().unwrap_or_default()
    }
}

/// Ids as the Go SDK joins them, written out so that the tests do not join them by the code under test.
pub(crate) fn role_grant(role: &str, user: &str) -> String {
    format!("{ROLE}:{role}:assigned:user:{user}")
}
pub(crate) fn group_grant(slug: &str, group: &str, user: &str) -> String {
    format!("{GROUP}:{group}:{slug}:user:{user}")
}
pub(crate) fn project_grant(slug: &str, project: &str, principal: &str) -> String {
    format!("{PROJECT}:{project}:{slug}:{principal}")
}

/// An active member without roles; `changes` replaces or adds fields.
pub(crate) fn person(id: &str, changes: Value) -> Value {
    let mut user = json!({
        "id": id, "email": "anna@nordlicht.example", "name": "Anna Berg", "status": "ACTIVE",
        "memberships": [membership(id, WORKSPACE, "WORKSPACE", "ACTIVE")],
        "settings": {"timeZone": "Europe/Berlin", "multiFactorEnabled": true}, "customFields": [], "roles": [],
    });
    let Value::Object(changes) = changes else { panic!("changes are fields") };
    user.as_object_mut().unwrap().extend(changes);
    user
}

pub(crate) fn anna(changes: Value) -> Value {
    person(ANNA, changes)
}

pub(crate) fn ben() -> Value {
    person(BEN, json!({"name": "Ben", "email": "ben@nordlicht.example"}))
}

pub(crate) fn membership(user: &str, target: &str, kind: &str, status: &str) -> Value {
    json!({
        "userId": user, "hourlyRate": null, "costRate": null, "targetId": target, "membershipType": kind,
        "membershipStatus": status,
    })
}

pub(crate) fn role(code: &str, entities: &[Value]) -> Value {
    json!({"role": code, "formatterRoleName": "Admin", "entities": entities})
}

pub(crate) fn entity(id: &str) -> Value {
    json!({"id": id, "name": "", "source": null})
}

pub(crate) fn entity_through(id: &str, group: &str) -> Value {
    json!({"id": id, "name": "", "source": {"id": group, "type": "USER_GROUP"}})
}

pub(crate) fn group(id: &str, members: &[&str], managers: &[&str]) -> Value {
    let managers: Vec<Value> = managers.iter().map(|id| json!({"id": id, "name": "M"})).collect();
    json!({"id": id, "name": "Crew", "workspaceId": WORKSPACE, "userIds": members, "teamManagers": managers})
}

pub(crate) fn project(id: &str, memberships: &[Value]) -> Value {
    json!({
        "id": id, "name": "Apollo", "clientName": "ACME", "workspaceId": WORKSPACE, "archived": false,
        "public": false, "template": false, "memberships": memberships,
    })
}

pub(crate) fn project_member(id: &str, status: &str) -> Value {
    membership(id, APOLLO, "PROJECT", status)
}

/// A sample body.
pub(crate) fn sample(name: &str) -> Value {
    let path = format!("{}/../../fixtures/clockify/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The rows of a sample body that is a list.
pub(crate) fn rows(name: &str) -> Vec<Value> {
    sample(name).as_array().unwrap().clone()
}
