//! What a difference is: which kind, about what, which facts were and are.
//!
//! The fields and the words are the contract of every JSON output, so they are renamed only with a new major version.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::rows::{Principal, Reference};

/// One difference between two syncs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// What happened to what, such as `user-added`.
    pub kind: ChangeKind,
    /// Where it stands in the order of importance.
    pub section: Section,
    /// Whether it is about administrative access: a role of owner or administrator, or an account that holds one.
    pub administrative: bool,
    /// The id in the file of the thing that differs, such as `user:64a1` or `group:64b2:member:user:64a1`.
    pub id: String,
    /// The account that differs, or whose grant differs; nothing for what concerns no principal.
    pub principal: Option<Principal>,
    /// The resource that differs, or that the entitlement or grant is on; nothing when it is the principal itself.
    pub resource: Option<Reference>,
    /// The entitlement that differs, or that is granted.
    pub entitlement: Option<Permission>,
    /// The facts that differ, in a fixed order. What was added has no old values, what was removed no new ones.
    pub fields: Vec<FieldChange>,
    /// Whether it follows from another change: who leaves loses what they had.
    pub consequence_of: Option<Cause>,
    /// What a reader should know about it.
    pub notes: Vec<Note>,
}

/// An entitlement as a change names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permission {
    /// Its id.
    pub id: String,
    /// Its short name, such as `member`; empty when the file lacks the entitlement.
    pub permission: String,
    /// What people call it; empty when the file lacks it.
    pub name: String,
}

/// A fact with its value in both syncs. `null` means that there is none, which is not the same as an empty one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// Which fact, such as `email`, `scopes` or `profile.time_zone`.
    pub field: String,
    /// The value in the older sync.
    pub old: Value,
    /// The value in the newer sync.
    pub new: Value,
}

/// What happened to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeKind {
    /// To what.
    pub thing: Thing,
    /// What happened.
    pub action: Action,
}

/// A kind of thing that can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Thing {
    /// A kind of resource: it is read in one of the syncs only, so nothing of it is compared.
    ResourceType,
    /// An account.
    User,
    /// A role.
    Role,
    /// A group.
    Group,
    /// A project.
    Project,
    /// Any other resource.
    Resource,
    /// Something that can be granted.
    Entitlement,
    /// The fact that somebody has something.
    Grant,
}

/// What happened to a thing between two syncs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is in the newer sync only.
    Added,
    /// It is in the older sync only.
    Removed,
    /// It is in both, with other facts.
    Changed,
}

/// The parts of an answer, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// What was read at all.
    Scope,
    /// Who may do everything, and what changed about those accounts.
    Administrative,
    /// Accounts.
    People,
    /// Roles that are not administrative, and who holds them over what.
    Roles,
    /// Groups and who belongs to them.
    Groups,
    /// Projects and who belongs to them.
    Projects,
    /// Any other resources and who has what on them.
    Resources,
    /// What can be granted.
    Entitlements,
}

/// What a change follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The principal is new.
    PrincipalAdded,
    /// The principal is gone.
    PrincipalRemoved,
    /// The resource is new.
    ResourceAdded,
    /// The resource is gone.
    ResourceRemoved,
}

/// Something that a reader should know about a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// A stable word for it.
    pub code: NoteCode,
    /// The same as a sentence.
    pub text: String,
}

/// See [`Note`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteCode {
    /// The older sync has another account with this address: somebody may have come back.
    SameEmailBefore,
    /// The newer sync has another account with this address: somebody may have come back.
    SameEmailAfter,
    /// The source returned no data about the account in the older sync, so what is new may not be.
    NoDataBefore,
    /// The source returned no data about the account in the newer sync, so what is gone may not be.
    NoDataAfter,
}

impl ChangeKind {
    /// All kinds there are.
    pub fn all() -> impl Iterator<Item = Self> {
        Thing::ALL
            .into_iter()
            .flat_map(|thing| Action::ALL.into_iter().map(move |action| Self { thing, action }))
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::all().find(|kind| kind.to_string() == word)
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.thing.as_str(), self.action.as_str())
    }
}

impl Serialize for ChangeKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Thing {
    /// Every kind of thing.
    pub const ALL: [Self; 8] = [
        Self::ResourceType,
        Self::User,
        Self::Role,
        Self::Group,
        Self::Project,
        Self::Resource,
        Self::Entitlement,
        Self::Grant,
    ];

    /// The word in the kinds of changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResourceType => "resource-type",
            Self::User => "user",
            Self::Role => "role",
            Self::Group => "group",
            Self::Project => "project",
            Self::Resource => "resource",
            Self::Entitlement => "entitlement",
            Self::Grant => "grant",
        }
    }
}

impl Action {
    /// Everything that can happen.
    pub const ALL: [Self; 3] = [Self::Added, Self::Removed, Self::Changed];

    /// The word in the kinds of changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

impl Section {
    /// All of them, the most important first.
    pub const ALL: [Self; 8] = [
        Self::Scope,
        Self::Administrative,
        Self::People,
        Self::Roles,
        Self::Groups,
        Self::Projects,
        Self::Resources,
        Self::Entitlements,
    ];

    /// The heading above it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Scope => "What was read",
            Self::Administrative => "Administrative access",
            Self::People => "People",
            Self::Roles => "Roles",
            Self::Groups => "Groups",
            Self::Projects => "Projects",
            Self::Resources => "Other resources",
            Self::Entitlements => "Entitlements",
        }
    }
}

impl NoteCode {
    pub(super) fn note(self, text: impl Into<String>) -> Note {
        Note { code: self, text: text.into() }
    }
}
