//! Changes as events of the Open Cybersecurity Schema Framework, for SIEMs: one JSON object per line.
//!
//! The version followed is [`VERSION`]. Classes: Account Change (3001) for accounts, User Access Management (3005) for
//! what people are granted, Group Management (3006) for groups, who is in them and what they are granted, Entity
//! Management (3004) for everything else. When exactly something happened is not known: `start_time` and `end_time` are
//! the moments of the two syncs, and `time` is when it was seen. Who did it is not known either, so no actor is named.

use std::io::Write;

use governance_model::Timestamp;
use serde_json::{Map, Value, json};

use super::{Action, Change, Comparison, FieldChange, Thing};
use crate::rows::{Principal, Reference};
use crate::{Error, json_text};

/// The version of the schema that the events follow.
pub const VERSION: &str = "1.7.0";

/// The category of all classes here: Identity & Access Management.
const CATEGORY: u64 = 3;

/// A class of events.
#[derive(Clone, Copy)]
struct Class {
    uid: u64,
    name: &'static str,
}

const ACCOUNT_CHANGE: Class = Class { uid: 3001, name: "Account Change" };
const ENTITY: Class = Class { uid: 3004, name: "Entity Management" };
const USER_ACCESS: Class = Class { uid: 3005, name: "User Access Management" };
const GROUP: Class = Class { uid: 3006, name: "Group Management" };

/// What happened, in the words of a class.
#[derive(Clone, Copy)]
struct Activity {
    id: u64,
    name: &'static str,
}

const fn activity(id: u64, name: &'static str) -> Activity {
    Activity { id, name }
}

/// What no class has a number for.
const UPDATE: Activity = activity(99, "Update");

/// How much an event matters.
#[derive(Clone, Copy)]
enum Severity {
    Informational = 1,
    Low = 2,
    Medium = 3,
    High = 4,
}

/// An event before the parts that all have.
struct Event {
    class: Class,
    activity: Activity,
    severity: Severity,
    /// What it is about, under the names of its class.
    about: Map<String, Value>,
    /// The facts that it is made of.
    fields: Vec<FieldChange>,
}

impl Comparison<'_> {
    /// Writes the changes as events, one JSON object per line.
    ///
    /// # Errors
    /// When a file cannot be read on, or the output cannot be written.
    pub fn write_ocsf(&self, out: &mut dyn Write) -> Result<(), Error> {
        for change in self.changes() {
            for event in self.ocsf(&change?) {
                json_text::line(&mut *out, &event)?;
                out.write_all(b"\n")?;
            }
        }
        Ok(())
    }

    /// The events of one change; an account of which several things changed makes one for each kind of thing.
    pub fn ocsf(&self, change: &Change) -> Vec<Value> {
        let events = match change.kind.thing {
            Thing::User => account(change),
            Thing::Grant => vec![grant(change)],
            Thing::Group => vec![group(change)],
            Thing::Entitlement => vec![entity(change, &change.id, "entitlement", &change.what())],
            _ => {
                let resource = change.resource.as_ref();
                let kind = resource.map_or("resource", |resource| resource.kind.as_str());
                let name = resource.map_or(change.id.as_str(), |resource| resource.label());
                vec![entity(change, &change.id, kind, name)]
            }
        };
        events.into_iter().map(|event| self.whole(change, event)).collect()
    }

    fn whole(&self, change: &Change, event: Event) -> Value {
        let (old, new) = (&self.summary().old, &self.summary().new);
        let moments = [old, new].map(|side| side.ended_at.unwrap_or(side.started_at));
        let [first, last] = if moments[0] <= moments[1] { moments } else { [moments[1], moments[0]] };
        let Event { class, activity, severity, mut about, fields } = event;
        let uid = format!("{}/{}/{}/{}/{}", old.sync_id, new.sync_id, change.kind, change.id, activity.id);
        let mut metadata = json!({
            "version": VERSION,
            "uid": uid,
            "event_code": change.kind,
            "log_name": "diff",
            "product": {
                "name": "baton-clockify",
                "vendor_name": "baton-clockify",
                "version": env!("CARGO_PKG_VERSION"),
            },
        });
        if !new.source_id.is_empty() {
            metadata["tenant_uid"] = json!(new.source_id);
        }
        let common = json!({
            "category_uid": CATEGORY,
            "category_name": "Identity & Access Management",
            "class_uid": class.uid,
            "class_name": class.name,
            "activity_id": activity.id,
            "activity_name": activity.name,
            "type_uid": class.uid * 100 + activity.id,
            "type_name": format!("{}: {}", class.name, activity.name),
            "severity_id": severity as u64,
            "severity": severity.name(),
            "status_id": 1,
            "status": "Success",
            "time": milliseconds(last),
            "start_time": milliseconds(first),
            "end_time": milliseconds(last),
            "message": change.sentence(),
            "metadata": metadata,
            "unmapped": {
                "kind": change.kind,
                "id": change.id,
                "administrative": change.administrative,
                "entitlement": change.entitlement,
                "fields": fields,
                "consequence_of": change.consequence_of,
                "notes": change.notes,
                "old_sync": old.sync_id,
                "new_sync": new.sync_id,
            },
        });
        if let Value::Object(common) = common {
            about.extend(common);
        }
        Value::Object(about)
    }
}

