//! What a working database knows about the sync it holds: checkpoint, session rows, counts, and references that lead
//! nowhere (invariants I3, I7, I8 and I9 of the interop reference, 5.9).

use governance_model::{EntitlementId, GrantId, Resource, ResourceId, ResourceTypeId};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::query::Condition;
use crate::records::{Record, Records};
use crate::run::Stats;
use crate::{Error, WorkingDatabase, batch};

/// A reference that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dangling {
    /// A grant whose resource is not there (I3).
    GrantResource {
        /// The grant.
        grant: GrantId,
        /// What is missing.
        resource: ResourceId,
    },
    /// An entitlement whose resource is not there (I7).
    EntitlementResource {
        /// The entitlement.
        entitlement: EntitlementId,
        /// What is missing.
        resource: ResourceId,
    },
    /// A grant whose entitlement is not there (I8).
    GrantEntitlement {
        /// The grant.
        grant: GrantId,
        /// What is missing.
        entitlement: EntitlementId,
    },
    /// A grant whose principal is not there (I9).
    GrantPrincipal {
        /// The grant.
        grant: GrantId,
        /// What is missing.
        principal: ResourceId,
    },
}

impl Dangling {
    /// The invariant that it breaks, as the Go tools number them.
    pub fn invariant(&self) -> &'static str {
        match self {
            Self::GrantResource { .. } => "I3",
            Self::EntitlementResource { .. } => "I7",
            Self::GrantEntitlement { .. } => "I8",
            Self::GrantPrincipal { .. } => "I9",
        }
    }
}

