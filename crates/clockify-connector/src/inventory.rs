//! The workspace's own list of its members, of any status (clockify reference 3.4).

use clockify_api::model::{MembershipStatus, Workspace};
use governance_model::{Inventory, MAX_ID_BYTES};

use crate::text;

/// The inventory; `None` when the workspace does not tell its members. A list of nobody tells nothing either, because
/// every workspace has at least its owner. Whoever is listed twice with different statuses has none.
pub(crate) fn of(workspace: &Workspace) -> Option<Inventory> {
    let mut listed: Vec<(&str, Option<&str>)> = Vec::with_capacity(workspace.memberships.len());
    for membership in &workspace.memberships {
        let elsewhere = membership.target_id.as_deref().is_some_and(|target| target != workspace.id);
        if let (Some(user), false) = (readable(membership.user_id.as_deref()), elsewhere) {
            let status = membership.membership_status.as_ref().map(MembershipStatus::as_str);
            listed.push((user, status.map(|raw| text::clip(raw, text::MAX_CODE_BYTES))));
        }
    }
    listed.sort_unstable();
    let entries = listed.chunk_by(|one, next| one.0 == next.0).map(|of_one| {
        // What says nothing comes first, and what is said twice is said once.
        let mut statuses = of_one.iter().filter_map(|(_, status)| *status);
        let only = statuses.next().filter(|first| statuses.all(|other| other == *first));
        (of_one[0].0.to_owned(), only.unwrap_or_default().to_owned())
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
