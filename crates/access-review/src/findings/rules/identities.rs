//! Accounts that belong to nobody on the identity list, or to somebody who is disabled there.

use std::collections::BTreeSet;

use super::{Account, Case, Check, Context, about, count, is_usable, not_checked};
use crate::Error;
use crate::findings::identities::Match;
use crate::findings::{Assessment, Rule, Severity};

pub(super) const RULES: &[Rule] = &[Rule::NoIdentityMatch, Rule::IdentityDisabledAccountActive];

const ORPHAN: &str = "An account that belongs to nobody the organisation knows is nobody's to answer for, and stays when its person leaves.";
const SETTLE: &str = "Find out whose it is. Deactivate it, or say in the overrides file whom it belongs to, or that it is to be ignored.";
const LEAVER: &str = "The person has left or is suspended, and the account still lets them in.";
const DEACTIVATE: &str = "Deactivate the account in Clockify; then look at what was done with it since.";

/// What the identity list says.
pub(super) struct Identities {
    orphan_admins: Case,
    orphans: Case,
    near: Case,
    unknown: Case,
    disabled_admins: Case,
    disabled: Case,
    matched: u64,
    ignored: u64,
    used_overrides: BTreeSet<String>,
}

impl Default for Identities {
    fn default() -> Self {
        let no_match =
            |case, severity, why, what| Case::new(Rule::NoIdentityMatch, case, severity, why, what);
        let leaver = |case, severity| {
            Case::new(Rule::IdentityDisabledAccountActive, case, severity, LEAVER, DEACTIVATE)
        };
        Self {
            orphan_admins: no_match("admin", Severity::High, ORPHAN, SETTLE),
            orphans: no_match("member", Severity::Medium, ORPHAN, SETTLE),
            near: no_match(
                "plus-address",
                Severity::Low,
                "The list has the address without the part behind the plus sign. That is most likely the same person, and nobody has confirmed it.",
                "Confirm it in the overrides file.",
            ),
            unknown: no_match(
                "no-address",
                Severity::Info,
                "Without an e-mail address nothing can be looked up.",
                "Say in the overrides file whom the account belongs to, by its id, or that it is to be ignored.",
            ),
            disabled_admins: leaver("admin", Severity::Critical),
            disabled: leaver("member", Severity::High),
            matched: 0,
            ignored: 0,
            used_overrides: BTreeSet::new(),
        }
    }
}

impl Check for Identities {
    fn person(&mut self, context: &Context<'_, '_>, account: &Account) -> Result<(), Error> {
        let (person, Some(list)) = (&account.person, &context.options.identities) else { return Ok(()) };
        let used = list.overrides().used(&person.id, &person.email);
        self.used_overrides.extend(used.map(str::to_owned));
        if !(is_usable(person) || account.is_invited()) || person.unlisted {
            return Ok(());
        }
        let found = list.find(person);
        match found {
            Match::Active => self.matched += 1,
            Match::Ignored => self.ignored += 1,
            _ if context.is_left_to_owner(person) => {}
            Match::Disabled { identity } => {
                let admin = person.privilege.is_administrative();
                let case = if admin { &mut self.disabled_admins } else { &mut self.disabled };
                let detail =
                    format!("{} while {identity} is disabled on the identity list", super::state(person));
                case.add(about(person, detail).with("identity", identity));
            }
            Match::None { why } => {
                let admin = person.privilege.is_administrative();
                let case = if admin { &mut self.orphan_admins } else { &mut self.orphans };
                case.add(about(person, why));
            }
            Match::Near { why } => self.near.add(about(person, why)),
            Match::Unknown { why } => self.unknown.add(about(person, why)),
        }
        Ok(())
    }

    fn end(self: Box<Self>, context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error> {
        let Some(list) = &context.options.identities else {
            for rule in RULES {
                not_checked(found, *rule, "no identity list was given (--identities)");
            }
            return Ok(());
        };
        if !list.has_status() {
            let reason = "the identity list does not say who is active";
            not_checked(found, Rule::IdentityDisabledAccountActive, reason);
        }
        found.notes.push(format!(
            "identity list: {} people; accounts that may be in use: {} are theirs, ignored by the overrides: {}",
            list.len(),
            self.matched,
            self.ignored
        ));
        found.notes.extend(list.oddities());
        let unused = list.overrides().accounts().filter(|account| !self.used_overrides.contains(*account));
        let mut unused: Vec<_> = unused.collect();
        unused.sort_unstable();
        if !unused.is_empty() {
            found
                .notes
                .push(format!("overrides for accounts that are not in the file: {}", unused.join(", ")));
        }
        self.disabled_admins.end(found, |number| {
            let who = count(number, "administrator is", "administrators are");
            format!("{who} in use while the person is disabled on the identity list")
        });
        self.disabled.end(found, |number| {
            let who = count(number, "account is", "accounts are");
            format!("{who} in use while the person is disabled on the identity list")
        });
        self.orphan_admins.end(found, |number| {
            format!(
                "{} on the identity list",
                count(number, "administrator is not", "administrators are not")
            )
        });
        self.orphans.end(found, |number| {
            format!(
                "{} on the identity list",
                count(number, "account belongs to nobody", "accounts belong to nobody")
            )
        });
        self.near.end(found, |number| {
            format!(
                "{} an identity but for the part behind the plus sign",
                count(number, "account matches", "accounts match")
            )
        });
        self.unknown.end(found, |number| {
            format!(
                "{} no address to look for on the identity list",
                count(number, "account has", "accounts have")
            )
        });
        Ok(())
    }
}
