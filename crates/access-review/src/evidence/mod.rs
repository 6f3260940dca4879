//! Evidence packs: a folder that an auditor can file, and check without trusting whoever made it.
//!
//! A pack holds one sync as it was (the c1z) and everything that is made of it: report, exports, findings, changes. Its
//! `manifest.json` says what was asked by which measures, and names each file with its SHA-256; `SHA256SUMS` does so for
//! tools that everybody has. A pack can name the one before it by the digest of its manifest, and can be signed.
//!
//! [`verify`] checks each byte, and then makes everything anew from the c1z in the pack and compares: the same program
//! gives the same bytes, so a fact that was changed together with its digests is found, too. There is no clock here, and no
//! knowledge of where files are decoded: times and a way to open a c1z are handed in.

mod changes;
mod check;
mod create;
mod digest;
mod make;
mod manifest;
mod names;
mod parameters;
mod problem;
mod readme;
mod refusal;
mod signature;
mod sums;
mod verify;

pub use create::{Created, Order, create};
pub use digest::digest_of;
pub use manifest::{
    Changed, Changes, Compared, Entry, Manifest, Operator, Previous, SignatureNote, Source, Statement,
    SyncNote, Tool,
};
pub use parameters::{IdentityList, Parameters, Since};
pub use problem::{Problem, ProblemCode};
pub use refusal::Refusal;
pub use signature::{PublicKey, Signer};
pub use verify::{Chain, Derived, Query, Signed, Verification, verify};

use std::path::Path;

use c1z::C1zFile;

/// How a c1z is opened: whoever calls knows the limits, and where its decoded copy may be.
pub type Open<'a> = &'a dyn Fn(&Path) -> Result<C1zFile, c1z::Error>;
