//! The simulator over real HTTP, against what the reference says of the real service.

mod content;
mod contract;
mod crew;
mod errors;
mod faults;
mod keys;
mod paging;
mod places;
mod service;
mod support;
mod users;
mod wire_order;
