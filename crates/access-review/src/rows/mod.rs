//! Answers as plain data: one struct per kind of row, and how each is found in a [`Snapshot`](crate::Snapshot).
//!
//! The fields are the contract of every JSON output, so they are renamed only with a new major version. Rows come in the
//! order of their ids, which is the same for the same content. Each iterator reads as it goes and holds no more than a page.

mod entitlement;
mod grant;
mod group;
mod holder;
mod people;
mod person;
mod privilege;
mod project;
mod reference;
mod resource;
mod role;
mod states;

pub use entitlement::EntitlementRow;
pub use grant::{GrantQuery, GrantRow, Source};
pub use group::Group;
pub use holder::Holder;
pub use people::PersonFilter;
pub use person::{HeldRole, Person};
pub use privilege::Privilege;
pub use project::Project;
pub use reference::{Principal, Reference, Scope, StateName};
pub use resource::{ResourceRow, ResourceTypeRow};
pub use role::Role;

use governance_model::{Annotation, Profile, UserTrait, Value};

use crate::diff::noise;

/// The types of annotations that nobody here reads, without those that only help the next sync; each once, in order.
pub(crate) fn unread(annotations: &[Annotation]) -> Vec<String> {
    let message =
        |annotation: &&Annotation| annotation.type_url.rsplit('/').next().unwrap_or_default().to_owned();
    let unread = annotations.iter().filter(|annotation| !noise::is_noisy_annotation(&message(annotation)));
    let mut types: Vec<_> = unread.map(|annotation| annotation.type_url.clone()).collect();
    types.sort();
    types.dedup();
    types
}

/// The address to write to, else the first one, else nothing.
pub(crate) fn email(user: &UserTrait) -> String {
    let primary = user.emails.iter().find(|email| email.primary).or(user.emails.first());
    primary.map(|email| email.address.clone()).unwrap_or_default()
}

/// A text in a profile; empty when there is none.
pub(crate) fn text(profile: &Profile, key: &str) -> String {
    match profile.get(key) {
        Some(Value::String(text)) => text.to_string(),
        _ => String::new(),
    }
}

/// A truth value in a profile.
pub(crate) fn flag(profile: &Profile, key: &str) -> Option<bool> {
    match profile.get(key) {
        Some(Value::Bool(truth)) => Some(*truth),
        _ => None,
    }
}
