//! May the key's owner see everybody? Only an admin or the owner of the workspace does for certain.

use super::ask::{Asked, Outcome};
use super::refusal;
use crate::doctor::report::Check;
use crate::doctor::subject::Subject;
use crate::exit::Exit;

const NAME: &str = "role";

const RIGHTS: &str = "make a key in Clockify under Profile settings, API, signed in as an admin or the owner; others may be \
                      refused the list of members, or see only part of it";

pub(super) fn check(subject: &Subject, asked: &Asked) -> Check {
    let Some(wanted) = &subject.workspace else { return Check::skipped(NAME, "no workspace id is set") };
    let wanted = wanted.to_string();
    match (&asked.administered, &asked.workspace) {
        (Outcome::NotAsked(why), _) => Check::skipped(NAME, why),
        (Outcome::Failed(error), _) if error.is_rate_limited() => {
            Check::skipped(NAME, "Clockify answers 429")
        }
        (Outcome::Failed(error), _) => refusal(NAME, error),
        (Outcome::Answered(all), _) if all.iter().any(|each| each.id == wanted) => {
            Check::ok(NAME, "the key's owner is an admin or the owner of the workspace")
        }
        (Outcome::Answered(_), Outcome::Answered(_)) => Check::failed(
            NAME,
            Exit::PermissionDenied,
            "the key's owner is neither an admin nor the owner of the workspace",
        )
        .todo(Some(RIGHTS)),
        (Outcome::Answered(_), _) => Check::skipped(NAME, "the workspace cannot be seen"),
    }
}
