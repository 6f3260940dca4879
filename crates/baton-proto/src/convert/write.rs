//! The two messages of which a sync has many, written without building them first: the bytes are those of
//! [`super::resource_to_proto`] and [`super::grant_to_proto`], at a fraction of the cost.

use std::ops::Range;
use std::sync::LazyLock;

use governance_model::{
    Annotation, Email, Grant, GrantId, Profile, Resource, ResourceId, ResourceTrait, Status, StructuredName,
    Timestamp, UserTrait, Value,
};
use prost::{Message as _, Name as _};
use prost_types::Any;

use super::wire::{again, bytes, double, head, message, number, part, present, text, text_length};
use super::{annotation, grant, resource, time, user};
use crate::c1::connector::v2;

/// The type URL of `c1.connector.v2.UserTrait`, which is made anew whenever prost is asked.
static USER_TRAIT: LazyLock<String> = LazyLock::new(v2::UserTrait::type_url);

/// Appends the message of a resource.
pub fn write_resource(model: &Resource, to: &mut Vec<u8>) {
    // The profile comes twice. It is written once, before the message, and copied from there.
    let begin = to.len();
    profile(&model.profile, to);
    let body = begin..to.len();
    message(1, to, |to| id(&model.id, to));
    if let Some(parent) = &model.parent {
        message(2, to, |to| id(parent, to));
    }
    text(3, &model.display_name, to);
    for found in &model.traits {
        match found {
            ResourceTrait::User(facts) => message(4, to, |to| {
                bytes(1, USER_TRAIT.as_bytes(), to);
                message(2, to, |to| user_trait(facts, model, &body, to));
            }),
            other => any(4, &resource::trait_to_proto(other, model), to),
        }
    }
    kept(4, &model.annotations, to);
    text(5, &model.description, to);
    if !model.profile.is_empty() {
        again(9, body.clone(), to);
    }
    if let Some(status) = &model.status {
        let state = resource::state_to_proto(status.state);
        message(11, to, |to| status_of(state.into(), status, to));
    }
    instant(12, model.created_at, to);
    to.drain(body);
}

/// Appends the message of a grant, whose [id](Grant::id) whoever stores it has joined already. What makes it expandable is
/// not part of it.
pub fn write_grant(model: &Grant, grant_id: &GrantId, to: &mut Vec<u8>) {
    // Every length is known beforehand, so that nothing is moved.
    let (owner, holder) = (id_length(&model.resource), id_length(&model.principal));
    let entitlement = model.entitlement.as_str();
    let resource = part(owner);
    head(1, part(resource) + text_length(entitlement), to);
    head(1, resource, to);
    head(1, owner, to);
    id(&model.resource, to);
    text(2, entitlement, to);
    head(2, part(holder), to);
    head(1, holder, to);
    id(&model.principal, to);
    text(3, grant_id.as_str(), to);
    let details = model.details();
    if details.immutable || !details.metadata.is_empty() {
        grant::annotations(model).for_each(|found| any(4, &found, to));
    }
    kept(4, &details.annotations, to);
    if let Some(sources) = grant::sources_to_proto(&details.sources) {
        bytes(5, &sources.encode_to_vec(), to);
    }
}

fn id(id: &ResourceId, to: &mut Vec<u8>) {
    text(1, id.resource_type.as_str(), to);
    text(2, &id.resource, to);
}

fn id_length(id: &ResourceId) -> usize {
    text_length(id.resource_type.as_str()) + text_length(&id.resource)
}

fn any(number: u32, any: &Any, to: &mut Vec<u8>) {
    message(number, to, |to| {
        text(1, &any.type_url, to);
        if !any.value.is_empty() {
            bytes(2, &any.value, to);
        }
    });
}

fn kept(number: u32, annotations: &[Annotation], to: &mut Vec<u8>) {
    annotation::reopen(annotations).for_each(|found| any(number, &found, to));
}

