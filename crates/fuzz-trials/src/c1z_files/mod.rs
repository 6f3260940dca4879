//! c1z files and the databases in them.
//!
//! Three targets, because a fuzzer that changes compressed bytes hardly ever changes what they mean: the file as it is,
//! the database in it, and a working database that an earlier run left behind.

mod read;

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use c1z::{C1zFile, Limits, SealOptions, SyncStart, SyncType, WorkingDatabase};
use governance_model::Timestamp;

use crate::facts;

/// What decoding may cost here: a database of 4 MiB, and a window of 1 MiB.
const LIMITS: Limits = Limits { max_decoded_bytes: 4 << 20, max_window_log: 20 };
/// For what we wrote ourselves, with indexes and a second sync in it.
const ROOMY: Limits = Limits { max_decoded_bytes: 64 << 20, max_window_log: 20 };
/// When everything happens.
const NOW: Timestamp = Timestamp::constant(1_772_323_200, 0);

/// Reads the bytes as a c1z, and asks whether a sync could be sealed in its place. Returns how many rows were read.
pub fn c1z_file(bytes: &[u8]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sync.c1z");
    put(&path, bytes);
    let looked = c1z::check_output(&path, LIMITS);
    let read = read_file(&path, folder.path(), LIMITS);
    // A look at the beginning may miss what is wrong further behind, and never sees more than reading does.
    if let (Err(error), Some(_)) = (&looked, read) {
        panic!("a file that can be read is refused as an output: {error}");
    }
    assert_eq!(names(folder.path()), ["sync.c1z"], "something is left behind");
    read.unwrap_or_default()
}

/// Puts the bytes, which are a database, into an envelope, and reads that. Then a sync is sealed beside what is there.
/// Returns how many rows were read.
pub fn c1z_database(bytes: &[u8]) -> usize {
    let mut file = b"C1ZF\0".to_vec();
    file.extend(zstd::stream::encode_all(bytes, 1).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sync.c1z");
    put(&path, &file);
    let Some(rows) = read_file(&path, folder.path(), LIMITS) else { return 0 };
    seal_beside(&path, folder.path());
    rows
}

/// Goes on with the bytes as a working database: looks at everything in it, expands, and seals. Returns how many rows
/// were in the sealed file.
pub fn working_database(bytes: &[u8]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let (work, output) = (folder.path().join(".sync.c1z.work"), folder.path().join("sync.c1z"));
    put(&work, bytes);
    let mut database = match WorkingDatabase::open(&work) {
        Ok(Some(database)) => database,
        Ok(None) => return 0,
        Err(error) => {
            facts::error_holds(&error, "");
            return 0;
        }
    };
    if let Err(error) = look(&database) {
        facts::error_holds(&error, "");
    }
    if let Err(error) = database.expand(NOW) {
        facts::error_holds(&error, "");
    }
    let mut options = SealOptions::new(&output, NOW);
    options.limits = LIMITS;
    let sync_id = database.sync().sync_id.clone();
    let rows = match database.seal(&options, &mut |_| {}) {
        Ok(sealed) => {
            assert_eq!(sealed.sync_id, sync_id);
            assert!(sealed.syncs.iter().any(|run| run.sync_id == sync_id && run.ended_at.is_some()));
            read_file(&output, folder.path(), ROOMY).unwrap_or_default()
        }
        Err(error) => {
            facts::error_holds(&error, "");
            assert!(!output.exists(), "a sync that could not be sealed is visible: {error}");
            0
        }
    };
    WorkingDatabase::discard(&work).unwrap();
    rows
}

/// Asks a working database everything that a resumed run may ask.
fn look(database: &WorkingDatabase) -> Result<(), c1z::Error> {
    database.token()?;
    for prefix in ["", "cursor/", "deferred/"] {
        for (key, value) in database.sessions(prefix)? {
            assert!(key.starts_with(prefix));
            assert_eq!(database.session(&key)?, Some(value));
        }
    }
    database.asset(sync_engine::REPORT_ASSET)?;
    let counts = database.counts()?;
    for of in counts.resources_by_resource_type.keys().take(4) {
        let mut ids = Vec::new();
        let of = governance_model::ResourceTypeId::new(of.as_str());
        database.for_each_resource_id(&of, |id| ids.push(id.to_owned()))?;
        for id in ids.iter().take(4) {
            let id = governance_model::ResourceId::new(of.clone(), id.as_str());
            // What is there as a row may still not be readable as a message.
            let there = database.contains_resource(&id)?;
            if let Ok(found) = database.resource(&id) {
                assert_eq!(found.is_some(), there, "{id}");
            }
        }
    }
    for dangling in database.dangling()? {
        assert!(dangling.invariant().starts_with('I'));
    }
    database.principals_missing().map(drop)
}

/// Seals an empty sync where a file is that could be read. What was sealed there stays, or nothing changes at all.
fn seal_beside(output: &Path, folder: &Path) {
    let earlier = newest(output, folder);
    let before = fs::read(output).unwrap();
    let start = SyncStart { sync_id: c1z::ksuid::sync_id(NOW), sync_type: SyncType::Full, started_at: NOW };
    let sync_id = start.sync_id.clone();
    let work = folder.join(".sync.c1z.work");
    let database = WorkingDatabase::create(&work, start).unwrap();
    let mut options = SealOptions::new(output, NOW);
    options.limits = LIMITS;
    match database.seal(&options, &mut |_| {}) {
        Ok(sealed) => {
            assert!(!work.exists());
            assert_eq!(
                newest(output, folder).as_deref(),
                Some(&*sync_id),
                "the sync just sealed is the newest"
            );
            if let Some(earlier) = earlier {
                assert!(sealed.syncs.iter().any(|run| run.sync_id == earlier), "{earlier} is gone");
            }
        }
        Err(error) => {
            facts::error_holds(&error, "");
            assert_eq!(fs::read(output).unwrap(), before, "sealing failed, and the output changed: {error}");
        }
    }
}

/// The id of the newest finished full sync.
fn newest(output: &Path, folder: &Path) -> Option<String> {
    let file = C1zFile::open_in(output, ROOMY, folder).ok()?;
    let sync = file.sync(&c1z::SyncChoice::Newest).ok()?;
    (sync.run().sync_type == SyncType::Full).then(|| sync.run().sync_id.clone())
}

/// Reads a file; nothing when it cannot be opened.
fn read_file(path: &Path, temporary: &Path, limits: Limits) -> Option<usize> {
    match C1zFile::open_in(path, limits, temporary) {
        Ok(file) => {
            assert!(file.decompressed_bytes() <= limits.max_decoded_bytes);
            Some(read::everything(&file))
        }
        Err(error) => {
            facts::error_holds(&error, "");
            assert!(error.hint().is_none_or(|hint| !hint.is_empty()));
            None
        }
    }
}

fn put(path: &Path, bytes: &[u8]) {
    File::create(path).unwrap().write_all(bytes).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}
