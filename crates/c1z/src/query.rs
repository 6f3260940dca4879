//! What is asked of SQLite for a page of rows.
//!
//! SQLite knows little about how many rows fulfil what, so questions are put in a way that leaves it one good answer: a few
//! rows are found by an index and then put into order, everything else is read in an order that an index has. A plus
//! in front of a column keeps its index out of the choice.

use std::fmt::Write;

use rusqlite::types::Value;

use crate::schema::RESOURCES;

/// How many rows are read at once, at most.
pub(crate) const PAGE: usize = 500;
/// How many places of rows are looked up at once where no index gives them in order, so that all that is wanted need not
/// be put into order again for each page. Eight bytes each.
pub(crate) const PLACES: usize = if cfg!(test) { 700 } else { 100_000 };

/// A condition on a column: that it has a value.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    column: &'static str,
    pub(crate) value: String,
    /// Whether few rows fulfil it, as with an id, and not a great part of the table, as with a type.
    narrow: bool,
}

impl Condition {
    pub(crate) fn narrow(column: &'static str, value: &str) -> Self {
        Self { column, value: value.to_owned(), narrow: true }
    }

    pub(crate) fn broad(column: &'static str, value: &str) -> Self {
        Self { column, value: value.to_owned(), narrow: false }
    }
}

/// In which order rows come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// As they were written.
    Written,
    /// By their external id.
    ExternalId,
}

impl Order {
    pub(crate) fn column(self) -> &'static str {
        match self {
            Self::Written => "id",
            Self::ExternalId => "external_id",
        }
    }

    /// Before every row.
    pub(crate) fn start(self) -> Value {
        match self {
            Self::Written => Value::Integer(i64::MIN),
            Self::ExternalId => Value::Text(String::new()),
        }
    }
}

/// Rows of a table. Its parameters are the sync id, where to go on after, and the values of the conditions.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) table: &'static str,
    /// Columns besides `id`, `external_id` and `data`, which come first.
    pub(crate) columns: &'static str,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) order: Order,
}

impl Query {
    /// The next page.
    pub(crate) fn page(&self) -> String {
        let Self { columns, table, .. } = self;
        format!("select id, external_id, data{columns} from {table} where {} limit {PAGE}", self.wanted())
    }

    /// The places of many rows that come next, and their external ids.
    pub(crate) fn places(&self) -> String {
        format!("select id, external_id from {} where {} limit {PLACES}", self.table, self.wanted())
    }

    /// The row in a place, which is the only parameter.
    pub(crate) fn row(&self) -> String {
        let Self { columns, table, .. } = self;
        format!("select id, external_id, data{columns} from {table} where id = ?1")
    }

    /// Whether all that is wanted is put into order for each page.
    pub(crate) fn is_ordered_each_time(&self) -> bool {
        self.is_narrow() && self.order == Order::ExternalId
    }

    fn is_narrow(&self) -> bool {
        self.conditions.iter().any(|condition| condition.narrow)
    }

    fn wanted(&self) -> String {
        let mut sql = "sync_id = ?1".to_owned();
        // The only index on a type alone has its rows in the order in which they were written.
        let types_help = self.order == Order::Written && self.table == RESOURCES && !self.is_narrow();
        for (at, Condition { column, narrow, .. }) in self.conditions.iter().enumerate() {
            let plus = if *narrow || types_help { "" } else { "+" };
            // Writing to a string cannot fail.
            let _ = write!(sql, " and {plus}{column} = ?{}", at + 3);
        }
        let key = self.order.column();
        let _ = write!(sql, " and {key} > ?2 order by {key}");
        sql
    }
}

#[cfg(test)]
mod tests {
    use governance_model::{EntitlementId, GrantId, ResourceId, ResourceTypeId};

    use rusqlite::config::DbConfig;
    use rusqlite::{Connection, params_from_iter};

    use super::*;
    use crate::records::Records;
    use crate::{GrantFilter, ResourceFilter, SyncView, schema};

