//! How much a c1z may hold, from the variables that the Go tools read as well (interop reference 1.1).

use c1z::Limits;

/// The limits for reading c1z files; what is not set, or is no number, stays at its default.
pub(crate) fn from_environment() -> Limits {
    let megabytes = |name: &str| std::env::var(name).ok().and_then(|text| text.trim().parse().ok());
    Limits::from_megabytes(
        megabytes("BATON_DECODER_MAX_DECODED_SIZE_MB"),
        megabytes("BATON_DECODER_MAX_MEMORY_MB"),
    )
}
