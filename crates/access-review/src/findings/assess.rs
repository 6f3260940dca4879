//! All rules over one sync: one walk over the people, one over the groups.

use c1z::ResourceFilter;
use governance_model::{Timestamp, Value};
use serde::Serialize;

use super::rules::{self, Account, Context};
use super::{Finding, Options, Rule, Severity};
use crate::rows::{Group, Person};
use crate::{Error, Snapshot};

/// What the rules say about a sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assessment {
    /// The moment as of which ages were measured.
    pub as_of: Timestamp,
    /// What was found: the worst first, then in the order of the rules.
    pub findings: Vec<Finding>,
    /// Rules that were wanted and could not judge, or not everything, with the reason.
    pub not_checked: Vec<NotChecked>,
    /// What else one must know to rely on it, such as how many accounts the overrides leave out.
    pub notes: Vec<String>,
}

/// A rule that could not judge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NotChecked {
    /// The rule.
    pub rule: Rule,
    /// What was missing.
    pub reason: String,
}

impl Assessment {
    /// The worst there is.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    /// How many findings there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// Lets the rules judge a sync.
///
/// # Errors
/// When it cannot be read.
pub fn evaluate(snapshot: &Snapshot<'_>, options: &Options) -> Result<Assessment, Error> {
    let context = Context::new(snapshot, options)?;
    let mut checks = rules::wanted(options);
    if checks.iter().any(|check| check.reads_people()) {
        for record in snapshot.view().resources(&ResourceFilter::default()).by_id() {
            let Some(account) = account(snapshot, record?.value)? else { continue };
            for check in &mut checks {
                check.person(&context, &account)?;
            }
        }
    }
    if checks.iter().any(|check| check.reads_groups()) {
        for group in Group::all(snapshot) {
            let group = group?;
            for check in &mut checks {
                check.group(&context, &group);
            }
        }
    }
    let mut found =
        Assessment { as_of: options.as_of, findings: Vec::new(), not_checked: Vec::new(), notes: Vec::new() };
    for check in checks {
        check.end(&context, &mut found)?;
    }
    // A family of rules shares a check, so it may say more than was asked for.
    found.findings.retain(|finding| options.wants(finding.rule));
    found.not_checked.retain(|gap| options.wants(gap.rule));
    // Stable, so that the cases of a rule stay in the order in which the rule tells them.
    found.findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.rule));
    found.not_checked.sort();
    Ok(found)
}

fn account(snapshot: &Snapshot<'_>, resource: governance_model::Resource) -> Result<Option<Account>, Error> {
    let Some(user) = resource.user() else { return Ok(None) };
    let text = |key: &str| match resource.profile.get(key) {
        Some(Value::String(text)) => text.to_string(),
        _ => String::new(),
    };
    let sso = user.sso_enabled == Some(true);
    let (registration, membership) = (text("account_status"), text("membership_status"));
    Ok(Person::of(snapshot, resource)?.map(|person| Account { person, registration, membership, sso }))
}
