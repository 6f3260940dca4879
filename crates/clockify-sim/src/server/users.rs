//! The list of users and the single user who is asking (clockify reference 3.1 and 3.5).

use super::GroupScopeShape;
use super::answer::Answer;
use super::handler::Shared;
use super::params::{PageTwist, Params};
use super::snapshot::{Snapshot, narrow};
use crate::content::{AccountStatus, ApiKey, KeyRights, MembershipStatus, SimScope, SimUser};
use crate::wire::{self, EntityScope, MembershipFilter, RoleEntity, UserParts};

/// The account statuses that the list shows unless it is told otherwise: limited and deleted accounts are hidden.
const SHOWN_BY_DEFAULT: [AccountStatus; 3] =
    [AccountStatus::Active, AccountStatus::PendingEmailVerification, AccountStatus::NotRegistered];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SortColumn {
    Id,
    Email,
    Name,
    NameLowercase,
    Access,
    HourlyRate,
    CostRate,
}

/// Which users, in which order.
struct Selection<'a> {
    status: Option<&'a MembershipStatus>,
    accounts: Vec<AccountStatus>,
    email: Option<String>,
    name: Option<String>,
    project: Option<Vec<String>>,
    column: SortColumn,
    descending: bool,
}

/// Answers `GET /v1/user`.
pub(super) fn current_user(snapshot: &Snapshot, key: &ApiKey, params: &Params) -> Result<Answer, Answer> {
    let with_memberships = params.boolean("include-memberships")?.unwrap_or(false);
    let user = snapshot.content.user(key.user);
    let parts = UserParts {
        workspace_id: &snapshot.workspace.id,
        memberships: if with_memberships { MembershipFilter::All } else { MembershipFilter::None },
        belongings: if with_memberships { snapshot.belongings(&user.id) } else { &[] },
        roles: None,
    };
    let mut body = Vec::new();
    wire::user(&mut body, &user, &parts);
    Ok(Answer::json(body))
}

/// Answers `GET /v1/workspaces/{id}/users`.
pub(super) fn list(
    shared: &Shared,
    snapshot: &Snapshot,
    key: &ApiKey,
    params: &Params,
    twist: Option<PageTwist>,
) -> Result<Answer, Answer> {
    if key.rights == KeyRights::Regular {
        return Err(Answer::access_denied());
    }
    let request = params.page(shared.page_size_limit)?.twisted(twist);
    let memberships = params.choice(
        "memberships",
        &[
            ("ALL", MembershipFilter::All),
            ("NONE", MembershipFilter::None),
            ("WORKSPACE", MembershipFilter::Workspace),
            ("PROJECT", MembershipFilter::Project),
            ("USERGROUP", MembershipFilter::UserGroup),
        ],
    )?;
    let memberships = memberships.unwrap_or(MembershipFilter::None);
    // A string on the real service, not a boolean: nothing is a wrong value.
    let with_roles = params.text("include-roles").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let selection = selection(snapshot, params)?;

    let (indexes, last): (Vec<usize>, bool) = if selection.is_direct(snapshot) {
        let count = snapshot.content.user_count();
        let (rows, last) = request.rows(count);
        let place = |row| if selection.descending { count - 1 - row } else { row };
        (rows.map(place).collect(), last)
    } else {
        let order = snapshot.order(&selection.cache_key(), || selection.order(snapshot));
        let (rows, last) = request.rows(order.len());
        (order[rows].iter().map(|&index| index as usize).collect(), last)
    };

    let mut body = vec![b'['];
    for (position, index) in indexes.into_iter().enumerate() {
        if position > 0 {
            body.push(b',');
        }
        let user = snapshot.content.user(index);
        let roles = with_roles.then(|| role_entities(snapshot, &user, shared.group_scope_shape));
        let wants_belongings = !matches!(memberships, MembershipFilter::None | MembershipFilter::Workspace);
        let parts = UserParts {
            workspace_id: &snapshot.workspace.id,
            memberships,
            belongings: if wants_belongings { snapshot.belongings(&user.id) } else { &[] },
            roles: roles.as_deref(),
        };
        wire::user(&mut body, &user, &parts);
    }
    body.push(b']');
    Ok(Answer::page(body, last))
}

