//! What is trusted on the way out, seen from outside of the crate.

#[cfg(test)]
mod environment;
