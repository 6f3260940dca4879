//! Hostile bytes as the protobuf messages of a c1z; what is tried is in `fuzz-trials`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz_trials::messages(bytes);
});
