//! The file against a strict look-alike of S3, and against small doubles of the other two.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conflicts;
mod cuts;
mod mistakes;
mod other_clouds;
mod trust;
mod whole;

use remote_file::{Address, RemoteFile, Settings};
use s3_sim::S3;

/// Where the tests' file is.
const BUCKET: &str = "audits";
const KEY: &str = "clockify/sync.c1z";

/// A store with a bucket.
async fn store() -> S3 {
    S3::builder().bucket(BUCKET).start().await.unwrap()
}

fn settings(s3: &S3) -> Settings {
    Settings::new(s3.variables())
}

fn address() -> Address {
    Address::parse(&format!("s3://{BUCKET}/{KEY}")).unwrap()
}

fn file(s3: &S3) -> RemoteFile {
    RemoteFile::new(address(), &settings(s3)).unwrap()
}

/// A local file of some bytes.
struct Local {
    folder: tempfile::TempDir,
}

impl Local {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn of(content: &[u8]) -> Self {
        let local = Self::new();
        write(local.path(), content);
        local
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("here.c1z")
    }

    fn content(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap()
    }

    /// Names of all that is there.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

/// Bytes that compress badly and differ from place to place.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed | 1;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_le_bytes()[7]
    })
    .take(length)
    .collect()
}

/// Writes a file of the test's own.
fn write(path: impl AsRef<std::path::Path>, content: impl AsRef<[u8]>) {
    std::io::Write::write_all(&mut std::fs::File::create(path).unwrap(), content.as_ref()).unwrap();
}
