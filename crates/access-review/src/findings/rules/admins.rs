//! Administrators: how many, whether they have a second factor, whether their accounts are in use.

use governance_model::State;

use super::{Account, Case, Check, Context, about, count, mfa_unknown, note_single_sign_on, state};
use crate::Error;
use crate::findings::{Assessment, Evidence, Rule, Severity};
use crate::rows::Person;

pub(super) const RULES: &[Rule] =
    &[Rule::AdminWithoutMfa, Rule::AdminMfaUnknown, Rule::AdminCount, Rule::AdminNotEnabled];

const MFA: &str =
    "An administrator can change every role and read every person's time; a password alone is easily lost.";

/// What is the matter with administrators.
pub(super) struct Admins {
    in_use: Vec<Evidence>,
    /// Whether the source says of anybody whether they have a second factor.
    mfa_is_told: bool,
    no_mfa: Case,
    mfa_unknown: Case,
    pending: Case,
    disabled: Case,
    deleted: Case,
}

impl Default for Admins {
    fn default() -> Self {
        Self {
            in_use: Vec::new(),
            mfa_is_told: false,
            no_mfa: Case::new(
                Rule::AdminWithoutMfa,
                "",
                Severity::High,
                MFA,
                "Have them set up two-factor authentication in their Clockify profile, or sign in through your identity provider; have the owner take the role away from who does not need it.",
            ),
            mfa_unknown: Case::new(
                Rule::AdminMfaUnknown,
                "",
                Severity::Low,
                MFA,
                "Ask them for a look at their profile, or look them up at your identity provider.",
            ),
            pending: Case::new(
                Rule::AdminNotEnabled,
                "pending",
                Severity::Medium,
                "Whoever gets hold of the invitation becomes an administrator; it can be accepted at any time.",
                "Withdraw the invitation, or invite without the role and grant it once the person has arrived.",
            ),
            disabled: Case::new(
                Rule::AdminNotEnabled,
                "disabled",
                Severity::Medium,
                "The role comes back with the account: whoever activates it again makes an administrator.",
                "Have the owner take the role away from the account; nobody else can.",
            ),
            deleted: Case::new(
                Rule::AdminNotEnabled,
                "deleted",
                Severity::Low,
                "Clockify still lists the account with the role; it cannot be used, and it hides who really is an administrator.",
                "Remove the account from the workspace.",
            ),
        }
    }
}

impl Check for Admins {
    fn person(&mut self, context: &Context<'_, '_>, account: &Account) -> Result<(), Error> {
        let person = &account.person;
        self.mfa_is_told |= person.mfa.is_some();
        if !person.privilege.is_administrative() {
            return Ok(());
        }
        let role = role(person);
        let left = context.is_left_to_owner(person);
        match person.status.0 {
            State::Deleted if !left => {
                self.deleted.add(about(person, format!("{role}, and {}", state(person))));
            }
            State::Disabled if !left && person.pending => {
                self.pending.add(about(person, format!("{role}, and {}", state(person))));
            }
            State::Disabled if !left => {
                self.disabled.add(about(person, format!("{role}, and {}", state(person))));
            }
            State::Deleted | State::Disabled => {}
            State::Enabled | State::Unspecified => {
                self.in_use.push(about(person, role.clone()));
                match person.mfa {
                    _ if left => {}
                    Some(false) if !account.sso => {
                        self.no_mfa.add(about(person, format!("{role} without a second factor")));
                    }
                    Some(true) => {}
                    _ => self.mfa_unknown.add(about(person, format!("{role}, {}", mfa_unknown(account)))),
                }
            }
        }
        Ok(())
    }

    fn end(mut self: Box<Self>, context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error> {
        if !self.no_mfa.evidence.is_empty() {
            note_single_sign_on(context, found);
        }
        self.no_mfa.end(found, |number| {
            format!(
                "{} without a second factor",
                count(number, "administrator signs in", "administrators sign in")
            )
        });
        if !self.mfa_is_told {
            // Nobody failed to set one up: the source is silent about everybody.
            self.mfa_unknown.severity = Severity::Info;
        }
        let silent = if self.mfa_is_told { "" } else { ": the file says it of nobody" };
        self.mfa_unknown.end(found, |number| {
            let who = count(number, "administrator", "administrators");
            format!(
                "It is not known whether {who} {} a second factor{silent}",
                if number == 1 { "has" } else { "have" }
            )
        });
        self.pending.end(found, |number| {
            format!(
                "{} an administrative role",
                count(number, "open invitation carries", "open invitations carry")
            )
        });
        self.disabled.end(found, |number| {
            format!(
                "{} an administrative role",
                count(number, "disabled account keeps", "disabled accounts keep")
            )
        });
        self.deleted.end(found, |number| {
            format!(
                "{} an administrative role",
                count(number, "deleted account keeps", "deleted accounts keep")
            )
        });
        let limit = context.options.max_admins;
        if self.in_use.len() as u64 > limit {
            let mut many = Case::new(
                Rule::AdminCount,
                "",
                Severity::Medium,
                "Every account with administrative access is one more that can be lost, and that must be reviewed one by one.",
                "Keep the role for those who need it this quarter; a manager's role with a scope is enough for most. Agree on a number, and give it with --max-admins.",
            );
            many.evidence = self.in_use;
            many.end(found, |number| {
                format!("{number} accounts have administrative access; the limit is {limit}")
            });
        }
        Ok(())
    }
}

/// The highest role by name.
fn role(person: &Person) -> String {
    let role = person.roles.first();
    role.map(|role| if role.name.is_empty() { role.id.clone() } else { role.name.clone() })
        .unwrap_or_default()
}
