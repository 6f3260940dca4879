//! A second connector, small enough to be read in one sitting.
//!
//! [`Directory`] is the source: people and teams, held in memory where a real one would be asked over a network.
//! [`DirectoryConnector`] makes resources, entitlements and grants of it. The program beside them syncs it into a file;
//! `docs/extending.md` walks through all three.

mod connector;
mod directory;

pub use connector::{DirectoryConnector, TEAM, USER};
pub use directory::{Directory, Person, Team};
