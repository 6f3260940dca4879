//! Principals that are no accounts in the file: administrators who are missing, groups and other things that administer, and
//! whoever else grants name and the file lacks.

use super::{Case, Check, Context, count};
use crate::Error;
use crate::findings::{Assessment, Evidence, Rule, Severity, Subject};
use crate::format::cells;
use crate::rows::Holder;

pub(super) const RULES: &[Rule] = &[Rule::AdminWithoutAccount, Rule::UnlistedMember];

/// Asks for them once, at the end.
pub(super) struct Outsiders;

impl Check for Outsiders {
    fn reads_people(&self) -> bool {
        false
    }

    fn end(self: Box<Self>, context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error> {
        let mut administrators = Case::new(
            Rule::AdminWithoutAccount,
            "missing",
            Severity::High,
            "Nobody can say whose it is, and every rule about accounts passes it by: an administrator who is missed in each review.",
            "Look the id up at the source; take the role away if nobody answers for it, and have the connector read whoever holds it.",
        );
        let mut things = Case::new(
            Rule::AdminWithoutAccount,
            "no-account",
            Severity::High,
            "Whoever gets into a group, or gets hold of what is behind such a resource, administers: no list of accounts shows it.",
            "Review who is behind it; give the role to accounts by name.",
        );
        let mut others = Case::new(
            Rule::UnlistedMember,
            "missing",
            Severity::Medium,
            "Grants name a principal that the file does not hold: nobody can say who it is, and whether its access is still in force.",
            "Look the id up at the source; remove what is left of an account that is gone, or have the connector read it.",
        );
        // Who is on the source's list and was not returned is told by `incomplete-sync`.
        let told = context.snapshot.provenance().map(|from| from.completeness.missing.as_slice());
        let is_told = |id: &String| {
            context.options.wants(Rule::IncompleteSync) && told.unwrap_or_default().contains(id)
        };
        for holder in Holder::missing(context.snapshot)? {
            let holder = holder?;
            let is_admin = holder.privilege().is_administrative();
            if is_admin {
                administrators.add(about(&holder, "not in the file"));
            }
            if !(is_admin && context.options.wants(Rule::AdminWithoutAccount)
                || is_told(&holder.principal.id))
            {
                others.add(about(&holder, "not in the file"));
            }
        }
        if context.options.wants(Rule::AdminWithoutAccount) {
            for holder in Holder::administrative_things(context.snapshot)? {
                things.add(about(&holder, "no account"));
            }
        }
        administrators.end(found, |number| {
            let who = count(number, "principal", "principals");
            format!("{who} with an administrative role {} missing in the file", are(number))
        });
        things.end(found, |number| {
            let what = count(number, "resource", "resources");
            format!("{what} with an administrative role {} no account", are(number))
        });
        others.end(found, |number| {
            let who = count(number, "principal", "principals");
            format!("{who} of grants {} missing in the file", are(number))
        });
        Ok(())
    }
}

fn are(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

fn about(holder: &Holder, what: &str) -> Evidence {
    let principal = &holder.principal;
    let roles = holder.roles.iter().map(cells::role).collect::<Vec<_>>();
    let on = holder.on.iter().map(|thing| format!("{} {}", thing.kind, thing.label()));
    let named = roles.iter().map(|role| format!("role {role}")).chain(on).collect::<Vec<_>>();
    let subject = Subject {
        kind: principal.kind.clone(),
        id: principal.id.clone(),
        name: principal.name.clone(),
        email: principal.email.clone(),
        status: principal.status,
    };
    let missing = if principal.missing { "yes" } else { "no" };
    Evidence::new(subject, format!("{}, {what}; named by {}", principal.kind, named.join(", ")))
        .with("roles", roles.join("; "))
        .with("missing", missing)
}
