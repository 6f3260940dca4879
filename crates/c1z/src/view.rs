//! The rows of one sync, as the model's types.

use governance_model::{
    Entitlement, EntitlementId, Grant, GrantId, Resource, ResourceId, ResourceType, ResourceTypeId,
};
use rusqlite::Connection;

use crate::query::Condition;
use crate::records::{Kind, Record, Records};
use crate::run::{Stats, SyncRun};
use crate::{Error, batch, dangling};

/// One sync of a [`C1zFile`](crate::C1zFile).
#[derive(Debug)]
pub struct SyncView<'f> {
    pub(crate) connection: &'f Connection,
    pub(crate) run: SyncRun,
}

/// Which resources are wanted; by default all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceFilter {
    /// Only of this type.
    pub resource_type: Option<ResourceTypeId>,
    /// Only inside of this resource.
    pub parent: Option<ResourceId>,
}

/// Which entitlements are wanted; by default all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntitlementFilter {
    /// Only on resources of this type.
    pub resource_type: Option<ResourceTypeId>,
    /// Only on this resource.
    pub resource: Option<ResourceId>,
}

/// Which grants are wanted; by default all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantFilter {
    /// Only of this entitlement.
    pub entitlement: Option<EntitlementId>,
    /// Only of entitlements on resources of this type.
    pub resource_type: Option<ResourceTypeId>,
    /// Only of entitlements on this resource.
    pub resource: Option<ResourceId>,
    /// Only to this principal.
    pub principal: Option<ResourceId>,
    /// Only to principals of this type.
    pub principal_type: Option<ResourceTypeId>,
}

impl<'f> SyncView<'f> {
    pub(crate) fn new(connection: &'f Connection, run: SyncRun) -> Self {
        Self { connection, run }
    }

    /// A sync of which only the id is known.
    #[cfg(test)]
    pub(crate) fn unfinished(connection: &'f Connection, sync_id: &str) -> Self {
        let run = SyncRun {
            sync_id: sync_id.to_owned(),
            sync_type: crate::SyncType::Full,
            started_at: governance_model::Timestamp::UNIX_EPOCH,
            ended_at: None,
            token: String::new(),
            parent_sync_id: String::new(),
            linked_sync_id: String::new(),
            stats: None,
        };
        Self::new(connection, run)
    }

    /// The sync itself.
    pub fn run(&self) -> &SyncRun {
        &self.run
    }

    /// Its counts: the stored ones if they can be trusted (interop reference 1.4), otherwise counted now.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn stats(&self) -> Result<Stats, Error> {
        match &self.run.stats {
            Some(stats) if stats.resource_types > 0 => Ok(stats.clone()),
            _ => self.count(),
        }
    }

    /// Its counts, counted now whatever is stored.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn count(&self) -> Result<Stats, Error> {
        Stats::count(self.connection, &self.run.sync_id).map_err(Error::sqlite("count rows"))
    }

    /// All resource types.
    pub fn resource_types(&self) -> Records<'f, ResourceType> {
        self.records(Vec::new())
    }

    /// Resources.
    pub fn resources(&self, filter: &ResourceFilter) -> Records<'f, Resource> {
        let mut conditions = Vec::new();
        of_type(&mut conditions, "resource_type_id", filter.resource_type.as_ref());
        of(&mut conditions, ["parent_resource_type_id", "parent_resource_id"], filter.parent.as_ref());
        self.records(conditions)
    }

    /// Entitlements.
    pub fn entitlements(&self, filter: &EntitlementFilter) -> Records<'f, Entitlement> {
        let mut conditions = Vec::new();
        of_type(&mut conditions, "resource_type_id", filter.resource_type.as_ref());
        of(&mut conditions, ["resource_type_id", "resource_id"], filter.resource.as_ref());
        self.records(conditions)
    }

    /// Grants.
    pub fn grants(&self, filter: &GrantFilter) -> Records<'f, Grant> {
        let mut conditions = Vec::new();
        if let Some(entitlement) = &filter.entitlement {
            conditions.push(Condition::narrow("entitlement_id", entitlement.as_str()));
        }
        of_type(&mut conditions, "resource_type_id", filter.resource_type.as_ref());
        of(&mut conditions, ["resource_type_id", "resource_id"], filter.resource.as_ref());
        let principal = ["principal_resource_type_id", "principal_resource_id"];
        of_type(&mut conditions, principal[0], filter.principal_type.as_ref());
        of(&mut conditions, principal, filter.principal.as_ref());
        self.records(conditions)
    }

    /// One resource type.
    ///
    /// # Errors
    /// When its row cannot be read or decoded.
    pub fn resource_type(&self, id: &ResourceTypeId) -> Result<Option<Record<ResourceType>>, Error> {
        self.one(vec![Condition::narrow("external_id", id.as_str())])
    }

    /// One resource.
    ///
    /// # Errors
    /// When its row cannot be read or decoded.
    pub fn resource(&self, id: &ResourceId) -> Result<Option<Record<Resource>>, Error> {
        let mut conditions = vec![Condition::narrow("external_id", &id.store_key())];
        of_type(&mut conditions, "resource_type_id", Some(&id.resource_type));
        self.one(conditions)
    }

    /// One entitlement.
    ///
    /// # Errors
    /// When its row cannot be read or decoded.
    pub fn entitlement(&self, id: &EntitlementId) -> Result<Option<Record<Entitlement>>, Error> {
        self.one(vec![Condition::narrow("external_id", id.as_str())])
    }

    /// One grant.
    ///
    /// # Errors
    /// When its row cannot be read or decoded.
    pub fn grant(&self, id: &GrantId) -> Result<Option<Record<Grant>>, Error> {
        self.one(vec![Condition::narrow("external_id", id.as_str())])
    }

    /// The bytes of an asset, such as a report that a connector keeps with its syncs.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn asset(&self, external_id: &str) -> Result<Option<Vec<u8>>, Error> {
        batch::asset(self.connection, &self.run.sync_id, external_id)
    }

    /// The principals of grants that the sync does not hold, each once, by type and id.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn principals_missing(&self) -> Result<Vec<ResourceId>, Error> {
        dangling::principals_missing(self.connection, &self.run.sync_id)
    }

    fn records<T: Kind>(&self, conditions: Vec<Condition>) -> Records<'f, T> {
        Records::new(self.connection, &self.run.sync_id, conditions)
    }

    fn one<T: Kind>(&self, conditions: Vec<Condition>) -> Result<Option<Record<T>>, Error> {
        self.records(conditions).next().transpose()
    }
}

fn of_type(conditions: &mut Vec<Condition>, column: &'static str, id: Option<&ResourceTypeId>) {
    if let Some(id) = id {
        conditions.push(Condition::broad(column, id.as_str()));
    }
}

fn of(conditions: &mut Vec<Condition>, columns: [&'static str; 2], id: Option<&ResourceId>) {
    if let Some(id) = id {
        // Both stand in one index.
        conditions.push(Condition::narrow(columns[0], id.resource_type.as_str()));
        conditions.push(Condition::narrow(columns[1], &id.resource));
    }
}
