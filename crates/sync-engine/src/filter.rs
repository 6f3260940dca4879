//! Keeps out of the store what must not be in it: facts outside the scope, and facts without proper ids.

use governance_model::{Dropped, Facts, Page, Scope};

/// Drops facts outside the scope (asked for, so not counted) and facts with missing or oversized ids (counted).
///
/// As in the Go SDK (interop reference 5.4), a scope drops entitlements and grants that touch a type outside it,
/// principals included.
pub(crate) fn keep(page: &mut Page, scope: &Scope) {
    let facts = &mut page.facts;
    let before = total(facts);
    facts.resources.retain(|resource| resource.id.is_valid());
    facts.entitlements.retain(|entitlement| entitlement.id.is_valid() && entitlement.resource.is_valid());
    facts.grants.retain(governance_model::Grant::is_valid);
    let invalid = before - total(facts);
    if invalid > 0 {
        page.dropped.push(Dropped { reason: "missing or oversized id".to_owned(), count: invalid });
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
