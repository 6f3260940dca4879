//! Keeps out of the store what must not be in it: facts outside the scope, and facts without proper ids.

use governance_model::{Dropped, Facts, Page, Scope};

/// What a sync leaves out, of whatever type it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeaveOut {
    /// Who has what.
    pub grants: bool,
    /// What can be granted, and with it who has it.
    pub entitlements: bool,
    /// What the members of collections have because the collections have it.
    pub expansion: bool,
}

impl LeaveOut {
    /// Whether there will be no grants.
    pub(crate) fn all_grants(self) -> bool {
        self.grants || self.entitlements
    }

    /// Whether nothing is given to the members of collections.
    pub(crate) fn any_expansion(self) -> bool {
        self.expansion || self.all_grants()
    }
}

/// Drops facts outside the scope (asked for, so not counted) and facts with missing or oversized ids (counted).
///
/// As in the Go SDK (interop reference 5.4), a scope drops entitlements and grants that touch a type outside it,
/// principals included. What is to be left out is dropped as well.
pub(crate) fn keep(page: &mut Page, scope: &Scope, leave_out: LeaveOut) {
    let facts = &mut page.facts;
    let before = total(facts);
    facts.resources.retain(|resource| resource.id.is_valid());
    facts.entitlements.retain(|entitlement| entitlement.id.is_valid() && entitlement.resource.is_valid());
    facts.grants.retain(governance_model::Grant::is_valid);
    let invalid = before - total(facts);
    if invalid > 0 {
        page.dropped.push(Dropped { reason: "missing or oversized id".to_owned(), count: invalid });
    }
    if leave_out.all_grants() {
        facts.grants.clear();
    }
    if leave_out.entitlements {
        facts.entitlements.clear();
    }
    if scope.resource_types.is_none() {
        return;
    }
    facts.resources.retain(|resource| scope.includes(&resource.id.resource_type));
    facts.entitlements.retain(|entitlement| scope.includes(&entitlement.resource.resource_type));
    facts.grants.retain(|grant| {
        scope.includes(&grant.resource.resource_type) && scope.includes(&grant.principal.resource_type)
    });
}

fn total(facts: &Facts) -> u64 {
    (facts.resources.len() + facts.entitlements.len() + facts.grants.len()) as u64
}
