//! Grant expansion: whoever holds an entitlement of a collection also holds what was granted to the collection
//! (interop reference, section 6). The edges come from the `expansion` column, their order from [`crate::graph`].
//!
//! Everything is derived from what is stored, and every write is one that a second run would find done already, so a
//! run that was cut off is simply repeated.

use std::collections::{BTreeMap, BTreeSet};

use governance_model::{EntitlementId, Grant, GrantDetails, ResourceId, ResourceTypeId, Timestamp};
use rusqlite::{OptionalExtension, params};

use crate::graph::{Graph, Passage, Step};
use crate::known::Known;
use crate::schema::{self, GRANTS, GRANTS_BY_ENTITLEMENT, GRANTS_BY_ENTITLEMENT_AND_PRINCIPAL};
use crate::{Batch, Error, WorkingDatabase, message};

/// The longest chain of edges that is followed, as in the Go SDK.
const MAX_DEPTH: usize = 20;
/// How many principals are written in one transaction.
const CHUNK: usize = 1000;

/// What expansion did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expansion {
    /// Pairs of entitlements of which the first passes its holders on to the second.
    pub edges: u64,
    /// Mentions of an entitlement that is not there, on either side of an edge.
    pub dropped_edges: u64,
    /// Groups of entitlements that pass holders on in a circle.
    pub cycles: u64,
    /// Grants that were made.
    pub created: u64,
    /// Grants that were there and got further sources.
    pub updated: u64,
}

/// A principal's type and native id.
type Principal = (String, String);
/// Through which entitlements a principal comes to another one, and whether it holds them directly.
type Sources = BTreeMap<String, bool>;

impl WorkingDatabase {
    /// Gives the holders of the entitlements that grants name as sources what was granted to their collection, with the
    /// sources recorded. A grant made this way cannot be revoked where it stands. Doing it again changes nothing.
    ///
    /// # Errors
    /// When a grant names an entitlement of something other than its principal, chains are too long, a stored grant
    /// cannot be decoded, or SQLite fails. What was written before the failure stays and is correct.
    pub fn expand(&mut self, discovered_at: Timestamp) -> Result<Expansion, Error> {
        let mut done = Expansion::default();
        if !self.known()?.expandable {
            return Ok(done);
        }
        let graph = self.graph(&mut done)?;
        done.edges = count(graph.edges());
        if graph.edges() == 0 {
            return Ok(done);
        }
        let plan = graph.plan();
        done.cycles = count(plan.cycles);
        if plan.depth > MAX_DEPTH {
            return Err(Error::ExpansionDepth { depth: plan.depth, limit: MAX_DEPTH });
        }
        let indexes = [GRANTS_BY_ENTITLEMENT, GRANTS_BY_ENTITLEMENT_AND_PRINCIPAL];
        self.transaction(|batch| {
            schema::complete_indexes(batch.connection, Some(&indexes))
                .map_err(Error::sqlite("build the indexes"))
        })?;
        for step in &plan.steps {
            let inherited = self.inherited(step)?;
            for destination in &step.destinations {
                self.pass_on(destination, &inherited, discovered_at, &mut done)?;
            }
        }
        Ok(done)
    }

    /// Collects the edges from expandable grants.
    fn graph(&self, done: &mut Expansion) -> Result<Graph, Error> {
        const SQL: &str = "select external_id, entitlement_id, principal_resource_type_id, \
             principal_resource_id, expansion from v1_grants \
             where sync_id = ?1 and expansion is not null order by id";
        let action = "read expandable grants";
        let mut graph = Graph::default();
        let mut statement = self.connection.prepare(SQL).map_err(Error::sqlite(action))?;
        let mut rows = statement.query([&self.info.sync_id]).map_err(Error::sqlite(action))?;
        while let Some(row) = rows.next().map_err(Error::sqlite(action))? {
            let read = || -> rusqlite::Result<(String, String, Principal, Vec<u8>)> {
                Ok((row.get(0)?, row.get(1)?, (row.get(2)?, row.get(3)?), row.get(4)?))
            };
            let (grant, destination, principal, expansion) = read().map_err(Error::sqlite(action))?;
            let Some(expandable) = message::decode_expansion(&expansion)
                .map_err(|source| Error::Undecodable { table: GRANTS, external_id: grant.clone(), source })?
            else {
                continue;
            };
            let types: BTreeSet<String> =
                expandable.resource_types.iter().map(|id| id.as_str().to_owned()).collect();
            let passage =
                Passage { shallow: expandable.shallow, types: (!types.is_empty()).then_some(types) };
            let has_destination = self.resource_of(&destination)?.is_some();
            for source in expandable.entitlements {
                let Some(resource) = self.resource_of(source.as_str())?.filter(|_| has_destination) else {
                    tracing::debug!(%grant, entitlement = %source, "an expansion leads nowhere");
                    done.dropped_edges += 1;
                    continue;
                };
                if resource != principal {
                    return Err(Error::ForeignExpansion {
                        grant,
                        entitlement: source.as_str().to_owned(),
                        principal: format!("{}:{}", principal.0, principal.1),
                    });
                }
                graph.add(source.as_str(), &destination, passage.clone());
            }
        }
        Ok(graph)
    }

