//! Input that is damaged or means harm: always a typed error, never a panic, never a file left behind.

use std::fs;
use std::io::Write;
use std::path::Path;

use c1z::{
    C1zFile, EntitlementFilter, EnvelopeError, Error, GrantFilter, Limits, ResourceFilter, SyncChoice,
    WorkingDatabase, check_output,
};
use rusqlite::Connection;

use crate::support::{Bench, decoded, enveloped, fixture, folder, names, put};

/// Opens bytes as a c1z and reads everything in it; the temporary folder is empty afterwards whatever happens.
pub(crate) fn read_all(bytes: &[u8], limits: Limits) -> Result<usize, Error> {
    let folder = folder();
    let (path, temporary) = (folder.path().join("x.c1z"), folder.path().join("tmp"));
    fs::create_dir(&temporary).unwrap();
    put(&path, bytes);
    let outcome = read_file(&path, limits, &temporary);
    assert_eq!(names(&temporary), [""; 0]);
    outcome
}

fn read_file(path: &Path, limits: Limits, temporary: &Path) -> Result<usize, Error> {
    let file = C1zFile::open_in(path, limits, temporary)?;
    let view = file.sync(&SyncChoice::NewestOrUnfinished)?;
    view.stats()?;
    let mut count = view.resource_types().collect::<Result<Vec<_>, _>>()?.len();
    count += view.resources(&ResourceFilter::default()).collect::<Result<Vec<_>, _>>()?.len();
    count += view.entitlements(&EntitlementFilter::default()).collect::<Result<Vec<_>, _>>()?.len();
    count += view.grants(&GrantFilter::default()).collect::<Result<Vec<_>, _>>()?.len();
    Ok(count)
}

