//! Rows as an iterator, a page at a time: never is more than one page in memory.

use std::collections::VecDeque;
use std::fmt;

use governance_model::{Entitlement, Grant, Resource, ResourceType};
use rusqlite::types::{FromSql, Value, ValueRef};
use rusqlite::{Connection, Row, params_from_iter};

use crate::message::{self, GrantColumns, Stored};
use crate::query::{Condition, Order, PAGE, Query};
use crate::schema::{ENTITLEMENTS, GRANTS, RESOURCE_TYPES, RESOURCES};
use crate::{Error, glance};

/// Behind so many bytes of messages a page ends early: pages of large rows would take memory without a limit.
const PAGE_BYTES: usize = 4 << 20;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<T> {
    /// The id under which the file keeps it. What the message says should agree, and other writers may think otherwise.
    pub external_id: String,
    /// What it says.
    pub value: T,
    /// The protobuf message that says it, with more in it than the model reads. For a grant without its entitlement
    /// or principal, which some writers leave to the columns, they have been put back.
    pub message: Vec<u8>,
}

/// The rows that were asked for, in the order in which they were written. A row that cannot be decoded is an error in
/// its place, and those after it still come; when the database itself cannot be read, its error is the last item.
pub struct Records<'f, T> {
    pub(crate) connection: &'f Connection,
    pub(crate) query: Query,
    /// Where the next rows are, when they were looked up ahead.
    places: Option<VecDeque<i64>>,
    /// Its parameters.
    pub(crate) values: Vec<Value>,
    read: fn(&Row<'_>, i64) -> Result<Record<T>, Error>,
    /// Which messages are passed over, undecoded.
    skips: Option<Box<Skips<'f>>>,
    page: VecDeque<Result<Record<T>, Error>>,
    ended: bool,
}

impl<T> fmt::Debug for Records<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("query", &self.query).finish_non_exhaustive()
    }
}

/// Says of a message whether it is passed over.
type Skips<'f> = dyn Fn(&[u8]) -> bool + 'f;

/// What a table's rows are made into.
pub(crate) trait Kind: Sized {
    const TABLE: &'static str;
    /// Columns besides `id`, `external_id` and `data`, which come first.
    const COLUMNS: &'static str;

    fn read(row: &Row<'_>, external_id: &str, data: Vec<u8>) -> Result<Record<Self>, Error>;
}

impl Kind for ResourceType {
    const TABLE: &'static str = RESOURCE_TYPES;
    const COLUMNS: &'static str = "";

    fn read(_row: &Row<'_>, external_id: &str, data: Vec<u8>) -> Result<Record<Self>, Error> {
        decode(Self::TABLE, external_id, data)
    }
}

impl Kind for Resource {
    const TABLE: &'static str = RESOURCES;
    const COLUMNS: &'static str = "";

    fn read(_row: &Row<'_>, external_id: &str, data: Vec<u8>) -> Result<Record<Self>, Error> {
        decode(Self::TABLE, external_id, data)
    }
}

impl Kind for Entitlement {
    const TABLE: &'static str = ENTITLEMENTS;
    const COLUMNS: &'static str = "";

    fn read(_row: &Row<'_>, external_id: &str, data: Vec<u8>) -> Result<Record<Self>, Error> {
        decode(Self::TABLE, external_id, data)
    }
}

impl Kind for Grant {
    const TABLE: &'static str = GRANTS;
    const COLUMNS: &'static str = ", expansion, resource_type_id, resource_id, entitlement_id, \
         principal_resource_type_id, principal_resource_id";

