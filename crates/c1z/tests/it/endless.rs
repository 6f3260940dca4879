//! Files that would take time or memory without end: pages that belong to themselves, values and lists that are too
//! large, and indexes that hide what is there.

use std::fs;
use std::path::Path;

use c1z::{C1zFile, Error, Limits, ResourceFilter, SyncChoice};
use rusqlite::Connection;

use crate::hostile::{edited, read_all};
use crate::support::{Bench, decoded, enveloped, fixture, folder, noon_and, page_size, put, sync_id};

const PAGE: usize = 512;

/// The official database after some SQL, on small pages.
pub(crate) fn small_pages(sql: &str) -> Vec<u8> {
    let folder = folder();
    let path = folder.path().join("small.db");
    put(&path, &decoded(&fixture("tiny-v1.c1z")));
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(&format!("{sql}; pragma page_size = 512; vacuum")).unwrap();
    drop(connection);
    fs::read(&path).unwrap()
}

/// The page number at which a table begins.
pub(crate) fn root_of(database: &[u8], table: &str) -> usize {
    let folder = folder();
    put(&folder.path().join("db"), database);
    let connection = Connection::open(folder.path().join("db")).unwrap();
    let sql = "select rootpage from sqlite_master where name = ?1";
    connection.query_row(sql, [table], |row| row.get::<_, u32>(0)).unwrap() as usize
}

/// An inner page of a table (SQLite's file format, 1.6): 20 times the same child. `at` is where its header begins.
fn inner_page(child: u32, at: usize) -> Vec<u8> {
    let mut page = vec![0; PAGE];
    let mut content = PAGE;
    for cell in 0..20_u8 {
        content -= 5;
        page[content..content + 4].copy_from_slice(&child.to_be_bytes());
        page[content + 4] = cell + 1;
        let pointer = at + 12 + 2 * usize::from(cell);
        page[pointer..pointer + 2].copy_from_slice(&u16::try_from(content).unwrap().to_be_bytes());
    }
    page[at] = 5;
    page[at + 3..at + 5].copy_from_slice(&20_u16.to_be_bytes());
    page[at + 5..at + 7].copy_from_slice(&u16::try_from(content).unwrap().to_be_bytes());
    page[at + 8..at + 12].copy_from_slice(&child.to_be_bytes());
    page
}

/// Puts 15 levels of inner pages over the page of a table, each naming the next one 21 times: 21 to the power of 15
/// times the rows.
pub(crate) fn tower(mut database: Vec<u8>, root: usize) -> Vec<u8> {
    let pages = |database: &[u8]| u32::try_from(database.len() / PAGE).unwrap();
    let start = (root - 1) * PAGE;
    database.extend_from_within(start..start + PAGE);
    for _ in 0..14 {
        let child = pages(&database);
        database.extend(inner_page(child, 0));
    }
    let top = inner_page(pages(&database), 0);
    database[start..start + PAGE].copy_from_slice(&top);
    let count = pages(&database).to_be_bytes();
    database[28..32].copy_from_slice(&count);
    database
}

