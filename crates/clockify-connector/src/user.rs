//! A member of the workspace becomes a `user` resource; the roles that come with it become grants.

use clockify_api::ObjectId;
use clockify_api::model::{AccountStatus, MembershipStatus, User};
use governance_model::{
    AccountType, Email, Page, Profile, Resource, ResourceId, ResourceTrait, State, Status, Text, Timestamp,
    UserTrait, Value,
};

use crate::catalog::USER;
use crate::context::{Context, Drops};
use crate::{custom, role, status, text};

/// Adds a member to a page.
pub(crate) fn add(user: User, context: &Context<'_>, page: &mut Page, drops: &mut Drops) {
    let roles = role::held(&user, context, drops);
    let resource = resource(user, &roles, context, drops);
    role::add_grants(&resource.id.resource, &roles, context, page);
    page.facts.resources.push(resource);
}

fn resource(user: User, roles: &role::Held, context: &Context<'_>, drops: &mut Drops) -> Resource {
    let membership = status::membership(&user, context, drops);
    let User { id, email, name, status: account, settings, custom_fields, .. } = user;
    let email = email.filter(|address| !text::is_blank(address));
    let email = email.filter(|address| drops.fit(address, text::MAX_ADDRESS_BYTES).len() == address.len());
    let called = text::first_of(&[name.as_deref(), email.as_deref()], &id);
    let mut resource =
        Resource::new(ResourceId::new(USER, id.clone()), drops.fit(called, text::MAX_NAME_BYTES));
    resource.status = Some(status::of(account.as_ref(), membership.as_ref()));
    resource.created_at = created_at(&id);

    let (given, family) = text::split_name(name.as_deref().unwrap_or_default());
    let given = drops.fit(given, text::MAX_TEXT_BYTES);
    let family = drops.fit(family, text::MAX_TEXT_BYTES);
    let account = drops.fit(account.as_ref().map_or("", AccountStatus::as_str), text::MAX_CODE_BYTES);
    let membership = membership.as_ref().map_or("", MembershipStatus::as_str);
    let membership = drops.fit(membership, text::MAX_CODE_BYTES);
    let zone = settings.as_ref().and_then(|settings| settings.time_zone.as_deref());
    let zone = zone.map(|zone| drops.fit(zone, text::MAX_TEXT_BYTES));
    let mfa = settings.as_ref().and_then(|settings| settings.multi_factor_enabled);
    // In the order of the keys, of which a profile is made at once. The official CSV export reads user_id, first_name and
    // last_name (interop reference 10.3).
    let mut profile = Vec::with_capacity(9 + custom_fields.len());
    profile.push(attribute("account_status", account));
    custom::add(&mut profile, &custom_fields, drops);
    profile.push(attribute("first_name", given));
    profile.push(attribute("last_name", family));
    profile.push(attribute("membership_status", membership));
    profile.extend(mfa.map(|mfa| attribute("mfa_enabled", mfa)));
    profile.extend(zone.map(|zone| attribute("time_zone", zone)));
    profile.push(attribute("user_id", id));
    profile.push(attribute("workspace_role", roles.highest()));
    profile.push(attribute("workspace_roles", Value::List(roles.names().map(Value::from).collect())));
    resource.profile = Profile::from(profile);

    let login = email.map(String::from);
    resource.traits = vec![ResourceTrait::User(Box::new(UserTrait {
        emails: login.iter().map(|address| Email { address: address.clone(), primary: true }).collect(),
        login,
        account_type: AccountType::Human,
        mfa_enabled: mfa,
        ..UserTrait::default()
    }))];
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
    let membership = text::clip(membership.unwrap_or_default(), text::MAX_CODE_BYTES);
    resource.profile = Profile::from([
        attribute("user_id", id.resource.as_str()),
        attribute("first_name", ""),
        attribute("last_name", ""),
        attribute("workspace_role", role::UNKNOWN),
        attribute("workspace_roles", Value::List(Vec::new())),
        attribute("account_status", ""),
        attribute("membership_status", membership),
        attribute("unlisted", true),
    ]);
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
    let (key, nothing) = attribute("membership_status", "");
    user.profile.insert(key, nothing);
    user
}

/// The time in an ObjectId (clockify reference 9); ids that are none have no time.
pub(crate) fn created_at(id: &str) -> Option<Timestamp> {
    Some(id.parse::<ObjectId>().ok()?.created_at())
}

fn attribute(key: &'static str, value: impl Into<Value>) -> (Text, Value) {
    (Text::const_new(key), value.into())
}
