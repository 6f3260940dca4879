//! Are the flags, variables and files complete and understood?

use crate::args::SyncArgs;
use crate::config::Config;
use crate::doctor::report::Check;
use crate::failure::{exit_of, hint_of};
use crate::problems::Problems;

const NAME: &str = "configuration";

pub(super) fn check(args: &SyncArgs, problems: Problems) -> Check {
    match Config::check(args, problems) {
        Ok(config) => Check::ok(NAME, format!("workspace {} at {}", config.workspace, config.base_url)),
        Err(failure) => {
            let failure = failure.into();
            let todo =
                hint_of(&failure).map(|hint| hint.lines().map(str::trim).collect::<Vec<_>>().join("; "));
            Check::failed(NAME, exit_of(&failure), failure.to_string()).todo(todo)
        }
    }
}
