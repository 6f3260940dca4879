//! The user trait.

use governance_model::{AccountType, Email, State, StructuredName, UserTrait};

use super::{ConvertError, time};
use crate::c1::connector::v2;
use crate::c1::connector::v2::user_trait;

const MESSAGE: &str = "UserTrait";

/// The trait's own facts; status, profile and creation time are the resource's. Blank addresses and logins are not
/// written (interop reference 2.2).
pub(super) fn to_proto(model: &UserTrait) -> v2::UserTrait {
    v2::UserTrait {
        emails: model.emails.iter().filter(|email| !is_blank(&email.address)).map(email_to_proto).collect(),
        account_type: account_type_to_proto(model.account_type).into(),
        login: model.login.clone().filter(|login| !is_blank(login)).unwrap_or_default(),
        login_aliases: model.login_aliases.clone(),
        last_login: model.last_login.map(time::timestamp_to_proto),
        mfa_status: model.mfa_enabled.map(|mfa_enabled| user_trait::MfaStatus { mfa_enabled }),
        sso_status: model.sso_enabled.map(|sso_enabled| user_trait::SsoStatus { sso_enabled }),
        structured_name: model.structured_name.as_ref().map(name_to_proto),
        employee_ids: model.employee_ids.clone(),
        ..v2::UserTrait::default()
    }
}

pub(super) fn from_proto(proto: v2::UserTrait) -> Result<UserTrait, ConvertError> {
    let account_type = account_type_from_proto(proto.account_type());
    Ok(UserTrait {
        emails: proto
            .emails
            .into_iter()
            .map(|email| Email { address: email.address, primary: email.is_primary })
            .collect(),
        login: Some(proto.login).filter(|login| !login.is_empty()),
        login_aliases: proto.login_aliases,
        account_type,
        last_login: time::read(MESSAGE, "last_login", proto.last_login.as_ref())?,
        mfa_enabled: proto.mfa_status.map(|status| status.mfa_enabled),
        sso_enabled: proto.sso_status.map(|status| status.sso_enabled),
        structured_name: proto.structured_name.map(name_from_proto),
        employee_ids: proto.employee_ids,
    })
}

/// The trait's number for a state; the resource's own enum has the same numbers under other names.
pub(super) fn state_to_proto(state: State) -> user_trait::status::Status {
    match state {
        State::Unspecified => user_trait::status::Status::Unspecified,
        State::Enabled => user_trait::status::Status::Enabled,
        State::Disabled => user_trait::status::Status::Disabled,
        State::Deleted => user_trait::status::Status::Deleted,
    }
}

pub(super) fn state_from_proto(state: user_trait::status::Status) -> State {
    match state {
        user_trait::status::Status::Unspecified => State::Unspecified,
        user_trait::status::Status::Enabled => State::Enabled,
        user_trait::status::Status::Disabled => State::Disabled,
        user_trait::status::Status::Deleted => State::Deleted,
    }
}

pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

fn email_to_proto(email: &Email) -> user_trait::Email {
    user_trait::Email { address: email.address.clone(), is_primary: email.primary }
}

pub(super) fn account_type_to_proto(kind: AccountType) -> user_trait::AccountType {
    match kind {
        AccountType::Unspecified => user_trait::AccountType::Unspecified,
        AccountType::Human => user_trait::AccountType::Human,
        AccountType::Service => user_trait::AccountType::Service,
        AccountType::System => user_trait::AccountType::System,
    }
}

fn account_type_from_proto(kind: user_trait::AccountType) -> AccountType {
    match kind {
        user_trait::AccountType::Unspecified => AccountType::Unspecified,
        user_trait::AccountType::Human => AccountType::Human,
        user_trait::AccountType::Service => AccountType::Service,
        user_trait::AccountType::System => AccountType::System,
    }
}

fn name_to_proto(name: &StructuredName) -> user_trait::StructuredName {
    user_trait::StructuredName {
        given_name: name.given.clone(),
        family_name: name.family.clone(),
        middle_names: name.middle.clone(),
        prefix: name.prefix.clone(),
        suffix: name.suffix.clone(),
    }
}

fn name_from_proto(name: user_trait::StructuredName) -> StructuredName {
    StructuredName {
        given: name.given_name,
        family: name.family_name,
        middle: name.middle_names,
        prefix: name.prefix,
        suffix: name.suffix,
    }
}
