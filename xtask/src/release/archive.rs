//! A compressed tar file in which nothing depends on who makes it, where or when.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use flate2::{Compression, GzBuilder};
use tar::{EntryType, Header};

/// A file in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Below the folder that everything is in.
    pub(super) path: String,
    pub(super) content: Vec<u8>,
    pub(super) executable: bool,
}

impl Entry {
    pub(super) fn file(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), content: content.into(), executable: false }
    }
}

/// Everything in one folder, in the order of the paths, of nobody, of one time.
pub(super) fn tar_gz(folder: &str, mut entries: Vec<Entry>, time: u64) -> Result<Vec<u8>> {
    entries.sort();
    let mut tar = tar::Builder::new(Vec::new());
    for entry in &entries {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(u64::try_from(entry.content.len()).context("a file is too large")?);
        header.set_mode(if entry.executable { 0o755 } else { 0o644 });
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(time);
        let path = format!("{folder}/{}", entry.path);
        tar.append_data(&mut header, path, entry.content.as_slice()).context("cannot write an archive")?;
    }
    let tar = tar.into_inner().context("cannot write an archive")?;
    // Neither a name nor a time, and no system: 255 is "unknown" (RFC 1952, 2.3.1).
    let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    gzip.write_all(&tar).and_then(|()| gzip.finish()).context("cannot compress an archive")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<Entry> {
        vec![
            Entry { executable: true, ..Entry::file("program", "binary") },
            Entry::file("docs/b.txt", "b"),
            Entry::file("docs/a.txt", "a"),
        ]
    }

    #[test]
    fn the_same_files_are_the_same_bytes() {
        let mut turned = entries();
        turned.reverse();
        let bytes = tar_gz("x-1", entries(), 1_700_000_000).unwrap();
        assert_eq!(bytes, tar_gz("x-1", turned, 1_700_000_000).unwrap());
        assert_ne!(bytes, tar_gz("x-1", entries(), 1_700_000_001).unwrap());
        // The header of gzip by itself: no flags, hence no name, no time, and no system.
        assert_eq!((&bytes[..8], bytes[9]), (&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0][..], 255));
    }

    /// What GNU tar makes of it.
    #[cfg(target_os = "linux")]
    #[test]
    fn tar_lists_what_was_put_in() {
        let folder = tempfile::tempdir().unwrap();
        crate::files::replace(folder.path(), "x.tar.gz", &tar_gz("x-1", entries(), 1_700_000_000).unwrap())
            .unwrap();
        let tar = |arguments: &[&str]| {
            let out = std::process::Command::new("tar")
                .args(arguments)
                .current_dir(folder.path())
                .env("TZ", "UTC")
                .output()
                .unwrap();
            assert!(out.status.success(), "{out:?}");
            String::from_utf8(out.stdout).unwrap()
        };
        let listed = tar(&["--list", "--verbose", "--numeric-owner", "--full-time", "--file", "x.tar.gz"]);
        let lines: Vec<String> =
            listed.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(
            lines,
            [
                "-rw-r--r-- 0/0 1 2023-11-14 22:13:20 x-1/docs/a.txt",
                "-rw-r--r-- 0/0 1 2023-11-14 22:13:20 x-1/docs/b.txt",
                "-rwxr-xr-x 0/0 6 2023-11-14 22:13:20 x-1/program",
            ]
        );
        assert_eq!(tar(&["--extract", "--to-stdout", "--file", "x.tar.gz", "x-1/program"]), "binary");
    }
}
