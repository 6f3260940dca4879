//! What people ask of a c1z.

mod access;
mod damaged;
mod diff;
mod evidence;
mod export;
mod filters;
mod findings;
mod printed;
mod report;
mod unfinished;
mod workspace;
