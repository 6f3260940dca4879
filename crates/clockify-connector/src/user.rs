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
pub(crate) fn add(user: &User, context: &Context<'_>, page: &mut Page, drops: &mut Drops) {
    let roles = role::held(user, context, drops);
    page.facts.resources.push(resource(user, &roles, context, drops));
    role::add_grants(&user.id, &roles, context, page);
}

fn resource(user: &User, roles: &role::Held, context: &Context<'_>, drops: &mut Drops) -> Resource {
    let id = ResourceId::new(USER, user.id.as_str());
    let email = user.email.as_deref().filter(|address| !address.trim().is_empty());
    let email = email.filter(|address| drops.fit(address, text::MAX_ADDRESS_BYTES).len() == address.len());
    let name = text::first_of(&[user.name.as_deref(), email], &user.id);
    let membership = status::membership(user, context, drops);
    let mfa = user.settings.as_ref().and_then(|settings| settings.multi_factor_enabled);

    let mut resource = Resource::new(id, drops.fit(name, text::MAX_NAME_BYTES));
    resource.status = Some(status::of(user.status.as_ref(), membership.as_ref()));
    resource.created_at = created_at(&user.id);

    let (given, family) = text::split_name(user.name.as_deref().unwrap_or_default());
    let profile = &mut resource.profile;
    // The official CSV export reads these three keys (interop reference 10.3).
    put(profile, "user_id", user.id.as_str());
    put(profile, "first_name", drops.fit(given, text::MAX_TEXT_BYTES));
    put(profile, "last_name", drops.fit(family, text::MAX_TEXT_BYTES));
    put(profile, "workspace_role", roles.highest());
    put(profile, "workspace_roles", Value::List(roles.names().map(Value::from).collect()));
    let account = user.status.as_ref().map_or("", AccountStatus::as_str);
    put(profile, "account_status", drops.fit(account, text::MAX_CODE_BYTES));
    let membership = membership.as_ref().map_or("", MembershipStatus::as_str);
    put(profile, "membership_status", drops.fit(membership, text::MAX_CODE_BYTES));
    if let Some(mfa) = mfa {
        put(profile, "mfa_enabled", mfa);
    }
    if let Some(zone) = user.settings.as_ref().and_then(|settings| settings.time_zone.as_deref()) {
        put(profile, "time_zone", drops.fit(zone, text::MAX_TEXT_BYTES));
    }
    custom::add(profile, &user.custom_fields, drops);

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
    let membership = text::clip(membership.unwrap_or_default(), text::MAX_CODE_BYTES);
    put(profile, "membership_status", membership);
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

fn put(profile: &mut Profile, key: &'static str, value: impl Into<Value>) {
    profile.insert(Text::const_new(key), value.into());
}
