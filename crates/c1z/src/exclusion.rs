//! Ingest invariant I5: exclusion groups, of whose entitlements a principal can hold only one, are well formed
//! (interop reference 5.9). The Go tools refuse a sync that breaks it, so it is checked before a sync is said to
//! have passed. Connectors without such groups pay one look at each entitlement.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::schema::ENTITLEMENTS;
use crate::{Error, message};

/// The most entitlements that a group may have.
const MAX_MEMBERS: usize = 50;

#[derive(Default)]
struct Group {
    resource_type: String,
    members: usize,
    defaults: usize,
}

/// Checks the exclusion groups of a sync.
pub(crate) fn check(connection: &Connection, sync_id: &str) -> Result<(), Error> {
    const SQL: &str = "select external_id, resource_type_id, data from v1_entitlements where sync_id = ?1 \
         and instr(data, cast('.EntitlementExclusionGroup' as blob)) > 0 order by id";
    let action = "read exclusion groups";
    let mut statement = connection.prepare(SQL).map_err(Error::sqlite(action))?;
    let mut rows = statement.query([sync_id]).map_err(Error::sqlite(action))?;
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    while let Some(row) = rows.next().map_err(Error::sqlite(action))? {
        let read =
            || -> rusqlite::Result<(String, String, Vec<u8>)> { Ok((row.get(0)?, row.get(1)?, row.get(2)?)) };
        let (external_id, resource_type, data) = read().map_err(Error::sqlite(action))?;
        let memberships = message::exclusion_groups(&data).map_err(|source| Error::Undecodable {
            table: ENTITLEMENTS,
            external_id: external_id.clone(),
            source,
        })?;
        if let [(first, _), (second, _), ..] = &memberships[..] {
            return Err(broken(first, format!("entitlement {external_id:?} is in group {second:?} too")));
        }
        for (id, is_default) in memberships {
            let group = groups.entry(id.clone()).or_default();
            if group.members == 0 {
                group.resource_type.clone_from(&resource_type);
            } else if group.resource_type != resource_type {
                let types = format!("{} and {resource_type}", group.resource_type);
                return Err(broken(&id, format!("it spans the resource types {types}")));
            }
            group.members += 1;
            group.defaults += usize::from(is_default);
        }
    }
    for (id, group) in groups {
        if group.members > MAX_MEMBERS {
            return Err(broken(&id, format!("it has {} entitlements, over {MAX_MEMBERS}", group.members)));
        }
        if group.defaults > 1 {
            return Err(broken(&id, format!("it has {} defaults", group.defaults)));
        }
    }
    Ok(())
}

fn broken(group: &str, reason: String) -> Error {
    Error::ExclusionGroup { group: group.to_owned(), reason }
}
