//! Files that appear whole or not at all.

use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};

use c1z::atomic::{self, AtomicFile};

use crate::support::{folder, names, put};

#[test]
fn a_file_has_its_name_only_when_it_is_complete() {
    let folder = folder();
    let target = folder.path().join("report.csv");
    put(&target, b"old");
    let mut file = AtomicFile::create(&target).unwrap();
    file.write_all(b"xew").unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(b"n").unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"old");
    file.commit().unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"new");
    assert_eq!(names(folder.path()), ["report.csv"]);
}

#[test]
fn what_is_not_committed_leaves_nothing() {
    let folder = folder();
    let target = folder.path().join("report.csv");
    let mut file = AtomicFile::create(&target).unwrap();
    file.write_all(b"half").unwrap();
    assert_eq!(names(folder.path()), [".report.csv.baton-tmp"]);
    drop(file);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn what_a_killed_run_left_is_removed_by_the_next() {
    let folder = folder();
    let target = folder.path().join("report.csv");
    let mut file = AtomicFile::create(&target).unwrap();
    file.write_all(b"longer than what follows").unwrap();
    std::mem::forget(file);
    atomic::write(&target, b"whole").unwrap();
    assert_eq!(names(folder.path()), ["report.csv"]);
    let mut content = String::new();
    fs::File::open(&target).unwrap().read_to_string(&mut content).unwrap();
    assert_eq!(content, "whole");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it_even_if_they_could_before() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let target = folder.path().join("report.csv");
    put(&target, b"old");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).unwrap();
    let file = AtomicFile::create(&target).unwrap();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(".report.csv.baton-tmp"), 0o600);
    file.commit().unwrap();
    assert_eq!(mode("report.csv"), 0o600);
}

#[test]
fn places_that_cannot_be_files_are_refused() {
    let folder = folder();
    assert!(AtomicFile::create(folder.path()).is_err());
    assert!(AtomicFile::create(&folder.path().join("missing").join("file")).is_err());
    assert!(AtomicFile::create(std::path::Path::new("..")).is_err());
    assert!(names(folder.path()).is_empty());
}

#[test]
#[cfg(unix)]
fn a_device_or_a_pipe_is_not_replaced() {
    use std::os::unix::fs::FileTypeExt as _;

    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&socket, &link).unwrap();
    for target in [&socket, &link] {
        let error = atomic::write(target, b"content").unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput, "{error}");
        assert!(std::fs::metadata(&socket).unwrap().file_type().is_socket());
    }
    // A folder's name is not taken for a file's.
    let error = atomic::write(&folder.path().join("nowhere/"), b"content").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}
