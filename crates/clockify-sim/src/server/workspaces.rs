//! Workspaces, one and all (clockify reference 3.3 and 3.4). A membership list is produced while it is sent.

use std::sync::Arc;

use bytes::Bytes;

use super::answer::{Answer, Pieces};
use super::params::Params;
use super::snapshot::Snapshot;
use crate::content::{ApiKey, MembershipType, OtherWorkspace, RoleCode, SimMembership};
use crate::wire;

/// How many membership entries go into one piece: about 100 kB.
const ENTRIES_PER_PIECE: usize = 512;

/// Answers `GET /v1/workspaces`. Paging parameters are ignored, and there is no `Last-Page`.
pub(super) fn list(snapshot: &Arc<Snapshot>, key: &ApiKey, params: &Params) -> Result<Answer, Answer> {
    let wanted = params.choices(
        "roles",
        &[
            ("WORKSPACE_ADMIN", RoleCode::Admin),
            ("OWNER", RoleCode::Owner),
            ("TEAM_MANAGER", RoleCode::TeamManager),
            ("PROJECT_MANAGER", RoleCode::ProjectManager),
        ],
    )?;
    let content = &snapshot.content;
    let roles: Vec<RoleCode> = content.user(key.user).roles.iter().map(|held| held.role).collect();
    let mut objects: Vec<Pieces> = Vec::new();
    if passes(&wanted, &roles) {
        objects.push(simulated(snapshot));
    }
    let others = if key.user == content.key_owner() { content.other_workspaces() } else { Vec::new() };
    objects.extend(others.iter().filter(|each| passes(&wanted, &each.roles)).map(other));
    let mut pieces: Pieces = Box::new(std::iter::once(Bytes::from_static(b"[")));
    for (position, object) in objects.into_iter().enumerate() {
        let comma = (position > 0).then_some(Bytes::from_static(b","));
        pieces = Box::new(pieces.chain(comma).chain(object));
    }
    Ok(Answer::json_pieces(Box::new(pieces.chain(std::iter::once(Bytes::from_static(b"]"))))))
}

/// Answers `GET /v1/workspaces/{id}`.
pub(super) fn one(snapshot: &Arc<Snapshot>, id: &str) -> Answer {
    if id == snapshot.workspace.id {
        return Answer::json_pieces(simulated(snapshot));
    }
    match snapshot.content.other_workspaces().iter().find(|each| each.workspace.id == id) {
        Some(found) => Answer::json_pieces(other(found)),
        None => Answer::foreign("User"),
    }
}

/// Whether somebody with `roles` passes the filter. An owner is not counted as an admin here, although their data says so.
fn passes(wanted: &[RoleCode], roles: &[RoleCode]) -> bool {
    let owns = roles.contains(&RoleCode::Owner);
    wanted.is_empty() || wanted.iter().any(|role| roles.contains(role) && !(*role == RoleCode::Admin && owns))
}

fn simulated(snapshot: &Arc<Snapshot>) -> Pieces {
    let frame = wire::workspace_frame(&snapshot.workspace);
    let snapshot = Arc::clone(snapshot);
    let users = snapshot.content.user_count();
    let total = users + snapshot.workspace.extra_memberships.len();
    let entries = (0..total).step_by(ENTRIES_PER_PIECE).map(move |start| {
        let mut piece = Vec::new();
        for index in start..total.min(start + ENTRIES_PER_PIECE) {
            if index > 0 {
                piece.push(b',');
            }
            if let Some(extra) = index.checked_sub(users) {
                wire::membership(&mut piece, &snapshot.workspace.extra_memberships[extra], None, None);
                continue;
            }
            let user = snapshot.content.user(index);
            let entry = SimMembership {
                user_id: user.id,
                target_id: snapshot.workspace.id.clone(),
                kind: MembershipType::Workspace,
                status: user.membership_status,
            };
            wire::membership(&mut piece, &entry, user.hourly_rate.as_ref(), user.cost_rate.as_ref());
        }
        Bytes::from(piece)
    });
    framed(frame, Box::new(entries))
}

fn other(other: &OtherWorkspace) -> Pieces {
    let mut entries = Vec::new();
    for (position, entry) in other.workspace.extra_memberships.iter().enumerate() {
        if position > 0 {
            entries.push(b',');
        }
        wire::membership(&mut entries, entry, None, None);
    }
    framed(wire::workspace_frame(&other.workspace), Box::new(std::iter::once(Bytes::from(entries))))
}

fn framed(frame: wire::WorkspaceFrame, entries: Pieces) -> Pieces {
    let head = std::iter::once(Bytes::from(frame.head));
    Box::new(head.chain(entries).chain(std::iter::once(Bytes::from(frame.tail))))
}