fn envelope_error(bytes: &[u8], limits: Limits) -> EnvelopeError {
    match read_all(bytes, limits) {
        Err(Error::Envelope { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

fn tiny() -> Vec<u8> {
    fs::read(fixture("tiny-v1.c1z")).unwrap()
}

#[test]
fn a_file_cut_off_anywhere_is_an_error() {
    let whole = tiny();
    assert_eq!(read_all(&whole, Limits::default()).unwrap(), 14);
    for length in (0..whole.len()).step_by(37).chain([1, 4, 5, 6, 9, 14, whole.len() - 1]) {
        let error = envelope_error(&whole[..length], Limits::default());
        let expected = match length {
            0 => matches!(error, EnvelopeError::Empty),
            5 => matches!(error, EnvelopeError::NoContent),
            _ => {
                matches!(error, EnvelopeError::Truncated { compressed_bytes } if compressed_bytes == length as u64)
            }
        };
        assert!(expected, "{length} bytes: {error:?}");
        // The cheap look needs only the beginning, and never panics either.
        let folder = folder();
        put(&folder.path().join("x.c1z"), &whole[..length]);
        let _ = check_output(&folder.path().join("x.c1z"), Limits::default());
    }
}

/// The checksum sees whatever the decoder does not.
#[test]
fn a_flipped_bit_anywhere_is_an_error() {
    let (whole, content) = (tiny(), decoded(&fixture("tiny-v1.c1z")));
    let mut harmless = 0;
    for position in (0..whole.len()).step_by(11) {
        let mut flipped = whole.clone();
        flipped[position] ^= 1 << (position % 8);
        // A few bits of a frame carry nothing; then what comes out is what went in.
        if read_all(&flipped, Limits::default()).is_ok() {
            assert_eq!(zstd::stream::decode_all(&flipped[5..]).unwrap(), content, "byte {position}");
            harmless += 1;
        }
    }
    assert!(harmless < 5, "{harmless}");
}

/// Damage inside of the database, behind a good checksum.
#[test]
fn damaged_pages_never_panic() {
    let database = decoded(&fixture("tiny-v1.c1z"));
    let mut refused = 0;
    let mut damage = |position: usize, bytes: &[u8]| {
        let mut damaged = database.clone();
        damaged[position..position + bytes.len()].copy_from_slice(bytes);
        refused += usize::from(read_all(&enveloped(&damaged), Limits::default()).is_err());
    };
    for position in (0..database.len() - 8).step_by(509) {
        damage(position, &[0xff; 8]);
    }
    // The header of the file and of every page, where damage does most.
    for page in (0..database.len()).step_by(4096) {
        for offset in [0, 3, 5, 8, 12, 100, 105] {
            damage(page + offset, &[0xff, 0x00, 0xff]);
        }
    }
    assert!(refused > 20, "{refused} refused");
}

#[test]
fn a_database_that_lost_its_last_pages_is_an_error() {
    let database = decoded(&fixture("small-v1.c1z"));
    for pages in [1, 2, 9, 20] {
        let error = read_all(&enveloped(&database[..4096 * pages]), Limits::default()).unwrap_err();
        assert!(matches!(error, Error::Sqlite { .. } | Error::Schema { .. }), "{pages} pages: {error:?}");
    }
}

#[test]
fn foreign_files_are_told_what_they_are_not() {
    let database = decoded(&fixture("tiny-v1.c1z"));
    let limits = Limits::default();
    for bytes in [
        &b"hello"[..],
        b"{\"resources\":[]}",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
        b"C1ZG\0 and more",
        b"c1zf\0 and more",
        &database,
        &enveloped(&database)[5..],
    ] {
        let error = envelope_error(bytes, limits);
        assert!(matches!(error, EnvelopeError::WrongMagic), "{error:?}");
    }
    let error = envelope_error(b"C1ZF\0\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00", limits);
    assert!(matches!(error, EnvelopeError::Corrupt { offset: 5, .. }), "{error:?}");
    for content in [&b""[..], b"short", b"SQLite format 4\0 and then a lot more than sixteen bytes"] {
        let error = envelope_error(&enveloped(content), limits);
        assert!(matches!(error, EnvelopeError::NotSqlite), "{error:?}");
    }
    let error = read_all(&enveloped(b"SQLite format 3\0"), limits).unwrap_err();
    assert!(matches!(error, Error::Sqlite { .. } | Error::Schema { .. }), "{error:?}");
}

#[test]
fn what_follows_the_content_is_an_error_and_frames_are_not() {
    let limits = Limits::default();
    let whole = tiny();
    for garbage in [&b"x"[..], b"\0", b"garbage that is longer than any header of a frame"] {
        let error = envelope_error(&[&whole[..], garbage].concat(), limits);
        let at = whole.len() as u64;
        assert!(matches!(error, EnvelopeError::TrailingGarbage { offset } if offset == at), "{error:?}");
    }
    // The database in three frames, one of them shorter than SQLite's own magic, with frames to skip between them.
    let database = decoded(&fixture("tiny-v1.c1z"));
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0][..], b"notes"].concat();
    let mut framed = b"C1ZF\0".to_vec();
    for part in [&database[..7], &database[7..50_000], &database[50_000..]] {
        framed.extend(&skipped);
        framed.extend(&enveloped(part)[5..]);
    }
    framed.extend(&skipped);
    assert_eq!(read_all(&framed, limits).unwrap(), 14);
    framed.truncate(framed.len() - 2);
    assert!(matches!(envelope_error(&framed, limits), EnvelopeError::Truncated { .. }));
}

/// What the official tools accept (interop reference 1.1).
#[test]
fn other_ways_to_compress_are_accepted() {
    let database = decoded(&fixture("tiny-v1.c1z"));
    for (level, checksum, size) in
        [(19, false, None), (1, true, None), (3, false, Some(database.len() as u64))]
    {
        let mut encoder = zstd::stream::write::Encoder::new(b"C1ZF\0".to_vec(), level).unwrap();
        encoder.include_checksum(checksum).unwrap();
        encoder.set_pledged_src_size(size).unwrap();
        encoder.write_all(&database).unwrap();
        assert_eq!(read_all(&encoder.finish().unwrap(), Limits::default()).unwrap(), 14);
    }
}

#[test]
fn a_declared_bomb_is_refused_before_it_is_decoded() {
    // A frame that declares 20 GiB and has no content at all: had decoding begun, it would be called cut off.
    let mut bomb = b"C1ZF\0\x28\xb5\x2f\xfd\xc0\x58".to_vec();
    bomb.extend((20_u64 << 30).to_le_bytes());
    let error = envelope_error(&bomb, Limits::default());
    assert!(matches!(error, EnvelopeError::DecodedSize { limit } if limit == 10 << 30), "{error:?}");
    let folder = folder();
    let path = folder.path().join("bomb.c1z");
    put(&path, &bomb);
    let error = check_output(&path, Limits::default()).unwrap_err();
    assert!(matches!(error, Error::Envelope { reason: EnvelopeError::DecodedSize { .. }, .. }), "{error:?}");
    // The largest number there is must not overflow the sum of several frames.
    let mut second = tiny();
    second.extend(b"\x28\xb5\x2f\xfd\xc0\x58");
    second.extend(u64::MAX.to_le_bytes());
    assert!(matches!(envelope_error(&second, Limits::default()), EnvelopeError::DecodedSize { .. }));
}

#[test]
fn an_undeclared_bomb_is_stopped_at_the_limit() {
    let mut content = b"SQLite format 3\0".to_vec();
    content.resize(64 << 20, 0);
    let mut encoder = zstd::stream::write::Encoder::new(b"C1ZF\0".to_vec(), 1).unwrap();
    encoder.write_all(&content).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 16 << 10);
    let limits = Limits { max_decoded_bytes: 1 << 20, ..Limits::default() };
    let error = envelope_error(&bomb, limits);
    assert!(matches!(error, EnvelopeError::DecodedSize { limit: 1_048_576 }), "{error:?}");
    assert!(error.hint().unwrap().contains("BATON_DECODER_MAX_DECODED_SIZE_MB"));
    // Exactly at the limit is within it.
    let limits = Limits { max_decoded_bytes: 106_496, ..Limits::default() };
    assert_eq!(read_all(&tiny(), limits).unwrap(), 14);
    let limits = Limits { max_decoded_bytes: 106_495, ..Limits::default() };
    assert!(matches!(envelope_error(&tiny(), limits), EnvelopeError::DecodedSize { .. }));
}

/// Interop reference 1.1: a window of 2^27 is accepted, 2^28 is not.
#[test]
fn windows_over_the_limit_are_refused() {
    let header = |exponent: u8| [&b"C1ZF\0\x28\xb5\x2f\xfd\x00"[..], &[exponent << 3]].concat();
    let error = envelope_error(&header(18), Limits::default());
    let (asked, allowed) = (1_u64 << 28, 1_u64 << 27);
    assert!(
        matches!(error, EnvelopeError::Window { window, limit } if (window, limit) == (asked, allowed)),
        "{error:?}"
    );
    assert!(matches!(envelope_error(&header(17), Limits::default()), EnvelopeError::Truncated { .. }));
    let database = decoded(&fixture("tiny-v1.c1z"));
    let mut encoder = zstd::stream::write::Encoder::new(b"C1ZF\0".to_vec(), 1).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(&database).unwrap();
    let wide = encoder.finish().unwrap();
    assert_eq!(read_all(&wide, Limits::default()).unwrap(), 14);
    let small = Limits { max_window_log: 20, ..Limits::default() };
    assert!(matches!(envelope_error(&wide, small), EnvelopeError::Window { .. }));
}

/// Runs SQL on the official database and puts the result back into an envelope.
pub(crate) fn edited(sql: &str) -> Vec<u8> {
    let folder = folder();
    let path = folder.path().join("edited.db");
    put(&path, &decoded(&fixture("tiny-v1.c1z")));
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(sql).unwrap();
    drop(connection);
    enveloped(&fs::read(&path).unwrap())
}

#[test]
fn only_plain_tables_are_read() {
    for sql in [
        "alter table v1_grants rename to hidden; create view v1_grants as select * from hidden",
        "alter table v1_grants rename to hidden; create view V1_GRANTS as select * from hidden",
        "drop table v1_assets; create view v1_assets as select 1 as id",
        "drop table v1_resources",
        "drop table v1_sync_runs",
        "alter table v1_resources drop column data",
        "alter table v1_sync_runs drop column sync_token",
        "drop table v1_entitlements; create table v1_entitlements (id integer primary key, data blob)",
        // Rows without a number, which would be passed over.
        "pragma writable_schema = on; update sqlite_master set sql = replace(sql, 'primary key', '') \
         where name = 'v1_resources'",
        "drop table v1_assets; create table v1_assets (id integer, external_id text primary key, \
         content_type text, data blob, sync_id text, discovered_at text)",
    ] {
        let error = read_all(&edited(sql), Limits::default()).unwrap_err();
        assert!(matches!(error, Error::Schema { .. }), "{sql}: {error:?}");
    }
}

/// A working database is our own, and goes on only as we made it.
#[test]
fn a_working_database_with_other_tables_is_damaged() {
    for sql in [
        "alter table v1_grants add column note text",
        "drop table v1_assets",
        "pragma writable_schema = on; update sqlite_master set sql = replace(sql, 'primary key', '') \
         where name = 'v1_resources'",
    ] {
        let bench = Bench::new();
        drop(bench.filled(0, 3));
        assert!(WorkingDatabase::open(&bench.working).unwrap().is_some());
        Connection::open(&bench.working).unwrap().execute_batch(sql).unwrap();
        let error = WorkingDatabase::open(&bench.working).unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }), "{sql}: {error:?}");
    }
}

