//! What was asked and by which measures: everything besides the c1z that decides what findings and changes say.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use governance_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::names::{IDENTITIES, OVERRIDES};
use super::{Refusal, digest};
use crate::Error;
use crate::findings::{Identities, ListError, Options, Overrides, Rule};

/// The measures of the rules, and what the sync is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    /// What the sync is compared with.
    pub since: Since,
    /// Only these rules; all when empty.
    pub rules: Vec<String>,
    /// Not these rules.
    pub skip_rules: Vec<String>,
    /// How many accounts in use may have administrative access.
    pub max_admins: u64,
    /// How long an invitation may stay open.
    pub invite_age_seconds: u64,
    /// The organisation's own e-mail domains.
    pub domains: Vec<String>,
    /// The moment as of which ages are measured.
    pub as_of: Timestamp,
    /// The identity list; nothing when there was none.
    pub identities: Option<IdentityList>,
    /// The overrides; nothing when there were none.
    pub identity_overrides: Option<IdentityList>,
}

/// What a sync is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Since {
    /// The sealed full sync before it in the same file, if there is one.
    #[default]
    PreviousSync,
    /// The sync with this id in the same file.
    Sync(String),
    /// The newest sealed sync of another file, which is in the pack.
    File,
}

/// A list that accounts were matched with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityList {
    /// Its name in the pack.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
}

impl Parameters {
    /// The parameters that rules were given. The lists themselves are named by their files, see [`super::Order`].
    pub fn new(rules: &Options, since: Since) -> Self {
        let ids = |rules: &[Rule]| rules.iter().map(|rule| rule.id().to_owned()).collect();
        Self {
            since,
            rules: ids(&rules.rules),
            skip_rules: ids(&rules.skip),
            max_admins: rules.max_admins,
            invite_age_seconds: rules.invite_age.as_secs(),
            domains: rules.domains.clone(),
            as_of: rules.as_of,
            identities: None,
            identity_overrides: None,
        }
    }

    /// Notes which lists are in the pack.
    pub(super) fn note_lists(&mut self, folder: &Path) -> Result<(), Error> {
        for (name, note) in [(IDENTITIES, &mut self.identities), (OVERRIDES, &mut self.identity_overrides)] {
            let path = folder.join(name);
            *note = None;
            if path.exists() {
                let sha256 =
                    digest::of_file(&path).map_err(|error| Refusal::io("read", &path, error))?.sha256;
                *note = Some(IdentityList { file: name.to_owned(), sha256 });
            }
        }
        Ok(())
    }

    /// What the rules need to be told, with the lists read from the pack.
    pub(super) fn options(&self, folder: &Path) -> Result<Options, Error> {
        let rules = |ids: &[String]| -> Result<Vec<Rule>, Refusal> {
            ids.iter().map(|id| id.parse().map_err(|_| Refusal::UnknownRule(id.clone()))).collect()
        };
        let mut options = Options::new(self.as_of);
        options.rules = rules(&self.rules)?;
        options.skip = rules(&self.skip_rules)?;
        options.max_admins = self.max_admins;
        options.invite_age = Duration::from_secs(self.invite_age_seconds);
        options.domains.clone_from(&self.domains);
        if self.identities.is_some() {
            let mut list = read(folder, IDENTITIES, Identities::read)?;
            if self.identity_overrides.is_some() {
                list = list.with_overrides(read(folder, OVERRIDES, Overrides::read)?);
            }
            options.identities = Some(list);
        }
        Ok(options)
    }
}

fn read<T>(
    folder: &Path,
    name: &'static str,
    read: impl FnOnce(File) -> Result<T, ListError>,
) -> Result<T, Error> {
    let path = folder.join(name);
    let file = File::open(&path).map_err(|error| Refusal::io("open", &path, error))?;
    Ok(read(file).map_err(|error| Refusal::List { file: name, error })?)
}
