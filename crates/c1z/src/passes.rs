//! Passes over the rows of a sync that decode no message, for what the columns and a glance can say: counting, and
//! finding out who comes into question, in a part of the time that decoding takes.

use governance_model::{ResourceId, ResourceTypeId, State};
use rusqlite::Row;

use crate::schema::{GRANTS, RESOURCES};
use crate::{Error, Glance, SyncView, glance};

/// What the columns of a grant say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantGlance<'r> {
    /// The id under which the file keeps the grant.
    pub external_id: &'r str,
    /// What it grants.
    pub entitlement: &'r str,
    /// The type and the id of whoever has it.
    pub principal: (&'r str, &'r str),
}

impl SyncView<'_> {
    /// Glances at every resource of a type, in the order in which they were written.
    ///
    /// # Errors
    /// When SQLite fails, or a row holds no message.
    pub fn glance(&self, of: &ResourceTypeId, mut each: impl FnMut(&Glance<'_>)) -> Result<(), Error> {
        const SQL: &str = "select external_id, data from v1_resources where sync_id = ?1 \
             and +resource_type_id = ?2 order by id";
        let action = "glance at resources";
        let mut statement = self.connection.prepare(SQL).map_err(Error::sqlite(action))?;
        let mut rows = statement.query([&self.run.sync_id, of.as_str()]).map_err(Error::sqlite(action))?;
        while let Some(row) = rows.next().map_err(Error::sqlite(action))? {
            let data = row.get_ref(1).ok().and_then(|value| value.as_blob().ok());
            let Some(glance) = data.and_then(Glance::at) else {
                let external_id = row.get(0).map_err(Error::sqlite(action))?;
                return Err(Error::Column { table: RESOURCES, external_id, column: "data" });
            };
            each(&glance);
        }
        Ok(())
    }

    /// How many grants each entitlement has that has any, by the id of the entitlement.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn holders(&self, mut each: impl FnMut(&str, u64)) -> Result<(), Error> {
        const SQL: &str = "select entitlement_id, count(*) from v1_grants where sync_id = ?1 \
             group by entitlement_id";
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare(SQL)?;
            let mut rows = statement.query([&self.run.sync_id])?;
            while let Some(row) = rows.next()? {
                each(row.get_ref(0)?.as_str()?, row.get::<_, i64>(1)?.unsigned_abs());
            }
            Ok(())
        };
        read().map_err(Error::sqlite("count holders"))
    }

    /// The resources that grants are on, each once, by type and id. Grants of other syncs in the file count as well: that goes by
    /// an index which knows nothing of syncs.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn resources_with_grants(&self) -> Result<Vec<ResourceId>, Error> {
        const SQL: &str = "select distinct resource_type_id, resource_id from v1_grants order by 1, 2";
        let read = || -> rusqlite::Result<Vec<ResourceId>> {
            let mut statement = self.connection.prepare(SQL)?;
            let id = |row: &Row<'_>| {
                let (kind, id) = (row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
                Ok(ResourceId::new(ResourceTypeId::new(kind), id))
            };
            statement.query_map((), id)?.collect()
        };
        read().map_err(Error::sqlite("look for what grants are on"))
    }

    /// Glances at every grant on a resource, in the order in which they were written.
    ///
    /// # Errors
    /// When SQLite fails, a column cannot be read, or with the first error of `each`.
    pub fn glance_at_grants<E: From<Error>>(
        &self,
        on: &ResourceId,
        mut each: impl FnMut(GrantGlance<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        const SQL: &str = "select external_id, entitlement_id, principal_resource_type_id, \
             principal_resource_id from v1_grants where sync_id = ?1 \
             and resource_type_id = ?2 and resource_id = ?3 order by id";
        let failed = |source| E::from(Error::Sqlite { action: "glance at grants", source });
        let mut statement = self.connection.prepare_cached(SQL).map_err(failed)?;
        let parameters = [&self.run.sync_id, on.resource_type.as_str(), on.resource.as_str()];
        let mut rows = statement.query(parameters).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            each(GrantGlance::at(row)?)?;
        }
        Ok(())
    }

    /// The states of the accounts whose message says it outright, by type and id. Whoever is not given has to be read to
    /// know its state, or is no account.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn states_of_accounts(&self, mut each: impl FnMut(&str, &str, State)) -> Result<(), Error> {
        const SQL: &str =
            "select resource_type_id, external_id, data from v1_resources where sync_id = ?1 order by id";
        let action = "glance at accounts";
        let mut statement = self.connection.prepare(SQL).map_err(Error::sqlite(action))?;
        let mut rows = statement.query([&self.run.sync_id]).map_err(Error::sqlite(action))?;
        while let Some(row) = rows.next().map_err(Error::sqlite(action))? {
            let key = text(row, 1, RESOURCES, "", "external_id")?;
            let kind = text(row, 0, RESOURCES, key, "resource_type_id")?;
            let id = key.strip_prefix(kind).and_then(|rest| rest.strip_prefix(':'));
            let data = row.get_ref(2).ok().and_then(|data| data.as_blob().ok()).unwrap_or_default();
            if let (Some(id), true) = (id, glance::is_only_user(data))
                && let Some(state) = Glance::at(data).and_then(|glance| glance.own_state)
            {
                each(kind, id, state);
            }
        }
        Ok(())
    }
}

