//! The workspace's own list of its members, of any status (clockify reference 3.4).

use std::collections::{BTreeMap, BTreeSet};

use clockify_api::model::{MembershipStatus, Workspace};
use governance_model::{Inventory, MAX_ID_BYTES};

use crate::text;

/// The inventory; `None` when the workspace does not tell its members. A list of nobody tells nothing either, because
/// every workspace has at least its owner. Whoever is listed twice with different statuses has none.
pub(crate) fn of(workspace: &Workspace) -> Option<Inventory> {
    let mut listed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for membership in &workspace.memberships {
        let elsewhere = membership.target_id.as_deref().is_some_and(|target| target != workspace.id);
        if let (Some(user), false) = (readable(membership.user_id.as_deref()), elsewhere) {
            let status = membership.membership_status.as_ref().map(MembershipStatus::as_str);
            listed.entry(user).or_default().extend(status.map(|raw| text::clip(raw, text::MAX_CODE_BYTES)));
        }
    }
    let entries = listed.into_iter().map(|(user, statuses)| {
        let only = if statuses.len() == 1 { statuses.first().copied() } else { None };
        (user.to_owned(), only.unwrap_or_default().to_owned())
    });
    let inventory = Inventory { entries: entries.collect() };
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
