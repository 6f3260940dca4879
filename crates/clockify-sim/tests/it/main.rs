//! The simulator over real HTTP, against what the reference says of the real service.

mod quirks;
mod support;
