//! What is known about an account.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// What kind of account it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AccountType {
    /// Not known.
    #[default]
    Unspecified,
    /// A person's.
    Human,
    /// A program's.
    Service,
    /// The system's own.
    System,
}

/// An e-mail address of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    /// The address as the source spells it.
    pub address: String,
    /// Whether it is the one to write to; the official CSV export reads only that one.
    pub primary: bool,
}

/// A name in its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StructuredName {
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Names in between.
    pub middle: Vec<String>,
    /// Before the name, such as a title.
    pub prefix: String,
    /// After the name.
    pub suffix: String,
}

/// The facts of the user trait. State, profile and creation time live on the resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserTrait {
    /// E-mail addresses; at most one is primary.
    pub emails: Vec<Email>,
    /// What the account signs in with, if known.
    pub login: Option<String>,
    /// Other names it signs in with.
    pub login_aliases: Vec<String>,
    /// What kind of account it is.
    pub account_type: AccountType,
    /// When it last signed in, if the source says.
    pub last_login: Option<Timestamp>,
    /// Whether a second factor is on; `None` when the source does not say.
    pub mfa_enabled: Option<bool>,
    /// Whether it signs in through an identity provider; `None` when the source does not say.
    pub sso_enabled: Option<bool>,
    /// The name in its parts, if known.
    pub structured_name: Option<StructuredName>,
    /// Numbers the employer gave.
    pub employee_ids: Vec<String>,
}
