//! Statements that can only be understood once every group is known.

use std::collections::BTreeMap;

use governance_model::{
    ConnectorError, Deferred, ErrorClass, Known, KnownError, Page, ResourceId, ResourceTypeId, Text,
};
use serde::{Deserialize, Serialize};

use crate::catalog::{GROUP, UNKNOWN, USER, WorkspaceRole};
use crate::context::Drops;
use crate::role::Scopes;
use crate::{project, role};

/// A statement that waits.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(crate) enum Note {
    /// The groups are being read. Without this, an id that is no known group may still be one.
    Groups,
    /// A team manager whose scope has ids that may be people or groups.
    TeamManager {
        /// The holder.
        user: Text,
        /// Groups that are certain.
        groups: Vec<Text>,
        /// People that are certain, with their names.
        users: Vec<(Text, Option<Text>)>,
        /// What may be either.
        open: Vec<Text>,
    },
    /// A team manager of a group, by the list of groups. The list of users may be silent about it: it shows a scope
    /// by its people, and a group may have none.
    GroupManager {
        /// The group.
        group: Text,
        /// The holder.
        user: Text,
    },
    /// A member of a project that is no member of the workspace: a group, or somebody unknown.
    ProjectMember {
        /// The project.
        project: Text,
        /// The person or group.
        member: Text,
        /// The raw status of the membership.
        status: Option<Text>,
    },
}

impl Note {
    pub(crate) fn write(&self) -> String {
        serde_json::to_string(self).expect("strings and lists of strings always have a JSON form")
    }

    fn read(note: &str) -> Result<Self, ConnectorError> {
        serde_json::from_str(note).map_err(|error| {
            ConnectorError::new(ErrorClass::Internal, "a deferred statement cannot be read back")
                .with_source(error)
        })
    }
}

/// Turns statements into facts.
pub(crate) fn resolve(
    notes: &[Deferred],
    known: &dyn Known,
    projects: bool,
    page: &mut Page,
) -> Result<(), ConnectorError> {
    let notes = notes.iter().map(|note| Note::read(&note.note)).collect::<Result<Vec<_>, _>>()?;
    let groups_read = notes.iter().any(|note| matches!(note, Note::Groups));
    let mut drops = Drops::default();
    // Per team manager the scope that the notes tell, and whether the list of users told of the role at all.
    let mut managers: BTreeMap<Text, (Scopes, bool)> = BTreeMap::new();
    for note in notes {
        match note {
            Note::Groups => {}
            Note::TeamManager { user, groups, users, open } => {
                let (scopes, told) = managers.entry(user).or_default();
                *told = true;
                scopes.extend(groups.into_iter().map(|id| ((GROUP, id), None)));
                scopes.extend(users.into_iter().map(|(id, name)| ((USER, id), name)));
                for id in open {
                    let kind = kind_of(&id, known, groups_read)?.unwrap_or(UNKNOWN);
                    scopes.insert((kind, id), None);
                }
            }
            Note::GroupManager { group, user } => {
                managers.entry(user).or_default().0.insert((GROUP, group), None);
            }
            Note::ProjectMember { project, member, status } => {
                let Some(kind) = kind_of(&member, known, groups_read)? else {
                    drops.count("project member that may be a group");
                    continue;
                };
                project::add_member(&project, ResourceId::new(kind, member), status.as_deref(), page);
            }
        }
    }
    for (user, (scopes, told)) in managers {
        let role = WorkspaceRole::TeamManager;
        // A role that a page of users told of is complete as it is.
        if told || !known.holds(&role::grant_id(&user, role)).map_err(lookup_failed)? {
            role::add_role(&user, role, &scopes, projects, page);
        }
    }
    drops.finish(page);
    Ok(())
}

/// A group if there is one with this id; else a person, who becomes a stand-in if nobody returned them. `None` if only
/// the groups could tell and they were not asked for.
fn kind_of(id: &str, known: &dyn Known, groups_read: bool) -> Result<Option<ResourceTypeId>, ConnectorError> {
    if known.contains(&ResourceId::new(GROUP, id)).map_err(lookup_failed)? {
        return Ok(Some(GROUP));
    }
    let is_person = groups_read || known.contains(&ResourceId::new(USER, id)).map_err(lookup_failed)?;
    Ok(is_person.then_some(USER))
}

fn lookup_failed(error: KnownError) -> ConnectorError {
    ConnectorError::new(ErrorClass::Internal, "cannot look up what was read before").with_source(error)
}
