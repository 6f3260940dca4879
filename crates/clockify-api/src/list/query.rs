//! A list before it is read: what to ask for, and reading one page of it.

use url::Url;

use super::cursor::{PageCursor, fingerprint};
use super::filter::{MembershipScope, StatusFilter};
use super::kind::Listed;
use super::page::{Page, another_follows};
use crate::client::Client;
use crate::model::{AccountStatus, User};
use crate::{Error, ErrorKind, Fault, Operation, WorkspaceId};

const DEFAULT_PAGE_SIZE: u32 = 200;
/// Sources disagree on the maximum, between 200 and 5000 (clockify reference 8).
const MAX_PAGE_SIZE: u32 = 5000;
const DEFAULT_MAX_PAGES: u32 = 100_000;

/// A list of a workspace: users, user groups or projects.
///
/// It is sorted by identifier, so that a change between two requests moves as little as possible. Pages are no
/// snapshot all the same: a row removed meanwhile can hide another one, a row added can show one twice.
#[must_use = "a list is read by page(), pages() or items()"]
pub struct List<T: Listed> {
    client: Client,
    workspace: WorkspaceId,
    page_size: u32,
    max_pages: u32,
    filter: T::Filter,
}

impl<T: Listed> List<T> {
    pub(crate) fn new(client: Client, workspace: WorkspaceId) -> Self {
        Self {
            client,
            workspace,
            page_size: DEFAULT_PAGE_SIZE,
            max_pages: DEFAULT_MAX_PAGES,
            filter: T::Filter::default(),
        }
    }

    /// Rows per page, 1 to 5000. Default: 200, the most that no source calls too many.
    pub fn page_size(self, rows: u32) -> Self {
        Self { page_size: rows, ..self }
    }

    /// The last page that may be asked for, against a server that never ends. Default: 100,000.
    pub fn max_pages(self, pages: u32) -> Self {
        Self { max_pages: pages, ..self }
    }

    /// Reads one page.
    ///
    /// A server that does not know one of the account statuses answers 400 to a list of users. Then they are
    /// given up one by one, and [`Page::narrowed`] says which.
    ///
    /// # Errors
    ///
    /// As every request, see [`ErrorKind`]; [`ErrorKind::InvalidRequest`] for a page or a size that cannot be,
    /// [`ErrorKind::RepeatedPage`] and [`ErrorKind::TooManyPages`] against a list that does not end.
    pub async fn page(&self, cursor: &PageCursor) -> Result<Page<T>, Error> {
        let mut narrowed = cursor.narrowed().to_vec();
        let refused = match self.read(cursor, &narrowed).await {
            Err(error) if may_be_a_status(&error) => error,
            result => return result,
        };
        for status in T::NARROWING {
            if narrowed.contains(status) {
                continue;
            }
            narrowed.push(status.clone());
            match self.read(cursor, &narrowed).await {
                Err(error) if may_be_a_status(&error) => {}
                result => return result,
            }
        }
        // Nothing helped, so the statuses were not the reason: what the server said first counts.
        Err(refused)
    }

    async fn read(&self, cursor: &PageCursor, narrowed: &[AccountStatus]) -> Result<Page<T>, Error> {
        let number = cursor.page();
        let size = cursor.page_size().unwrap_or(self.page_size);
        let operation = Operation::paged(T::ENDPOINT, number);
        if number == 0 {
            return Err(Error::invalid(operation, "pages are counted from 1"));
        }
        if number > self.max_pages {
            return Err(Error::new(operation, ErrorKind::TooManyPages { limit: self.max_pages }));
        }
        if !(1..=MAX_PAGE_SIZE).contains(&size) {
            return Err(Error::invalid(
                operation,
                format!("a page size is 1 to {MAX_PAGE_SIZE}, not {size}"),
            ));
        }

        let answer = self.client.call(operation, &self.url(number, size, narrowed)).await?;
        let last_page = answer.last_page();
        let attempts = answer.attempts();
        let rows = T::rows(answer, operation)?;
        let count = rows.items.len() + rows.skipped;
        let print = fingerprint(rows.items.iter().map(T::id));
        // Two pages in a row of which nothing could be read are taken for the same one: they would go on for ever.
        if count > 0 && cursor.repeats(print) {
            return Err(Error::new(operation, ErrorKind::RepeatedPage).after(attempts));
        }
        if rows.skipped > 0 {
            tracing::warn!(%operation, skipped = rows.skipped, "Skipped elements without an identifier.");
        }
        let follows = another_follows(last_page, count, size);
        Ok(Page {
            items: rows.items,
            number,
            rows: count,
            skipped: rows.skipped,
            mended: rows.mended,
            ambiguous: rows.ambiguous,
            next: follows.then(|| PageCursor::following(number, size, print, narrowed.to_vec())),
            narrowed: narrowed.to_vec(),
        })
    }

    fn url(&self, page: u32, size: u32, narrowed: &[AccountStatus]) -> Url {
        let workspace = self.workspace.to_string();
        let mut url = self.client.base_url().endpoint(&["workspaces", &workspace, T::SEGMENT]);
        url.query_pairs_mut()
            .extend_pairs(T::parameters(&self.filter, narrowed))
            .append_pair("sort-column", "ID")
            .append_pair("sort-order", "ASCENDING")
            .append_pair("page", &page.to_string())
            .append_pair("page-size", &size.to_string());
        url
    }
}

impl List<User> {
    /// Which members, by the status of their membership. Default: all.
    pub fn status(mut self, status: StatusFilter) -> Self {
        self.filter.status = status;
        self
    }

    /// Which memberships come with each user. Default: those of the workspace.
    pub fn memberships(mut self, scope: MembershipScope) -> Self {
        self.filter.memberships = scope;
        self
    }

    /// Only users whose e-mail address contains this text.
    pub fn email_containing(mut self, text: impl Into<String>) -> Self {
        self.filter.email = Some(text.into());
        self
    }
}

impl<T: Listed> Clone for List<T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            workspace: self.workspace,
            page_size: self.page_size,
            max_pages: self.max_pages,
            filter: self.filter.clone(),
        }
    }
}

impl<T: Listed> std::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("List")
            .field("endpoint", &T::ENDPOINT)
            .field("workspace", &self.workspace)
            .field("page_size", &self.page_size)
            .finish_non_exhaustive()
    }
}

/// Whether a refusal may come from an account status the server does not know. A 400 that speaks of belonging or
/// of hexadecimal digits is about the workspace; a translated one costs a few requests more and ends the same.
fn may_be_a_status(error: &Error) -> bool {
    let about_the_id = |text: &str| text.contains("belong to") || text.contains("hexString");
    error.status() == Some(400)
        && error.fault() != Some(Fault::Credential)
        && !error.message().is_some_and(about_the_id)
}
