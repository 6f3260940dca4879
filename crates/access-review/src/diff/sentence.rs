//! Changes in words: for tables, messages and pages. What is written here is raw; whoever prints it defuses it.

use serde_json::Value;

use super::{Action, Cause, Change, FieldChange, Thing};
use crate::rows::Reference;

/// The parts that tell most about a thing that came or went.
const BRIEF: [&str; 6] = ["status", "status_reason", "mfa", "direct", "through", "scopes"];

impl Change {
    /// One sentence about it, without a full stop, such as `Ann Lee joined group Engineering`.
    pub fn sentence(&self) -> String {
        let what = self.what();
        match (self.kind.thing, self.kind.action) {
            (Thing::Grant, action) => self.grant_sentence(action),
            (_, Action::Added) => format!("{what} is new"),
            (_, Action::Removed) => format!("{what} is gone"),
            (_, Action::Changed) => format!("{what} changed: {}", self.differences()),
        }
    }

    fn grant_sentence(&self, action: Action) -> String {
        let who = self.who();
        let permission = self.entitlement.as_ref().map_or("", |entitlement| entitlement.permission.as_str());
        let on = self.resource.as_ref().map(label).unwrap_or_default();
        let is_group = self.resource.as_ref().is_some_and(|resource| resource.kind == "group");
        match (action, permission) {
            (Action::Added, "assigned") => format!("{who} got {on}"),
            (Action::Removed, "assigned") => format!("{who} lost {on}"),
            (Action::Added, "member") if is_group => format!("{who} joined {on}"),
            (Action::Removed, "member") if is_group => format!("{who} left {on}"),
            (Action::Added, _) => format!("{who} became {permission} of {on}"),
            (Action::Removed, _) => format!("{who} is no longer {permission} of {on}"),
            (Action::Changed, _) => {
                format!("{who} has {} in another way: {}", self.permission(), self.differences())
            }
        }
    }

    /// Who it is about: name, else address, else id; empty for what concerns no principal.
    pub fn who(&self) -> &str {
        self.principal.as_ref().map_or("", |principal| principal.label())
    }

    /// What it is about: the account, the resource, or what is granted on what.
    pub fn what(&self) -> String {
        match self.kind.thing {
            Thing::Grant | Thing::Entitlement => self.permission(),
            Thing::User => format!("account {}", self.who()),
            _ => self.resource.as_ref().map(label).unwrap_or_default(),
        }
    }

    /// What is granted on what, such as `role Owner` or `member of group Engineering`.
    fn permission(&self) -> String {
        let on = self.resource.as_ref().map(label).unwrap_or_default();
        match self.entitlement.as_ref() {
            Some(entitlement) if entitlement.permission == "assigned" => on,
            Some(entitlement) if entitlement.permission.is_empty() => {
                format!("{} of {on}", entitlement.id)
            }
            Some(entitlement) => format!("{} of {on}", entitlement.permission),
            None => on,
        }
    }

    /// What it follows from, in a few words.
    pub fn because(&self) -> Option<String> {
        let principal = self.principal.as_ref().map(|principal| match principal.kind.as_str() {
            "user" => "account",
            other => other,
        });
        let resource = self.resource.as_ref().map(|resource| resource.kind.as_str());
        Some(match self.consequence_of? {
            Cause::PrincipalAdded => format!("the {} is new", principal?),
            Cause::PrincipalRemoved => format!("the {} is gone", principal?),
            Cause::ResourceAdded => format!("the {} is new", resource?),
            Cause::ResourceRemoved => format!("the {} is gone", resource?),
        })
    }

    /// What differs, as `status: enabled → disabled; mfa: yes → no`.
    pub fn differences(&self) -> String {
        let parts = self
            .fields
            .iter()
            .map(|field| format!("{}: {} → {}", field.field, shown(&field.old), shown(&field.new)));
        parts.collect::<Vec<_>>().join("; ")
    }

    /// The facts of one side, as `status: enabled; mfa: yes`; facts that side does not have are left out.
    pub(super) fn facts(&self, side: Action) -> String {
        let parts = self.fields.iter().filter_map(|field| {
            let value = if side == Action::Removed { &field.old } else { &field.new };
            (!value.is_null()).then(|| format!("{}: {}", field.field, shown(value)))
        });
        parts.collect::<Vec<_>>().join("; ")
    }

    /// The facts of something that came or went that tell most, in few words.
    pub(crate) fn brief(&self) -> String {
        let value = |name: &str| {
            let field = self.fields.iter().find(|field| field.field == name)?;
            Some(if field.new.is_null() { &field.old } else { &field.new })
        };
        let is_enabled = value("status").is_some_and(|state| state == "enabled");
        let mut parts = Vec::new();
        for name in BRIEF {
            let Some(value) = value(name) else { continue };
            match (name, value) {
                // Why somebody may not sign in is worth the room, why somebody may is not.
                ("status_reason", _) if is_enabled => {}
                ("mfa", Value::Bool(on)) => {
                    parts.push(format!("second factor {}", if *on { "on" } else { "off" }));
                }
                ("direct", Value::Bool(true)) => parts.push("direct".to_owned()),
                ("direct", _) => {}
                ("through", through) => parts.push(format!("through {}", shown(through))),
                ("scopes", scopes) => parts.push(format!("over {}", shown(scopes))),
                (_, value) => parts.push(shown(value)),
            }
        }
        parts.join(", ")
    }
}

fn label(resource: &Reference) -> String {
    format!("{} {}", resource.kind.replace('-', " "), resource.label())
}

/// The two sides of a fact for people. Of lists, what only one side has, and how much both have.
pub(crate) fn sides(field: &FieldChange) -> [String; 2] {
    let (Value::Array(old), Value::Array(new)) = (&field.old, &field.new) else {
        return [&field.old, &field.new]
            .map(|value| if value.is_null() { "-".to_owned() } else { shown(value) });
    };
    let both = old.iter().filter(|item| new.contains(item)).count();
    [(old, new), (new, old)].map(|(here, there)| {
        let only = here.iter().filter(|item| !there.contains(item)).map(shown);
        only.chain((both > 0).then(|| format!("{both} in both"))).collect::<Vec<_>>().join("; ")
    })
}

/// A value for people: yes and no, lists with semicolons, things by type and name.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join("; "),
        Value::Object(fields) => {
            let text = |key: &str| fields.get(key).and_then(Value::as_str);
            match (text("type"), text("id"), text("name")) {
                (Some(kind), Some(id), Some("")) => format!("{kind} {id}"),
                (Some(kind), Some(_), Some(name)) => format!("{kind} {name}"),
                _ => value.to_string(),
            }
        }
    }
}