fn status_of(state: i32, status: &Status, to: &mut Vec<u8>) {
    number(1, state, to);
    text(2, &status.details, to);
}

fn instant(field: u32, at: Option<Timestamp>, to: &mut Vec<u8>) {
    let Some(at) = at.map(time::timestamp_to_proto) else { return };
    message(field, to, |to| {
        number(1, at.seconds, to);
        number(2, at.nanos, to);
    });
}

fn user_trait(facts: &UserTrait, model: &Resource, body: &Range<usize>, to: &mut Vec<u8>) {
    for Email { address, primary } in facts.emails.iter().filter(|email| !user::is_blank(&email.address)) {
        message(1, to, |to| {
            text(1, address, to);
            number(2, *primary, to);
        });
    }
    if let Some(status) = &model.status {
        let state = user::state_to_proto(status.state);
        message(2, to, |to| status_of(state.into(), status, to));
    }
    // Present even when empty: the official CSV export reads it without asking whether there is one.
    again(3, body.clone(), to);
    number(5, i32::from(user::account_type_to_proto(facts.account_type)), to);
    text(6, facts.login.as_deref().filter(|login| !user::is_blank(login)).unwrap_or_default(), to);
    facts.login_aliases.iter().for_each(|alias| bytes(7, alias.as_bytes(), to));
    instant(8, model.created_at, to);
    instant(9, facts.last_login, to);
    for (field, enabled) in [(10, facts.mfa_enabled), (11, facts.sso_enabled)] {
        if let Some(enabled) = enabled {
            message(field, to, |to| number(1, enabled, to));
        }
    }
    if let Some(name) = &facts.structured_name {
        message(12, to, |to| structured_name(name, to));
    }
    facts.employee_ids.iter().for_each(|id| bytes(13, id.as_bytes(), to));
}

fn structured_name(name: &StructuredName, to: &mut Vec<u8>) {
    text(1, &name.given, to);
    text(2, &name.family, to);
    name.middle.iter().for_each(|middle| bytes(3, middle.as_bytes(), to));
    text(4, &name.prefix, to);
    text(5, &name.suffix, to);
}

fn profile(profile: &Profile, to: &mut Vec<u8>) {
    for (key, attribute) in profile {
        if let Value::String(value) = attribute
            && short_text(key, value, to)
        {
            continue;
        }
        message(1, to, |to| {
            text(1, key, to);
            message(2, to, |to| value(attribute, to));
        });
    }
}

/// An attribute as nearly all are: a text of which every length is known and has one byte. False for any other, of which
/// nothing is written.
fn short_text(key: &str, value: &str, to: &mut Vec<u8>) -> bool {
    let (Ok(of_key), Ok(of_value)) = (u8::try_from(key.len()), u8::try_from(value.len())) else {
        return false;
    };
    // Two bytes before the key, four before the text: its own two and those of the value around it.
    let Some(whole @ ..0x80) = of_key.checked_add(of_value).and_then(|both| both.checked_add(6)) else {
        return false;
    };
    if key.is_empty() {
        return false;
    }
    to.extend_from_slice(&[0x0a, whole, 0x0a, of_key]);
    to.extend_from_slice(key.as_bytes());
    to.extend_from_slice(&[0x12, of_value + 2, 0x1a, of_value]);
    to.extend_from_slice(value.as_bytes());
    true
}

/// One of several fields, which is there even when it has its default value.
fn value(value_of: &Value, to: &mut Vec<u8>) {
    match value_of {
        Value::Null => present(1, 0, to),
        Value::Number(number) => double(2, *number, to),
        Value::String(text) => bytes(3, text.as_bytes(), to),
        Value::Bool(truth) => present(4, i64::from(*truth), to),
        Value::Map(fields) => message(5, to, |to| profile(fields, to)),
        Value::List(values) => message(6, to, |to| {
            for item in values {
                message(1, to, |to| value(item, to));
            }
        }),
    }
}
