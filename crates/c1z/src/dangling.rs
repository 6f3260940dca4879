//! References that lead nowhere (invariants I3, I7, I8 and I9 of the interop reference, 5.9).
//!
//! What is there is remembered by a hash of 64 bits under a key that is drawn anew each time, and then every reference is
//! looked at once, in the order of the rows. That two ids of a workspace share a hash is less likely than that a bit flips
//! in memory.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState};

use governance_model::{EntitlementId, GrantId, ResourceId, ResourceTypeId};
use rusqlite::{Connection, Row};

use crate::{Error, WorkingDatabase};

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
    /// Everything that refers to something that is not there, by invariant and then in the order of the rows.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn dangling(&self) -> Result<Vec<Dangling>, Error> {
        dangling(&self.connection, &self.info.sync_id).map_err(Error::sqlite("look for lost references"))
    }

    /// The principals of grants that are not there, each once, in the order of their ids.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn principals_missing(&self) -> Result<Vec<ResourceId>, Error> {
        principals_missing(&self.connection, &self.info.sync_id)
    }
}

/// The principals of grants of a sync that are not there, each once, in the order of their ids.
pub(crate) fn principals_missing(connection: &Connection, sync_id: &str) -> Result<Vec<ResourceId>, Error> {
    const SQL: &str =
        "select principal_resource_type_id, principal_resource_id from v1_grants where sync_id = ?1";
    let find = || -> rusqlite::Result<BTreeSet<ResourceId>> {
        let mut resources = There::read(connection, sync_id, "v1_resources")?;
        let mut missing = BTreeSet::new();
        let mut statement = connection.prepare(SQL)?;
        let mut rows = statement.query([sync_id])?;
        while let Some(row) = rows.next()? {
            let principal = [text(row, 0)?, text(row, 1)?];
            if !resources.holds_resource(principal[0], principal[1]) {
                missing.insert(resource(principal));
            }
        }
        Ok(missing)
    };
    Ok(find().map_err(Error::sqlite("look for missing rows"))?.into_iter().collect())
}

/// The external ids of a table.
struct There {
    hashes: HashSet<u64, BuildHasherDefault<Hashed>>,
    hasher: RandomState,
    key: String,
}

impl There {
    fn read(connection: &Connection, sync_id: &str, table: &str) -> rusqlite::Result<Self> {
        let mut there = Self { hashes: HashSet::default(), hasher: RandomState::new(), key: String::new() };
        let sql = format!("select external_id from {table} where sync_id = ?1");
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([sync_id])?;
        while let Some(row) = rows.next()? {
            let hash = there.hasher.hash_one(row.get_ref(0)?.as_str()?);
            there.hashes.insert(hash);
        }
        Ok(there)
    }

    fn holds(&self, id: &str) -> bool {
        self.hashes.contains(&self.hasher.hash_one(id))
    }

    fn holds_resource(&mut self, resource_type: &str, resource: &str) -> bool {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        key.extend([resource_type, ":", resource]);
        let holds = self.holds(&key);
        self.key = key;
        holds
    }
}

/// Takes what is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only whole numbers are hashed");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

fn dangling(connection: &Connection, sync_id: &str) -> rusqlite::Result<Vec<Dangling>> {
    let mut resources = There::read(connection, sync_id, "v1_resources")?;
    let entitlements = There::read(connection, sync_id, "v1_entitlements")?;
    let (mut found, mut by_entitlement, mut by_principal) = (Vec::new(), Vec::new(), Vec::new());

    let mut statement = connection.prepare(
        "select external_id, resource_type_id, resource_id, entitlement_id, principal_resource_type_id, \
         principal_resource_id from v1_grants where sync_id = ?1 order by id",
    )?;
    let mut rows = statement.query([sync_id])?;
    // Grants of one entitlement come together, as a rule.
    let (mut last, mut has_resource, mut has_entitlement) = ([const { String::new() }; 3], true, true);
    while let Some(row) = rows.next()? {
        let of = [text(row, 1)?, text(row, 2)?, text(row, 3)?];
        if last != of {
            last = of.map(str::to_owned);
            has_resource = resources.holds_resource(of[0], of[1]);
            has_entitlement = entitlements.holds(of[2]);
        }
        let principal = [text(row, 4)?, text(row, 5)?];
        let grant = || text(row, 0).map(GrantId::from_raw);
        if !has_resource {
            found.push(Dangling::GrantResource { grant: grant()?, resource: resource([of[0], of[1]]) });
        }
        if !has_entitlement {
            let entitlement = EntitlementId::from_raw(of[2]);
            by_entitlement.push(Dangling::GrantEntitlement { grant: grant()?, entitlement });
        }
        if !resources.holds_resource(principal[0], principal[1]) {
            by_principal.push(Dangling::GrantPrincipal { grant: grant()?, principal: resource(principal) });
        }
    }

    let mut statement = connection.prepare(
        "select external_id, resource_type_id, resource_id from v1_entitlements where sync_id = ?1 order by id",
    )?;
    let mut rows = statement.query([sync_id])?;
    while let Some(row) = rows.next()? {
        let of = [text(row, 1)?, text(row, 2)?];
        if !resources.holds_resource(of[0], of[1]) {
            let entitlement = EntitlementId::from_raw(text(row, 0)?);
            found.push(Dangling::EntitlementResource { entitlement, resource: resource(of) });
        }
    }
    found.append(&mut by_entitlement);
    found.append(&mut by_principal);
    Ok(found)
}

fn text<'r>(row: &'r Row<'_>, index: usize) -> rusqlite::Result<&'r str> {
    Ok(row.get_ref(index)?.as_str()?)
}

fn resource([kind, id]: [&str; 2]) -> ResourceId {
    ResourceId::new(ResourceTypeId::new(kind), id)
}
