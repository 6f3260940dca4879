//! Members that something names and that the source returned no data about.

use super::{Account, Case, Check, Context, about, count};
use crate::Error;
use crate::findings::{Assessment, Rule, Severity};

pub(super) const RULES: &[Rule] = &[Rule::UnlistedMember];

/// Who is known by id alone.
pub(super) struct Unlisted(Case);

impl Default for Unlisted {
    fn default() -> Self {
        Self(Case::new(
            Rule::UnlistedMember,
            "",
            Severity::Medium,
            "Groups, projects or roles name an account that Clockify returned no data about: nobody can say who it is, and whether its access is still in force.",
            "Look the id up in Clockify; remove what is left of an account that is gone, or ask Clockify's support.",
        ))
    }
}

impl Check for Unlisted {
    fn person(&mut self, context: &Context<'_, '_>, account: &Account) -> Result<(), Error> {
        let person = &account.person;
        // Who is on the source's list and was not returned is told by `incomplete-sync`.
        let missing = context.snapshot.provenance().map(|from| from.completeness.missing.as_slice());
        let is_told = || {
            context.options.wants(Rule::IncompleteSync) && missing.unwrap_or_default().contains(&person.id)
        };
        if !person.unlisted || is_told() {
            return Ok(());
        }
        let named = person.groups.iter().chain(&person.manages);
        let named = named.map(|thing| format!("{} {}", thing.kind, thing.label())).collect::<Vec<_>>();
        let detail = if named.is_empty() {
            "known by id alone".to_owned()
        } else {
            format!("known by id alone, named by {}", named.join(", "))
        };
        self.0.add(about(person, detail));
        Ok(())
    }

    fn end(self: Box<Self>, _context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error> {
        self.0.end(found, |number| {
            format!("{} by id alone", count(number, "account is known", "accounts are known"))
        });
        Ok(())
    }
}
