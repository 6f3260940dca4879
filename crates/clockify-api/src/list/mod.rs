//! Lists that come in pages: queries, pages, cursors and streams.

mod cursor;
mod filter;
mod kind;
mod page;
mod query;
mod stream;

pub use cursor::PageCursor;
pub use filter::{MembershipScope, StatusFilter};
pub use kind::Listed;
pub use page::Page;
pub use query::List;
