//! Ids of syncs: KSUIDs of 27 base-62 characters, made of the seconds since 1 400 000 000 Unix and sixteen random
//! bytes (interop reference 1.4). Later seconds sort later.

use governance_model::Timestamp;
use svix_ksuid::Ksuid;

/// Unix seconds at which the count begins.
const EPOCH: i64 = 1_400_000_000;

/// A new id for a sync that starts at an instant.
pub fn sync_id(started_at: Timestamp) -> String {
    Ksuid::new_raw(seconds(started_at), None).to_string()
}

/// The id with the given bytes in place of random ones, for tests.
pub fn sync_id_from(started_at: Timestamp, bytes: [u8; 16]) -> String {
    Ksuid::new_raw(seconds(started_at), Some(&bytes)).to_string()
}

/// Instants outside of what fits (2014 to 2150) count as the nearest one that does.
fn seconds(at: Timestamp) -> u32 {
    let since = at.as_second().saturating_sub(EPOCH);
    u32::try_from(since.max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use svix_ksuid::KsuidLike;

    use super::*;

    /// The id of the sync in the official tiny-v1.c1z, which started at 02:32:55 on 24 November 2026.
    const OFFICIAL: &str = "3MXCYpS3O3yS5LnNHGCaVIvN9hW";

    #[test]
    fn counts_seconds_as_the_official_ids_do() {
        let official = Ksuid::from_str(OFFICIAL).unwrap();
        let started: Timestamp = "2026-11-24T02:32:55.372207608Z".parse().unwrap();
        let bytes: [u8; 16] = official.payload().try_into().unwrap();
        assert_eq!(sync_id_from(started, bytes), OFFICIAL);
    }

    #[test]
    fn new_ids_differ_and_sort_by_time() {
        let early: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
        let late: Timestamp = "2020-01-01T00:00:01Z".parse().unwrap();
        assert_ne!(sync_id(early), sync_id(early));
        assert!(sync_id_from(early, [0xff; 16]) < sync_id_from(late, [0; 16]));
        assert_eq!(sync_id(early).len(), 27);
        let ancient: Timestamp = "1970-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(sync_id_from(ancient, [0; 16]), "0".repeat(27));
    }
}
