//! What a reviewer should look at: rules that read one sync, and what each of them found.
//!
//! A [`Rule`] has a stable id. What it finds is a [`Finding`] per case, with a row of [`Evidence`] for each account, group
//! or fact it is about, so that everybody can check it against the file. What the file does not say is never taken for
//! bad news: it is said as not known, at a lower severity, and what could not be judged at all stands in
//! [`Assessment::not_checked`]. There is no clock here: whoever asks says as of when.
//!
//! Memory grows with what is found and with the identity list, not with the workspace; only the search for shared e-mail
//! addresses keeps eight bytes for each address.

mod assess;
mod control;
mod finding;
mod identities;
mod options;
mod output;
mod row;
mod rule;
mod rules;
mod severity;

pub use assess::{Assessment, NotChecked, evaluate};
pub use control::Control;
pub use finding::{Evidence, Finding, Subject};
pub use identities::{Identities, ListError, Overrides};
pub use options::Options;
pub use output::Tool;
pub use row::FindingRow;
pub use rule::{Rule, UnknownRule};
pub use severity::Severity;