impl Severity {
    fn name(self) -> &'static str {
        match self {
            Self::Informational => "Informational",
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }
}

/// What happened to an account: that it came or went, or one event for its state, one for its second factor and one for
/// everything else.
fn account(change: &Change) -> Vec<Event> {
    let Some(principal) = &change.principal else { return Vec::new() };
    let one = |activity: Activity, severity: Severity, fields: Vec<FieldChange>| {
        let mut about = Map::new();
        let (before, after) = (
            user(principal, &change.fields, Action::Removed),
            user(principal, &change.fields, Action::Added),
        );
        match change.kind.action {
            Action::Removed => about.insert("user".to_owned(), before),
            Action::Added => about.insert("user".to_owned(), after),
            Action::Changed => {
                about.insert("user".to_owned(), before);
                about.insert("user_result".to_owned(), after)
            }
        };
        Event { class: ACCOUNT_CHANGE, activity, severity, about, fields }
    };
    match change.kind.action {
        Action::Added => {
            return vec![one(activity(1, "Create"), Severity::Informational, change.fields.clone())];
        }
        Action::Removed => {
            return vec![one(activity(6, "Delete"), Severity::Informational, change.fields.clone())];
        }
        Action::Changed => {}
    }
    let plain = if change.administrative { Severity::Medium } else { Severity::Informational };
    let (mut events, mut rest) = (Vec::new(), Vec::new());
    for field in &change.fields {
        let found = match (field.field.as_str(), &field.old, &field.new) {
            ("status", _, Value::String(state)) => match state.as_str() {
                "enabled" => Some((activity(2, "Enable"), plain)),
                "disabled" => Some((activity(5, "Disable"), plain)),
                "deleted" => Some((activity(6, "Delete"), plain)),
                _ => None,
            },
            ("mfa", _, Value::Bool(true)) => Some((activity(10, "MFA Factor Enable"), plain)),
            ("mfa", Value::Bool(true), _) => {
                let severity = if change.administrative { Severity::High } else { Severity::Low };
                Some((activity(11, "MFA Factor Disable"), severity))
            }
            _ => None,
        };
        match found {
            Some((activity, severity)) => events.push(one(activity, severity, vec![field.clone()])),
            None => rest.push(field.clone()),
        }
    }
    if !rest.is_empty() {
        events.push(one(UPDATE, plain, rest));
    }
    events
}

