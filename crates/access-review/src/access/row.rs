//! One thing that one principal reaches.

use governance_model::Grant;
use serde::Serialize;

use super::Path;
use super::chain::{Chains, Found};
use crate::rows::{self, Principal, Reference, Scope};
use crate::{Error, Snapshot};

/// What stands for the permission where a role's scope covers a thing and there is no grant on the thing itself.
pub(super) const SCOPE: &str = "scope";

/// One thing that one principal reaches, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccessRow {
    /// Who.
    pub principal: Principal,
    /// The thing.
    pub resource: Reference,
    /// What the principal has on it: the entitlement's short name, such as `member`; `scope` where a role covers the
    /// thing and nothing on the thing itself says so.
    pub permission: String,
    /// The entitlement's id; for `scope` that of the role.
    pub entitlement: String,
    /// What people call the entitlement.
    pub entitlement_name: String,
    /// The grant in the file; nothing when it follows from others that the file holds.
    pub grant: Option<String>,
    /// Whether the principal has it in its own right.
    pub direct: bool,
    /// Every way by which the principal comes to it.
    pub paths: Vec<Path>,
    /// Whether there are more ways than are listed.
    pub more_paths: bool,
    /// What a role covers.
    pub scopes: Vec<Scope>,
    /// How a membership stands that is not in force, in the source's own word; empty for one that is.
    pub membership_status: String,
    /// Whether whoever belongs to the principal inherits it.
    pub inherited_by_members: bool,
}

impl AccessRow {
    /// From a grant that the file holds, without its paths.
    pub(super) fn of_grant(snapshot: &Snapshot<'_>, grant: &Grant) -> Result<Self, Error> {
        let permission = snapshot.names.entitlement(snapshot.view(), &grant.entitlement)?;
        Ok(Self {
            principal: Principal::find(snapshot, &grant.principal)?,
            resource: Reference::find(snapshot, &grant.resource)?,
            permission: permission.slug.clone(),
            entitlement: grant.entitlement.as_str().to_owned(),
            entitlement_name: permission.name.clone(),
            grant: Some(grant.id().to_string()),
            direct: false,
            paths: Vec::new(),
            more_paths: false,
            scopes: Scope::all(snapshot, &grant.details().metadata)?,
            membership_status: rows::text(&grant.details().metadata, "membership_status"),
            inherited_by_members: grant.details().expandable.is_some(),
        })
    }

    /// The same access as an expandable grant gives, for somebody who inherits it.
    pub(super) fn inherited(snapshot: &Snapshot<'_>, grant: &Grant, by: Principal) -> Result<Self, Error> {
        let row = Self::of_grant(snapshot, grant)?;
        Ok(Self {
            principal: by,
            grant: None,
            membership_status: String::new(),
            inherited_by_members: false,
            ..row
        })
    }

    /// A thing that a role covers, as far as the role's own grant says.
    pub(super) fn in_scope(role: &Self, scope: &Scope) -> Self {
        let covered = Reference { kind: scope.kind.clone(), id: scope.id.clone(), name: scope.name.clone() };
        Self {
            resource: covered,
            permission: SCOPE.to_owned(),
            direct: false,
            paths: vec![Path::Role { role: role.resource.clone(), scope: scope.clone() }],
            more_paths: false,
            scopes: Vec::new(),
            ..role.clone()
        }
    }

    /// Adds the ways that are known.
    pub(super) fn with_paths(
        mut self,
        snapshot: &Snapshot<'_>,
        chains: &Chains,
        entitlement: &governance_model::EntitlementId,
    ) -> Result<Self, Error> {
        self.direct = chains.is_direct(entitlement);
        if self.direct {
            self.paths.push(Path::Direct);
        }
        let Found { chains, more } = chains.to(entitlement);
        for chain in &chains {
            self.paths.push(Path::through(snapshot, chain)?);
        }
        self.more_paths = more;
        Ok(self)
    }

    /// Adds that a role covers the thing, if it does and this is what such a role is about.
    pub(super) fn cover(&mut self, role: &Reference, scope: &Scope) -> bool {
        let covers =
            self.permission == "manager" && scope.kind == self.resource.kind && scope.id == self.resource.id;
        let path = Path::Role { role: role.clone(), scope: scope.clone() };
        if covers && !self.paths.contains(&path) {
            self.paths.push(path);
        }
        covers
    }

    /// All ways as a person says them.
    pub fn how(&self) -> String {
        let mut ways: Vec<_> = self.paths.iter().map(Path::as_words).collect();
        if self.more_paths {
            ways.push("and in more ways".to_owned());
        }
        if !self.membership_status.is_empty() {
            ways.push(format!("not in force: {}", self.membership_status));
        }
        ways.join("; ")
    }
}