    fn view(connection: &Connection) -> SyncView<'_> {
        SyncView::unfinished(connection, "s")
    }

    /// A database, without all of its indexes, in which one user has 1,600 grants and 1,600 others have one each.
    fn crowded() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).unwrap();
        schema::create(&connection).unwrap();
        let mut insert = connection
            .prepare(
                "insert into v1_grants (resource_type_id, resource_id, entitlement_id, principal_resource_type_id, \
                 principal_resource_id, external_id, data, sync_id, discovered_at) \
                 values ('group', ?1, ?2, 'user', ?3, ?4, x'', 's', '')",
            )
            .unwrap();
        // Neither in the order of ids nor in the reverse one.
        for number in (0..1600_u32).map(|number| number * 7 % 1600) {
            let user = ResourceId::new(ResourceTypeId::new("user"), format!("u{number:04}"));
            let busy = ResourceId::new(ResourceTypeId::new("user"), "busy");
            for (group, user) in [(format!("g{number:04}"), &busy), ("all".to_owned(), &user)] {
                let entitlement = EntitlementId::from_raw(format!("group:{group}:member"));
                let id = GrantId::new(&entitlement, user);
                insert.execute([&group, entitlement.as_str(), &user.resource, id.as_str()]).unwrap();
            }
        }
        drop(insert);
        connection
    }

    fn filters() -> [(&'static str, GrantFilter); 5] {
        let all = GrantFilter::default;
        let id = |kind: &'static str, id: &str| ResourceId::new(ResourceTypeId::from_static(kind), id);
        [
            ("all", all()),
            ("type", GrantFilter { resource_type: Some(ResourceTypeId::from_static("group")), ..all() }),
            ("resource", GrantFilter { resource: Some(id("group", "all")), ..all() }),
            ("principal", GrantFilter { principal: Some(id("user", "busy")), ..all() }),
            (
                "entitlement",
                GrantFilter { entitlement: Some(EntitlementId::from_raw("group:all:member")), ..all() },
            ),
        ]
    }

    fn plan<T>(records: &Records<'_, T>) -> String {
        let sql = format!("explain query plan {}", records.query.page());
        let mut statement = records.connection.prepare(&sql).unwrap();
        let lines =
            statement.query_map(params_from_iter(&records.values), |row| row.get::<_, String>(3)).unwrap();
        lines.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    }

    /// Statistics by which every index finds the whole table.
    const LIES: &str = "analyze; \
         update sqlite_stat1 set stat = '3200 3200 3200 3200 3200'; analyze sqlite_master";

    #[test]
    fn every_question_goes_by_an_index_and_none_orders_a_great_part_of_the_table() {
        let connection = crowded();
        let expected = [
            ("all", "external_sync_v1 (external_id>?)", "PRIMARY KEY (rowid>?)"),
            ("type", "external_sync_v1 (external_id>?)", "PRIMARY KEY (rowid>?)"),
            (
                "resource",
                "(resource_type_id=? AND resource_id=?); USE TEMP B-TREE",
                "resource_id=? AND rowid>?)",
            ),
            (
                "principal",
                "principal_resource_id=?); USE TEMP B-TREE",
                "principal_resource_id=? AND rowid>?)",
            ),
            ("entitlement", "(entitlement_id=? AND sync_id=?); USE TEMP B-TREE", "sync_id=? AND id>?)"),
        ];
        for prepare in ["", "analyze", LIES, "drop index idx_grants_external_sync_v1"] {
            connection.execute_batch(prepare).unwrap();
            schema::prepare_for_reading(&connection).unwrap();
            for ((name, filter), (same, by_id, written)) in filters().iter().zip(expected) {
                assert_eq!(*name, same);
                let (by_id_plan, written_plan) = (
                    plan(&view(&connection).grants(filter).by_id()),
                    plan(&view(&connection).grants(filter)),
                );
                assert!(by_id_plan.contains(by_id), "{prepare} {name}: {by_id_plan}");
                assert!(written_plan.contains(written), "{prepare} {name}: {written_plan}");
                assert!(by_id_plan.contains("TEMP B-TREE") == by_id.contains("TEMP B-TREE"), "{by_id_plan}");
                assert!(!written_plan.contains("TEMP B-TREE"), "{written_plan}");
            }
            let users = ResourceTypeId::from_static("user");
            let users = ResourceFilter { resource_type: Some(users), ..ResourceFilter::default() };
            assert!(plan(&view(&connection).resources(&users)).contains("(resource_type_id=? AND rowid>?)"));
            assert!(plan(&view(&connection).resources(&users).by_id()).contains("(external_id>?)"));
        }
    }

    /// More rows than are looked up ahead, in both orders, against SQL without pages.
    #[test]
    fn all_rows_come_once_and_in_order() {
        let connection = crowded();
        let wanted =
            ["1", "1", "resource_id = 'all'", "principal_resource_id = 'busy'", "resource_id = 'all'"];
        for ((name, filter), wanted) in filters().iter().zip(wanted) {
            for (key, records) in [
                ("id", view(&connection).grants(filter)),
                ("external_id", view(&connection).grants(filter).by_id()),
            ] {
                let mut statement = connection
                    .prepare(&format!("select external_id from v1_grants where {wanted} order by {key}"))
                    .unwrap();
                let expected: Vec<String> =
                    statement.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect();
                let found: Vec<String> = records.map(|record| record.unwrap().external_id).collect();
                assert!(expected.len() > 2 * PLACES);
                assert!(found == expected, "{name} by {key}: {} of {}", found.len(), expected.len());
            }
        }
    }
}
