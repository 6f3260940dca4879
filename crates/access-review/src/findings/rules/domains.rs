//! Addresses outside of the organisation's domains.

use super::{Account, Case, Check, Context, about, count, is_usable, not_checked};
use crate::Error;
use crate::findings::{Assessment, Rule, Severity};

pub(super) const RULES: &[Rule] = &[Rule::ExternalDomain];

const WHY: &str = "Who signs in with an address that the organisation does not run is not removed when they leave, and a lost mailbox there is not noticed here.";
const WHAT: &str = "Confirm with who invited them that they still need access; for your own people, invite them again under their work address.";

/// Outsiders.
pub(super) struct Domains {
    admins: Case,
    members: Case,
}

impl Default for Domains {
    fn default() -> Self {
        Self {
            admins: Case::new(Rule::ExternalDomain, "admin", Severity::High, WHY, WHAT),
            members: Case::new(Rule::ExternalDomain, "member", Severity::Medium, WHY, WHAT),
        }
    }
}

impl Check for Domains {
    fn person(&mut self, context: &Context<'_, '_>, account: &Account) -> Result<(), Error> {
        let (person, own) = (&account.person, &context.options.domains);
        let Some(domain) = person.domain().filter(|_| !own.is_empty()) else { return Ok(()) };
        // An open invitation is as good as an account.
        let invited = person.pending && account.is_invited();
        if !(is_usable(person) || invited) || own.iter().any(|own| is_in(&domain, own)) {
            return Ok(());
        }
        let invited = if invited { ", invited" } else { "" };
        let case = if person.privilege.is_administrative() { &mut self.admins } else { &mut self.members };
        case.add(about(person, format!("address in {domain}{invited}")).with("domain", domain));
        Ok(())
    }

    fn end(self: Box<Self>, context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error> {
        if context.options.domains.is_empty() {
            not_checked(found, Rule::ExternalDomain, "no domains were given (--domain)");
        }
        self.admins.end(found, |number| {
            format!(
                "{} an address outside of your domains",
                count(number, "administrator has", "administrators have")
            )
        });
        self.members.end(found, |number| {
            format!("{} an address outside of your domains", count(number, "account has", "accounts have"))
        });
        Ok(())
    }
}

/// `example.com` is only itself, `*.example.com` is everything below it.
fn is_in(domain: &str, own: &str) -> bool {
    let own = own.trim().trim_start_matches('@').to_lowercase();
    match own.strip_prefix("*.").or_else(|| own.strip_prefix('.')) {
        Some(parent) => domain.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.')),
        None => domain == own,
    }
}
