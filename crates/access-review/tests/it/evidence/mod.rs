//! Evidence packs: whatever is changed in one is found, and what is not changed is said to hold.

mod chain;
mod forged;
mod making;
mod tampered;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use access_review::evidence::{
    Created, Order, Parameters, PublicKey, Query, Signer, Since, Tool, Verification, create, verify,
};
use access_review::findings::Options;
use access_review::{Error, Selection};
use c1z::{C1zFile, Limits};

use crate::workspace::{Content, File, at};

/// The key pair of RFC 8410, section 10.3.
const RFC_KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";
const RFC_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";

fn signer() -> Signer {
    Signer::from_pem(&RFC_KEY.to_owned().into()).unwrap()
}

fn tool(version: &str) -> Tool {
    Tool { name: "tool".to_owned(), version: version.to_owned(), sha256: None }
}

fn opened(path: &Path) -> Result<C1zFile, c1z::Error> {
    C1zFile::open(path, Limits::default())
}

/// A workspace's file with two syncs, of which the second lacks a grant, and the lists of its organisation.
fn world() -> File {
    let file = File::new();
    let content = Content::new().reported("w1");
    file.add(&content, 5);
    file.add(&content.without_grant("group:g1:member:user:bob"), 9);
    put(&file.path("people.csv"), b"mail,status\nann@example.com,active\nbob@example.com,active\n");
    put(&file.path("overrides.csv"), b"cem,ignore\n");
    file
}

/// A pack with everything that one can have.
struct Packer {
    world: File,
    signer: Option<Signer>,
    /// The c1z, the identity list and the overrides.
    inputs: [PathBuf; 3],
}

impl Packer {
    fn new() -> Self {
        let world = world();
        let inputs = ["sync.c1z", "people.csv", "overrides.csv"].map(|name| world.path(name));
        Self { world, signer: None, inputs }
    }

    fn signing() -> Self {
        Self { signer: Some(signer()), ..Self::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.world.path(name)
    }

    fn make<'a>(&'a self, name: &str, change: impl FnOnce(&mut Order<'a>)) -> Result<Created, Error> {
        let [c1z, people, overrides] = &self.inputs;
        let mut rules = Options::new(at("2026-03-02T12:00:00Z"));
        rules.domains = vec!["example.com".to_owned()];
        let mut order = Order {
            c1z,
            selection: Selection::default(),
            parameters: Parameters::new(&rules, Since::PreviousSync),
            since: None,
            identities: Some(people),
            overrides: Some(overrides),
            previous: None,
            signer: self.signer.as_ref(),
            tool: tool("1.2.3"),
            made_at: at("2026-03-02T12:00:00Z"),
        };
        change(&mut order);
        create(&self.path(name), &order, &opened)
    }

    /// A pack as it comes.
    fn pack(&self, name: &str) -> PathBuf {
        self.make(name, |_| {}).unwrap();
        self.path(name)
    }
}

/// A check by the version that made the packs, without anything to compare with.
fn checked(folder: &Path) -> Verification {
    verified(folder, None, None, "1.2.3")
}

fn verified(folder: &Path, key: Option<&str>, previous: Option<&Path>, version: &str) -> Verification {
    let key = key.map(|pem| PublicKey::from_pem(pem).unwrap());
    let query = Query { public_key: key.as_ref(), previous, tool: tool(version) };
    let found = verify(folder, &query, &opened).unwrap();
    assert_eq!(found.holds, found.problems.is_empty());
    found
}

/// The files that something is wrong with, each with the word for it.
fn wrong(found: &Verification) -> Vec<(String, String)> {
    let word = |problem: &access_review::evidence::Problem| {
        let word = serde_json::to_value(problem.code).unwrap();
        (problem.file.clone(), word.as_str().unwrap().to_owned())
    };
    found.problems.iter().map(word).collect()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

fn put(path: &Path, content: &[u8]) {
    fs::File::create(path).unwrap().write_all(content).unwrap();
}
