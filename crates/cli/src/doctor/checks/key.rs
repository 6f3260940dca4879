//! Does Clockify take the key, and if not, does another of its addresses?

use clockify_api::Error;

use super::ask::{Asked, NO_CONNECTION, Outcome};
use super::{refusal, tls};
use crate::doctor::report::Check;
use crate::doctor::subject::Subject;
use crate::exit::Exit;

const NAME: &str = "key";
const PLACE: &str = "base-url";

const FIND: &str = "`doctor --find-base-url` asks every address of Clockify's API with this key";

pub(super) fn check(subject: &Subject, asked: &Asked) -> Check {
    if subject.key.is_none() {
        return Check::skipped(NAME, "no usable key is set");
    }
    match &asked.me {
        Outcome::NotAsked(why) => Check::skipped(NAME, why),
        Outcome::Answered(user) => {
            let who = user.name.as_deref().or(user.email.as_deref()).unwrap_or("an account without a name");
            Check::ok(NAME, format!("accepted; it is that of {who} ({})", user.id))
        }
        Outcome::Failed(error) if tls::is_below_http(error) => Check::skipped(NAME, NO_CONNECTION),
        Outcome::Failed(error) if error.is_rate_limited() => Check::skipped(NAME, "Clockify answers 429"),
        Outcome::Failed(error) if asked.accepted.is_some() => {
            Check::failed(NAME, Exit::Unauthenticated, error.to_string())
                .todo(Some("it is accepted at another address, see base-url"))
        }
        Outcome::Failed(error) => {
            let not_searched = asked.refused_at.is_empty() && error.is_credential();
            refusal(NAME, error).todo(not_searched.then_some(FIND))
        }
    }
}

/// Which address takes the key, after a search.
pub(super) fn place(subject: &Subject, asked: &Asked) -> Check {
    match (&asked.accepted, &subject.base) {
        (Some(accepted), Some(base)) if accepted == base => Check::ok(PLACE, format!("{base} is right")),
        (Some(accepted), _) => {
            Check::ok(PLACE, format!("the key is accepted at {accepted}{}", refusals(&asked.refused_at)))
                .todo(Some(format!("set --clockify-base-url {accepted} (BATON_CLOCKIFY_BASE_URL)")))
        }
        (None, _) if asked.refused_at.is_empty() => Check::skipped(PLACE, "nothing was searched: see the checks above"),
        (None, _) => Check::failed(
            PLACE,
            Exit::Unauthenticated,
            format!("no address takes the key{}", refusals(&asked.refused_at)),
        )
        .todo(Some(
            "make a new key where the workspace is; for a workspace on a subdomain add --subdomain NAME, which is sent the key too",
        )),
    }
}

fn refusals(all: &[(String, Error)]) -> String {
    let each = all.iter().map(|(host, error)| match error.status() {
        Some(status) => format!("{host} (HTTP {status})"),
        None => format!("{host} (cannot be reached)"),
    });
    let told: Vec<_> = each.collect();
    if told.is_empty() { String::new() } else { format!("; not at {}", told.join(", ")) }
}
