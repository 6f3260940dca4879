//! Hostile bytes as a working database; what is tried is in `fuzz-trials`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz_trials::working_database(bytes);
});
