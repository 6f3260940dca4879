//! The connector: which pages there are, and what becomes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use clockify_api::{Client, List, Listed, PageCursor, WorkspaceId};
use governance_model::{
    Baseline, Connector, ConnectorError, Cursor, Deferred, Descriptor, ErrorClass, Inventory, Known, Missing,
    Page, Resource, ResourceId, ResourceType, ResourceTypeId, Scope, Usage,
};
use serde::{Deserialize, Serialize};

use crate::catalog::{self, GROUP, PROJECT, ROLE, USER};
use crate::context::{Context, Drops};
use crate::deferred::Note;
use crate::{deferred, errors, group, inventory, project, role, text, user};

/// Changes whenever the same answers of Clockify would become other facts, so that no sync is half of one mapping and
/// half of another.
const MAPPING: u32 = 1;

/// Where a list ends that has no end: two million rows with 200 to a page.
const MAX_PAGES: u32 = 10_000;

const ROLES: &str = "roles";
const USERS: &str = "users";
const GROUPS: &str = "groups";
const PROJECTS: &str = "projects";

/// How to read the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Rows per request, 1 to 5000.
    pub page_size: u32,
    /// Whether to read projects as well.
    pub projects: bool,
}

/// Reads one Clockify workspace.
#[derive(Clone, Debug)]
pub struct ClockifyConnector {
    client: Client,
    workspace: WorkspaceId,
    settings: Settings,
}

/// A place in a series of pages.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    at: PageCursor,
    /// Whether this series goes on by what the page says. The pages of a list whose length is known beforehand are
    /// planned one by one, and only the last of them goes on.
    follow: bool,
}

impl ClockifyConnector {
    /// A connector for one workspace.
    pub fn new(client: Client, workspace: WorkspaceId, settings: Settings) -> Self {
        Self { client, workspace, settings }
    }

    async fn members(&self) -> Result<clockify_api::model::Workspace, ConnectorError> {
        let workspace = self.client.workspace(&self.workspace).await.map_err(errors::translate)?;
        if workspace.id != self.workspace.to_string() {
            return Err(ConnectorError::new(
                ErrorClass::Internal,
                "Clockify answered with another workspace than the one asked for",
            ));
        }
        Ok(workspace)
    }

    /// The cursors of the user list: its length is known from the member list, so its pages can be read side by side.
    fn user_cursors(&self, baseline: &Baseline) -> Vec<Cursor> {
        let members = baseline.inventory.as_ref().map_or(0, |list| list.entries.len());
        let pages = u32::try_from(members.div_ceil(self.settings.page_size.max(1) as usize))
            .unwrap_or(u32::MAX)
            .max(1);
        (1..=pages).map(|page| cursor(USERS, PageCursor::at(page), page == pages)).collect()
    }

    async fn read<T: Listed>(
        &self,
        list: List<T>,
        at: &PageCursor,
    ) -> Result<clockify_api::Page<T>, ConnectorError> {
        let list = list.page_size(self.settings.page_size).max_pages(MAX_PAGES);
        list.page(at).await.map_err(errors::translate)
    }

    async fn users(
        &self,
        context: &Context<'_>,
        at: &PageCursor,
    ) -> Result<(Page, Option<PageCursor>), ConnectorError> {
        let mut read = self.read(self.client.users(&self.workspace), at).await?;
        let (mut page, mut drops) = (Page::default(), Drops::default());
        page.facts.resources.reserve_exact(read.items.len());
        for row in mem::take(&mut read.items) {
            let is_operator = context.baseline.operator.as_ref().is_some_and(|own| own.resource == row.id);
            if is_operator {
                let held = role::held(&row, context, &mut Drops::default());
                page.doubts.extend(held.doubt().map(str::to_owned));
            }
            user::add(row, context, &mut page, &mut drops);
        }
        for status in &read.narrowed {
            page.doubts.push(format!("Clockify did not accept the filter for accounts in state {status}"));
        }
        Ok(finish(page, drops, "members", read))
    }

