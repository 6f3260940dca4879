//! The folder in which unfinished syncs survive the process, so that the next task for the same thing goes on.
//!
//! `ROOT/KEY/NUMBER/` belongs to one sync at a time. The key stands for what is synced. Of two tasks for the same key in one
//! process the second waits; another process on the same disk takes another number, because the lock beside the folder is
//! taken. What a killed process left is found by whoever comes next, whatever its host id.
//!
//! Places that nobody goes on with are swept away at the start and once a day. `ROOT/.lock` keeps a sweep, of any process, from
//! removing what another one is just taking: a place is taken under the shared lock, and swept under the exclusive one.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use crate::platform;

/// The name of the file in a place.
const FILE: &str = "sync.c1z";

/// So many processes share a disk at most.
const MOST: u32 = 100;

/// What nobody has touched for so long goes, in seconds: no sync is resumed after a day.
const STALE: i64 = 14 * 24 * 60 * 60;

/// How often the folder is swept.
const SWEEP_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// The folder of all syncs.
#[derive(Debug)]
pub(crate) struct DataDir {
    root: PathBuf,
    swept: Mutex<Instant>,
    turns: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// The place of one sync, until this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    folder: PathBuf,
    /// Given back before the turn, because that is the order of the fields.
    _lock: File,
    _turn: OwnedMutexGuard<()>,
}

impl Place {
    /// Where its file goes.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl DataDir {
    /// Makes the folder, and removes from it what nobody will go on with.
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        make(root)?;
        // Found out now rather than in the first task.
        tempfile::tempfile_in(root)?;
        sweep(root, Timestamp::now());
        Ok(Self { root: root.to_owned(), swept: Mutex::new(Instant::now()), turns: Mutex::default() })
    }

    /// The name of what is synced: everything that an unfinished sync depends on.
    pub(crate) fn key(parts: &[&str]) -> String {
        let mut text = String::new();
        for part in parts {
            // With its length, so that no two lists run together to one text.
            text.push_str(&part.len().to_string());
            text.push(':');
            text.push_str(part);
        }
        crate::hex(&digest(&SHA256, text.as_bytes()).as_ref()[..16])
    }

    /// Waits for the turn, and takes a place.
    pub(crate) async fn place(&self, key: &str) -> io::Result<Place> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|other, turn| other == key || Arc::strong_count(turn) > 1);
            turns.entry(key.to_owned()).or_default().clone()
        };
        let turn = turn.lock_owned().await;
        let (root, key, is_due) = (self.root.clone(), key.to_owned(), self.is_sweep_due());
        // Off the runtime: a disk that hangs must not keep heartbeats from being sent.
        let taken = tokio::task::spawn_blocking(move || {
            if is_due {
                sweep(&root, Timestamp::now());
            }
            let whole = whole(&root)?;
            // Held by a sweep for a moment at most.
            whole.lock_shared()?;
            let folder = root.join(key);
            make(&folder)?;
            let (folder, lock) = take(&folder)?;
            // The turn is held as long as the lock, also when nobody waits for the place any more.
            Ok(Place { folder, _lock: lock, _turn: turn })
        });
        taken.await.map_err(io::Error::other)?
    }

    /// Whether it is time to sweep again; says so once.
    fn is_sweep_due(&self) -> bool {
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = swept.elapsed() >= SWEEP_EVERY;
        if is_due {
            *swept = Instant::now();
        }
        is_due
    }
}

/// Takes the first free number, or better, one with an unfinished sync.
fn take(key: &Path) -> io::Result<(PathBuf, File)> {
    let mut free = None;
    for number in 0..MOST {
        let folder = key.join(number.to_string());
        if free.is_some() && !folder.exists() {
            break;
        }
        let Some(lock) = lock(&folder)? else { continue };
        // Asked under the lock: whoever had it may have made the folder meanwhile.
        let exists = folder.exists();
        if exists && has_unfinished(&folder) {
            return Ok((folder, lock));
        }
        if !exists {
            make(&folder)?;
        }
        free.get_or_insert((folder, lock));
    }
    free.ok_or_else(|| io::Error::other("too many processes use this folder"))
}

/// Whether something besides the sealed file is in it.
fn has_unfinished(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name() != FILE))
}

/// The lock of a place; `None` when another process has it.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    let path = folder.with_extension("lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The file that stands for the whole folder.
fn whole(root: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(root.join(".lock"))
}

/// Removes places that nobody has touched for long, and the folders and locks that they leave. What cannot be removed stays: it
/// is in nobody's way. Does nothing while somebody takes a place.
fn sweep(root: &Path, now: Timestamp) {
    let Ok(whole) = whole(root) else { return };
    if whole.try_lock().is_err() {
        return;
    }
    let children = |folder: &Path, is_ours: fn(&str) -> bool| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let named_by_us = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_ours));
        named_by_us.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    };
    let keys = children(root, is_key);
    for place in keys.iter().flat_map(|key| children(key, is_place)) {
        let modified = fs::metadata(&place).and_then(|found| found.modified()).ok();
        let modified = modified.and_then(|at| Timestamp::try_from(at).ok());
        let stale = modified.is_some_and(|at| now.as_second() - at.as_second() > STALE);
        if !stale {
            continue;
        }
        if let Ok(Some(_held)) = lock(&place)
            && fs::remove_dir_all(&place).is_ok()
        {
            tracing::info!(folder = %place.display(), "An old sync that nobody goes on with was removed.");
        }
    }
    for key in keys.iter().filter(|key| children(key, |_| true).is_empty()) {
        // Only locks are left. Whoever holds one has no folder yet and the shared lock of the whole, so nobody does.
        let entries = fs::read_dir(key).into_iter().flatten().flatten();
        for lock in entries.map(|entry| entry.path()).filter(|path| is_lock(path)) {
            let _ = fs::remove_file(lock);
        }
        let _ = fs::remove_dir(key);
    }
}