impl WorkingDatabase {
    /// The checkpoint: what [`Batch::set_token`](crate::Batch::set_token) last set, at first nothing.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn token(&self) -> Result<String, Error> {
        const SQL: &str = "select sync_token from v1_sync_runs where sync_id = ?1";
        self.connection
            .query_row(SQL, [&self.info.sync_id], |row| row.get(0))
            .map_err(Error::sqlite("read the checkpoint"))
    }

    /// One session row.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn session(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        batch::session(&self.connection, &self.info.sync_id, key)
    }

    /// All session rows whose key begins with `prefix`, in the order of their keys.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn sessions(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
        batch::sessions(&self.connection, &self.info.sync_id, prefix)
    }

    /// The bytes of an asset.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn asset(&self, external_id: &str) -> Result<Option<Vec<u8>>, Error> {
        batch::asset(&self.connection, &self.info.sync_id, external_id)
    }

    /// Whether a resource is there.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn contains_resource(&self, id: &ResourceId) -> Result<bool, Error> {
        // The key alone is ambiguous when parts of it hold a colon.
        const SQL: &str = "select 1 from v1_resources \
             where external_id = ?1 and sync_id = ?2 and resource_type_id = ?3";
        self.connection
            .prepare_cached(SQL)
            .and_then(|mut statement| {
                let key = id.store_key();
                let params = [&key, &self.info.sync_id, id.resource_type.as_str()];
                statement.query_row(params, |_| Ok(())).optional()
            })
            .map(|found| found.is_some())
            .map_err(Error::sqlite("look up a resource"))
    }

    /// One resource.
    ///
    /// # Errors
    /// When SQLite fails, or the row cannot be decoded.
    pub fn resource(&self, id: &ResourceId) -> Result<Option<Resource>, Error> {
        let conditions = vec![
            Condition::narrow("external_id", &id.store_key()),
            Condition::broad("resource_type_id", id.resource_type.as_str()),
        ];
        let mut records = Records::new(&self.connection, &self.info.sync_id, conditions);
        Ok(records.next().transpose()?.map(|record: Record<Resource>| record.value))
    }

    /// Whether a grant with this id has been stored.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn contains_grant(&self, id: &GrantId) -> Result<bool, Error> {
        const SQL: &str = "select 1 from v1_grants where external_id = ?1 and sync_id = ?2";
        self.connection
            .prepare_cached(SQL)
            .and_then(|mut statement| statement.exists([id.as_str(), &self.info.sync_id]))
            .map_err(Error::sqlite("look for a grant"))
    }

    /// Counts what is there.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn counts(&self) -> Result<Stats, Error> {
        Stats::count(&self.connection, &self.info.sync_id).map_err(Error::sqlite("count rows"))
    }

    /// Calls `each` with the native id of every resource of a type, in the order in which they came.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn for_each_resource_id(
        &self,
        resource_type: &ResourceTypeId,
        mut each: impl FnMut(&str),
    ) -> Result<(), Error> {
        const SQL: &str = "select substr(external_id, length(resource_type_id) + 2) from v1_resources \
             where sync_id = ?1 and resource_type_id = ?2 order by id";
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare_cached(SQL)?;
            let mut rows = statement.query([&self.info.sync_id, resource_type.as_str()])?;
            while let Some(row) = rows.next()? {
                each(row.get_ref(0)?.as_str()?);
            }
            Ok(())
        };
        read().map_err(Error::sqlite("list resources"))
    }

    /// Everything that refers to something that is not there, by invariant and then in the order of the rows.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn dangling(&self) -> Result<Vec<Dangling>, Error> {
        let resource = |row: &Row<'_>| -> rusqlite::Result<ResourceId> {
            Ok(ResourceId::new(ResourceTypeId::new(row.get::<_, String>(1)?), row.get::<_, String>(2)?))
        };
        let mut found = self.missing(
            "select t.external_id, t.resource_type_id, t.resource_id from v1_grants t where t.sync_id = ?1 \
             and not exists (select 1 from v1_resources r where r.sync_id = t.sync_id \
             and r.external_id = t.resource_type_id || ':' || t.resource_id) order by t.id",
            |row| Ok(Dangling::GrantResource { grant: grant(row)?, resource: resource(row)? }),
        )?;
        found.extend(self.missing(
            "select t.external_id, t.resource_type_id, t.resource_id from v1_entitlements t \
             where t.sync_id = ?1 and not exists (select 1 from v1_resources r where r.sync_id = t.sync_id \
             and r.external_id = t.resource_type_id || ':' || t.resource_id) order by t.id",
            |row| {
                let entitlement = EntitlementId::from_raw(row.get::<_, String>(0)?);
                Ok(Dangling::EntitlementResource { entitlement, resource: resource(row)? })
            },
        )?);
        found.extend(self.missing(
            "select t.external_id, t.entitlement_id from v1_grants t where t.sync_id = ?1 \
             and not exists (select 1 from v1_entitlements e where e.sync_id = t.sync_id \
             and e.external_id = t.entitlement_id) order by t.id",
            |row| {
                let entitlement = EntitlementId::from_raw(row.get::<_, String>(1)?);
                Ok(Dangling::GrantEntitlement { grant: grant(row)?, entitlement })
            },
        )?);
        found.extend(self.missing(
            "select t.external_id, t.principal_resource_type_id, t.principal_resource_id from v1_grants t \
             where t.sync_id = ?1 and not exists (select 1 from v1_resources r where r.sync_id = t.sync_id \
             and r.external_id = t.principal_resource_type_id || ':' || t.principal_resource_id) order by t.id",
            |row| Ok(Dangling::GrantPrincipal { grant: grant(row)?, principal: resource(row)? }),
        )?);
        Ok(found)
    }

    /// The principals of grants that are not there, each once, in the order of their ids.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn principals_missing(&self) -> Result<Vec<ResourceId>, Error> {
        principals_missing(&self.connection, &self.info.sync_id)
    }

    fn missing<T>(
        &self,
        sql: &str,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        missing(&self.connection, &self.info.sync_id, sql, read)
    }
}

/// The principals of grants of a sync that are not there, each once, in the order of their ids.
pub(crate) fn principals_missing(connection: &Connection, sync_id: &str) -> Result<Vec<ResourceId>, Error> {
    missing(
        connection,
        sync_id,
        "select distinct t.principal_resource_type_id, t.principal_resource_id from v1_grants t \
         where t.sync_id = ?1 and not exists (select 1 from v1_resources r where r.sync_id = t.sync_id \
         and r.external_id = t.principal_resource_type_id || ':' || t.principal_resource_id) order by 1, 2",
        |row| Ok(ResourceId::new(ResourceTypeId::new(row.get::<_, String>(0)?), row.get::<_, String>(1)?)),
    )
}

fn missing<T>(
    connection: &Connection,
    sync_id: &str,
    sql: &str,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, Error> {
    connection
        .prepare(sql)
        .and_then(|mut statement| statement.query_map([sync_id], read)?.collect())
        .map_err(Error::sqlite("look for missing rows"))
}

fn grant(row: &Row<'_>) -> rusqlite::Result<GrantId> {
    Ok(GrantId::from_raw(row.get::<_, String>(0)?))
}