    async fn groups(&self, at: &PageCursor) -> Result<(Page, Option<PageCursor>), ConnectorError> {
        let read = self.read(self.client.user_groups(&self.workspace), at).await?;
        let (mut page, mut drops) = (Page::default(), Drops::default());
        page.deferred.push(Deferred { note: Note::Groups.write() });
        // By far the largest lists of all: they must not be twice as long as what is in them.
        page.facts
            .grants
            .reserve_exact(read.items.iter().map(|row| row.user_ids.len() + row.team_managers.len()).sum());
        for row in &read.items {
            group::add(row, &mut page, &mut drops);
        }
        Ok(finish(page, drops, "groups", read))
    }

    async fn projects(
        &self,
        context: &Context<'_>,
        at: &PageCursor,
    ) -> Result<(Page, Option<PageCursor>), ConnectorError> {
        let read = self.read(self.client.projects(&self.workspace), at).await?;
        let (mut page, mut drops) = (Page::default(), Drops::default());
        for row in &read.items {
            project::add(row, context, &mut page, &mut drops);
        }
        Ok(finish(page, drops, "projects", read))
    }

    fn context<'a>(&self, baseline: &'a Baseline) -> Context<'a> {
        Context { workspace: &baseline.source_id, baseline, projects: self.settings.projects }
    }
}

impl Connector for ClockifyConnector {
    fn descriptor(&self) -> Descriptor {
        Descriptor {
            display_name: "Clockify".to_owned(),
            description: "Members, groups, roles and projects of a Clockify workspace.".to_owned(),
            fingerprint: format!(
                "clockify;mapping={MAPPING};host={};workspace={};page-size={};projects={};key={:08x}",
                self.client.base_url(),
                self.workspace,
                self.settings.page_size,
                self.settings.projects,
                self.client.credential_mark()
            ),
        }
    }

    fn resource_types(&self) -> Vec<ResourceType> {
        catalog::resource_types(self.settings.projects)
    }

    async fn validate(&self) -> Result<Baseline, ConnectorError> {
        let owner = self.client.me().await.map_err(errors::translate)?;
        let workspace = self.members().await?;
        let mut details = BTreeMap::new();
        if let Some(plan) = &workspace.feature_subscription_type {
            details.insert("plan".to_owned(), text::clip(plan, text::MAX_CODE_BYTES).to_owned());
        }
        // Whether groups belong to an identity provider, and whether people may be limited members or managers.
        for feature in ["SCIM", "SSO", "MANAGER_ROLE", "LIMITED_USERS"] {
            details.insert(format!("feature.{feature}"), workspace.has_feature(feature).to_string());
        }
        let unreadable = inventory::unreadable(&workspace);
        if unreadable > 0 {
            details.insert("members.unreadable".to_owned(), unreadable.to_string());
        }
        let name = text::first_of(&[workspace.name.as_deref()], &workspace.id);
        Ok(Baseline {
            source_id: workspace.id.to_string(),
            source_name: text::clip(name, text::MAX_NAME_BYTES).to_owned(),
            operator: Some(ResourceId::new(USER, owner.id)).filter(ResourceId::is_valid),
            inventory_type: USER,
            details,
            inventory: inventory::of(workspace),
        })
    }

    fn plan(&self, baseline: &Baseline, scope: &Scope) -> Vec<Cursor> {
        let mut cursors = Vec::new();
        if scope.includes(&ROLE) {
            cursors.push(cursor(ROLES, PageCursor::at(1), false));
        }
        if scope.includes(&GROUP) {
            cursors.push(cursor(GROUPS, PageCursor::at(1), true));
        }
        if self.settings.projects && scope.includes(&PROJECT) {
            cursors.push(cursor(PROJECTS, PageCursor::at(1), true));
        }
        // Every grant is a user's or needs users to be understood; without users there is nothing to read here.
        if scope.includes(&USER) {
            cursors.extend(self.user_cursors(baseline));
        }
        cursors
    }

