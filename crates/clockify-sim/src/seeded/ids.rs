//! Ids and dice: everything seeded derives from a seed, a domain and an index, and from nothing else.

use fastrand::Rng;

/// What an id or a roll of the dice is for; keeps the sequences apart.
#[derive(Clone, Copy, Debug)]
pub(super) enum Domain {
    Workspace = 1,
    User = 2,
    Group = 3,
    Project = 4,
    Client = 5,
    CustomField = 6,
    Stranger = 7,
}

/// 2019-01-01 in seconds since 1970: nobody joined earlier.
const FIRST_CREATION: u64 = 1_546_300_800;
/// Seven years: everybody joined within them.
const CREATION_SPAN: u64 = 220_924_800;
/// An `ObjectId` counts in 24 bits, so no sequence can be longer.
pub(super) const MAX_COUNT: usize = 1 << 24;

/// A random generator that depends on nothing but its arguments.
pub(super) fn dice(seed: u64, domain: Domain, index: usize) -> Rng {
    let mixed = mix(mix(seed ^ ((domain as u64) << 56)) ^ index as u64);
    Rng::with_seed(mixed)
}

/// The finaliser of splitmix64: every bit of the input moves every bit of the output.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The id at `index` in a sequence of `count`: an `ObjectId` whose leading creation time never falls as the index rises and
/// whose trailing counter is the index, so that ids sort as indices do.
pub(super) fn object_id(seed: u64, domain: Domain, index: usize, count: usize) -> String {
    let index = index as u64;
    let step = (CREATION_SPAN / count.max(1) as u64).max(1);
    let jitter = mix(seed ^ index) % step;
    let seconds = (FIRST_CREATION + index * step + jitter) & 0xffff_ffff;
    let machine = mix(seed ^ ((domain as u64) << 48)) & 0xff_ffff_ffff;
    format!("{seconds:08x}{machine:010x}{index:06x}")
}

/// The index that an id carries, if it is one that [`object_id`] makes for this sequence.
pub(super) fn index_of(seed: u64, domain: Domain, id: &str, count: usize) -> Option<usize> {
    let counter = id.get(18..).filter(|_| id.len() == 24)?;
    let index = usize::from_str_radix(counter, 16).ok()?;
    (index < count && object_id(seed, domain, index, count) == id).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_and_lead_back_to_their_index() {
        for count in [1, 60, 5_000, 100_000] {
            let mut previous = String::new();
            for index in (0..count).step_by(7) {
                let id = object_id(9, Domain::User, index, count);
                assert_eq!(id.len(), 24);
                assert!(id > previous, "{id} follows {previous}");
                assert_eq!(index_of(9, Domain::User, &id, count), Some(index));
                previous = id;
            }
        }
    }

    #[test]
    fn an_id_of_another_kind_leads_nowhere() {
        let id = object_id(9, Domain::Group, 3, 60);
        assert_eq!(index_of(9, Domain::User, &id, 60), None);
        assert_eq!(index_of(9, Domain::User, "", 60), None);
        assert_eq!(index_of(9, Domain::User, "5f0e3c9a1b2c3d4e5f60zzzz", 60), None);
    }
}