fn schema_error(database: &[u8]) -> String {
    match read_all(&enveloped(database), Limits::default()) {
        Err(Error::Schema { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn rows_without_end_are_refused() {
    for table in ["v1_sync_runs", "v1_resources", "v1_grants"] {
        let database =
            small_pages("delete from v1_resources where id > 1; delete from v1_grants where id > 1");
        let reason = schema_error(&tower(database.clone(), root_of(&database, table)));
        assert!(reason.starts_with(&format!("the pages of {table} are damaged: ")), "{reason}");
    }
}

/// SQLite reads the list of tables before it can be asked to check anything.
#[test]
fn a_list_of_tables_without_end_is_refused() {
    // One table with an index that SQLite makes itself, which may be listed as often as one likes.
    let folder = folder();
    let path = folder.path().join("schema.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("pragma page_size = 512; create table t (a unique)").unwrap();
    drop(connection);
    let mut database = fs::read(&path).unwrap();

    // The first page takes a header of 100 bytes; its two entries are moved to pages of their own.
    let cell = |number: usize| {
        let pointer = 108 + 2 * number;
        usize::from(u16::from_be_bytes([database[pointer], database[pointer + 1]]))
    };
    let (table, index) = (cell(0), cell(1));
    // Whichever was written last stands first.
    let end = |cell: usize| if cell < table.max(index) { table.max(index) } else { PAGE };
    let leaf = |content: &[u8]| {
        let mut page = vec![0; PAGE];
        let place = PAGE - content.len();
        page[place..].copy_from_slice(content);
        page[0] = 13;
        page[4] = 1;
        page[5..7].copy_from_slice(&u16::try_from(place).unwrap().to_be_bytes());
        page[8..10].copy_from_slice(&u16::try_from(place).unwrap().to_be_bytes());
        page
    };
    let (first, second) = (leaf(&database[table..end(table)]), leaf(&database[index..end(index)]));
    database.extend(first);
    let first = u32::try_from(database.len() / PAGE).unwrap();
    database.extend(second);
    for _ in 0..14 {
        let child = u32::try_from(database.len() / PAGE).unwrap();
        database.extend(inner_page(child, 0));
    }
    let pages = u32::try_from(database.len() / PAGE).unwrap();
    let mut top = inner_page(pages, 100);
    // The table comes first, then the index without end.
    let cell = usize::from(u16::from_be_bytes([top[112], top[113]]));
    top[cell..cell + 4].copy_from_slice(&first.to_be_bytes());
    top[..100].copy_from_slice(&database[..100]);
    top[28..32].copy_from_slice(&pages.to_be_bytes());
    database[..PAGE].copy_from_slice(&top);
    assert_eq!(schema_error(&database), "its list of tables does not end");
}

#[test]
fn a_list_of_syncs_that_is_too_long_is_refused() {
    let bytes = edited(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 12) \
         insert into v1_sync_runs (sync_id, started_at, sync_token) \
         select 'sync-' || i, '2026-01-01 00:00:00', printf('%.*c', 6000000, 'x') from n",
    );
    let error = read_all(&bytes, Limits::default()).unwrap_err();
    assert!(
        matches!(&error, Error::Schema { reason } if reason == "its list of syncs is too long"),
        "{error:?}"
    );
}

#[test]
fn more_resource_types_than_anybody_has_are_refused() {
    let bytes = edited(
        "update v1_sync_runs set stats = null; \
         with recursive n (i) as (select 1 union all select i + 1 from n where i < 40000) \
         insert into v1_resources (resource_type_id, external_id, data, sync_id, discovered_at) \
         select 'type-' || i, 'r' || i, x'', (select sync_id from v1_sync_runs), '' from n",
    );
    let error = read_all(&bytes, Limits::default()).unwrap_err();
    assert!(matches!(&error, Error::Sqlite { action: "count rows", .. }), "{error:?}");
}

#[test]
fn a_value_that_is_too_large_is_an_error_in_its_place() {
    let read = |sql: &str| {
        let folder = folder();
        let path = folder.path().join("x.c1z");
        put(&path, &edited(sql));
        let file = C1zFile::open(&path, Limits::default()).unwrap();
        let view = file.sync(&SyncChoice::Newest).unwrap();
        view.resources(&ResourceFilter::default()).map(|read| read.map(|_| ())).collect::<Vec<_>>()
    };
    // More than SQLite may hand out here: nothing comes behind it.
    let rows = read("update v1_resources set data = zeroblob(40 << 20) where id = 2");
    assert_eq!(rows.len(), 2);
    assert!(matches!(rows[1], Err(Error::Sqlite { .. })), "{:?}", rows[1]);
    // More than a message may have: a name of 17 million letters, which decodes.
    let rows = read(
        "update v1_resources set data = cast(data || x'1a8080c008' || printf('%.*c', 17 << 20, 'x') as blob) \
         where id = 2",
    );
    assert_eq!(rows.len(), 6);
    assert!(matches!(rows[1], Err(Error::Undecodable { .. })), "{:?}", rows[1]);
    assert_eq!(rows.iter().filter(|row| row.is_ok()).count(), 5);
}

/// Pages of rows end early when rows are large, and none is lost or comes twice.
#[test]
fn large_rows_all_come() {
    // Field 3 of a resource is its display name: a million letters.
    let bytes = edited(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 20) \
         insert into v1_resources (resource_type_id, external_id, data, sync_id, discovered_at) \
         select resource_type_id, external_id || '-' || i, \
             cast(data || x'1a808040' || printf('%.*c', 1 << 20, 'x') as blob), sync_id, discovered_at \
         from v1_resources, n where id = 1",
    );
    let folder = folder();
    let path = folder.path().join("x.c1z");
    put(&path, &bytes);
    let file = C1zFile::open(&path, Limits::default()).unwrap();
    let view = file.sync(&SyncChoice::Newest).unwrap();
    let lengths = |records: c1z::Records<'_, governance_model::Resource>| -> Vec<usize> {
        records.map(|record| record.unwrap().value.display_name.len()).collect()
    };
    let written = lengths(view.resources(&ResourceFilter::default()));
    assert_eq!(written.len(), 26);
    assert!(written[6..].iter().all(|length| *length == 1 << 20), "{written:?}");
    let mut by_id = lengths(view.resources(&ResourceFilter::default()).by_id());
    by_id.sort_unstable();
    assert_eq!(by_id[6..], written[6..]);
}

/// Two syncs in a file whose index knows one of them by another name.
#[test]
fn a_damaged_index_loses_no_sync_when_another_one_is_sealed() {
    let bench = Bench::new();
    bench.seal(bench.filled(1, 2), 1);
    let mut database = decoded(&bench.output);
    let id = sync_id(1).into_bytes();
    // The row comes before its index, whose page was made later; the ids in the other tables come later still.
    let index = root_of(&database, "idx_sync_runs_sync_id_v1");
    let size = page_size(&database);
    let page = (index - 1) * size..index * size;
    let place = database[page.clone()].windows(id.len()).position(|found| found == id).unwrap();
    database[page.start + place] = b'0';
    put(&bench.output, &enveloped(&database));

    let sealed = bench.seal(bench.filled(2, 2), 2);
    let ids: Vec<_> = sealed.syncs.iter().map(|run| run.sync_id.clone()).collect();
    assert_eq!(ids, [sync_id(1), sync_id(2)]);
    assert_eq!(syncs(&bench.output), ids);
}

fn syncs(file: &Path) -> Vec<String> {
    let file = C1zFile::open(file, Limits::default()).unwrap();
    file.syncs().unwrap().into_iter().map(|run| run.sync_id).collect()
}

/// Behind the end of the calendar no sync can end, and readers would never see it.
#[test]
fn a_sync_that_ended_at_the_end_of_the_calendar_is_not_sealed_over() {
    let bench = Bench::new();
    put(&bench.output, &edited("update v1_sync_runs set ended_at = '9999-12-30 22:00:00.999999999'"));
    let before = fs::read(&bench.output).unwrap();
    let error = bench.filled(1, 1).seal(&bench.options(1), &mut |_| {}).unwrap_err();
    assert!(matches!(error, Error::Timestamp { column: "ended_at", .. }), "{error:?}");
    assert_eq!(fs::read(&bench.output).unwrap(), before);
    // One that is only far ahead is.
    put(&bench.output, &edited("update v1_sync_runs set ended_at = '9999-12-30 22:00:00'"));
    c1z::WorkingDatabase::discard(&bench.working).unwrap();
    let sealed = bench.seal(bench.filled(2, 1), 2);
    let file = C1zFile::open(&bench.output, Limits::default()).unwrap();
    assert_eq!(file.sync(&SyncChoice::Newest).unwrap().run().sync_id, sealed.sync_id);
    assert!(sealed.syncs.iter().all(|run| run.ended_at.is_some_and(|ended| ended > noon_and(0))));
}