    fn read(row: &Row<'_>, external_id: &str, data: Vec<u8>) -> Result<Record<Self>, Error> {
        let text = |index, column| get::<String>(row, index, GRANTS, external_id, column);
        let expansion: Option<Vec<u8>> = get(row, 3, GRANTS, external_id, "expansion")?;
        let columns = GrantColumns {
            resource: (text(4, "resource_type_id")?, text(5, "resource_id")?),
            entitlement: text(6, "entitlement_id")?,
            principal: (text(7, "principal_resource_type_id")?, text(8, "principal_resource_id")?),
            external_id: external_id.to_owned(),
        };
        let (value, rebuilt) = message::decode_grant(&data, expansion.as_deref(), columns)
            .map_err(|source| undecodable(GRANTS, external_id, source))?;
        Ok(Record { external_id: external_id.to_owned(), value, message: rebuilt.unwrap_or(data) })
    }
}

fn decode<T: Stored>(table: &'static str, external_id: &str, data: Vec<u8>) -> Result<Record<T>, Error> {
    let value = T::decode(&data).map_err(|source| undecodable(table, external_id, source))?;
    Ok(Record { external_id: external_id.to_owned(), value, message: data })
}

fn undecodable(table: &'static str, external_id: &str, source: message::MessageError) -> Error {
    Error::Undecodable { table, external_id: external_id.to_owned(), source }
}

fn get<T: FromSql>(
    row: &Row<'_>,
    index: usize,
    table: &'static str,
    external_id: &str,
    column: &'static str,
) -> Result<T, Error> {
    row.get(index).map_err(|_| Error::Column { table, external_id: external_id.to_owned(), column })
}

impl<'f, T> Records<'f, T> {
    pub(crate) fn new(connection: &'f Connection, sync_id: &str, conditions: Vec<Condition>) -> Self
    where
        T: Kind,
    {
        let mut values = vec![Value::Text(sync_id.to_owned()), Order::Written.start()];
        values.extend(conditions.iter().map(|condition| Value::Text(condition.value.clone())));
        Self {
            connection,
            query: Query { table: T::TABLE, columns: T::COLUMNS, conditions, order: Order::Written },
            places: None,
            values,
            read: read::<T>,
            skips: None,
            page: VecDeque::new(),
            ended: false,
        }
    }

    /// The same rows by their external id, byte by byte: two syncs of the same things give them in the same order,
    /// whatever the order in which they were written. Must be called before the first row is taken.
    #[must_use]
    pub fn by_id(mut self) -> Self {
        self.query.order = Order::ExternalId;
        self.values[1] = Order::ExternalId.start();
        self
    }

    fn fetch(&mut self) -> rusqlite::Result<()> {
        if self.places.is_some() {
            return self.fetch_places();
        }
        let mut statement = self.connection.prepare_cached(&self.query.page())?;
        let mut rows = statement.query(params_from_iter(&self.values))?;
        let (mut last, mut bytes, mut count) = (None, 0, 0);
        while bytes < PAGE_BYTES {
            let Some(row) = rows.next()? else { break };
            last = Some(row.get::<_, Value>(self.query.order.column())?);
            count += 1;
            if self.skips.as_ref().is_some_and(|skips| is_skipped(row, skips)) {
                continue;
            }
            bytes += weight(row)?;
            self.page.push_back((self.read)(row, row.get(0)?));
        }
        self.ended = count < PAGE && bytes < PAGE_BYTES;
        drop(rows);
        drop(statement);
        if !self.ended && self.query.is_ordered_each_time() {
            self.places = Some(VecDeque::new());
        }
        last.map_or(Ok(()), |last| self.advance(last))
    }

    /// The next page, from places that were looked up ahead.
    fn fetch_places(&mut self) -> rusqlite::Result<()> {
        let mut places = self.places.take().unwrap_or_default();
        if places.is_empty() {
            self.look_ahead(&mut places)?;
        }
        let mut statement = self.connection.prepare_cached(&self.query.row())?;
        let (mut bytes, mut is_over) = (0, true);
        while self.page.len() < PAGE && bytes < PAGE_BYTES {
            let Some(id) = places.pop_front() else { break };
            is_over = false;
            let mut rows = statement.query([id])?;
            let Some(row) = rows.next()? else { continue };
            if self.skips.as_ref().is_some_and(|skips| is_skipped(row, skips)) {
                continue;
            }
            bytes += weight(row)?;
            self.page.push_back((self.read)(row, id));
        }
        self.ended = is_over;
        self.places = Some(places);
        Ok(())
    }

    fn look_ahead(&mut self, places: &mut VecDeque<i64>) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(&self.query.places())?;
        let mut rows = statement.query(params_from_iter(&self.values))?;
        let mut last = None;
        while let Some(row) = rows.next()? {
            places.push_back(row.get(0)?);
            last = Some(row.get::<_, Value>(1)?);
        }
        drop(rows);
        drop(statement);
        last.map_or(Ok(()), |last| self.advance(last))
    }

