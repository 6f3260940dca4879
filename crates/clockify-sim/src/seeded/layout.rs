//! Who is what: the kind of member at every index, and the arithmetic that ties managers to what they manage.
//!
//! All of it can be computed from an index alone and in both directions, which is why a workspace of any size needs neither
//! start-up time nor memory.

use crate::content::{AccountStatus, MembershipStatus};

/// The kinds of member that a workspace has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Owner,
    Admin,
    Regular,
    TeamManagerOfUsers,
    TeamManagerOfGroups,
    ProjectManager,
    /// Deactivated in this workspace, in use elsewhere.
    DeactivatedHere,
    DeletedAccount,
    Invited,
    /// Added without an invitation and not registered yet.
    AddedDirectly,
    Declined,
    Unverified,
    LimitedNullEmail,
    LimitedEmptyEmail,
    LimitedInactive,
    LimitedDeleted,
}

impl Kind {
    /// The account status and the status in the workspace (clockify reference 5).
    pub(super) fn statuses(self) -> (AccountStatus, MembershipStatus) {
        match self {
            Self::DeactivatedHere => (AccountStatus::Active, MembershipStatus::Inactive),
            Self::DeletedAccount => (AccountStatus::Deleted, MembershipStatus::Inactive),
            Self::Invited => (AccountStatus::NotRegistered, MembershipStatus::Pending),
            Self::AddedDirectly => (AccountStatus::NotRegistered, MembershipStatus::Active),
            Self::Declined => (AccountStatus::NotRegistered, MembershipStatus::Declined),
            Self::Unverified => (AccountStatus::PendingEmailVerification, MembershipStatus::Active),
            Self::LimitedNullEmail | Self::LimitedEmptyEmail => {
                (AccountStatus::Limited, MembershipStatus::Active)
            }
            Self::LimitedInactive => (AccountStatus::Limited, MembershipStatus::Inactive),
            Self::LimitedDeleted => (AccountStatus::LimitedDeleted, MembershipStatus::Inactive),
            _ => (AccountStatus::Active, MembershipStatus::Active),
        }
    }

    pub(super) fn is_limited(self) -> bool {
        matches!(self.statuses().0, AccountStatus::Limited | AccountStatus::LimitedDeleted)
    }

    pub(super) fn is_unregistered(self) -> bool {
        self.statuses().0 == AccountStatus::NotRegistered
    }
}

/// Behind the owner and the admins the kinds repeat in blocks of this many. A prime, so that pages do not all look alike.
const BLOCK: usize = 53;
/// Where the managers of groups stand in a block.
const GROUP_MANAGER_SLOTS: &[usize] = &[0, 29];
/// Where the managers of projects stand in a block.
const PROJECT_MANAGER_SLOTS: &[usize] = &[2, 23];
/// Where the first limited member stands in a block.
pub(super) const LIMITED_SLOT: usize = 7;
/// Where the first deactivated member stands in a block.
pub(super) const DEACTIVATED_SLOT: usize = 3;

fn kind_in_block(slot: usize) -> Kind {
    match slot {
        0 | 29 => Kind::TeamManagerOfGroups,
        2 | 23 => Kind::ProjectManager,
        3 | 31 => Kind::DeactivatedHere,
        5 => Kind::TeamManagerOfUsers,
        6 | 37 => Kind::Invited,
        7 => Kind::LimitedNullEmail,
        9 => Kind::DeletedAccount,
        11 => Kind::Unverified,
        13 => Kind::LimitedEmptyEmail,
        15 => Kind::Declined,
        17 => Kind::AddedDirectly,
        19 => Kind::LimitedDeleted,
        21 => Kind::LimitedInactive,
        _ => Kind::Regular,
    }
}

/// The sizes that everything else follows from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) users: usize,
    pub(super) admins: usize,
    pub(super) groups: usize,
    pub(super) projects: usize,
}

impl Layout {
    /// The index behind the owner and the admins.
    pub(super) fn prefix(&self) -> usize {
        1 + self.admins
    }

