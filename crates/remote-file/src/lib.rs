//! One file in an object store, addressed as `s3://BUCKET/KEY`, `gs://BUCKET/KEY` or `az://CONTAINER/KEY`.
//!
//! Says whether it can be written before anybody works for it, fetches it, and replaces it whole, on the condition that it
//! still is what was fetched. Of two writers one wins and the other hears of it; neither ever overwrites the other.
//!
//! Knows nothing of what is in the file, reads no environment and prints nothing: [`Settings`] carries the variables.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use remote_file::{Address, RemoteFile, Settings};
//!
//! let address = Address::parse("s3://bucket/folder/sync.c1z")?;
//! let file = RemoteFile::new(address, &Settings::new(std::env::vars()))?;
//! file.check().await?;
//! let version = file.fetch("here.c1z".as_ref()).await?;
//! // … make a new here.c1z …
//! file.put("here.c1z".as_ref(), version.as_ref()).await?;
//! # Ok(())
//! # }
//! ```

mod address;
mod error;
mod file;
mod halves;
mod http;
mod open;
mod platform;
mod seen;
mod settings;

pub use address::{Address, AddressError, Kind};
pub use error::Error;
pub use file::{RemoteFile, Version};
pub use settings::Settings;
