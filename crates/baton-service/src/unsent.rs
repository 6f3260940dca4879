//! What tells a sealed file that C1 has not taken yet from one that it has, however the process ended between the two.
//!
//! Before a sync a mark is put beside the output, with the checksum of the file that stands there. Once C1 has taken the new
//! file the mark goes. A mark beside another file than the one it names, with no unfinished sync, thus means: sealed and not
//! sent. There is no moment at which a kill makes a file that was sent look like one that was not, or the other way round,
//! except between C1's answer and the removal of the mark, where a file is sent twice.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::platform;

/// The name of the mark in a place.
pub(crate) const MARK: &str = "unsent.json";

/// What the names of marks begin with that a kill left half written.
const HALF_WRITTEN: &str = ".unsent-";

/// How old a sealed file may be and still stand for a sync that is asked for now, in seconds. Longer than C1 is away as a
/// rule, and shorter than the time between two syncs that people set.
const FRESH: i64 = 6 * 60 * 60;

/// How far a clock may have been set back, in seconds.
const SKEW: i64 = 60;

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    /// The SHA-256 of the file before the sync; nothing when there was none.
    previous: Option<String>,
}

/// The mark of one place.
#[derive(Clone, Debug)]
pub(crate) struct Unsent {
    mark: PathBuf,
    output: PathBuf,
}

impl Unsent {
    pub(crate) fn of(output: &Path) -> Self {
        Self { mark: output.with_file_name(MARK), output: output.to_owned() }
    }

    /// Whether a sealed file stands there that C1 has not taken and that still says how things are.
    pub(crate) fn is_pending(&self, now: Timestamp) -> io::Result<bool> {
        let Some(mark) = self.read() else { return Ok(false) };
        if self.has_unfinished() || !self.is_fresh(now) {
            return Ok(false);
        }
        let current = checksum(&self.output)?;
        Ok(current.is_some() && current != mark.previous)
    }

    /// Puts the mark, before a sync. A sync that goes on keeps the mark it began with.
    pub(crate) fn begin(&self) -> io::Result<()> {
        if self.has_unfinished() && self.read().is_some() {
            return Ok(());
        }
        let mark = Mark { previous: checksum(&self.output)? };
        let folder = self.mark.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(HALF_WRITTEN).tempfile_in(folder)?;
        file.write_all(&serde_json::to_vec(&mark)?)?;
        file.as_file().sync_all()?;
        file.persist(&self.mark)?;
        // The name has to outlive a power cut as well.
        platform::sync_folder(folder)
    }

    /// Removes the mark: C1 has the file, or does not want it.
    pub(crate) fn settle(&self) {
        match fs::remove_file(&self.mark) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, "A file that C1 has taken may be sent once more."),
        }
    }

    /// `None` when there is none, or none that can be read: the sync is then made anew, which is never wrong.
    fn read(&self) -> Option<Mark> {
        serde_json::from_slice(&fs::read(&self.mark).ok()?).ok()
    }

    /// Whether something besides the output, marks and locks is there.
    fn has_unfinished(&self) -> bool {
        let known = |name: &std::ffi::OsStr| {
            Some(name) == self.output.file_name()
                || name == MARK
                || name.to_string_lossy().starts_with(HALF_WRITTEN)
                || Path::new(name).extension().is_some_and(|extension| extension == "lock")
        };
        let entries = self.mark.parent().map(fs::read_dir);
        entries.is_some_and(|entries| {
            entries.is_ok_and(|entries| entries.flatten().any(|entry| !known(&entry.file_name())))
        })
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        let modified = fs::metadata(&self.output).and_then(|found| found.modified()).ok();
        let sealed = modified.and_then(|at| Timestamp::try_from(at).ok());
        sealed.is_some_and(|at| (-SKEW..FRESH).contains(&(now.as_second() - at.as_second())))
    }
}

/// The SHA-256 of a file, if there is one.
fn checksum(path: &Path) -> io::Result<Option<String>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut context = Context::new(&SHA256);
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(Some(crate::hex(context.finish().as_ref()))),
            read => context.update(&piece[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(path: &Path, content: &str) {
        File::create(path).unwrap().write_all(content.as_bytes()).unwrap();
    }

    fn later(seconds: i64) -> Timestamp {
        Timestamp::from_second(Timestamp::now().as_second() + seconds).unwrap()
    }

    #[test]
    fn a_file_is_pending_from_its_sealing_until_it_is_settled() {
        for before in [None, Some("yesterday's")] {
            let folder = tempfile::tempdir().unwrap();
            let output = folder.path().join("sync.c1z");
            if let Some(content) = before {
                put(&output, content);
            }
            let unsent = Unsent::of(&output);
            assert!(!unsent.is_pending(later(0)).unwrap(), "without a mark");
            unsent.begin().unwrap();
            assert!(!unsent.is_pending(later(0)).unwrap(), "nothing is sealed yet");
            put(&output, "today's");
            assert!(unsent.is_pending(later(0)).unwrap());
            assert!(unsent.is_pending(later(FRESH - 60)).unwrap());
            assert!(!unsent.is_pending(later(FRESH + 60)).unwrap(), "too old");
            assert!(!unsent.is_pending(later(-SKEW - 60)).unwrap(), "from the future");
            unsent.settle();
            assert!(!unsent.is_pending(later(0)).unwrap());
            unsent.settle();
        }
    }

    #[test]
    fn a_sync_that_goes_on_keeps_its_mark() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("sync.c1z");
        let unsent = Unsent::of(&output);
        unsent.begin().unwrap();
        let work = folder.path().join(".sync.c1z.work");
        put(&work, "");
        put(&output, "sealed, and killed before the working database went");
        assert!(!unsent.is_pending(later(0)).unwrap(), "the engine has to tidy up first");
        unsent.begin().unwrap();
        fs::remove_file(&work).unwrap();
        assert!(unsent.is_pending(later(0)).unwrap());
        // Nothing unfinished: a new sync begins, and what stands there is its past.
        unsent.begin().unwrap();
        assert!(!unsent.is_pending(later(0)).unwrap());
    }

    #[test]
    fn what_a_kill_leaves_of_a_mark_is_no_unfinished_sync() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("sync.c1z");
        put(&folder.path().join(".unsent-Ab3dEf"), "{\"prev");
        put(&folder.path().join(".sync.c1z.lock"), "");
        let unsent = Unsent::of(&output);
        unsent.begin().unwrap();
        put(&output, "today's");
        assert!(unsent.is_pending(later(0)).unwrap());
    }

    #[test]
    fn a_mark_that_cannot_be_read_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("sync.c1z");
        put(&output, "file");
        put(&folder.path().join(MARK), "{");
        assert!(!Unsent::of(&output).is_pending(later(0)).unwrap());
    }
}
