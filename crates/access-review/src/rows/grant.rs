//! Grants: who has what, and how it came to them.

use c1z::GrantFilter;
use governance_model::{EntitlementId, Grant, ResourceId, ResourceTypeId};
use serde::Serialize;

use super::{Principal, Reference, Scope};
use crate::{Error, Snapshot};

/// The fact that somebody has something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GrantRow {
    /// The grant's id.
    pub id: String,
    /// Who has it.
    pub principal: Principal,
    /// The entitlement's id.
    pub entitlement: String,
    /// The entitlement's short name, such as `member`; empty when the file lacks the entitlement.
    pub permission: String,
    /// What people call the entitlement.
    pub entitlement_name: String,
    /// A sentence about it.
    pub entitlement_description: String,
    /// The thing it is on.
    pub resource: Reference,
    /// Whether the principal has it in its own right, and not only through something else.
    pub direct: bool,
    /// Through what else the principal has it.
    pub through: Vec<Source>,
    /// What a role covers.
    pub scopes: Vec<Scope>,
    /// Whether whoever has something else inherits this one, because the principal is a group.
    pub inherited_by_members: bool,
    /// How a membership stands that is not in force, in the source's own word; empty for one that is.
    pub membership_status: String,
    /// The type URLs of annotations that nobody here reads, as other connectors write them; left out when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<String>,
}

/// An entitlement through which another one comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The entitlement's id.
    pub entitlement: String,
    /// Its short name, such as `member`.
    pub permission: String,
    /// The thing it is on, such as a group.
    pub resource: Reference,
    /// Whether the principal has that one in its own right.
    pub direct: bool,
}

/// Which grants are wanted; by default all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantQuery {
    /// Only to this principal.
    pub principal: Option<ResourceId>,
    /// Only on this resource.
    pub resource: Option<ResourceId>,
    /// Only on resources of this type.
    pub resource_type: Option<ResourceTypeId>,
    /// Only of this entitlement.
    pub entitlement: Option<EntitlementId>,
    /// Only to principals of this type.
    pub principal_type: Option<ResourceTypeId>,
}

impl GrantRow {
    /// The grants in a snapshot, by id: those of one resource stand together.
    pub fn all<'s>(
        snapshot: &'s Snapshot<'_>,
        query: &GrantQuery,
    ) -> impl Iterator<Item = Result<Self, Error>> + use<'s> {
        let filter = GrantFilter {
            entitlement: query.entitlement.clone(),
            resource_type: query.resource_type.clone(),
            resource: query.resource.clone(),
            principal: query.principal.clone(),
            principal_type: query.principal_type.clone(),
        };
        snapshot.view().grants(&filter).by_id().map(move |record| Self::of(snapshot, &record?.value))
    }

    pub(crate) fn of(snapshot: &Snapshot<'_>, grant: &Grant) -> Result<Self, Error> {
        let details = grant.details();
        let permission = snapshot.names.entitlement(snapshot.view(), &grant.entitlement)?;
        let mut through = Vec::new();
        for (entitlement, direct) in &details.sources {
            if *entitlement != grant.entitlement {
                through.push(Source::find(snapshot, entitlement, *direct)?);
            }
        }
        Ok(Self {
            direct: details.sources.is_empty() || details.sources.contains_key(&grant.entitlement),
            principal: Principal::find(snapshot, &grant.principal)?,
            resource: Reference::find(snapshot, &grant.resource)?,
            scopes: Scope::all(snapshot, &details.metadata)?,
            inherited_by_members: details.expandable.is_some(),
            membership_status: super::text(&details.metadata, "membership_status"),
            annotations: super::unread(&details.annotations),
            id: grant.id().to_string(),
            entitlement: grant.entitlement.as_str().to_owned(),
            permission: permission.slug.clone(),
            entitlement_name: permission.name.clone(),
            entitlement_description: permission.description.clone(),
            through,
        })
    }
}

impl Source {
    pub(crate) fn find(snapshot: &Snapshot<'_>, id: &EntitlementId, direct: bool) -> Result<Self, Error> {
        let permission = snapshot.names.entitlement(snapshot.view(), id)?;
        let resource = match &permission.resource {
            Some(resource) => Reference::find(snapshot, resource)?,
            None => Reference { kind: String::new(), id: id.as_str().to_owned(), name: String::new() },
        };
        Ok(Self {
            entitlement: id.as_str().to_owned(),
            permission: permission.slug.clone(),
            resource,
            direct,
        })
    }
}
