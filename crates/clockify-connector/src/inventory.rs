//! The workspace's own list of its members, of any status (clockify reference 3.4).

use std::mem;

use clockify_api::model::{Membership, MembershipStatus, Workspace};
use governance_model::{Inventory, MAX_ID_BYTES, Text};

use crate::text;

/// The inventory; `None` when the workspace does not tell its members. A list of nobody tells nothing either, because
/// every workspace has at least its owner. Whoever is listed twice with different statuses has none.
pub(crate) fn of(workspace: Workspace) -> Option<Inventory> {
    let here = workspace.id;
    // The texts are taken over and not copied, and stay where the list is: of a large workspace there are many.
    let members = workspace.memberships.into_items().into_iter();
    let members = members.filter(|entry| entry.target_id.as_ref().is_none_or(|target| *target == here));
    let mut listed: Vec<(Text, Text)> = members.filter_map(listed).collect();
    listed.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    let mut ambiguous = Vec::new();
    listed.dedup_by(|(user, again), (listed, status)| {
        let same = user == listed;
        if same && status.is_empty() {
            *status = mem::take(again);
        } else if same && !again.is_empty() && again != status {
            ambiguous.push(mem::take(user));
        }
        same
    });
    for user in ambiguous {
        if let Ok(place) = listed.binary_search_by(|entry| entry.0.cmp(&user)) {
            listed[place].1 = Text::default();
        }
    }
    (!listed.is_empty()).then(|| Inventory { entries: listed.into() })
}

/// Whom an entry names, with the status, empty when there is none.
fn listed(entry: Membership) -> Option<(Text, Text)> {
    let user = entry.user_id.filter(|user| is_readable(user))?;
    let status = entry.membership_status.as_ref().map_or("", MembershipStatus::as_str);
    Some((user, text::clip(status, text::MAX_CODE_BYTES).into()))
}

/// How many entries of the list name nobody: those without an id, with one that the protocol does not take, and those
/// that could not be read at all.
pub(crate) fn unreadable(workspace: &Workspace) -> usize {
    let nobody = |entry: &&Membership| !entry.user_id.as_deref().is_some_and(is_readable);
    workspace.memberships.iter().filter(nobody).count() + workspace.memberships.unreadable()
}

fn is_readable(user: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&user.len())
}