    pub(super) fn kind(&self, index: usize) -> Kind {
        match index.checked_sub(self.prefix()) {
            None if index == 0 => Kind::Owner,
            None => Kind::Admin,
            Some(rest) => kind_in_block(rest % BLOCK),
        }
    }

    /// The groups that the member at `index` manages.
    pub(super) fn groups_managed_by(&self, index: usize) -> Vec<usize> {
        self.managed(index, GROUP_MANAGER_SLOTS, self.groups)
    }

    /// The members who manage the group at `group`.
    pub(super) fn managers_of_group(&self, group: usize) -> Vec<usize> {
        self.managers(group, GROUP_MANAGER_SLOTS, self.groups)
    }

    /// The projects that the member at `index` manages.
    pub(super) fn projects_managed_by(&self, index: usize) -> Vec<usize> {
        self.managed(index, PROJECT_MANAGER_SLOTS, self.projects)
    }

    /// The members who manage the project at `project`.
    pub(super) fn managers_of_project(&self, project: usize) -> Vec<usize> {
        self.managers(project, PROJECT_MANAGER_SLOTS, self.projects)
    }

    /// What the `ordinal`-th manager manages: every `managers`-th thing when there are more things than managers, otherwise
    /// one thing, with at most two managers for each.
    fn managed(&self, index: usize, slots: &[usize], things: usize) -> Vec<usize> {
        let Some(ordinal) = self.ordinal(index, slots) else { return Vec::new() };
        let managers = self.manager_count(slots);
        if things >= managers {
            (ordinal..things).step_by(managers).collect()
        } else if ordinal < 2 * things {
            vec![ordinal % things]
        } else {
            Vec::new()
        }
    }

    /// The reverse of [`Layout::managed`].
    fn managers(&self, thing: usize, slots: &[usize], things: usize) -> Vec<usize> {
        let managers = self.manager_count(slots);
        let ordinals = if managers == 0 {
            Vec::new()
        } else if things >= managers {
            vec![thing % managers]
        } else {
            [thing, thing + things].into_iter().filter(|&ordinal| ordinal < managers).collect()
        };
        ordinals.into_iter().map(|ordinal| self.index_of_ordinal(ordinal, slots)).collect()
    }

    /// How many members stand in one of `slots`.
    fn manager_count(&self, slots: &[usize]) -> usize {
        let rest = self.users.saturating_sub(self.prefix());
        rest / BLOCK * slots.len() + slots.iter().filter(|&&slot| slot < rest % BLOCK).count()
    }

    fn ordinal(&self, index: usize, slots: &[usize]) -> Option<usize> {
        let rest = index.checked_sub(self.prefix())?;
        let position = slots.iter().position(|&slot| slot == rest % BLOCK)?;
        Some(rest / BLOCK * slots.len() + position)
    }

    fn index_of_ordinal(&self, ordinal: usize, slots: &[usize]) -> usize {
        self.prefix() + ordinal / slots.len() * BLOCK + slots[ordinal % slots.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managing_reads_the_same_from_both_ends() {
        for (users, groups) in [(1, 3), (20, 9), (300, 4), (300, 100), (2_000, 7)] {
            let layout = Layout { users, admins: 2.min(users - 1), groups, projects: groups };
            for index in 0..users {
                for group in layout.groups_managed_by(index) {
                    assert_eq!(layout.kind(index), Kind::TeamManagerOfGroups);
                    assert!(
                        layout.managers_of_group(group).contains(&index),
                        "{users}/{groups}: {index} {group}"
                    );
                }
                for project in layout.projects_managed_by(index) {
                    assert_eq!(layout.kind(index), Kind::ProjectManager);
                    assert!(layout.managers_of_project(project).contains(&index));
                }
            }
            for group in 0..groups {
                for index in layout.managers_of_group(group) {
                    assert!(
                        layout.groups_managed_by(index).contains(&group),
                        "{users}/{groups}: {index} {group}"
                    );
                }
            }
        }
    }
}
