//! Every input that once broke something, and every seed, through the functions that the fuzz targets call.

#[cfg(test)]
mod corpus;
