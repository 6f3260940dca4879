//! A look-alike of S3, for tests only: buckets, objects, conditions, signatures, faults.
//!
//! Written from Amazon's description of the protocol and not from any client of it. It checks what S3 checks: the signature of
//! every request (Signature Version 4), the digest of every body, the region, the clock, rights, `If-Match` and
//! `If-None-Match`; and it answers with S3's codes. Only paths of the form `/BUCKET/KEY` are known.
//!
//! ```
//! # async fn example() -> std::io::Result<()> {
//! let s3 = s3_sim::S3::builder().bucket("bucket").start().await?;
//! // A client with s3.variables() …
//! assert_eq!(s3.object("bucket", "sync.c1z"), None);
//! # Ok(())
//! # }
//! ```

mod answer;
mod fault;
mod handle;
mod server;
mod sign;
mod state;
mod tls;

pub use fault::{Action, Fault};
pub use http::Method;
pub use server::{Builder, S3};
pub use state::{Asked, Rights};
