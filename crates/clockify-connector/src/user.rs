//! A member of the workspace becomes a `user` resource; the roles that come with it become grants.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use clockify_api::ObjectId;
use clockify_api::model::{CustomFieldValue, User};
use governance_model::{
    AccountType, Email, Page, Profile, Resource, ResourceId, ResourceTrait, State, Status, Timestamp,
    UserTrait, Value,
};

use crate::catalog::USER;
use crate::context::{Context, Drops};
use crate::{role, status, text};

/// Adds a member to a page.
pub(crate) fn add(user: &User, context: &Context<'_>, page: &mut Page, drops: &mut Drops) {
    let roles = role::held(user, context, drops);
    page.facts.resources.push(resource(user, &roles, context, drops));
    role::add_grants(&user.id, &roles, context, page);
}

fn resource(user: &User, roles: &role::Held, context: &Context<'_>, drops: &mut Drops) -> Resource {
    let id = ResourceId::new(USER, user.id.as_str());
    let email = user.email.as_deref().filter(|address| !address.trim().is_empty());
    let name = text::first_of(&[user.name.as_deref(), email], &user.id);
    let membership = status::membership(user, context, drops);
    let mfa = user.settings.as_ref().and_then(|settings| settings.multi_factor_enabled);

    let mut resource = Resource::new(id, text::clip(name, text::MAX_NAME_BYTES));
    resource.status = Some(status::of(user.status.as_ref(), membership.as_ref()));
    resource.created_at = created_at(&user.id);

    let (given, family) = text::split_name(user.name.as_deref().unwrap_or_default());
    let profile = &mut resource.profile;
    // The official CSV export reads these three keys (interop reference 10.3).
    put(profile, "user_id", user.id.as_str());
    put(profile, "first_name", given);
    put(profile, "last_name", family);
    put(profile, "workspace_role", roles.highest());
    put(profile, "workspace_roles", Value::List(roles.names().map(Value::from).collect()));
    put(profile, "account_status", user.status.as_ref().map_or("", |status| status.as_str()));
    put(profile, "membership_status", membership.as_ref().map_or("", |status| status.as_str()));
    if let Some(mfa) = mfa {
        put(profile, "mfa_enabled", mfa);
    }
    if let Some(zone) = user.settings.as_ref().and_then(|settings| settings.time_zone.as_deref()) {
        put(profile, "time_zone", zone);
    }
    add_custom_fields(profile, &user.custom_fields, drops);

    resource.traits.push(ResourceTrait::User(Box::new(UserTrait {
        emails: email.iter().map(|address| Email { address: (*address).to_owned(), primary: true }).collect(),
        login: email.map(str::to_owned),
        account_type: AccountType::Human,
        mfa_enabled: mfa,
        ..UserTrait::default()
    })));
    resource
}

/// A stand-in for an account that the source refers to and did not return: nothing is known but its id and, when the
/// workspace's list has it, its raw membership status.
pub(crate) fn stand_in(id: &ResourceId, membership: Option<&str>) -> Resource {
    let mut resource = Resource::new(id.clone(), text::clip(&id.resource, text::MAX_NAME_BYTES));
    let membership = membership.filter(|raw| !raw.is_empty());
    let details = match membership {
        Some(raw) => format!("not returned by Clockify, membership {}", text::clip(raw, text::MAX_RAW_BYTES)),
        None => "not returned by Clockify".to_owned(),
    };
    resource.status = Some(Status { state: State::Unspecified, details });
    resource.created_at = created_at(&id.resource);
    let profile = &mut resource.profile;
    put(profile, "user_id", id.resource.as_str());
    put(profile, "first_name", "");
    put(profile, "last_name", "");
    put(profile, "workspace_role", role::UNKNOWN);
    put(profile, "workspace_roles", Value::List(Vec::new()));
    put(profile, "account_status", "");
    put(profile, "membership_status", membership.unwrap_or_default());
    put(profile, "unlisted", true);
    resource.traits.push(ResourceTrait::User(Box::new(UserTrait {
        account_type: AccountType::Human,
        ..UserTrait::default()
    })));
    resource
}

/// A member who was read, and whom the workspace no longer lists when all has been read.
pub(crate) fn departed(mut user: Resource) -> Resource {
    let details = "left the workspace while it was read".to_owned();
    user.status = Some(Status { state: State::Deleted, details });
    put(&mut user.profile, "membership_status", "");
    user
}

/// The time in an ObjectId (clockify reference 9); ids that are none have no time.
pub(crate) fn created_at(id: &str) -> Option<Timestamp> {
    Some(id.parse::<ObjectId>().ok()?.created_at())
}

fn put(profile: &mut Profile, key: &str, value: impl Into<Value>) {
    profile.insert(key.to_owned(), value.into());
}

/// User fields go under `custom.<name>`. Fields that share a name have their ids in the key, also when one of them has
/// no value: the same key must mean the same field for everybody.
fn add_custom_fields(profile: &mut Profile, fields: &[CustomFieldValue], drops: &mut Drops) {
    let mut named: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for field in fields {
        let id = field.custom_field_id.as_deref().unwrap_or_default();
        let name = text::first_of(&[field.custom_field_name.as_deref()], id);
        if name.is_empty() {
            drops.count("custom field without name");
            continue;
        }
        match named.entry(name).or_default().entry(id) {
            Entry::Vacant(free) => drop(free.insert(value(&field.value))),
            Entry::Occupied(_) => drops.count("duplicate custom field"),
        }
    }
    for (name, values) in named {
        let shared = values.len() > 1;
        for (id, value) in values.into_iter().filter(|(_, value)| *value != Value::Null) {
            let key = if shared { format!("custom.{name} ({id})") } else { format!("custom.{name}") };
            profile.insert(key, value);
        }
    }
}

fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(number) => number.as_f64().map_or(Value::Null, Value::Number),
        serde_json::Value::String(text) => Value::String(text.clone()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(value).collect()),
        serde_json::Value::Object(fields) => {
            Value::Map(fields.iter().map(|(key, field)| (key.clone(), value(field))).collect())
        }
    }
}
