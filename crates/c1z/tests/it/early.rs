//! Files whose rows are read before their pages have been checked: what is damaged is told at the end, and nothing that
//! damage does to the reader lasts for ever.

use std::fs;
use std::time::{Duration, Instant};

use c1z::{C1zFile, Error, GrantFilter, Limits, ResourceFilter, SyncChoice};

use crate::endless::{root_of, small_pages, tower};
use crate::support::{Bench, decoded, enveloped, fixture, folder, names, page_size, put};

/// Opens bytes early, reads all resources and grants, and gives how many rows came and the verdict.
fn read_early(bytes: &[u8]) -> (usize, Result<(), Error>) {
    let folder = folder();
    let (path, temporary) = (folder.path().join("x.c1z"), folder.path().join("tmp"));
    fs::create_dir(&temporary).unwrap();
    put(&path, bytes);
    let file = C1zFile::open_early(&path, Limits::default(), &temporary).unwrap();
    let rows = {
        let view = file.sync(&SyncChoice::NewestOrUnfinished).unwrap();
        let resources = view.resources(&ResourceFilter::default()).flatten().count();
        resources + view.grants(&GrantFilter::default()).flatten().count()
    };
    let verdict = file.settle();
    // It is told once.
    assert!(file.settle().is_ok());
    drop(file);
    assert_eq!(names(&temporary), [""; 0]);
    (rows, verdict)
}

fn told(verdict: Result<(), Error>) -> String {
    match verdict {
        Err(Error::Schema { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

/// The page, counted from 0, of the last rows of a table that has inner pages.
fn last_leaf(database: &[u8], table: &str) -> usize {
    let root = (root_of(database, table) - 1) * page_size(database);
    assert_eq!(database[root], 5, "{table} fits one page");
    u32::from_be_bytes(database[root + 8..root + 12].try_into().unwrap()) as usize - 1
}

fn sealed(users: usize) -> Vec<u8> {
    let bench = Bench::new();
    let sealed = bench.seal(bench.filled(0, users), 1);
    decoded(&sealed.path)
}

#[test]
fn damage_is_told_although_rows_were_read() {
    let database = sealed(6_000);
    let (all, verdict) = read_early(&enveloped(&database));
    verdict.unwrap();
    for table in ["v1_resources", "v1_grants"] {
        let mut damaged = database.clone();
        let page = last_leaf(&database, table);
        let size = page_size(&database);
        damaged[page * size..(page + 1) * size].fill(0);
        let (rows, verdict) = read_early(&enveloped(&damaged));
        assert!(rows < all, "{table}: {rows} of {all}");
        let told = told(verdict);
        assert!(told.starts_with(&format!("the pages of {table} are damaged: ")), "{told}");
        // Whoever does not read early is not given a row.
        let folder = folder();
        let path = folder.path().join("x.c1z");
        put(&path, &enveloped(&damaged));
        assert!(matches!(C1zFile::open(&path, Limits::default()), Err(Error::Schema { .. })));
    }
}

#[test]
fn rows_without_end_end_when_they_are_found() {
    for table in ["v1_resources", "v1_grants"] {
        // Rows of another sync are passed over, and all of them are the same one.
        let database = small_pages(&format!(
            "delete from v1_resources where id > 1; delete from v1_grants where id > 1; update {table} set sync_id = 'x'"
        ));
        let begun = Instant::now();
        let (_, verdict) = read_early(&enveloped(&tower(database.clone(), root_of(&database, table))));
        let told = told(verdict);
        assert!(told.starts_with(&format!("the pages of {table} are damaged: ")), "{told}");
        // Without being stopped it would take years.
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
}

/// A file that lacks an index, or is of an older layout, is checked before anything is changed in its copy.
#[test]
fn what_has_to_be_upgraded_is_checked_at_once() {
    let official = fs::read(fixture("tiny-v1.c1z")).unwrap();
    let (rows, verdict) = read_early(&official);
    verdict.unwrap();
    assert!(rows > 0);
    let mut database = small_pages("drop index idx_grants_principal_id_v1");
    let root = root_of(&database, "v1_grants");
    database[(root - 1) * 512..root * 512].fill(0);
    let folder = folder();
    let path = folder.path().join("x.c1z");
    put(&path, &enveloped(&database));
    let error = C1zFile::open_early(&path, Limits::default(), folder.path()).unwrap_err();
    assert!(matches!(error, Error::Schema { .. }), "{error:?}");
    assert_eq!(names(folder.path()), ["x.c1z"]);
}
