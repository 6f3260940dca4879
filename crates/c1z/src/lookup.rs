//! What a working database can say about the sync it holds: checkpoint, session rows, counts, and whether something is
//! there.

use crate::known::Known;
use crate::run::Stats;
use crate::schema::{self, RESOURCES_BY_ID};
use crate::{Error, WorkingDatabase, batch, records};
use governance_model::{GrantId, Resource, ResourceId, ResourceTypeId};

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
        self.resource_row(id).map(|row| row.is_some())
    }

    /// One resource.
    ///
    /// # Errors
    /// When SQLite fails, or the row cannot be decoded.
    pub fn resource(&self, id: &ResourceId) -> Result<Option<Resource>, Error> {
        let Some(row) = self.resource_row(id)? else { return Ok(None) };
        Ok(records::in_row::<Resource>(&self.connection, row)?.map(|record| record.value))
    }

    /// The row of a resource.
    fn resource_row(&self, id: &ResourceId) -> Result<Option<i64>, Error> {
        // The key alone is ambiguous when parts of it hold a colon.
        const SQL: &str = "select 1 from v1_resources where id = ?1 and resource_type_id = ?2";
        let find = |known: &Known| {
            let Some(row) = known.resources.row(&self.connection, &id.store_key())? else { return Ok(None) };
            let is_it = self.connection.prepare_cached(SQL)?.exists((row, id.resource_type.as_str()))?;
            Ok(is_it.then_some(row))
        };
        find(&*self.known()?).map_err(Error::sqlite("look up a resource"))
    }

    /// Whether a grant with this id has been stored.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn contains_grant(&self, id: &GrantId) -> Result<bool, Error> {
        let found = self.known()?.grants.row(&self.connection, id.as_str());
        found.map(|row| row.is_some()).map_err(Error::sqlite("look for a grant"))
    }

    /// Counts what is there.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn counts(&self) -> Result<Stats, Error> {
        self.known()?.stats(&self.connection, &self.info.sync_id).map_err(Error::sqlite("count rows"))
    }

    /// Calls `each` with the native id of every resource of a type, each once.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn for_each_resource_id(
        &self,
        resource_type: &ResourceTypeId,
        mut each: impl FnMut(&str),
    ) -> Result<(), Error> {
        // From the index, which is needed soon anyway and has no more in it than this.
        const KEYS: &str = "select external_id from v1_resources \
             where sync_id = ?1 and external_id >= ?2 || ':' and external_id < ?2 || ';'";
        const ROWS: &str = "select external_id from v1_resources \
             where sync_id = ?1 and +resource_type_id = ?2 order by id";
        let action = "list resources";
        let of = resource_type.as_str();
        schema::complete_indexes(&self.connection, Some(&[RESOURCES_BY_ID]))
            .map_err(Error::sqlite("build the indexes"))?;
        // The key alone is ambiguous when another type begins with this one and a colon, or this one has a colon.
        let is_clear = !of.contains(':') && !self.known()?.resources.has_type_below(of);
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare_cached(if is_clear { KEYS } else { ROWS })?;
            let mut rows = statement.query([&self.info.sync_id, of])?;
            while let Some(row) = rows.next()? {
                each(row.get_ref(0)?.as_str()?.get(of.len() + 1..).unwrap_or_default());
            }
            Ok(())
        };
        read().map_err(Error::sqlite(action))
    }
}
