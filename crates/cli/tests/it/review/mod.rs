//! What people ask of a c1z.

mod access;
mod diff;
mod filters;
mod findings;
mod printed;
mod unfinished;
mod workspace;