    /// The resource that an entitlement belongs to; `None` when there is no such entitlement.
    fn resource_of(&self, entitlement: &str) -> Result<Option<Principal>, Error> {
        const SQL: &str = "select resource_type_id, resource_id from v1_entitlements where id = ?1";
        let find = |known: &Known| {
            let Some(row) = known.entitlements.row(&self.connection, entitlement)? else { return Ok(None) };
            let mut statement = self.connection.prepare_cached(SQL)?;
            statement.query_row([row], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        };
        find(&*self.known()?).map_err(Error::sqlite("look up an entitlement"))
    }

    /// Who comes to the destinations of a step, and through what.
    fn inherited(&self, step: &Step) -> Result<BTreeMap<Principal, Sources>, Error> {
        const SQL: &str = "select external_id, principal_resource_type_id, principal_resource_id, data \
             from v1_grants where entitlement_id = ?1 and sync_id = ?2 order by id";
        let action = "read the holders of an entitlement";
        let mut inherited: BTreeMap<Principal, Sources> = BTreeMap::new();
        let mut statement = self.connection.prepare_cached(SQL).map_err(Error::sqlite(action))?;
        for (sources, passage) in &step.incoming {
            for source in sources {
                let mut rows =
                    statement.query([source, &self.info.sync_id]).map_err(Error::sqlite(action))?;
                while let Some(row) = rows.next().map_err(Error::sqlite(action))? {
                    let read = || -> rusqlite::Result<(String, Principal, Vec<u8>)> {
                        Ok((row.get(0)?, (row.get(1)?, row.get(2)?), row.get(3)?))
                    };
                    let (grant, principal, data) = read().map_err(Error::sqlite(action))?;
                    if !passage.admits(&principal.0) {
                        continue;
                    }
                    let through = message::grant_sources(&data).map_err(undecodable(&grant))?;
                    let direct = through.is_empty() || through.contains_key(source);
                    if passage.shallow && !direct {
                        continue;
                    }
                    *inherited.entry(principal).or_default().entry(source.clone()).or_default() |= direct;
                }
            }
        }
        Ok(inherited)
    }

    /// Writes what principals inherit on one entitlement.
    fn pass_on(
        &mut self,
        destination: &str,
        inherited: &BTreeMap<Principal, Sources>,
        discovered_at: Timestamp,
        done: &mut Expansion,
    ) -> Result<(), Error> {
        let Some((resource_type, resource)) = self.resource_of(destination)? else {
            return Ok(());
        };
        let entitlement = EntitlementId::from_raw(destination);
        let resource = ResourceId::new(ResourceTypeId::new(resource_type), resource);
        let mut waiting = inherited.iter().peekable();
        while waiting.peek().is_some() {
            let (created, updated) = self.transaction(|batch| {
                let (mut created, mut updated) = (0, 0);
                for (principal, sources) in waiting.by_ref().take(CHUNK) {
                    if let Some(changed) = add_sources(batch, destination, principal, sources)? {
                        updated += changed;
                    } else {
                        let grant = inherited_grant(&entitlement, &resource, principal, sources);
                        created += batch.put_grants(&[grant], discovered_at)?.inserted;
                    }
                }
                Ok::<_, Error>((created, updated))
            })?;
            done.created += created;
            done.updated += updated;
        }
        Ok(())
    }
}

/// The grant by which a principal holds what its collections hold.
fn inherited_grant(
    entitlement: &EntitlementId,
    resource: &ResourceId,
    principal: &Principal,
    sources: &Sources,
) -> Grant {
    let holder = ResourceId::new(ResourceTypeId::new(principal.0.clone()), principal.1.clone());
    let sources = sources.iter().map(|(id, &direct)| (EntitlementId::from_raw(id), direct)).collect();
    let mut grant = Grant::new(entitlement.clone(), resource.clone(), holder);
    *grant.details_mut() = GrantDetails { sources, immutable: true, ..GrantDetails::default() };
    grant
}

/// Adds sources to the grants by which a principal holds an entitlement already. Returns how many of them changed, or
/// `None` when there are none.
fn add_sources(
    batch: &Batch<'_>,
    destination: &str,
    principal: &Principal,
    sources: &Sources,
) -> Result<Option<u64>, Error> {
    const SELECT: &str = "select id, external_id, data from v1_grants where entitlement_id = ?1 \
         and principal_resource_type_id = ?2 and principal_resource_id = ?3 and sync_id = ?4 order by id";
    // The columns of the expansion stay as they are.
    const UPDATE: &str = "update v1_grants set data = ?2 where id = ?1";
    let action = "record the sources of a grant";
    let held: Vec<(i64, String, Vec<u8>)> = batch
        .connection
        .prepare_cached(SELECT)
        .and_then(|mut statement| {
            let params = params![destination, principal.0, principal.1, batch.sync_id];
            statement.query_map(params, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
        })
        .map_err(Error::sqlite(action))?;
    if held.is_empty() {
        return Ok(None);
    }
    let mut changed = 0;
    for (id, external_id, data) in held {
        let before = message::grant_sources(&data).map_err(undecodable(&external_id))?;
        let mut after = before.clone();
        if after.is_empty() {
            after.insert(destination.to_owned(), true);
        }
        for (source, &direct) in sources {
            // Direct is never taken back.
            *after.entry(source.clone()).or_default() |= direct;
        }
        if after != before {
            let data = message::with_grant_sources(&data, after).map_err(undecodable(&external_id))?;
            batch
                .connection
                .prepare_cached(UPDATE)
                .and_then(|mut statement| statement.execute(params![id, data]))
                .map_err(Error::sqlite(action))?;
            changed += 1;
        }
    }
    Ok(Some(changed))
}

fn undecodable(grant: &str) -> impl FnOnce(message::MessageError) -> Error + use<> {
    let external_id = grant.to_owned();
    move |source| Error::Undecodable { table: GRANTS, external_id, source }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
