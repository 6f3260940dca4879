//! The rules by name.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use thiserror::Error;

use super::Control;
use super::control::{A5_15, A5_16, A5_17, A5_18, A8_2, CC6_1, CC6_2, CC6_3};

/// A rule. The ids are part of the contract, as exit codes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The account with which the workspace stands and falls.
    OwnerAtRisk,
    /// Administrators without a second factor.
    AdminWithoutMfa,
    /// Administrators of whom it is not known whether they have one.
    AdminMfaUnknown,
    /// More administrators than there should be.
    AdminCount,
    /// Administrative roles on accounts that cannot be used.
    AdminNotEnabled,
    /// Administrative roles of what is no account in the file.
    AdminWithoutAccount,
    /// Managers of nothing in particular.
    ManagerWithoutScope,
    /// Managers of (nearly) everything.
    ManagerOfAll,
    /// Accounts that nobody on the identity list belongs to.
    NoIdentityMatch,
    /// Accounts in use of people who are disabled on the identity list.
    IdentityDisabledAccountActive,
    /// Addresses outside of the organisation's domains.
    ExternalDomain,
    /// Invitations that stay open.
    StaleInvite,
    /// Several accounts with one address.
    DuplicateEmail,
    /// Accounts without an address, which are let in at a kiosk.
    LimitedMember,
    /// Members that the source names and returned no data about.
    UnlistedMember,
    /// Groups nobody belongs to, or nobody who is enabled.
    EmptyGroup,
    /// What the completeness check could not explain.
    IncompleteSync,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::OwnerAtRisk,
        Self::AdminWithoutMfa,
        Self::AdminMfaUnknown,
        Self::AdminCount,
        Self::AdminNotEnabled,
        Self::AdminWithoutAccount,
        Self::ManagerWithoutScope,
        Self::ManagerOfAll,
        Self::NoIdentityMatch,
        Self::IdentityDisabledAccountActive,
        Self::ExternalDomain,
        Self::StaleInvite,
        Self::DuplicateEmail,
        Self::LimitedMember,
        Self::UnlistedMember,
        Self::EmptyGroup,
        Self::IncompleteSync,
    ];

    /// Its id.
    pub fn id(self) -> &'static str {
        match self {
            Self::OwnerAtRisk => "owner-at-risk",
            Self::AdminWithoutMfa => "admin-without-mfa",
            Self::AdminMfaUnknown => "admin-mfa-unknown",
            Self::AdminCount => "admin-count",
            Self::AdminNotEnabled => "admin-not-enabled",
            Self::AdminWithoutAccount => "admin-without-account",
            Self::ManagerWithoutScope => "manager-without-scope",
            Self::ManagerOfAll => "manager-of-all",
            Self::NoIdentityMatch => "no-identity-match",
            Self::IdentityDisabledAccountActive => "identity-disabled-account-active",
            Self::ExternalDomain => "external-domain",
            Self::StaleInvite => "stale-invite",
            Self::DuplicateEmail => "duplicate-email",
            Self::LimitedMember => "limited-member",
            Self::UnlistedMember => "unlisted-member",
            Self::EmptyGroup => "empty-group",
            Self::IncompleteSync => "incomplete-sync",
        }
    }

    /// What it looks for, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::OwnerAtRisk => "The owner's account, on which the whole workspace depends, is at risk.",
            Self::AdminWithoutMfa => "An administrator has no second factor.",
            Self::AdminMfaUnknown => "It is not known whether an administrator has a second factor.",
            Self::AdminCount => "More accounts than agreed have administrative access.",
            Self::AdminNotEnabled => "An account that cannot be used still holds an administrative role.",
            Self::AdminWithoutAccount => {
                "An administrative role is held by something that is no account in the file."
            }
            Self::ManagerWithoutScope => "A manager's role names nothing that it covers.",
            Self::ManagerOfAll => "A manager's role covers everything, or nearly everything, of its kind.",
            Self::NoIdentityMatch => "An account belongs to nobody on the identity list.",
            Self::IdentityDisabledAccountActive => {
                "An account is in use although its person is disabled on the identity list."
            }
            Self::ExternalDomain => "An account has an address outside of the organisation's domains.",
            Self::StaleInvite => "An invitation has been open for too long.",
            Self::DuplicateEmail => "Several accounts have the same e-mail address.",
            Self::LimitedMember => "An account has no e-mail address and is let in at a kiosk.",
            Self::UnlistedMember => "Something names an account that the source returned no data about.",
            Self::EmptyGroup => "A group has no members, or none that is enabled.",
            Self::IncompleteSync => "The sync may not hold everybody.",
        }
    }

    /// The controls it speaks to; none when it is about order rather than access.
    pub fn controls(self) -> &'static [Control] {
        match self {
            Self::OwnerAtRisk => &[CC6_1, CC6_3, A5_18, A8_2],
            Self::AdminWithoutMfa => &[CC6_1, A5_17, A8_2],
            Self::AdminCount | Self::ManagerOfAll => &[CC6_3, A5_15, A8_2],
            Self::AdminNotEnabled => &[CC6_2, CC6_3, A5_18, A8_2],
            Self::AdminWithoutAccount => &[CC6_1, CC6_2, CC6_3, A5_18, A8_2],
            Self::ManagerWithoutScope => &[CC6_3, A5_15],
            Self::NoIdentityMatch => &[CC6_2, A5_16, A5_18],
            Self::IdentityDisabledAccountActive => &[CC6_2, CC6_3, A5_16, A5_18],
            Self::ExternalDomain => &[CC6_2, A5_16],
            Self::StaleInvite => &[CC6_2, A5_18],
            Self::DuplicateEmail | Self::LimitedMember => &[A5_16],
            Self::AdminMfaUnknown | Self::UnlistedMember | Self::EmptyGroup | Self::IncompleteSync => &[],
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// There is no rule of this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no rule {0:?}; the rules are {names}", names = Rule::ALL.map(Rule::id).join(", "))]
pub struct UnknownRule(String);

impl FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|rule| rule.id() == text).ok_or_else(|| UnknownRule(text.to_owned()))
    }
}
