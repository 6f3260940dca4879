//! The workspace's own list of its members, of any status (clockify reference 3.4).

use std::mem;

use clockify_api::model::{Membership, MembershipStatus, Workspace};
use governance_model::{Entries, Inventory, MAX_ID_BYTES, Text};

use crate::text;

/// The inventory; `None` when the workspace does not tell its members. A list of nobody tells nothing either, because
/// every workspace has at least its owner. Whoever is listed twice with different statuses has none.
pub(crate) fn of(workspace: Workspace) -> Option<Inventory> {
    let here = workspace.id;
    let (members, kinds) = workspace.memberships.into_parts();
    let statuses: Vec<Option<Text>> = kinds.iter().map(|kind| status(kind, &here)).collect();
    // The texts are taken over and not copied, and stay where the list is: of a large workspace there are many.
    let members = members.into_iter().filter(|(_, kind)| statuses[*kind].is_some());
    let mut listed: Vec<(Text, usize)> =
        members.filter_map(|(user, kind)| Some((user.filter(is_readable)?, kind))).collect();
    listed.sort_unstable_by(|one, other| one.0.cmp(&other.0));

    let mut statuses: Vec<Text> = statuses.into_iter().map(Option::unwrap_or_default).collect();
    let none = statuses.len();
    statuses.push(Text::default());
    let mut ambiguous = Vec::new();
    listed.dedup_by(|(user, again), (listed, status)| {
        let same = user == listed;
        if same && statuses[*status].is_empty() {
            *status = *again;
        } else if same && !statuses[*again].is_empty() && statuses[*again] != statuses[*status] {
            ambiguous.push(mem::take(user));
        }
        same
    });
    for user in ambiguous {
        if let Ok(place) = listed.binary_search_by(|entry| entry.0.cmp(&user)) {
            listed[place].1 = none;
        }
    }
    (!listed.is_empty()).then(|| Inventory { entries: Entries::numbered(listed, &statuses) })
}

/// What a membership says of its user's status, empty when it says nothing; `None` when it is that of another workspace.
fn status(kind: &Membership, here: &Text) -> Option<Text> {
    if kind.target_id.as_ref().is_some_and(|target| target != here) {
        return None;
    }
    let status = kind.membership_status.as_ref().map_or("", MembershipStatus::as_str);
    Some(text::clip(status, text::MAX_CODE_BYTES).into())
}

/// How many entries of the list name nobody: those without an id, with one that the protocol does not take, and those
/// that could not be read at all.
pub(crate) fn unreadable(workspace: &Workspace) -> usize {
    let members = &workspace.memberships;
    members.len() - members.users().flatten().filter(|user| is_readable(user)).count() + members.unreadable()
}

fn is_readable(user: &Text) -> bool {
    (1..=MAX_ID_BYTES).contains(&user.len())
}
