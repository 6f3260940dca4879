//! People: who is there, in what state and why, with which roles and in which groups.

use c1z::{GrantFilter, ResourceFilter};
use governance_model::{Resource, ResourceId, ResourceTrait, ResourceTypeId, State, Timestamp, Value};
use serde::Serialize;

use super::{Privilege, Reference, Scope, StateName};
use crate::names::Kind;
use crate::{Error, Snapshot};

/// An account.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and a field of the JSON output"
)]
pub struct Person {
    /// The id that the source gave it.
    pub id: String,
    /// The resource type; `user` for Clockify.
    pub resource_type: String,
    /// What people call it.
    pub name: String,
    /// The address to write to; empty when there is none.
    pub email: String,
    /// What it signs in with; empty when that is not known.
    pub login: String,
    /// Whether it is usable.
    pub status: StateName,
    /// Why, in the source's own words; empty when it has none.
    pub status_reason: String,
    /// The roles it has.
    pub roles: Vec<HeldRole>,
    /// The groups it belongs to.
    pub groups: Vec<Reference>,
    /// What it manages: groups and projects.
    pub manages: Vec<Reference>,
    /// The most that any of its roles allows.
    pub privilege: Privilege,
    /// Whether a second factor is on; nothing when the source does not say.
    pub mfa: Option<bool>,
    /// When the account was made, if known.
    pub created_at: Option<Timestamp>,
    /// When it last signed in, if the source says; Clockify does not.
    pub last_login: Option<Timestamp>,
    /// Whether it was invited and has not accepted.
    pub pending: bool,
    /// Whether it is a limited account, which signs in without an e-mail address.
    pub limited: bool,
    /// Whether the source lists or names it, and returned no data about it.
    pub unlisted: bool,
    /// Whether the file lacks it, and only grants name it, as in files of other tools.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
    /// The type URLs of annotations that nobody here reads, as other connectors write them; left out when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<String>,
}

/// What the grants of a principal say, sorted by what they are on.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Those that allow most first.
    pub(super) roles: Vec<HeldRole>,
    pub(super) groups: Vec<Reference>,
    pub(super) manages: Vec<Reference>,
    pub(super) others: Vec<Reference>,
}

impl Held {
    pub(super) fn by(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<Self, Error> {
        let mut held = Self::default();
        let filter = GrantFilter { principal: Some(id.clone()), ..GrantFilter::default() };
        for grant in snapshot.view().grants(&filter).by_id() {
            let grant = grant?.value;
            let on = snapshot.names.resource(snapshot.view(), &grant.resource)?;
            let slug = &snapshot.names.entitlement(snapshot.view(), &grant.entitlement)?.slug;
            let reference = Reference::find(snapshot, &grant.resource)?;
            // A role that the file lacks has no traits to know it by.
            let is_role = on.kind == Kind::Role || !on.exists && reference.kind == "role";
            match (on.kind, slug.as_str()) {
                _ if is_role => {
                    let scopes = Scope::all(snapshot, &grant.details().metadata)?;
                    let privilege = Privilege::of_role(&reference);
                    held.roles.push(HeldRole { id: reference.id, name: reference.name, privilege, scopes });
                }
                (_, "manager") => held.manages.push(reference),
                (Kind::Group, _) => held.groups.push(reference),
                (Kind::User | Kind::Role | Kind::Other, _) => held.others.push(reference),
            }
        }
        held.groups.dedup();
        held.manages.dedup();
        held.others.dedup();
        held.roles.sort_by_key(|role| role.privilege);
        Ok(held)
    }
}

/// A role and what it covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldRole {
    /// The role's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// How much it allows.
    pub privilege: Privilege,
    /// What it covers; empty when it covers everything or its source does not say.
    pub scopes: Vec<Scope>,
}

impl Person {
    /// The people in a snapshot, by id.
    pub fn all<'s>(snapshot: &'s Snapshot<'_>) -> impl Iterator<Item = Result<Self, Error>> + 's {
        snapshot.view().resources(&ResourceFilter::default()).by_id().filter_map(move |record| match record {
            Ok(record) => Self::of(snapshot, record.value).transpose(),
            Err(error) => Some(Err(error.into())),
        })
    }

    /// The person that a resource is; `None` when it is none.
    ///
    /// # Errors
    /// When what the person has cannot be read.
    pub fn of(snapshot: &Snapshot<'_>, resource: Resource) -> Result<Option<Self>, Error> {
        Self::account(resource).map(|account| account.with_grants(snapshot)).transpose()
    }

    /// What the resource itself says of the person that it is, without anything that grants say.
    pub(super) fn account(resource: Resource) -> Option<Self> {
        let user = resource.traits.iter().find_map(|kind| match kind {
            ResourceTrait::User(user) => Some(user),
            _ => None,
        })?;
        let profile = &resource.profile;
        let (account, membership) =
            (super::text(profile, "account_status"), super::text(profile, "membership_status"));
        Some(Self {
            email: super::email(user),
            login: user.login.clone().unwrap_or_default(),
            mfa: user.mfa_enabled,
            last_login: user.last_login,
            pending: membership == "PENDING" || account == "NOT_REGISTERED",
            limited: account.starts_with("LIMITED"),
            unlisted: profile.get("unlisted") == Some(&Value::Bool(true)),
            annotations: super::unread(&resource.annotations),
            status: StateName(resource.status.as_ref().map_or(State::Unspecified, |status| status.state)),
            status_reason: resource.status.map(|status| status.details).unwrap_or_default(),
            created_at: resource.created_at,
            name: resource.display_name.into_string(),
            ..Self::unknown(resource.id)
        })
    }

    /// An account that the file lacks: all that is known of it is what grants give it.
    pub(super) fn missing(id: ResourceId) -> Self {
        let status_reason = "missing: grants name it and the file does not have it".to_owned();
        Self { status_reason, missing: true, ..Self::unknown(id) }
    }

    fn unknown(id: ResourceId) -> Self {
        Self {
            resource_type: id.resource_type.as_str().to_owned(),
            id: id.resource.into_string(),
            name: String::new(),
            email: String::new(),
            login: String::new(),
            status: StateName(State::Unspecified),
            status_reason: String::new(),
            roles: Vec::new(),
            groups: Vec::new(),
            manages: Vec::new(),
            privilege: Privilege::Regular,
            mfa: None,
            created_at: None,
            last_login: None,
            pending: false,
            limited: false,
            unlisted: false,
            missing: false,
            annotations: Vec::new(),
        }
    }

    /// With what grants say of it.
    pub(super) fn with_grants(self, snapshot: &Snapshot<'_>) -> Result<Self, Error> {
        let id = ResourceId::new(ResourceTypeId::new(self.resource_type.as_str()), self.id.as_str());
        let Held { roles, groups, manages, .. } = Held::by(snapshot, &id)?;
        let privilege = roles.first().map_or(Privilege::Regular, |role| role.privilege);
        Ok(Self { roles, groups, manages, privilege, ..self })
    }

    /// What to show: the name, else the address, else the id.
    pub fn label(&self) -> &str {
        [&self.name, &self.email].into_iter().find(|text| !text.is_empty()).unwrap_or(&self.id)
    }

    /// The part of the address behind the last `@`, in lower case; nothing without an address.
    pub fn domain(&self) -> Option<String> {
        self.email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase())
    }
}
