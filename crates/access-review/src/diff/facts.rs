//! The facts about a thing that are compared, under the names that changes give them.

use std::collections::BTreeMap;

use governance_model::{
    Annotation, Entitlement, EntitlementId, Grant, Profile, Purpose, Resource, ResourceId, ResourceTrait,
    ResourceTypeId, Timestamp, UserTrait,
};
use serde_json::{Value, json};

use super::{FieldChange, noise};
use crate::rows::{GrantRow, StateName};
use crate::{Error, Snapshot};

/// The order of facts in a change; profile, metadata and annotations follow by name.
const ORDER: [&str; 28] = [
    "name",
    "email",
    "other_emails",
    "login",
    "login_aliases",
    "status",
    "status_reason",
    "mfa",
    "sso",
    "account_type",
    "structured_name",
    "employee_ids",
    "description",
    "parent",
    "traits",
    "created_at",
    "permission",
    "purpose",
    "grantable_to",
    "principal",
    "entitlement",
    "resource",
    "direct",
    "through",
    "scopes",
    "inherited_by",
    "inherited_by_direct_only",
    "immutable",
];

/// A fact: what decides whether it is the same, and what is shown of it.
#[derive(Debug, PartialEq)]
struct Fact {
    same: Value,
    shown: Value,
}

/// Facts by their place in the order and their name.
#[derive(Debug, Default)]
pub(super) struct Facts(BTreeMap<(usize, String), Fact>);

impl Facts {
    /// Of a resource. With `roles`, the roles in the profile are left to the grants as far as they are roles there.
    pub(super) fn of_resource(
        snapshot: &Snapshot<'_>,
        resource: &Resource,
        roles: bool,
    ) -> Result<Self, Error> {
        let mut facts = Self::default();
        facts.text("name", &resource.display_name);
        facts.text("description", &resource.description);
        if let Some(status) = &resource.status {
            facts.put("status", StateName(status.state).as_str());
            facts.text("status_reason", &status.details);
        }
        facts.time("created_at", resource.created_at);
        if let Some(parent) = &resource.parent {
            facts.put("parent", parent.store_key());
        }
        let mut traits = Vec::new();
        for found in &resource.traits {
            traits.push(match found {
                ResourceTrait::User(user) => {
                    facts.user(user);
                    "user"
                }
                ResourceTrait::Group => "group",
                ResourceTrait::Role => "role",
            });
        }
        facts.list("traits", traits);
        facts.profile("profile", &resource.profile);
        if roles {
            facts.leave_roles_to_grants(snapshot)?;
        }
        facts.annotations(&resource.annotations);
        Ok(facts)
    }

    fn user(&mut self, user: &UserTrait) {
        let email = crate::rows::email(user);
        self.text("email", &email);
        let others = user.emails.iter().map(|email| email.address.as_str());
        self.list("other_emails", others.filter(|other| *other != email));
        self.text("login", user.login.as_deref().unwrap_or_default());
        self.list("login_aliases", user.login_aliases.iter().map(String::as_str));
        if user.account_type != governance_model::AccountType::Unspecified {
            self.put("account_type", format!("{:?}", user.account_type).to_lowercase());
        }
        if let Some(mfa) = user.mfa_enabled {
            self.put("mfa", mfa);
        }
        if let Some(sso) = user.sso_enabled {
            self.put("sso", sso);
        }
        if let Some(name) = &user.structured_name {
            self.put("structured_name", serde_json::to_value(name).unwrap_or_default());
        }
        self.list("employee_ids", user.employee_ids.iter().map(String::as_str));
    }

    /// A role that the file has as a resource is compared by its grants. What it has not, such as a code that this program
    /// does not know, shows in the profile only.
    fn leave_roles_to_grants(&mut self, snapshot: &Snapshot<'_>) -> Result<(), Error> {
        let is_role = |name: &str| -> Result<bool, Error> {
            let id = ResourceId::new(ResourceTypeId::from_static("role"), name);
            Ok(snapshot.names.resource(snapshot.view(), &id)?.exists)
        };
        if let Some(fact) = self.get_mut("profile.workspace_role")
            && let Value::String(role) = &fact.shown
            && (role == "regular" || is_role(role)?)
        {
            fact.same = Value::Null;
        }
        if let Some(fact) = self.get_mut("profile.workspace_roles")
            && let Value::Array(roles) = &fact.shown
        {
            let mut rest = Vec::new();
            for role in roles {
                match role {
                    Value::String(name) if is_role(name)? => {}
                    other => rest.push(other.clone()),
                }
            }
            fact.same = if rest.is_empty() { Value::Null } else { Value::Array(rest) };
        }
        Ok(())
    }

    /// Of an entitlement.
    pub(super) fn of_entitlement(entitlement: &Entitlement) -> Self {
        let mut facts = Self::default();
        facts.text("name", &entitlement.display_name);
        facts.text("description", &entitlement.description);
        facts.text("permission", &entitlement.slug);
        facts.put("resource", entitlement.resource.store_key());
        if entitlement.purpose != Purpose::Unspecified {
            facts.put("purpose", format!("{:?}", entitlement.purpose).to_lowercase());
        }
        facts.list("grantable_to", entitlement.grantable_to.iter().map(|of| of.id.as_str()));
        facts.flag("immutable", entitlement.immutable);
        facts.annotations(&entitlement.annotations);
        facts
    }