/// Whether a folder has a name such as [`DataDir::key`] makes. Whoever names a folder that others use too must not lose what
/// they have in it.
fn is_key(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a folder has the name of a place.
fn is_place(name: &str) -> bool {
    name.parse::<u32>().is_ok_and(|number| number < MOST)
}

fn is_lock(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "lock")
        && path.file_stem().and_then(|name| name.to_str()).is_some_and(is_place)
}

/// Makes a folder that nobody else can look into.
fn make(folder: &Path) -> io::Result<()> {
    platform::make_private_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(path: &Path) {
        File::create(path).unwrap();
    }

    #[tokio::test]
    async fn the_second_task_for_a_key_waits_and_finds_what_is_left() {
        let root = tempfile::tempdir().unwrap();
        let data = Arc::new(DataDir::open(root.path()).unwrap());
        let first = data.place("k").await.unwrap();
        touch(&first.folder().join(".sync.c1z.work"));
        let folder = first.folder().to_owned();
        let second = tokio::spawn({
            let data = data.clone();
            async move { data.place("k").await.unwrap().folder().to_owned() }
        });
        let other = data.place("other").await.unwrap();
        assert_ne!(other.folder(), folder);
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(first);
        assert_eq!(second.await.unwrap(), folder);
    }

    /// Otherwise the next one would find the place locked, and begin afresh in another.
    #[tokio::test]
    async fn who_is_no_longer_waited_for_keeps_the_turn_until_the_lock_is_free() {
        for _ in 0..200 {
            let root = tempfile::tempdir().unwrap();
            let data = DataDir::open(root.path()).unwrap();
            let first = data.place("k").await.unwrap();
            touch(&first.folder().join(".sync.c1z.work"));
            let folder = first.folder().to_owned();
            drop(first);
            {
                let mut left = Box::pin(data.place("k"));
                let _ = futures_util::poll!(&mut left);
            }
            assert_eq!(data.place("k").await.unwrap().folder(), folder);
        }
    }

    #[tokio::test]
    async fn two_processes_never_share_a_place() {
        let root = tempfile::tempdir().unwrap();
        // Each keeps its own turns, as two processes do; the locks of files are per open file.
        let [one, two] = [(); 2].map(|()| DataDir::open(root.path()).unwrap());
        let first = one.place("k").await.unwrap();
        let second = two.place("k").await.unwrap();
        assert_ne!(first.folder(), second.folder());
        touch(&second.folder().join(".sync.c1z.work"));
        let unfinished = second.folder().to_owned();
        drop((first, second));
        assert_eq!(one.place("k").await.unwrap().folder(), unfinished);
    }

    #[test]
    fn keys_tell_lists_apart() {
        assert_eq!(DataDir::key(&["a", "b"]), DataDir::key(&["a", "b"]));
        assert_ne!(DataDir::key(&["a", "b"]), DataDir::key(&["ab", ""]));
        assert_ne!(DataDir::key(&["a", "1:b"]), DataDir::key(&["a1:b"]));
    }

    #[test]
    fn only_what_is_old_and_free_is_removed() {
        let root = tempfile::tempdir().unwrap();
        let key = DataDir::key(&["k"]);
        let [old, held] = ["0", "1"].map(|name| root.path().join(&key).join(name));
        for folder in [&old, &held] {
            make(folder).unwrap();
            touch(&folder.join("sync.c1z"));
        }
        let holding = lock(&held).unwrap().unwrap();
        sweep(root.path(), Timestamp::now());
        assert!(old.exists());
        let later = Timestamp::from_second(Timestamp::now().as_second() + STALE + 60).unwrap();
        let taking = whole(root.path()).unwrap();
        taking.lock_shared().unwrap();
        sweep(root.path(), later);
        assert!(old.exists(), "somebody takes a place");
        drop(taking);
        sweep(root.path(), later);
        assert!(!old.exists() && held.exists());
        drop(holding);
        sweep(root.path(), later);
        assert!(!root.path().join(key).exists(), "nor do locks stay");
    }

    #[test]
    fn what_others_keep_in_the_folder_stays() {
        let root = tempfile::tempdir().unwrap();
        let key = DataDir::key(&["k"]);
        let theirs = [format!("{key}/evidence"), "reports/0".into(), "0/0".into(), format!("{key}-old/1")];
        for folder in &theirs {
            let folder = root.path().join(folder);
            make(&folder).unwrap();
            touch(&folder.join("kept"));
            touch(&folder.with_extension("lock"));
        }
        let later = Timestamp::from_second(Timestamp::now().as_second() + STALE + 60).unwrap();
        sweep(root.path(), later);
        for folder in &theirs {
            let folder = root.path().join(folder);
            assert!(folder.join("kept").exists() && folder.with_extension("lock").exists(), "{folder:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_runs_for_long_sweeps_once_a_day() {
        let root = tempfile::tempdir().unwrap();
        let data = DataDir::open(root.path()).unwrap();
        let old = root.path().join(DataDir::key(&["k"])).join("0");
        make(&old).unwrap();
        File::open(&old).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
        drop(data.place("other").await.unwrap());
        assert!(old.exists());
        tokio::time::advance(SWEEP_EVERY).await;
        drop(data.place("other").await.unwrap());
        assert!(!old.exists());
    }
}
