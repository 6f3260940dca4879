//! Hostile bytes as the notes of a checkpoint; what is tried is in `fuzz-trials`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz_trials::checkpoint(bytes);
});