/// A computed column is no column, and SQL that the file brings along is not run.
#[test]
fn sql_inside_of_the_file_does_nothing() {
    let error = read_all(
        &edited(
            "drop index idx_resource_types_external_sync_v1;
             alter table v1_resource_types drop column data;
             alter table v1_resource_types add column data blob generated always as (zeroblob(9)) virtual;",
        ),
        Limits::default(),
    )
    .unwrap_err();
    assert!(matches!(error, Error::Schema { .. }), "{error:?}");
    let count = read_all(
        &edited(
            "create trigger gone after insert on v1_grants begin delete from v1_resources; end;
             create view bomb as with recursive n(i) as (select 1 union all select i + 1 from n) select * from n;",
        ),
        Limits::default(),
    )
    .unwrap();
    assert_eq!(count, 14);
}

#[test]
fn values_of_the_wrong_kind_name_their_place() {
    let column = |sql: &str| match read_all(&edited(sql), Limits::default()) {
        Err(Error::Column { table, external_id, column }) => format!("{table} {external_id} {column}"),
        other => panic!("{sql}: {other:?}"),
    };
    assert_eq!(
        column("update v1_resources set external_id = x'ff' where id = 2"),
        "v1_resources row 2 external_id"
    );
    assert_eq!(
        column("update v1_grants set principal_resource_id = x'00' where id = 1"),
        "v1_grants group:62c07da050afd67c0295ee26:member:user:64bfe5869828038a52a3cc2b principal_resource_id"
    );
    assert_eq!(
        column("update v1_resource_types set data = 'text' where external_id = 'user'"),
        "v1_resource_types user data"
    );
    assert_eq!(
        column("update v1_sync_runs set sync_token = x'01'"),
        "v1_sync_runs 3MXCYpS3O3yS5LnNHGCaVIvN9hW sync_token"
    );
    // Text that is not UTF-8.
    assert_eq!(
        column("update v1_sync_runs set sync_type = cast(x'ff' as text)"),
        "v1_sync_runs 3MXCYpS3O3yS5LnNHGCaVIvN9hW sync_type"
    );
}

