//! What a working database holds, by id: which row has an id, and how many rows there are of each type.
//!
//! It is kept in memory, at about a dozen bytes for each row, in place of the unique indexes. Kept up to date on disk
//! those cost as much as the rows themselves, because ids come in no order; here they are built when the sync is sealed,
//! from rows that are put into order once, and would then find a row that is there twice. Everything in it can be read
//! back from the rows, which is what a resumed sync does.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

use hashbrown::HashTable;
use rusqlite::{Connection, Row};

use crate::Error;
use crate::run::Stats;
use crate::schema::{self, ENTITLEMENTS, GRANTS, RESOURCES};

/// What is known of the three tables that grow.
pub(crate) struct Known {
    pub(crate) resources: Ids,
    pub(crate) entitlements: Ids,
    pub(crate) grants: Ids,
    /// Whether a grant may be there that makes others.
    pub(crate) expandable: bool,
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known").finish_non_exhaustive()
    }
}

impl Known {
    /// For a database without rows.
    pub(crate) fn new() -> Self {
        let hasher = RandomState::new();
        Self {
            resources: Ids::new(RESOURCES, hasher.clone()),
            entitlements: Ids::new(ENTITLEMENTS, hasher.clone()),
            grants: Ids::new(GRANTS, hasher),
            expandable: false,
        }
    }

    /// Reads it back from the rows of a sync.
    ///
    /// # Errors
    /// When a row is there twice or has no usable id, and when SQLite fails.
    pub(crate) fn read(connection: &Connection, sync_id: &str) -> Result<Self, Error> {
        const EXPANDABLE: &str =
            "select exists (select 1 from v1_grants where sync_id = ?1 and expansion is not null)";
        let mut known = Self::new();
        for ids in [&mut known.resources, &mut known.entitlements, &mut known.grants] {
            ids.read(connection, sync_id)?;
        }
        known.expandable = connection
            .query_row(EXPANDABLE, [sync_id], |row| row.get(0))
            .map_err(Error::sqlite("read expandable grants"))?;
        Ok(known)
    }

    /// The counts of the tables that it knows, and those of the others from the database.
    pub(crate) fn stats(&self, connection: &Connection, sync_id: &str) -> rusqlite::Result<Stats> {
        let total = |table: &str| {
            let sql = format!("select count(*) from {table} where sync_id = ?1");
            connection.query_row(&sql, [sync_id], |row| Ok(row.get::<_, i64>(0)?.unsigned_abs()))
        };
        let sum = |ids: &Ids| ids.counts.iter().map(|(_, count)| count).sum();
        let by_type = |ids: &Ids| ids.counts.iter().filter(|(_, count)| *count > 0).cloned().collect();
        Ok(Stats {
            resource_types: total(schema::RESOURCE_TYPES)?,
            resources: sum(&self.resources),
            entitlements: sum(&self.entitlements),
            grants: sum(&self.grants),
            assets: total(schema::ASSETS)?,
            resources_by_resource_type: by_type(&self.resources),
            entitlements_by_resource_type: by_type(&self.entitlements),
            grants_by_resource_type: by_type(&self.grants),
        })
    }
}

/// Where a row is, and a mark of its id. Rows with equal marks are told apart by looking at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    mark: u32,
    row: u32,
}

