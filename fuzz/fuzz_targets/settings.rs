//! Hostile bytes as flags and settings; what is tried is in `fuzz-trials`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz_trials::settings(bytes);
});
