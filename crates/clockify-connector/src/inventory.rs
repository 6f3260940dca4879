//! The workspace's own list of its members, of any status (clockify reference 3.4).

use clockify_api::model::{MembershipStatus, Workspace};
use governance_model::{Inventory, MAX_ID_BYTES, Text};

use crate::text;

/// The inventory; `None` when the workspace does not tell its members. A list of nobody tells nothing either, because
/// every workspace has at least its owner. Whoever is listed twice with different statuses has none.
pub(crate) fn of(workspace: Workspace) -> Option<Inventory> {
    let here = workspace.id;
    // The texts are taken over and not copied: of a large workspace there are many.
    let members = workspace.memberships.into_items().into_iter();
    let members = members.filter(|entry| entry.target_id.as_ref().is_none_or(|target| *target == here));
    let mut listed: Vec<(Text, Option<MembershipStatus>)> = members
        .filter_map(|entry| entry.user_id.map(|user| (user, entry.membership_status)))
        .filter(|(user, _)| readable(Some(user)).is_some())
        .collect();
    listed.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    let mut entries = Vec::with_capacity(listed.len());
    let mut listed = listed.into_iter().peekable();
    while let Some((user, first)) = listed.next() {
        let clipped =
            |status: &MembershipStatus| Text::from(text::clip(status.as_str(), text::MAX_CODE_BYTES));
        let mut only = first.as_ref().map(clipped);
        let mut differs = false;
        while let Some((_, again)) = listed.next_if(|(next, _)| *next == user) {
            let again = again.as_ref().map(clipped);
            differs |= only.is_some() && again.is_some() && only != again;
            only = only.or(again);
        }
        entries.push((user, only.filter(|_| !differs).unwrap_or_default()));
    }
    let inventory = Inventory { entries: entries.into_iter().collect() };
    (!inventory.entries.is_empty()).then_some(inventory)
}

/// How many entries of the list name nobody: those without an id, with one that the protocol does not take, and those
/// that could not be read at all.
pub(crate) fn unreadable(workspace: &Workspace) -> usize {
    let nobody = |user: Option<&str>| readable(user).is_none();
    let members = workspace.memberships.iter().filter(|entry| nobody(entry.user_id.as_deref()));
    members.count() + workspace.memberships.unreadable()
}

fn readable(user: Option<&str>) -> Option<&str> {
    user.filter(|id| (1..=MAX_ID_BYTES).contains(&id.len()))
}
