//! Entitlements: what can be granted.

use c1z::EntitlementFilter;
use governance_model::{Entitlement, Purpose};
use serde::Serialize;

use super::Reference;
use crate::{Error, Snapshot};

/// Something that can be granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntitlementRow {
    /// The entitlement's id.
    pub id: String,
    /// Its short name, such as `member`.
    pub permission: String,
    /// What people call it.
    pub name: String,
    /// A sentence about it.
    pub description: String,
    /// What holding it amounts to: `assignment`, `permission`, `ownership` or `unspecified`.
    pub purpose: &'static str,
    /// The thing it is on.
    pub resource: Reference,
    /// The type URLs of annotations that nobody here reads, as other connectors write them; left out when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<String>,
}

impl EntitlementRow {
    /// The entitlements in a snapshot that are wanted, by id.
    pub fn all<'s>(
        snapshot: &'s Snapshot<'_>,
        filter: &EntitlementFilter,
    ) -> impl Iterator<Item = Result<Self, Error>> + use<'s> {
        snapshot.view().entitlements(filter).by_id().map(move |record| Self::of(snapshot, record?.value))
    }

    fn of(snapshot: &Snapshot<'_>, entitlement: Entitlement) -> Result<Self, Error> {
        Ok(Self {
            annotations: super::unread(&entitlement.annotations),
            resource: Reference::find(snapshot, &entitlement.resource)?,
            id: entitlement.id.as_str().to_owned(),
            permission: entitlement.slug,
            name: entitlement.display_name,
            description: entitlement.description,
            purpose: match entitlement.purpose {
                Purpose::Unspecified => "unspecified",
                Purpose::Assignment => "assignment",
                Purpose::Permission => "permission",
                Purpose::Ownership => "ownership",
            },
        })
    }
}