    /// Goes on behind a row.
    fn advance(&mut self, last: Value) -> rusqlite::Result<()> {
        if !is_behind(&last, &self.values[1]) {
            // An index that is damaged would lead round in circles.
            let reason = "the rows are out of order".into();
            return Err(rusqlite::Error::FromSqlConversionFailure(0, last.data_type(), reason));
        }
        self.values[1] = last;
        Ok(())
    }
}

/// Whether a row's message is one of those that are passed over. What is no message is not: reading it says so.
fn is_skipped(row: &Row<'_>, skips: &Skips<'_>) -> bool {
    let data = row.get_ref(2).ok().and_then(|data| data.as_blob().ok());
    data.is_some_and(|message| skips(message) && glance::is_message(message))
}

/// How many bytes the texts and messages of a row have.
fn weight(row: &Row<'_>) -> rusqlite::Result<usize> {
    (0..row.as_ref().column_count()).try_fold(0, |bytes, column| {
        Ok(match row.get_ref(column)? {
            ValueRef::Text(value) | ValueRef::Blob(value) => bytes + value.len(),
            _ => bytes,
        })
    })
}

/// Whether a place comes behind another one in SQLite's order, in which bytes come behind all text.
fn is_behind(place: &Value, other: &Value) -> bool {
    match (place, other) {
        (Value::Integer(place), Value::Integer(other)) => place > other,
        (Value::Text(place), Value::Text(other)) => place > other,
        (Value::Blob(place), Value::Blob(other)) => place > other,
        (Value::Blob(_), Value::Text(_)) => true,
        _ => false,
    }
}

/// The row in a place, if there is one.
pub(crate) fn in_row<T: Kind>(connection: &Connection, row: i64) -> Result<Option<Record<T>>, Error> {
    let action = "read a row";
    let query = Query { table: T::TABLE, columns: T::COLUMNS, conditions: Vec::new(), order: Order::Written };
    let mut statement = connection.prepare_cached(&query.row()).map_err(Error::sqlite(action))?;
    let mut rows = statement.query([row]).map_err(Error::sqlite(action))?;
    rows.next().map_err(Error::sqlite(action))?.map(|found| read::<T>(found, row)).transpose()
}

fn read<T: Kind>(row: &Row<'_>, id: i64) -> Result<Record<T>, Error> {
    let external_id: String = get(row, 1, T::TABLE, &format!("row {id}"), "external_id")?;
    let data: Vec<u8> = get(row, 2, T::TABLE, &external_id, "data")?;
    T::read(row, &external_id, data)
}

impl<'f> Records<'f, Resource> {
    /// Without the accounts, of which there are more than of anything else: what is a user, and neither a group nor a role,
    /// is passed over without being decoded. Must be called before the first row is taken.
    #[must_use]
    pub fn without_users(self) -> Self {
        self.passing_over(glance::is_only_user)
    }

    /// Without the rows whose message `skips` says yes to; they are not decoded. Must be called before the first row is taken.
    #[must_use]
    pub fn passing_over(mut self, skips: impl Fn(&[u8]) -> bool + 'f) -> Self {
        self.skips = Some(Box::new(skips));
        self
    }
}

impl<T> Iterator for Records<'_, T> {
    type Item = Result<Record<T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.page.is_empty() && !self.ended {
            if let Err(source) = self.fetch() {
                self.ended = true;
                // What came before the damage has been read and is given first.
                self.page.push_back(Err(Error::Sqlite { action: "read rows", source }));
            }
        }
        self.page.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::params;

    use super::*;
    use crate::{ResourceFilter, SyncView, schema};

    #[test]
    fn what_is_no_message_is_never_passed_over() {
        let connection = Connection::open_in_memory().unwrap();
        schema::create(&connection).unwrap();
        // Nothing, a field of five bytes, and the same without the last of them.
        for (key, message) in [("a", &b""[..]), ("b", b"\x1a\x03bob"), ("c", b"\x1a\x03bo")] {
            const SQL: &str = "insert into v1_resources (resource_type_id, external_id, data, sync_id, discovered_at) \
                 values ('user', ?1, ?2, 's', '')";
            connection.execute(SQL, params![key, message]).unwrap();
        }
        let view = SyncView::unfinished(&connection, "s");
        let rows: Vec<_> = view.resources(&ResourceFilter::default()).passing_over(|_| true).collect();
        assert_eq!(rows.len(), 1);
        assert!(matches!(&rows[0], Err(Error::Undecodable { external_id, .. }) if external_id == "c"));
    }

    /// SQLite's own order of these: `select x'00' > 'z'` is 1.
    #[test]
    fn a_place_is_behind_what_sqlite_puts_before_it() {
        let text = |text: &str| Value::Text(text.to_owned());
        let rising = [text(""), text("a"), text("b"), Value::Blob(vec![0]), Value::Blob(vec![0, 1])];
        for (at, place) in rising.iter().enumerate() {
            for (other_at, other) in rising.iter().enumerate() {
                assert_eq!(is_behind(place, other), at > other_at, "{place:?} and {other:?}");
            }
        }
        assert!(is_behind(&Value::Integer(i64::MIN + 1), &Value::Integer(i64::MIN)));
        assert!(!is_behind(&Value::Integer(7), &Value::Integer(7)));
        assert!(!is_behind(&Value::Null, &text("")));
    }
}
