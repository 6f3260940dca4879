//! One page, and whether another follows.

use super::PageCursor;
use crate::model::AccountStatus;

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The elements that could be read, in the server's order.
    pub items: Vec<T>,
    /// The number of the page, counted from 1.
    pub number: u32,
    /// Elements sent, the skipped ones included.
    pub rows: usize,
    /// Elements that were null, no object, or without an identifier.
    pub skipped: usize,
    /// Items in which something had to be changed to read them: half of a surrogate pair or bytes that are no UTF-8
    /// became U+FFFD, values nested too deeply and numbers beyond every double became text.
    pub mended: usize,
    /// Items that had a field twice, of which the last one was taken.
    pub ambiguous: usize,
    /// Where the list continues; nothing after the last page.
    pub next: Option<PageCursor>,
    /// Account statuses that the server did not accept as a filter. Members in such a state are missing from the
    /// list.
    pub narrowed: Vec<AccountStatus>,
}

/// The stop rule of clockify reference 8. `last_page` is the header `Last-Page`.
pub(super) fn another_follows(last_page: Option<bool>, rows: usize, page_size: u32) -> bool {
    match last_page {
        Some(true) => false,
        // A short page may have been clamped; only an empty one ends a list that says it goes on.
        Some(false) => rows > 0,
        None => rows > 0 && rows as u64 >= u64::from(page_size),
    }
}