fn grant(change: &Change) -> Event {
    let (is_added, is_changed) = (change.kind.action == Action::Added, change.kind.action == Action::Changed);
    let severity = match (change.administrative, change.kind.action) {
        (true, Action::Added) => Severity::High,
        (true, _) => Severity::Medium,
        (false, _) => Severity::Informational,
    };
    let choose = |added: Activity, removed: Activity| match () {
        () if is_changed => UPDATE,
        () if is_added => added,
        () => removed,
    };
    let mut about = Map::new();
    let principal = change.principal.as_ref();
    let permission = change.entitlement.as_ref().map_or("", |has| has.permission.as_str());
    let on_group = change.resource.as_ref().filter(|on| on.kind == "group" && permission == "member");
    let to_group = principal.is_some_and(|who| who.kind == "group");
    let user = principal.map(|who| user(who, &[], Action::Added)).unwrap_or_default();
    let class;
    let activity = if let Some(group) = on_group {
        class = GROUP;
        about.insert("group".to_owned(), thing(group, false));
        if to_group {
            about.insert("subgroup".to_owned(), principal.map(group_of).unwrap_or_default());
            choose(activity(7, "Add Subgroup"), activity(8, "Remove Subgroup"))
        } else {
            about.insert("user".to_owned(), user);
            choose(activity(3, "Add User"), activity(4, "Remove User"))
        }
    } else {
        about.insert("privileges".to_owned(), json!([change.what()]));
        let resource = change.resource.as_ref().map(|on| thing(on, true));
        if to_group {
            class = GROUP;
            about.insert("group".to_owned(), principal.map(group_of).unwrap_or_default());
            about.extend(resource.map(|on| ("resource".to_owned(), on)));
        } else {
            class = USER_ACCESS;
            about.insert("user".to_owned(), user);
            about.extend(resource.map(|on| ("resources".to_owned(), json!([on]))));
        }
        choose(activity(1, "Assign Privileges"), activity(2, "Revoke Privileges"))
    };
    Event { class, activity, severity, about, fields: change.fields.clone() }
}

fn group(change: &Change) -> Event {
    let mut about = Map::new();
    about.extend(change.resource.as_ref().map(|group| ("group".to_owned(), thing(group, false))));
    let activity = match change.kind.action {
        Action::Added => activity(6, "Create"),
        Action::Removed => activity(5, "Delete"),
        Action::Changed => UPDATE,
    };
    Event { class: GROUP, activity, severity: Severity::Informational, about, fields: change.fields.clone() }
}

fn entity(change: &Change, uid: &str, kind: &str, name: &str) -> Event {
    let mut about = Map::new();
    about.insert("entity".to_owned(), json!({ "uid": uid, "name": name, "type": kind, "type_id": 99 }));
    let activity = match change.kind.action {
        Action::Added => activity(1, "Create"),
        Action::Changed => activity(3, "Update"),
        Action::Removed => activity(4, "Delete"),
    };
    let severity = if change.administrative { Severity::Medium } else { Severity::Informational };
    Event { class: ENTITY, activity, severity, about, fields: change.fields.clone() }
}

/// An account with the values that changed facts have on one side.
fn user(principal: &Principal, fields: &[FieldChange], side: Action) -> Value {
    let on_side = |name: &str| {
        let field = fields.iter().find(|field| field.field == name)?;
        Some(if side == Action::Removed { field.old.clone() } else { field.new.clone() })
    };
    let mut user = Map::new();
    user.insert("uid".to_owned(), json!(principal.id));
    let text = |name: &str, now: &str| on_side(name).unwrap_or_else(|| json!(now));
    let parts = [
        ("name", text("name", principal.label())),
        ("email_addr", text("email", &principal.email)),
        ("has_mfa", on_side("mfa").unwrap_or_default()),
    ];
    for (name, value) in parts {
        if !value.is_null() && value != "" {
            user.insert(name.to_owned(), value);
        }
    }
    user.insert("type".to_owned(), json!("User"));
    user.insert("type_id".to_owned(), json!(1));
    Value::Object(user)
}

fn group_of(principal: &Principal) -> Value {
    json!({ "uid": principal.id, "name": principal.label(), "type": principal.kind })
}

/// A resource as the schema's group or, with `details`, as a resource.
fn thing(resource: &Reference, details: bool) -> Value {
    let uid = if details { format!("{}:{}", resource.kind, resource.id) } else { resource.id.clone() };
    json!({ "uid": uid, "name": resource.label(), "type": resource.kind })
}

fn milliseconds(at: Timestamp) -> i64 {
    at.as_millisecond()
}
