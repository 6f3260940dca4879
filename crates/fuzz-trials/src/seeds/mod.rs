//! What a fuzzer starts from: real bodies, files and checkpoints, made from `fixtures/` when they are needed rather than
//! kept as copies.

mod databases;
mod texts;

use std::path::{Path, PathBuf};

/// Where a fuzzer can start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// The target that it is for.
    pub target: &'static str,
    /// What it is called, as the name of a file.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

impl Seed {
    fn new(target: &'static str, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { target, name: name.into(), bytes: bytes.into() }
    }
}

/// All seeds of all targets.
pub fn seeds() -> Vec<Seed> {
    let mut seeds = texts::answers();
    seeds.extend(texts::settings());
    seeds.extend(texts::checkpoints());
    seeds.extend(databases::files());
    seeds.extend(databases::databases());
    seeds.extend(databases::working());
    seeds.extend(databases::messages());
    seeds
}

/// The folder of the fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

fn fixture(name: &str) -> Vec<u8> {
    let path = fixtures().join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