    /// Of a grant and its row.
    pub(super) fn of_grant(grant: &Grant, row: &GrantRow) -> Self {
        let mut facts = Self::default();
        facts.put("principal", grant.principal.store_key());
        facts.put("entitlement", grant.entitlement.as_str());
        facts.put("resource", grant.resource.store_key());
        facts.put("direct", row.direct);
        if !row.through.is_empty() {
            let mut through: Vec<_> = row.through.iter().collect();
            through.sort_by(|a, b| a.entitlement.cmp(&b.entitlement));
            let same = through.iter().map(|source| json!([source.entitlement, source.direct])).collect();
            let shown = through.iter().map(|source| json!(source.resource)).collect();
            facts.fact("through", Value::Array(same), Value::Array(shown));
        }
        if !row.scopes.is_empty() {
            let mut scopes = row.scopes.clone();
            scopes.sort();
            scopes.dedup_by(|a, b| a.kind == b.kind && a.id == b.id);
            let same = scopes.iter().map(|scope| json!([scope.kind, scope.id])).collect();
            facts.fact("scopes", Value::Array(same), json!(scopes));
        }
        if let Some(expandable) = &grant.details().expandable {
            facts.list("inherited_by", expandable.entitlements.iter().map(EntitlementId::as_str));
            facts.flag("inherited_by_direct_only", expandable.shallow);
        }
        facts.flag("immutable", grant.details().immutable);
        let metadata = grant.details().metadata.iter().filter(|(key, _)| *key != "scopes");
        facts.profile("metadata", &metadata.map(|(key, value)| (key.clone(), value.clone())).collect());
        facts.annotations(&grant.details().annotations);
        facts
    }

    fn profile(&mut self, prefix: &str, profile: &Profile) {
        for (key, value) in profile {
            if !noise::is_noisy_key(key) {
                // A number that JSON cannot say is nothing.
                let value = serde_json::to_value(value).unwrap_or_default();
                self.put(&format!("{prefix}.{key}"), ordered(value));
            }
        }
    }

    /// Annotations that nobody here reads, as hexadecimal digits: that they differ is all that can be said.
    fn annotations(&mut self, annotations: &[Annotation]) {
        let mut by_message = BTreeMap::<&str, Vec<Value>>::new();
        for annotation in annotations {
            let message = annotation.type_url.rsplit('/').next().unwrap_or_default();
            if !noise::is_noisy_annotation(message) {
                by_message.entry(message).or_default().push(hexadecimal(&annotation.value).into());
            }
        }
        for (message, values) in by_message {
            self.put(&format!("annotation.{message}"), ordered(Value::Array(values)));
        }
    }

    fn text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.put(name, text);
        }
    }

    fn flag(&mut self, name: &str, set: bool) {
        if set {
            self.put(name, true);
        }
    }

    fn time(&mut self, name: &str, at: Option<Timestamp>) {
        if let Some(at) = at {
            self.put(name, at.to_string());
        }
    }

    fn list<'a>(&mut self, name: &str, items: impl IntoIterator<Item = &'a str>) {
        let items: Vec<Value> = items.into_iter().map(Value::from).collect();
        if !items.is_empty() {
            self.put(name, ordered(Value::Array(items)));
        }
    }

    fn put(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        self.fact(name, value.clone(), value);
    }

    fn fact(&mut self, name: &str, same: Value, shown: Value) {
        self.0.insert(key(name), Fact { same, shown });
    }

    fn get_mut(&mut self, name: &str) -> Option<&mut Fact> {
        self.0.get_mut(&key(name))
    }

    /// Whether an attribute of the profile is true.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.0.get(&key(name)).is_some_and(|fact| fact.shown == Value::Bool(true))
    }

    /// What differs; a side that does not have the thing has no facts.
    pub(super) fn differences(old: Option<Self>, new: Option<Self>) -> Vec<FieldChange> {
        let mut pairs = BTreeMap::<(usize, String), [Option<Fact>; 2]>::new();
        for (side, facts) in [old, new].into_iter().enumerate() {
            for (key, fact) in facts.into_iter().flat_map(|facts| facts.0) {
                pairs.entry(key).or_default()[side] = Some(fact);
            }
        }
        let differs = |[old, new]: &[Option<Fact>; 2]| match (old, new) {
            (Some(old), Some(new)) => old.same != new.same && old.shown != new.shown,
            (Some(fact), None) | (None, Some(fact)) => !fact.same.is_null(),
            (None, None) => false,
        };
        let shown = |fact: Option<Fact>| fact.map(|fact| fact.shown).unwrap_or_default();
        pairs
            .into_iter()
            .filter(|(_, pair)| differs(pair))
            .map(|((_, field), [old, new])| FieldChange { field, old: shown(old), new: shown(new) })
            .collect()
    }
}

fn key(name: &str) -> (usize, String) {
    let place = ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
    (place, name.to_owned())
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from_digit(u32::from(four), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The value with every list in it in one order, and without attributes that are noise.
fn ordered(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(ordered).collect();
            items.sort_by_cached_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .filter(|(key, _)| !noise::is_noisy_key(key))
                .map(|(key, value)| (key, ordered(value)))
                .collect(),
        ),
        plain => plain,
    }
}
