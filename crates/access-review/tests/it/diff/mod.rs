//! What differs between two syncs.

mod news;
mod ocsf;
mod official;
mod order;
mod properties;
mod world;