fn selection<'a>(snapshot: &Snapshot, params: &Params) -> Result<Selection<'a>, Answer> {
    let status = params.choice(
        "status",
        &[
            ("PENDING", Some(&MembershipStatus::Pending)),
            ("ACTIVE", Some(&MembershipStatus::Active)),
            ("DECLINED", Some(&MembershipStatus::Declined)),
            ("INACTIVE", Some(&MembershipStatus::Inactive)),
            ("ALL", None),
        ],
    )?;
    let known: Vec<(&str, &AccountStatus)> =
        AccountStatus::KNOWN.iter().map(|status| (status.as_str(), status)).collect();
    let accounts: Vec<AccountStatus> =
        params.choices("account-statuses", &known)?.into_iter().cloned().collect();
    let column = params.choice(
        "sort-column",
        &[
            ("ID", SortColumn::Id),
            ("EMAIL", SortColumn::Email),
            ("NAME", SortColumn::Name),
            ("NAME_LOWERCASE", SortColumn::NameLowercase),
            ("ACCESS", SortColumn::Access),
            ("HOURLYRATE", SortColumn::HourlyRate),
            ("COSTRATE", SortColumn::CostRate),
        ],
    )?;
    let descending = params.choice("sort-order", &[("ASCENDING", false), ("DESCENDING", true)])?;
    let project = match params.text("project-id") {
        None => None,
        Some(id) => {
            let project = snapshot.project(id).ok_or_else(|| Answer::foreign("Project"))?;
            Some(project.members.into_iter().map(|member| member.id).collect())
        }
    };
    Ok(Selection {
        status: status.flatten(),
        accounts: if accounts.is_empty() { SHOWN_BY_DEFAULT.to_vec() } else { accounts },
        // Whether the real service minds the case is not recorded; addresses do not.
        email: params.text("email").map(str::to_lowercase),
        name: params.text("name").map(str::to_lowercase),
        project,
        column: column.unwrap_or(SortColumn::Email),
        descending: descending.unwrap_or(false),
    })
}

impl Selection<'_> {
    /// Whether the rows of a page are the indexes of the content: nobody is hidden, and the order is the content's own.
    fn is_direct(&self, snapshot: &Snapshot) -> bool {
        self.column == SortColumn::Id
            && snapshot.content.ids_ascend()
            && self.status.is_none()
            && AccountStatus::KNOWN.iter().all(|status| self.accounts.contains(status))
            && self.email.is_none()
            && self.name.is_none()
            && self.project.is_none()
    }

    fn cache_key(&self) -> String {
        let Self { status, accounts, email, name, project, column, descending } = self;
        format!("users {status:?} {accounts:?} {email:?} {name:?} {project:?} {column:?} {descending}")
    }

    /// The indexes of the selected users, sorted.
    fn order(&self, snapshot: &Snapshot) -> Vec<u32> {
        let content = &snapshot.content;
        let shows_all = AccountStatus::KNOWN.iter().all(|status| self.accounts.contains(status));
        let mut rows: Vec<u32> = (0..content.user_count())
            .filter(|&index| {
                let (account, membership) = content.user_statuses(index);
                (shows_all || self.accounts.contains(&account))
                    && self.status.is_none_or(|status| *status == membership)
            })
            .filter(|&index| {
                self.project.as_ref().is_none_or(|members| members.contains(&content.user_id(index)))
            })
            .filter(|&index| {
                if self.email.is_none() && self.name.is_none() {
                    return true;
                }
                let user = content.user(index);
                contains(user.email.as_deref(), self.email.as_deref())
                    && contains(user.name.as_deref(), self.name.as_deref())
            })
            .map(narrow)
            .collect();
        match self.column {
            SortColumn::Id => rows.sort_by_cached_key(|&index| content.user_id(index as usize)),
            SortColumn::Email => rows.sort_by_cached_key(|&index| content.user(index as usize).email),
            SortColumn::Name => rows.sort_by_cached_key(|&index| content.user(index as usize).name),
            SortColumn::NameLowercase => rows.sort_by_cached_key(|&index| {
                content.user(index as usize).name.map(|name| name.to_lowercase())
            }),
            SortColumn::Access => rows.sort_by_cached_key(|&index| {
                let strongest = content.user(index as usize).roles.iter().map(|held| held.role).min();
                // Regular users come behind everybody with a role.
                (strongest.is_none(), strongest)
            }),
            SortColumn::HourlyRate => rows.sort_by_cached_key(|&index| {
                content.user(index as usize).hourly_rate.map(|rate| rate.amount)
            }),
            SortColumn::CostRate => {
                rows.sort_by_cached_key(|&index| {
                    content.user(index as usize).cost_rate.map(|rate| rate.amount)
                });
            }
        }
        if self.descending {
            rows.reverse();
        }
        rows
    }
}

fn contains(text: Option<&str>, wanted: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| text.is_some_and(|text| text.to_lowercase().contains(wanted)))
}

/// The roles of a user as entities (clockify reference 4.2).
fn role_entities(snapshot: &Snapshot, user: &SimUser, shape: GroupScopeShape) -> Vec<RoleEntity> {
    let mut entities = Vec::new();
    for held in &user.roles {
        let mut push = |id: &str, name, source_group| {
            let scope = EntityScope { id: id.to_owned(), name, source_group };
            entities.push(RoleEntity { role: held.role, scope });
        };
        match &held.scope {
            SimScope::Workspace => push(&snapshot.workspace.id, Some(String::new()), None),
            SimScope::Project(id) => push(id, snapshot.project(id).map(|project| project.name), None),
            SimScope::User(id) => push(id, snapshot.user_name(id), None),
            SimScope::Group(id) => {
                let group = snapshot.content.group_index(id).map(|index| snapshot.content.group(index));
                match shape {
                    GroupScopeShape::Group => push(id, group.map(|group| group.name), Some(id.clone())),
                    GroupScopeShape::PerMember => {
                        for member in group.into_iter().flat_map(|group| group.user_ids) {
                            push(&member, snapshot.user_name(&member), Some(id.clone()));
                        }
                    }
                }
            }
        }
    }
    entities
}
