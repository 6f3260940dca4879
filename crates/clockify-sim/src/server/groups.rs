//! The list of user groups (clockify reference 3.9).

use super::answer::Answer;
use super::handler::Shared;
use super::params::{PageTwist, Params};
use super::snapshot::{Snapshot, narrow};
use crate::wire;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SortColumn {
    Id,
    Name,
}

/// Answers `GET /v1/workspaces/{id}/user-groups`.
pub(super) fn list(
    shared: &Shared,
    snapshot: &Snapshot,
    params: &Params,
    twist: Option<PageTwist>,
) -> Result<Answer, Answer> {
    let content = &snapshot.content;
    let request = params.page(shared.page_size_limit)?.twisted(twist);
    let with_managers = params.boolean("includeTeamManagers")?.unwrap_or(false);
    let column = params.choice("sort-column", &[("ID", SortColumn::Id), ("NAME", SortColumn::Name)])?;
    // The real default is not recorded; by name is what the web application shows.
    let column = column.unwrap_or(SortColumn::Name);
    let descending =
        params.choice("sort-order", &[("ASCENDING", false), ("DESCENDING", true)])?.unwrap_or(false);
    // The sources disagree about the case; this is the wider reading.
    let name = params.text("name").map(str::to_lowercase);
    let project = match params.text("project-id").or_else(|| params.text("projectId")) {
        None => None,
        Some(id) => {
            let project = snapshot.project(id).ok_or_else(|| Answer::foreign("Project"))?;
            Some(project.members.into_iter().map(|member| member.id).collect::<Vec<_>>())
        }
    };

    let order = snapshot.order(&format!("groups {name:?} {project:?} {column:?} {descending}"), || {
        let mut rows: Vec<u32> = (0..content.group_count())
            .filter(|&index| {
                if name.is_none() && project.is_none() {
                    return true;
                }
                let group = content.group(index);
                name.as_ref().is_none_or(|name| group.name.to_lowercase().contains(name))
                    && project.as_ref().is_none_or(|members| members.contains(&group.id))
            })
            .map(narrow)
            .collect();
        match column {
            SortColumn::Id => rows.sort_by_cached_key(|&index| content.group(index as usize).id),
            SortColumn::Name => rows.sort_by_cached_key(|&index| content.group(index as usize).name),
        }
        if descending {
            rows.reverse();
        }
        rows
    });
    let (rows, last) = request.rows(order.len());
    let mut body = vec![b'['];
    for (position, &index) in order[rows].iter().enumerate() {
        if position > 0 {
            body.push(b',');
        }
        let group = content.group(index as usize);
        let managers = if with_managers { group.team_managers.as_slice() } else { &[] };
        let managers: Vec<(String, Option<String>)> =
            managers.iter().map(|id| (id.clone(), snapshot.user_name(id))).collect();
        wire::group(&mut body, &group, &snapshot.workspace.id, &managers);
    }
    body.push(b']');
    Ok(Answer::page(body, last))
}