    async fn page(&self, baseline: &Baseline, from: &Cursor) -> Result<Page, ConnectorError> {
        let context = self.context(baseline);
        let position: Position = serde_json::from_str(&from.position).map_err(|error| {
            ConnectorError::new(ErrorClass::Internal, "a cursor cannot be read back").with_source(error)
        })?;
        let (mut page, next) = match from.stream.as_str() {
            ROLES => (Page { facts: catalog::roles(), ..Page::default() }, None),
            USERS => self.users(&context, &position.at).await?,
            GROUPS => self.groups(&position.at).await?,
            PROJECTS => self.projects(&context, &position.at).await?,
            other => {
                let message = format!("there is no series of pages called {other}");
                return Err(ConnectorError::new(ErrorClass::Internal, message));
            }
        };
        if position.follow {
            page.next = next.map(|at| cursor(&from.stream, at, true));
        }
        Ok(page)
    }

    fn resolve(
        &self,
        _baseline: &Baseline,
        statements: &[Deferred],
        known: &dyn Known,
    ) -> Result<Page, ConnectorError> {
        let mut page = Page::default();
        deferred::resolve(statements, known, self.settings.projects, &mut page)?;
        Ok(page)
    }

    fn stand_in(&self, id: &ResourceId, why: &Missing) -> Option<Resource> {
        if id.resource_type != USER {
            return None;
        }
        Some(match why {
            Missing::GrantPrincipal => user::stand_in(id, None),
            Missing::Inventory(status) => user::stand_in(id, Some(status)),
        })
    }

    fn locate(&self, _baseline: &Baseline, ids: &BTreeSet<&str>, now: &Inventory) -> Vec<Cursor> {
        // The list is sorted by id, and so is the inventory: the place in one is the place in the other.
        let size = self.settings.page_size.max(1) as usize;
        let pages: BTreeSet<_> = now
            .entries
            .keys()
            .enumerate()
            .filter(|(_, id)| ids.contains(id.as_str()))
            .filter_map(|(place, _)| u32::try_from(place / size + 1).ok())
            .collect();
        pages.into_iter().map(|page| cursor(USERS, PageCursor::at(page), false)).collect()
    }

    fn departed(&self, resource: Resource) -> Resource {
        user::departed(resource)
    }

    fn why_none(&self, baseline: &Baseline, of: &ResourceTypeId) -> Option<String> {
        let scim = baseline.details.get("feature.SCIM").is_some_and(|has| has == "true");
        (*of == GROUP && scim).then(|| {
            "this plan has SCIM, and Clockify may delete all groups when SCIM is switched on".to_owned()
        })
    }

    async fn inventory(&self, _baseline: &Baseline) -> Result<Option<Inventory>, ConnectorError> {
        Ok(inventory::of(self.members().await?))
    }

    fn usage(&self) -> Usage {
        let usage = self.client.usage();
        Usage { requests: usage.requests, retries: usage.retries, bytes: usage.bytes }
    }
}

fn cursor(stream: &str, at: PageCursor, follow: bool) -> Cursor {
    let position = serde_json::to_string(&Position { at, follow })
        .expect("numbers, texts and flags always have a JSON form");
    Cursor { stream: stream.to_owned(), position }
}

fn finish<T>(
    mut page: Page,
    mut drops: Drops,
    list: &str,
    read: clockify_api::Page<T>,
) -> (Page, Option<PageCursor>) {
    let unread = format!("some rows of Clockify's list of {list} could not be read");
    drops.unreadable(read.skipped, "row that could not be read", &unread);
    drops.many("row with an unreadable text", read.mended as u64);
    let twice = format!("some rows of Clockify's list of {list} have a field twice");
    drops.unreadable(read.ambiguous, "row with a field twice", &twice);
    drops.finish(&mut page);
    (page, read.next)
}
