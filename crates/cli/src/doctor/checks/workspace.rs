//! Is there such a workspace, and does the key's owner belong to it?

use clockify_api::model::Workspace;

use super::ask::{Asked, Outcome};
use super::refusal;
use crate::doctor::report::Check;
use crate::doctor::subject::Subject;

const NAME: &str = "workspace";

/// So many workspaces are proposed.
const PROPOSED: usize = 5;

pub(super) fn check(subject: &Subject, asked: &Asked) -> Check {
    match &asked.workspace {
        Outcome::NotAsked(why) => {
            let todo = if subject.workspace.is_none() { proposals(asked) } else { None };
            Check::skipped(NAME, why).todo(todo)
        }
        Outcome::Answered(workspace) => {
            let members = match workspace.memberships.len() {
                1 => "1 member of any state".to_owned(),
                many => format!("{many} members of any state"),
            };
            Check::ok(NAME, format!("{} ({}), {members}", name(workspace), workspace.id))
        }
        Outcome::Failed(error) => {
            let todo = if error.is_unknown_id() { proposals(asked) } else { None };
            refusal(NAME, error).todo(todo)
        }
    }
}

fn name(workspace: &Workspace) -> &str {
    workspace.name.as_deref().unwrap_or("a workspace without a name")
}

/// The workspaces that it could be.
fn proposals(asked: &Asked) -> Option<String> {
    let all = asked.administered.answer()?;
    let named: Vec<_> =
        all.iter().take(PROPOSED).map(|each| format!("{} ({})", each.id, name(each))).collect();
    let more = all.len().saturating_sub(PROPOSED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!named.is_empty()).then(|| format!("the key's owner administers {}{more}", named.join(", ")))
}
