//! A workbook that comes back from its reviewers: what they decided, and what became of it.
//!
//! [`Workbook::read`] takes what Excel, `LibreOffice` or Google Sheets saved: sheets and rows in another order, dates as
//! dates or as text, decisions in any case. [`check`] compares each decision with a later sync. That a locked fact was
//! edited is noticed in two ways: by the digest that each row carries, which anybody could make anew, and, where the sync
//! that was reviewed is at hand, by comparing with that, which nobody can get around without the c1z.

mod cells;
mod check;
mod outcome;
mod read;
mod refusal;
mod tally;

pub use check::check;
pub use outcome::{Alteration, Checked, Outcome};
pub use read::{Answer, Workbook};
pub use refusal::Refusal;
pub use tally::Closure;
