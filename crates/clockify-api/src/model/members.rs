//! The members of a workspace: a list that is as long as the workspace is large, and most of whose entries say the same.

use std::collections::HashMap;
use std::mem;

use serde::Deserializer;

use super::{Membership, Text, Told, lenient};

/// How many different combinations are looked up. A workspace has a handful: one for each status.
const MOST_LOOKED_UP: usize = 256;

/// The memberships of a workspace. Of 100,000 of them nearly all have the same target, type and status; each such combination
/// is kept once, so that an entry takes 32 bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    /// Each user with the number of the rest.
    entries: Vec<(Option<Text>, usize)>,
    /// What entries say beside the user, in the order in which it is first said.
    kinds: Vec<Membership>,
    /// The numbers of the first ones.
    numbers: HashMap<Membership, usize>,
    sent: bool,
    unreadable: usize,
}

impl Members {
    /// How many could be read.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none that could be read.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether a list was sent, as in [`Told::is_told`].
    pub fn is_told(&self) -> bool {
        self.sent
    }

    /// How many could not be read, as in [`Told::unreadable`].
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }

    /// The users, in the order of the list, where there is one.
    pub fn users(&self) -> impl ExactSizeIterator<Item = Option<&Text>> {
        self.entries.iter().map(|(user, _)| user.as_ref())
    }

    /// The memberships that could be read, in the order of the list. Each is put together anew.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Membership> {
        self.entries
            .iter()
            .map(|(user, kind)| Membership { user_id: user.clone(), ..self.kinds[*kind].clone() })
    }

    /// Each user with the place of the rest of the membership, which follows.
    pub fn into_parts(self) -> (Vec<(Option<Text>, usize)>, Vec<Membership>) {
        (self.entries, self.kinds)
    }

    /// Makes room for the next one, in a list of about so many. Doubled each time it is full, a list of 100,000 would take
    /// the memory of 131,000 and, while it is moved, half as much again.
    pub(crate) fn expect(&mut self, members: usize) {
        let count = self.entries.len();
        if count == self.entries.capacity() {
            let expected = (members + members / 64).saturating_sub(count);
            self.entries.reserve_exact(expected.max(count / 8).max(64));
        }
    }

    /// Adds one that could be read.
    pub(crate) fn push(&mut self, mut membership: Membership) {
        let user = membership.user_id.take();
        // As a rule it is as the one before.
        let last = self.entries.last().map(|(_, kind)| *kind).filter(|kind| self.kinds[*kind] == membership);
        let kind = last.unwrap_or_else(|| self.number(membership));
        self.entries.push((user, kind));
    }

    /// Counts one that could not be read.
    pub(crate) fn skip(&mut self) {
        self.unreadable += 1;
    }

    /// Puts in front what of the list was read before.
    pub(crate) fn begin_with(&mut self, before: Self) {
        let rest = mem::replace(self, before);
        rest.iter().for_each(|membership| self.push(membership));
        self.unreadable += rest.unreadable;
        self.sent = rest.sent;
    }

    fn number(&mut self, kind: Membership) -> usize {
        if let Some(number) = self.numbers.get(&kind) {
            return *number;
        }
        let next = self.kinds.len();
        // Where every entry says something of its own, to keep that twice would save nothing.
        if next < MOST_LOOKED_UP {
            self.numbers.insert(kind.clone(), next);
        }
        self.kinds.push(kind);
        next
    }
}

impl From<Told<Membership>> for Members {
    fn from(told: Told<Membership>) -> Self {
        let (sent, unreadable) = (told.is_told(), told.unreadable());
        let mut members = Self { sent, unreadable, ..Self::default() };
        told.into_items().into_iter().for_each(|membership| members.push(membership));
        members
    }
}

/// For `#[serde(deserialize_with)]`, see [`lenient`].
pub(super) fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
    lenient::told(deserializer).map(Members::from)
}

#[cfg(test)]
mod tests {
    use super::super::{MembershipStatus, MembershipType};
    use super::*;

    fn membership(user: Option<&str>, target: Option<&str>, status: &str) -> Membership {
        Membership {
            user_id: user.map(Text::from),
            target_id: target.map(Text::from),
            membership_type: Some(MembershipType::Workspace),
            membership_status: Some(MembershipStatus::from(status)),
        }
    }

    #[test]
    fn what_was_put_in_comes_out_in_its_order() {
        let given = [
            membership(Some("a"), Some("w"), "ACTIVE"),
            membership(None, Some("w"), "ACTIVE"),
            membership(Some("b"), None, "ACTIVE"),
            membership(Some("a"), Some("w"), "NEW"),
            membership(Some("c"), Some("w"), "ACTIVE"),
            Membership::default(),
            membership(Some("b"), None, "ACTIVE"),
        ];
        for cut in 0..=given.len() {
            let (mut front, mut members) = (Members::default(), Members { sent: true, ..Members::default() });
            given[..cut].iter().for_each(|one| front.push(one.clone()));
            given[cut..].iter().for_each(|one| members.push(one.clone()));
            front.skip();
            members.skip();
            members.begin_with(front);
            assert_eq!((members.len(), members.unreadable(), members.is_told()), (7, 2, true));
            assert!(members.iter().eq(given.clone()));
            assert!(members.users().eq(given.iter().map(|one| one.user_id.as_ref())));
            assert_eq!(members.kinds.len(), 4, "each kind once");
            let (entries, kinds) = members.into_parts();
            let again =
                entries.into_iter().map(|(user_id, kind)| Membership { user_id, ..kinds[kind].clone() });
            assert!(again.eq(given.clone()));
        }
    }

    #[test]
    fn what_is_different_in_each_is_not_kept_twice() {
        let mut members = Members::default();
        let given: Vec<_> =
            (0..1000).map(|number| membership(Some("a"), Some(&number.to_string()), "ACTIVE")).collect();
        for one in &given {
            members.push(one.clone());
        }
        for one in &given[..10] {
            members.push(one.clone());
        }
        assert!(members.iter().eq(given.iter().chain(&given[..10]).cloned()));
        assert_eq!((members.kinds.len(), members.numbers.len()), (1000, MOST_LOOKED_UP));
    }

    #[test]
    fn a_member_takes_32_bytes() {
        assert_eq!(size_of::<(Option<Text>, usize)>(), 32);
        let mut members = Members::default();
        for number in 0..1000 {
            members.expect(1000);
            members.push(membership(Some(&format!("{number:024}")), Some(&"w".repeat(24)), "ACTIVE"));
        }
        assert!(members.entries.capacity() <= 1016, "{}", members.entries.capacity());
        assert_eq!(members.kinds.len(), 1);
    }
}
