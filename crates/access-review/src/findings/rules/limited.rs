//! Limited members: accounts without an address, for people who clock in at a kiosk.

use super::{Account, Case, Check, Context, about, count, is_usable};
use crate::Error;
use crate::findings::{Assessment, Rule, Severity};

pub(super) const RULES: &[Rule] = &[Rule::LimitedMember];

/// Limited members in use.
pub(super) struct Limited(Case);

impl Default for Limited {
    fn default() -> Self {
        Self(Case::new(
            Rule::LimitedMember,
            "",
            Severity::Low,
            "A limited member has no address and is let in at a kiosk only, so no identity list and no identity provider knows when the person leaves.",
            "Confirm each with who runs the kiosk; deactivate who is gone.",
        ))
    }
}

impl Check for Limited {
    fn person(&mut self, _context: &Context<'_, '_>, account: &Account) -> Result<(), Error> {
        if account.person.limited && is_usable(&account.person) {
            self.0.add(about(&account.person, "let in at a kiosk, without an e-mail address"));
        }
        Ok(())
    }

    fn end(self: Box<Self>, _context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error> {
        self.0.end(found, |number| {
            format!(
                "{} without an e-mail address",
                count(number, "limited account is in use", "limited accounts are in use")
            )
        });
        Ok(())
    }
}
