//! Hostile bytes as the pages of a c1z's database; what is tried is in `fuzz-trials`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz_trials::c1z_database(bytes);
});
