//! The kind of row that only an export has.

use c1z::ResourceFilter;
use governance_model::ResourceTypeId;
use serde::Serialize;

use crate::format::Row;
use crate::names::Kind;
use crate::rows::unread;
use crate::{Error, Snapshot};

/// The type of resource that has rows of its own without a trait that says so.
const PROJECT: ResourceTypeId = ResourceTypeId::from_static("project");

/// A resource that is no person, group, role or project, as other connectors write them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherResource {
    /// The resource type.
    pub resource_type: String,
    /// The id that the source gave it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// A sentence about it.
    pub description: String,
    /// The type URLs of annotations that nobody here reads, as other connectors write them; left out when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<String>,
}

impl OtherResource {
    /// Such resources in a snapshot, by id.
    pub fn all<'s>(snapshot: &'s Snapshot<'_>) -> impl Iterator<Item = Result<Self, Error>> + 's {
        let resources = snapshot.view().resources(&ResourceFilter::default()).by_id().without_users();
        resources.filter_map(|record| match record {
            Ok(record) => {
                let resource = record.value;
                let other = Kind::of(&resource.traits) == Kind::Other && resource.id.resource_type != PROJECT;
                other.then(|| {
                    Ok(Self {
                        annotations: unread(&resource.annotations),
                        resource_type: resource.id.resource_type.as_str().to_owned(),
                        id: resource.id.resource.into_string(),
                        name: resource.display_name.into_string(),
                        description: resource.description,
                    })
                })
            }
            Err(error) => Some(Err(error.into())),
        })
    }
}

impl Row for OtherResource {
    const COLUMNS: &'static [&'static str] = &["resource_type", "name", "description", "id"];

    fn cells(&self) -> Vec<String> {
        vec![self.resource_type.clone(), self.name.clone(), self.description.clone(), self.id.clone()]
    }
}
