//! The look-alike of C1 from the outside: a hand-written client, the rules one by one, the faults one by one.

mod assertion;
mod client;
//F
mod messages;
//P
//R
//T
mod tokens;
mod uploads;
mod vectors;