impl<'r> GrantGlance<'r> {
    fn at(row: &'r Row<'_>) -> Result<Self, Error> {
        let external_id = text(row, 0, GRANTS, "", "external_id")?;
        let text = |index, column| text(row, index, GRANTS, external_id, column);
        Ok(Self {
            external_id,
            entitlement: text(1, "entitlement_id")?,
            principal: (text(2, "principal_resource_type_id")?, text(3, "principal_resource_id")?),
        })
    }
}

fn text<'r>(
    row: &'r Row<'_>,
    index: usize,
    table: &'static str,
    external_id: &str,
    column: &'static str,
) -> Result<&'r str, Error> {
    let text = row.get_ref(index).ok().and_then(|value| value.as_str().ok());
    text.ok_or_else(|| Error::Column { table, external_id: external_id.to_owned(), column })
}

#[cfg(test)]
mod tests {
    use governance_model::{Resource, ResourceTrait, ResourceTypeId, Status};
    use prost::Message as _;
    use rusqlite::{Connection, params};

    use super::*;
    use crate::schema;

    fn view(connection: &Connection) -> SyncView<'_> {
        SyncView::unfinished(connection, "s")
    }

    /// Older connectors say the state of an account in its trait alone: it is not told without reading the account.
    #[test]
    fn the_state_of_a_trait_is_left_to_whoever_reads_it() {
        const SQL: &str = "insert into v1_resources (resource_type_id, external_id, data, sync_id, discovered_at) \
                 values ('user', ?1, ?2, ?3, '')";
        let connection = Connection::open_in_memory().unwrap();
        schema::create(&connection).unwrap();
        let insert = |key: &str, sync: &str, traits: Vec<ResourceTrait>, own: bool| {
            let id = ResourceId::new(ResourceTypeId::from_static("user"), key);
            let mut user = Resource::new(id.clone(), key);
            user.status = Some(Status { state: State::Enabled, details: String::new() });
            user.traits = traits;
            let mut message = baton_proto::resource_to_proto(&user);
            message.status = message.status.filter(|_| own);
            connection.execute(SQL, params![id.store_key(), message.encode_to_vec(), sync]).unwrap();
        };
        let user = || ResourceTrait::User(Box::default());
        insert("own", "s", vec![user()], true);
        insert("trait", "s", vec![user()], false);
        insert("team", "s", vec![user(), ResourceTrait::Group], true);
        insert("nothing", "s", Vec::new(), true);
        insert("other-sync", "t", vec![user()], true);
        let mut seen = Vec::new();
        let see = |kind: &str, id: &str, state| seen.push((kind.to_owned(), id.to_owned(), state));
        view(&connection).states_of_accounts(see).unwrap();
        assert_eq!(seen, [("user".to_owned(), "own".to_owned(), State::Enabled)]);
    }

    #[test]
    fn grants_are_glanced_at_on_one_resource_of_one_sync() {
        let connection = Connection::open_in_memory().unwrap();
        schema::create(&connection).unwrap();
        for (key, on, sync) in
            [("a", "g1", "s"), ("b", "g2", "s"), ("c", "g1", "t"), ("e", "g3", "t"), ("d", "g1", "s")]
        {
            const SQL: &str = "insert into v1_grants (resource_type_id, resource_id, entitlement_id, \
                 principal_resource_type_id, principal_resource_id, external_id, data, sync_id, discovered_at) \
                 values ('group', ?1, 'e' || ?2, 'user', 'u' || ?2, ?2, x'', ?3, '')";
            connection.execute(SQL, params![on, key, sync]).unwrap();
        }
        let group = |id: &str| ResourceId::new(ResourceTypeId::from_static("group"), id);
        let mut seen = Vec::new();
        let read = view(&connection).glance_at_grants(&group("g1"), |grant| {
            assert_eq!(grant.entitlement, format!("e{}", grant.external_id));
            assert_eq!(grant.principal, ("user", format!("u{}", grant.external_id).as_str()));
            seen.push(grant.external_id.to_owned());
            Ok::<_, Error>(())
        });
        read.unwrap();
        assert_eq!(seen, ["a", "d"]);
        // Nobody has anything on the last one in this sync, and it is named all the same.
        let on = view(&connection).resources_with_grants().unwrap();
        assert_eq!(on, [group("g1"), group("g2"), group("g3")]);
    }
}
