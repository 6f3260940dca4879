//! A user, as the key's own user and as a member of a workspace.

use serde::Deserialize;
use serde_json::Value;

use super::lenient::{self, Shape};
use super::open_enum::open_enum;
use super::rows::Record;
use super::{Membership, MembershipStatus, MembershipType, Text, Told, UserRole};

open_enum! {
    /// The state of an account, everywhere. It does not say whether the user is enabled in a workspace: see
    /// [`MembershipStatus`] (clockify reference 5).
    pub enum AccountStatus {
        /// In use.
        Active = "ACTIVE",
        /// In use, the e-mail address is not confirmed.
        PendingEmailVerification = "PENDING_EMAIL_VERIFICATION",
        /// Gone.
        Deleted = "DELETED",
        /// Invited, has no account yet.
        NotRegistered = "NOT_REGISTERED",
        /// A member without e-mail address who works at a kiosk only.
        Limited = "LIMITED",
        /// A limited member who is gone.
        LimitedDeleted = "LIMITED_DELETED",
    }
}

/// A user (clockify reference 3.2).
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct User {
    /// The identifier. Never empty in what a client returns.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Text,
    /// The e-mail address as it was sent. Limited members have none.
    #[serde(deserialize_with = "lenient::text")]
    pub email: Option<Text>,
    /// The name. Invited people have none.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<Text>,
    /// The state of the account, everywhere.
    #[serde(deserialize_with = "lenient::open")]
    pub status: Option<AccountStatus>,
    /// Memberships, as far as they were asked for.
    #[serde(deserialize_with = "lenient::told")]
    pub memberships: Told<Membership>,
    /// Roles. A server that did not send the key said nothing, which is not the same as having no role.
    #[serde(deserialize_with = "lenient::told")]
    pub roles: Told<UserRole>,
    /// The workspace last used, which may be another one.
    #[serde(deserialize_with = "lenient::text")]
    pub active_workspace: Option<Text>,
    /// The workspace opened first, which may be another one.
    #[serde(deserialize_with = "lenient::text")]
    pub default_workspace: Option<Text>,
    /// The address of the picture.
    #[serde(deserialize_with = "lenient::text")]
    pub profile_picture: Option<Text>,
    /// Settings. Nothing for people who have not signed in yet.
    #[serde(deserialize_with = "lenient::one")]
    pub settings: Option<UserSettings>,
    /// Values of the workspace's user fields.
    #[serde(deserialize_with = "lenient::many")]
    pub custom_fields: Vec<CustomFieldValue>,
}

impl User {
    /// The status of the membership in one workspace. Nothing when it was not sent or has no known target: then
    /// the workspace's own list decides, and nobody is to be taken for enabled.
    pub fn workspace_status(&self, workspace_id: &str) -> Option<&MembershipStatus> {
        let of_workspace = |membership: &&Membership| {
            membership.membership_type == Some(MembershipType::Workspace)
                && membership.target_id.as_deref() == Some(workspace_id)
        };
        self.memberships
            .iter()
            .filter(of_workspace)
            .find_map(|membership| membership.membership_status.as_ref())
    }
}

impl Shape for User {}

impl Record for User {
    fn id(&self) -> &str {
        &self.id
    }
}

/// The part of a user's settings that says something about the person or the account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct UserSettings {
    /// An IANA time zone such as `Europe/Berlin`.
    #[serde(deserialize_with = "lenient::text")]
    pub time_zone: Option<Text>,
    /// The language, in either case: `EN`, `en`.
    #[serde(deserialize_with = "lenient::text")]
    pub lang: Option<Text>,
    /// Whether the account has a second factor.
    #[serde(deserialize_with = "lenient::flag")]
    pub multi_factor_enabled: Option<bool>,
}

impl Shape for UserSettings {}

/// The value of a user field.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct CustomFieldValue {
    /// The identifier of the field.
    #[serde(deserialize_with = "lenient::text")]
    pub custom_field_id: Option<Text>,
    /// The name of the field.
    #[serde(deserialize_with = "lenient::text")]
    pub custom_field_name: Option<Text>,
    /// `TXT`, `NUMBER`, `DROPDOWN_SINGLE`, `DROPDOWN_MULTIPLE`, `CHECKBOX`, `LINK` or something newer.
    #[serde(deserialize_with = "lenient::text")]
    pub custom_field_type: Option<Text>,
    /// The value: any JSON.
    pub value: Value,
}

impl Shape for CustomFieldValue {}
