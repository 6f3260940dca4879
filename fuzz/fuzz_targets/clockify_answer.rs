//! Hostile bytes as an answer of Clockify; what is tried is in `fuzz-trials`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz_trials::clockify_answer(bytes);
});
