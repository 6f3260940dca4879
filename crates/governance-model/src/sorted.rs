//! Pairs in the order of their names, each name once.

use crate::Text;

/// Puts pairs in order. Of those with the same name, the last one counts.
pub(crate) fn last_wins<T>(pairs: &mut Vec<(Text, T)>) {
    // Sorting in a stable way, so that the last one stays the last, takes memory of its own.
    if pairs.is_sorted_by(|one, next| one.0 < next.0) {
        return;
    }
    pairs.sort_by(|one, other| one.0.cmp(&other.0));
    pairs.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            std::mem::swap(&mut later.1, &mut kept.1);
        }
        same
    });
}
