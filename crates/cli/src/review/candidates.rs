//! What to say when a name fits nothing, or more than one thing.

use std::fmt::Write;

use access_review::rows::Principal;
use access_review::text;

use crate::exit::Exit;
use crate::failure::Failure;

/// A name that fits more than one.
pub(super) fn several(text: &str, candidates: &[Principal], more: usize) -> anyhow::Error {
    let mut message = format!("{:?} fits more than one:\n", text::terminal(text));
    message.push_str(&lines(candidates));
    if more > 0 {
        // Writing to a string cannot fail.
        let _ = write!(message, "\n  and {more} more");
    }
    Failure::new(Exit::InvalidArgument, message).with_hint("name one of them by its id").into()
}

/// A name that fits nothing.
pub(super) fn nobody(what: &str, text: &str, near: &[Principal]) -> anyhow::Error {
    let message = format!("the file has no {what} {:?}", text::terminal(text));
    if near.is_empty() {
        let lists = match what {
            "person" => "users",
            "role" => "roles",
            "group" => "groups",
            _ => "resources",
        };
        let hint = format!("`baton-clockify {lists}` lists what the file holds");
        return Failure::new(Exit::NotFound, message).with_hint(hint).into();
    }
    let message = format!("{message}; near it are:\n{}", lines(near));
    let things = near.iter().any(|near| near.kind != "user");
    let hint = match what {
        "person" if things => {
            "`access --resource TYPE:ID` says who reaches a thing, `access TYPE:ID` what it reaches itself"
        }
        "person" => "ids, e-mail addresses and whole names are understood, in any case",
        _ => "ids and whole names are understood, in any case",
    };
    Failure::new(Exit::NotFound, message).with_hint(hint).into()
}

fn lines(candidates: &[Principal]) -> String {
    let line = |found: &Principal| {
        let mut line = format!("  {}:{}  {}", found.kind, found.id, found.label());
        for more in [found.email.as_str(), found.state()] {
            if !more.is_empty() && more != found.label() {
                line.push_str("  ");
                line.push_str(more);
            }
        }
        text::terminal(&line).into_owned()
    };
    candidates.iter().map(line).collect::<Vec<_>>().join("\n")
}
