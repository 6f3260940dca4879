//! Hostile bytes as a whole c1z file; what is tried is in `fuzz-trials`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz_trials::c1z_file(bytes);
});
