//! The list of projects (clockify reference 3.12). Filters that need time entries, budgets or templates are checked for
//! their type and change nothing, because the simulated projects have none.

use super::answer::Answer;
use super::handler::Shared;
use super::params::{PageTwist, Params};
use super::snapshot::{Snapshot, narrow};
use crate::content::SimProject;
use crate::wire;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SortColumn {
    Id,
    Name,
    ClientName,
    Untracked,
}

/// Which projects.
#[derive(Debug)]
struct Filter {
    name: Option<String>,
    strict_name: bool,
    archived: Option<bool>,
    billable: Option<bool>,
    public: Option<bool>,
    template: bool,
    clients: (Vec<String>, bool),
    users: (Vec<String>, bool),
    groups: (Vec<String>, bool),
}

impl Filter {
    fn parse(params: &Params) -> Result<Self, Answer> {
        let list = |name: &str| params.list(name).into_iter().map(str::to_owned).collect();
        params.boolean("hydrated")?;
        params.integer("expense-limit")?;
        params.choice("client-status", &[("ACTIVE", ()), ("ARCHIVED", ()), ("ALL", ())])?;
        let statuses = [("PENDING", ()), ("ACTIVE", ()), ("DECLINED", ()), ("INACTIVE", ()), ("ALL", ())];
        params.choice("user-status", &statuses)?;
        Ok(Self {
            name: params.text("name").map(str::to_lowercase),
            strict_name: params.boolean("strict-name-search")?.unwrap_or(false),
            archived: params.boolean("archived")?,
            billable: params.boolean("billable")?,
            public: params.choice("access", &[("PUBLIC", true), ("PRIVATE", false)])?,
            template: params.boolean("is-template")?.unwrap_or(false),
            clients: (list("clients"), params.boolean("contains-client")?.unwrap_or(true)),
            users: (list("users"), params.boolean("contains-user")?.unwrap_or(true)),
            groups: (list("userGroups"), params.boolean("contains-group")?.unwrap_or(true)),
        })
    }

    fn admits(&self, project: &SimProject) -> bool {
        let name = project.name.to_lowercase();
        let named = self
            .name
            .as_ref()
            .is_none_or(|wanted| if self.strict_name { name == *wanted } else { name.contains(wanted) });
        let touches = |(ids, wanted): &(Vec<String>, bool), has: &dyn Fn(&String) -> bool| {
            ids.is_empty() || ids.iter().any(has) == *wanted
        };
        let has_member = |id: &String| project.members.iter().any(|member| member.id == *id);
        named
            && !self.template
            && self.archived.is_none_or(|archived| archived == project.archived)
            && self.billable.is_none_or(|billable| billable == project.billable)
            && self.public.is_none_or(|public| public == project.public)
            && touches(&self.clients, &|id| project.client_id == *id)
            && touches(&self.users, &has_member)
            && touches(&self.groups, &has_member)
    }
}

/// Answers `GET /v1/workspaces/{id}/projects`.
pub(super) fn list(
    shared: &Shared,
    snapshot: &Snapshot,
    params: &Params,
    twist: Option<PageTwist>,
) -> Result<Answer, Answer> {
    let content = &snapshot.content;
    let request = params.page(shared.page_size_limit)?.twisted(twist);
    let filter = Filter::parse(params)?;
    let column = params.choice(
        "sort-column",
        &[
            ("ID", SortColumn::Id),
            ("NAME", SortColumn::Name),
            ("CLIENT_NAME", SortColumn::ClientName),
            ("DURATION", SortColumn::Untracked),
            ("BUDGET", SortColumn::Untracked),
            ("PROGRESS", SortColumn::Untracked),
        ],
    )?;
    // The real default is not recorded; by name is what the web application shows.
    let column = column.unwrap_or(SortColumn::Name);
    let descending =
        params.choice("sort-order", &[("ASCENDING", false), ("DESCENDING", true)])?.unwrap_or(false);

    let order = snapshot.order(&format!("projects {filter:?} {column:?} {descending}"), || {
        let mut rows: Vec<u32> = (0..content.project_count())
            .filter(|&index| filter.admits(&content.project(index)))
            .map(narrow)
            .collect();
        match column {
            SortColumn::Id => rows.sort_by_cached_key(|&index| content.project(index as usize).id),
            SortColumn::Name => rows.sort_by_cached_key(|&index| content.project(index as usize).name),
            SortColumn::ClientName => {
                rows.sort_by_cached_key(|&index| content.project(index as usize).client_name);
            }
            SortColumn::Untracked => {}
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
        let project = content.project(index as usize);
        wire::project(&mut body, &project, &snapshot.workspace.id, &snapshot.workspace.currency);
    }
    body.push(b']');
    Ok(Answer::page(body, last))
}