impl Place {
    /// Spreads a mark over the bits that the table goes by.
    fn hash(self) -> u64 {
        u64::from(self.mark).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// The rows of one table.
pub(crate) struct Ids {
    table: &'static str,
    hasher: RandomState,
    places: HashTable<Place>,
    /// How many rows there are, by the type of the resource that they are about. There are few types.
    counts: Vec<(String, u64)>,
}

impl Ids {
    fn new(table: &'static str, hasher: RandomState) -> Self {
        Self { table, hasher, places: HashTable::new(), counts: Vec::new() }
    }

    /// The row with an id, if there is one.
    pub(crate) fn row(&self, connection: &Connection, id: &str) -> rusqlite::Result<Option<i64>> {
        self.marked(self.mark(id), connection, id)
    }

    /// As [`Ids::row`], with the mark of the id.
    pub(crate) fn marked(
        &self,
        mark: u32,
        connection: &Connection,
        id: &str,
    ) -> rusqlite::Result<Option<i64>> {
        let place = Place { mark, row: 0 };
        for found in self.places.iter_hash(place.hash()).filter(|found| found.mark == place.mark) {
            let row = i64::from(found.row);
            if self.is_there(connection, row, id)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Whether a row has a type that begins with this one and a colon.
    pub(crate) fn has_type_below(&self, of: &str) -> bool {
        let is_below = |found: &str| found.strip_prefix(of).is_some_and(|rest| rest.starts_with(':'));
        self.counts.iter().any(|(found, count)| *count > 0 && is_below(found))
    }

    /// Notes a row that has been inserted, with the mark of its id.
    ///
    /// # Errors
    /// When the table has more rows than anybody has people.
    pub(crate) fn insert(&mut self, mark: u32, row: i64, resource_type: &str) -> Result<(), Error> {
        let Ok(row) = u32::try_from(row) else {
            return Err(Error::Schema { reason: format!("{} has too many rows", self.table) });
        };
        let place = Place { mark, row };
        self.places.insert_unique(place.hash(), place, |place| place.hash());
        match self.counts.iter_mut().find(|(of, _)| of == resource_type) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((resource_type.to_owned(), 1)),
        }
        Ok(())
    }

    /// Forgets a row that has been deleted.
    pub(crate) fn remove(&mut self, id: &str, row: i64, resource_type: &str) {
        let mark = self.mark(id);
        let hash = Place { mark, row: 0 }.hash();
        let is_it = |place: &Place| place.mark == mark && i64::from(place.row) == row;
        if let Ok(found) = self.places.find_entry(hash, is_it) {
            found.remove();
        }
        if let Some((_, count)) = self.counts.iter_mut().find(|(of, _)| of == resource_type) {
            *count = count.saturating_sub(1);
        }
    }

    fn read(&mut self, connection: &Connection, sync_id: &str) -> Result<(), Error> {
        let action = "read the ids of a table";
        let table = self.table;
        let sql = format!("select id, external_id, resource_type_id from {table} where sync_id = ?1");
        let mut statement = connection.prepare(&sql).map_err(Error::sqlite(action))?;
        let mut rows = statement.query([sync_id]).map_err(Error::sqlite(action))?;
        while let Some(row) = rows.next().map_err(Error::sqlite(action))? {
            let (place, id, of) = (number(row, table)?, text(row, 1, table)?, text(row, 2, table)?);
            let mark = self.mark(id);
            if self.marked(mark, connection, id).map_err(Error::sqlite(action))?.is_some() {
                return Err(Error::Schema { reason: format!("{table} has row {id:?} twice") });
            }
            self.insert(mark, place, of)?;
        }
        Ok(())
    }

    /// What an id is known by; several ids may have the same.
    pub(crate) fn mark(&self, id: &str) -> u32 {
        // The lower half of a good hash is as good as any.
        let [a, b, c, d, ..] = self.hasher.hash_one(id).to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }

    fn is_there(&self, connection: &Connection, row: i64, id: &str) -> rusqlite::Result<bool> {
        let sql = match self.table {
            RESOURCES => "select 1 from v1_resources where id = ?1 and external_id = ?2",
            ENTITLEMENTS => "select 1 from v1_entitlements where id = ?1 and external_id = ?2",
            _ => "select 1 from v1_grants where id = ?1 and external_id = ?2",
        };
        connection.prepare_cached(sql)?.exists((row, id))
    }
}

fn number(row: &Row<'_>, table: &'static str) -> Result<i64, Error> {
    row.get(0).map_err(|_| Error::Column { table, external_id: String::new(), column: "id" })
}

fn text<'r>(row: &'r Row<'_>, index: usize, table: &'static str) -> Result<&'r str, Error> {
    let found = row.get_ref(index).ok().and_then(|value| value.as_str().ok());
    found.ok_or_else(|| {
        let place = row.get::<_, i64>(0).unwrap_or_default();
        let column = if index == 1 { "external_id" } else { "resource_type_id" };
        Error::Column { table, external_id: format!("row {place}"), column }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More rows than marks are different: each is still found where it is.
    #[test]
    fn rows_with_equal_marks_are_told_apart() {
        let connection = Connection::open_in_memory().unwrap();
        schema::create(&connection).unwrap();
        let mut ids = Ids::new(RESOURCES, RandomState::new());
        let mut insert = connection
            .prepare(
                "insert into v1_resources (resource_type_id, external_id, data, sync_id, discovered_at) \
                 values ('user', ?1, x'', 's', '')",
            )
            .unwrap();
        for name in ["a", "b", "c"] {
            let row = insert.insert([name]).unwrap();
            // As if all three had the mark of the first.
            let place = Place { mark: ids.mark("a"), row: u32::try_from(row).unwrap() };
            ids.places.insert_unique(place.hash(), place, |place| place.hash());
        }
        assert_eq!(ids.row(&connection, "a").unwrap(), Some(1));
        ids.remove("a", 1, "user");
        assert_eq!(ids.row(&connection, "a").unwrap(), None);
        assert_eq!(ids.places.len(), 2);
    }

    #[test]
    fn a_row_that_is_there_twice_is_found_when_all_are_read() {
        let connection = Connection::open_in_memory().unwrap();
        schema::create(&connection).unwrap();
        let insert = "insert into v1_resources (resource_type_id, external_id, data, sync_id, discovered_at) \
             values ('user', 'user:a', x'', 's', '')";
        connection.execute(insert, ()).unwrap();
        let known = Known::read(&connection, "s").unwrap();
        assert_eq!(known.resources.row(&connection, "user:a").unwrap(), Some(1));
        assert_eq!(known.stats(&connection, "s").unwrap().resources_by_resource_type["user"], 1);
        connection.execute(insert, ()).unwrap();
        let error = Known::read(&connection, "s").unwrap_err().to_string();
        assert!(error.contains("\"user:a\" twice"), "{error}");
    }
}