#[test]
fn data_that_cannot_be_decoded_names_its_row_and_the_next_rows_still_come() {
    let bytes = edited("update v1_resources set data = x'ffffff' where id = 2");
    let folder = folder();
    let path = folder.path().join("x.c1z");
    put(&path, &bytes);
    let file = C1zFile::open(&path, Limits::default()).unwrap();
    let view = file.sync(&SyncChoice::Newest).unwrap();
    let records: Vec<_> = view.resources(&ResourceFilter::default()).collect();
    assert_eq!(records.len(), 6);
    let Err(Error::Undecodable { table, external_id, .. }) = &records[1] else { panic!("{:?}", records[1]) };
    assert_eq!((*table, external_id.as_str()), ("v1_resources", "group:62c07da050afd67c0295ee26"));
    assert_eq!(records.iter().filter(|record| record.is_ok()).count(), 5);
}

#[test]
fn an_instant_that_is_none_names_its_place() {
    for (column, text) in [("started_at", "yesterday"), ("ended_at", "2026-02-30 00:00:00")] {
        let error =
            read_all(&edited(&format!("update v1_sync_runs set {column} = '{text}'")), Limits::default())
                .unwrap_err();
        let Error::Timestamp { table, external_id, column: found, text: shown } = &error else {
            panic!("{error:?}")
        };
        assert_eq!((*table, external_id.as_str()), ("v1_sync_runs", "3MXCYpS3O3yS5LnNHGCaVIvN9hW"));
        assert_eq!((*found, shown.as_str()), (column, text));
    }
}

#[test]
fn a_missing_file_says_which() {
    let folder = folder();
    let path = folder.path().join("none.c1z");
    let error = C1zFile::open(&path, Limits::default()).unwrap_err();
    assert!(matches!(&error, Error::Io { .. }) && error.to_string().contains("none.c1z"), "{error}");
}
