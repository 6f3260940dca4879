//! Lists as streams: of pages, and of items without repeats.

use std::collections::HashSet;

use futures_util::stream::{self, Stream, StreamExt as _, TryStreamExt as _};

use super::kind::Listed;
use super::{List, Page, PageCursor};
use crate::Error;

impl<T: Listed> List<T> {
    /// Reads page after page. It ends after the last page or the first error.
    pub fn pages(self) -> impl Stream<Item = Result<Page<T>, Error>> + Send {
        self.pages_from(PageCursor::default())
    }

    /// Reads page after page, starting at a cursor.
    pub fn pages_from(self, start: PageCursor) -> impl Stream<Item = Result<Page<T>, Error>> + Send {
        stream::try_unfold((self, Some(start)), |(list, cursor)| async move {
            let Some(cursor) = cursor else { return Ok(None) };
            let page = list.page(&cursor).await?;
            let next = page.next.clone();
            Ok(Some((page, (list, next))))
        })
    }

    /// Reads item after item. A row that moved from one page to the next, because another one was added before
    /// it, comes once.
    pub fn items(self) -> impl Stream<Item = Result<T, Error>> + Send {
        let mut seen = HashSet::new();
        self.pages()
            .map_ok(move |page| {
                let ids: HashSet<String> = page.items.iter().map(|item| item.id().to_owned()).collect();
                let before = std::mem::replace(&mut seen, ids);
                let mut here = HashSet::new();
                let mut items = page.items;
                items.retain(|item| !before.contains(item.id()) && here.insert(item.id().to_owned()));
                stream::iter(items).map(Ok)
            })
            .try_flatten()
    }
}
