//! The simulator over real HTTP, against what the reference says of the real service.

mod crew;
mod errors;
mod keys;
mod places;
mod support;
mod users;
