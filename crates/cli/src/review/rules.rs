//! Which rules judge, and by what measure: flags that every command shares that shows findings.

use std::fs::File;
use std::path::{Path, PathBuf};

use access_review::findings::{Identities, ListError, Options, Overrides, Rule};
use anyhow::Result;
use clap::Args;
use governance_model::Timestamp;

use crate::duration;
use crate::exit::Exit;
use crate::failure::Failure;

/// What to look for, and by what measure.
#[derive(Clone, Debug, Args)]
pub(crate) struct RuleArgs {
    /// Only this rule; may be given several times.
    #[arg(long = "rule", value_name = "RULE", value_delimiter = ',')]
    rules: Vec<Rule>,

    /// Not this rule; may be given several times.
    #[arg(long = "skip-rule", value_name = "RULE", value_delimiter = ',')]
    skip: Vec<Rule>,

    /// How many accounts in use may be owner or administrator.
    #[arg(long, value_name = "N", default_value_t = Options::MAX_ADMINS)]
    max_admins: u64,

    /// How long an invitation may stay open.
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = duration::parse)]
    invite_age: std::time::Duration,

    /// A domain of your own; who has an address elsewhere is an outsider. *.example.com is everything below example.com.
    #[arg(long = "domain", value_name = "DOMAIN", value_delimiter = ',')]
    domains: Vec<String>,

    /// Your own list of people, a CSV with a column email, mail or userPrincipalName and perhaps one that says who is active.
    #[arg(long, value_name = "FILE")]
    identities: Option<PathBuf>,

    /// A CSV of accounts (id or address) and to whom of the list each belongs (address, or `ignore`).
    #[arg(long, value_name = "FILE", requires = "identities")]
    identity_overrides: Option<PathBuf>,

    /// Judge as of this moment instead of now, so that the answer can be made again: 2026-11-24 or 2026-11-24T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    as_of: Option<Timestamp>,
}

impl RuleArgs {
    /// The options, with the lists that they name read.
    ///
    /// # Errors
    /// When a list cannot be read.
    pub(crate) fn options(&self, now: Timestamp) -> Result<Options> {
        let mut options = Options::new(self.as_of.unwrap_or(now));
        options.max_admins = self.max_admins;
        options.invite_age = self.invite_age;
        options.domains.clone_from(&self.domains);
        options.rules.clone_from(&self.rules);
        options.skip.clone_from(&self.skip);
        if let Some(path) = &self.identities {
            let mut list = read(path, "identity list", Identities::read)?;
            if let Some(path) = &self.identity_overrides {
                list = list.with_overrides(read(path, "overrides file", Overrides::read)?);
            }
            options.identities = Some(list);
        }
        Ok(options)
    }

    /// Where the identity list and the overrides are, for what keeps them.
    pub(crate) fn lists(&self) -> [Option<&Path>; 2] {
        [self.identities.as_deref(), self.identity_overrides.as_deref()]
    }
}

fn read<T>(path: &Path, what: &str, read: impl FnOnce(File) -> Result<T, ListError>) -> Result<T> {
    let file = File::open(path).map_err(|error| {
        let exit = if path.exists() { Exit::FailedPrecondition } else { Exit::NotFound };
        Failure::new(exit, format!("cannot open the {what} {}: {error}", path.display()))
            .with_hint("name a file that is there and that this account may read")
    })?;
    read(file).map_err(|error| {
        let message = format!("cannot use the {what} {}: {error}", path.display());
        Failure::new(Exit::InvalidArgument, message).into()
    })
}

/// A moment, or a day, which then means its end in UTC: what happened on it belongs to it.
fn moment(text: &str) -> Result<Timestamp, String> {
    let day = || format!("{}T23:59:59Z", text.trim()).parse();
    let moment = text.trim().parse::<Timestamp>().or_else(|_| day());
    moment.map_err(|_| "a moment is written like 2026-11-24 or 2026-11-24T08:00:00Z".to_owned())
}
