//! Folders that appear whole or not at all: the same rule as for files, for several files that belong together.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::atomic::{beside, folder_of};
use crate::platform;

/// A folder being filled that does not exist under its name yet.
///
/// It is made beside the target, for its owner alone (mode 0700 on Unix), as `.<name>.baton-tmp`; what a killed run left
/// there is removed by the next one. [`AtomicFolder::commit`] gives it its name; on every other path it is removed.
#[derive(Debug)]
pub struct AtomicFolder {
    target: PathBuf,
    temporary: PathBuf,
    keep: bool,
}

impl AtomicFolder {
    /// Begins to fill `target`.
    ///
    /// # Errors
    /// When there is something under that name, or the folder cannot be made beside it.
    pub fn create(target: &Path) -> io::Result<Self> {
        vacant(target)?;
        let temporary = beside(target, "baton-tmp")?;
        remove(&temporary)?;
        platform::create_private_folder(&temporary)?;
        Ok(Self { target: target.to_owned(), temporary, keep: false })
    }

    /// Where to put files. Each must be durable before [`AtomicFolder::commit`], as
    /// [`AtomicFile`](crate::atomic::AtomicFile) makes it.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Makes the folder durable and gives it its name.
    ///
    /// # Errors
    /// When something has taken that name meanwhile, which then stays as it is, or the folder cannot be renamed. When
    /// only the folder around it cannot be synchronised, it has its name already, and a power loss may still undo that.
    pub fn commit(mut self) -> io::Result<()> {
        platform::sync_folder(&self.temporary)?;
        vacant(&self.target)?;
        fs::rename(&self.temporary, &self.target)?;
        self.keep = true;
        platform::sync_folder(&folder_of(&self.target))
    }
}

impl Drop for AtomicFolder {
    fn drop(&mut self) {
        if !self.keep
            && let Err(error) = remove(&self.temporary)
        {
            tracing::warn!(path = %self.temporary.display(), %error, "a temporary folder could not be removed");
        }
    }
}

fn vacant(target: &Path) -> io::Result<()> {
    match fs::symlink_metadata(target) {
        Ok(_) => Err(io::Error::new(ErrorKind::AlreadyExists, "there is something under that name already")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Removes what stands at a path, without following a link.
fn remove(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atomic;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn it_appears_with_everything_in_it() {
        let around = tempfile::tempdir().unwrap();
        let target = around.path().join("pack");
        let folder = AtomicFolder::create(&target).unwrap();
        atomic::write(&folder.path().join("a"), b"1").unwrap();
        assert_eq!(names(around.path()), [".pack.baton-tmp"]);
        folder.commit().unwrap();
        assert_eq!((names(around.path()), names(&target)), (vec!["pack".to_owned()], vec!["a".to_owned()]));
    }

    #[test]
    fn it_never_appears_when_it_is_dropped_and_leftovers_go() {
        let around = tempfile::tempdir().unwrap();
        let target = around.path().join("pack");
        let leftover = around.path().join(".pack.baton-tmp");
        fs::create_dir(&leftover).unwrap();
        atomic::write(&leftover.join("old"), b"1").unwrap();
        let folder = AtomicFolder::create(&target).unwrap();
        assert_eq!(names(folder.path()), Vec::<String>::new());
        drop(folder);
        assert_eq!(names(around.path()), Vec::<String>::new());
    }

    #[test]
    fn what_has_the_name_stays() {
        let around = tempfile::tempdir().unwrap();
        let target = around.path().join("pack");
        let folder = AtomicFolder::create(&target).unwrap();
        fs::create_dir(&target).unwrap();
        assert_eq!(folder.commit().unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(AtomicFolder::create(&target).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(names(around.path()), ["pack"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_leftover_that_is_a_link_is_not_followed_and_others_may_not_look() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let around = tempfile::tempdir().unwrap();
        let other = around.path().join("other");
        fs::create_dir(&other).unwrap();
        atomic::write(&other.join("kept"), b"1").unwrap();
        symlink(&other, around.path().join(".pack.baton-tmp")).unwrap();
        let folder = AtomicFolder::create(&around.path().join("pack")).unwrap();
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(names(&other), ["kept"]);
    }
}
