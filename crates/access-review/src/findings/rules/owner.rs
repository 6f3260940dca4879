//! The owner: a Clockify workspace has one, and is deleted together with the owner's account.

use governance_model::State;

use super::{Account, Case, Check, Context, about, count, not_checked, note_single_sign_on};
use crate::Error;
use crate::findings::identities::Match;
use crate::findings::{Assessment, Evidence, Rule, Severity};

pub(super) const RULES: &[Rule] = &[Rule::OwnerAtRisk];

const DIES: &str =
    "Clockify deletes a workspace together with its owner's account, and only the owner can hand it over.";
const HAND_OVER: &str =
    "Transfer the ownership to an account that is in use and known, before anything happens to this one.";
const MFA: &str = "Whoever takes over the owner's account can do everything, deleting the workspace included; a password alone is easily lost.";
const LEAVER: &str = "An owner whom the organisation does not know cannot be held to anything, and the workspace is deleted when they delete their account.";

/// What is the matter with the owner.
pub(super) struct Owner {
    owners: Vec<Evidence>,
    disabled: Case,
    unknown_state: Case,
    no_mfa: Case,
    mfa_unknown: Case,
    no_match: Case,
    identity_disabled: Case,
}

impl Default for Owner {
    fn default() -> Self {
        let case = |case, severity, why, what| Case::new(Rule::OwnerAtRisk, case, severity, why, what);
        Self {
            owners: Vec::new(),
            disabled: case("disabled", Severity::Critical, DIES, HAND_OVER),
            unknown_state: case(
                "state-unknown",
                Severity::Medium,
                DIES,
                "Find out in Clockify whether the owner's account is in use.",
            ),
            no_mfa: case(
                "no-mfa",
                Severity::High,
                MFA,
                "Have the owner set up two-factor authentication in their Clockify profile.",
            ),
            mfa_unknown: case(
                "mfa-unknown",
                Severity::Low,
                MFA,
                "Ask the owner for a look at their profile; Clockify did not say.",
            ),
            no_match: case(
                "no-identity-match",
                Severity::High,
                LEAVER,
                "Find out whose account it is, and transfer the ownership to somebody the organisation knows.",
            ),
            identity_disabled: case("identity-disabled", Severity::Critical, LEAVER, HAND_OVER),
        }
    }
}

impl Check for Owner {
    fn person(&mut self, context: &Context<'_, '_>, account: &Account) -> Result<(), Error> {
        let person = &account.person;
        if !context.is_owner(person) {
            return Ok(());
        }
        self.owners.push(about(person, "holds the role of the owner"));
        match person.status.0 {
            State::Disabled | State::Deleted => {
                // Nobody signs in with it, so its second factor is not the matter.
                self.disabled.add(about(person, format!("the owner's account is {}", super::state(person))));
            }
            state => {
                if state == State::Unspecified {
                    self.unknown_state.add(about(person, "it is not known whether the account is in use"));
                }
                match person.mfa {
                    Some(false) if !account.sso => {
                        self.no_mfa.add(about(person, "the owner has no second factor"));
                    }
                    Some(true) => {}
                    _ => self.mfa_unknown.add(about(person, super::mfa_unknown(account))),
                }
            }
        }
        if let Some(identities) = &context.options.identities {
            match identities.find(person) {
                Match::Disabled { identity } => self
                    .identity_disabled
                    .add(about(person, format!("{identity} is disabled on the identity list"))),
                Match::None { why } | Match::Near { why } => self.no_match.add(about(person, why)),
                Match::Active | Match::Unknown { .. } | Match::Ignored => {}
            }
        }
        Ok(())
    }

    fn end(self: Box<Self>, context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error> {
        if !context.has_clockify_roles {
            not_checked(found, Rule::OwnerAtRisk, "the file does not hold the roles of a Clockify workspace");
            return Ok(());
        }
        self.disabled.end(found, |_| "The owner's account cannot be used".to_owned());
        self.identity_disabled.end(found, |_| "The owner is disabled on the identity list".to_owned());
        if !self.no_mfa.evidence.is_empty() {
            note_single_sign_on(context, found);
        }
        self.no_mfa.end(found, |_| "The owner signs in without a second factor".to_owned());
        self.no_match.end(found, |_| "The owner is not on the identity list".to_owned());
        self.unknown_state.end(found, |_| "It is not known whether the owner's account is in use".to_owned());
        let mut several = Case::new(
            Rule::OwnerAtRisk,
            "several",
            Severity::Medium,
            "Clockify knows one owner per workspace; several mean that the roles were not read as they are, or changed while they were read.",
            "Sync again; if there are still several, look them up in Clockify under Team, and trust that.",
        );
        let mut none = Case::new(
            Rule::OwnerAtRisk,
            "none-visible",
            Severity::Medium,
            "Every workspace has an owner; one that does not show cannot be reviewed, and the workspace may depend on an account that is gone.",
            "Look up the owner in Clockify under Team, and sync with a key of the owner or an administrator.",
        );
        match self.owners.len() {
            0 => {
                let doubt = context.doubt_about("role").map(|doubt| format!(": {doubt}")).unwrap_or_default();
                none.add(Evidence::new(
                    context.workspace(),
                    format!("nobody holds the role of the owner{doubt}"),
                ));
            }
            1 => {}
            _ => several.evidence = self.owners,
        }
        several.end(found, |number| {
            format!("{} hold the role of the owner", count(number, "account", "accounts"))
        });
        none.end(found, |_| "No owner is visible".to_owned());
        self.mfa_unknown.end(found, |_| "It is not known whether the owner has a second factor".to_owned());
        Ok(())
    }
}
