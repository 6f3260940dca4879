//! What differs between two syncs and is no news: the written list.
//!
//! - The order of lists: addresses, scopes, groups, values in a profile, annotations.
//! - Pictures, and times at which something was seen, used or fetched ([`KEYS`]): they say nothing about who has access.
//! - Annotations that only help the next sync ([`ANNOTATIONS`]).
//! - The last sign-in of an account.
//! - Names that stand inside of other things: what a role covers is compared by id, an entitlement whose name and
//!   description hold the name of its resource is not called changed when that resource was renamed, and the copies of
//!   resources inside of entitlements and grants are not read at all.
//! - A fact that only says again what another changed fact says ([`RESTATED`]).
//! - The roles in an account's profile, as far as they are roles in the same file, where the grants are compared.

use serde_json::Value;

use super::FieldChange;

/// Attributes that are not compared, wherever they stand in a profile. Case, `_` and `-` do not matter.
const KEYS: [&str; 23] = [
    "avatar",
    "avatarurl",
    "etag",
    "fetchedat",
    "gravatar",
    "gravatarurl",
    "icon",
    "iconurl",
    "image",
    "imageurl",
    "lastactivity",
    "lastactivityat",
    "lastlogin",
    "lastloginat",
    "lastseen",
    "lastseenat",
    "lastsyncedat",
    "photo",
    "photourl",
    "picture",
    "pictureurl",
    "profilepicture",
    "discoveredat",
];

/// Annotations that are not compared, by the name of their message.
const ANNOTATIONS: [&str; 5] = [
    "c1.connector.v2.ETag",
    "c1.connector.v2.ETagMatch",
    "c1.connector.v2.ETagMetadata",
    "c1.connector.v2.RateLimitDescription",
    "c1.connector.v2.RequestId",
];

/// Facts, and the facts that they only say again when the one's values are part of the other's. `id` stands for the id of
/// the thing, which is news when the thing is.
const RESTATED: [(&str, &str); 13] = [
    ("structured_name", "name"),
    ("profile.first_name", "name"),
    ("profile.last_name", "name"),
    ("profile.group_name", "name"),
    ("login", "email"),
    ("profile.login", "login"),
    ("profile.email", "email"),
    ("profile.account_status", "status_reason"),
    ("profile.membership_status", "status_reason"),
    ("profile.mfa_enabled", "mfa"),
    ("profile.user_id", "id"),
    ("profile.group_id", "id"),
    ("profile.project_id", "id"),
];

/// Whether an attribute of a profile is left out.
pub(super) fn is_noisy_key(key: &str) -> bool {
    let plain: String =
        key.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect();
    KEYS.contains(&plain.as_str())
}

/// Whether an annotation is left out.
pub(crate) fn is_noisy_annotation(message: &str) -> bool {
    ANNOTATIONS.contains(&message)
}

/// Takes out what only says again what another fact says.
pub(super) fn drop_restated(fields: &mut Vec<FieldChange>, id: Option<&str>) {
    let again: Vec<bool> = fields.iter().map(|field| is_restated(field, fields, id)).collect();
    let mut again = again.into_iter();
    fields.retain(|_| !again.next().unwrap_or(false));
}

fn is_restated(field: &FieldChange, all: &[FieldChange], id: Option<&str>) -> bool {
    RESTATED.iter().filter(|(name, _)| *name == field.field).any(|(_, by)| {
        if *by == "id" {
            return id.is_some_and(|id| [&field.old, &field.new].into_iter().all(|value| within(value, id)));
        }
        all.iter()
            .filter(|other| other.field == *by)
            .any(|other| within(&field.old, &text(&other.old)) && within(&field.new, &text(&other.new)))
    })
}

/// Whether every text and number in a value is part of a text; so is what has none.
fn within(value: &Value, by: &str) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().all(|item| within(item, by)),
        Value::Object(fields) => fields.values().all(|field| within(field, by)),
        plain => by.contains(&text(plain)),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
