//! A user group object (clockify reference 3.9).

use serde::Serialize;

use super::common::append;
use crate::content::SimGroup;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupDto<'a> {
    id: &'a str,
    name: &'a str,
    workspace_id: &'a str,
    user_ids: &'a [String],
    team_managers: Vec<ManagerDto<'a>>,
}

#[derive(Serialize)]
struct ManagerDto<'a> {
    id: &'a str,
    name: Option<&'a str>,
}

/// Writes a group object behind `out`; `managers` are ids with display names.
pub(crate) fn group(
    out: &mut Vec<u8>,
    group: &SimGroup,
    workspace_id: &str,
    managers: &[(String, Option<String>)],
) {
    append(
        out,
        &GroupDto {
            id: &group.id,
            name: &group.name,
            workspace_id,
            user_ids: &group.user_ids,
            team_managers: managers
                .iter()
                .map(|(id, name)| ManagerDto { id, name: name.as_deref() })
                .collect(),
        },
    );
}
