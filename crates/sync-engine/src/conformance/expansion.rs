//! Expandable grants: what they expand exists, is the principal's own, and does not lead back.

use std::collections::{BTreeMap, BTreeSet};

use governance_model::EntitlementId;

use super::reading::Whole;
use super::rule::{Rule, Violations};

/// Checks every expandable grant, and what they are together.
pub(super) fn check(whole: &Whole, found: &mut Violations) {
    let owners: BTreeMap<_, _> =
        whole.facts.entitlements.iter().map(|entitlement| (&entitlement.id, &entitlement.resource)).collect();
    let mut edges: BTreeSet<(&EntitlementId, &EntitlementId)> = BTreeSet::new();
    for grant in &whole.facts.grants {
        let Some(expandable) = &grant.details().expandable else { continue };
        if expandable.entitlements.is_empty() {
            found.add(Rule::Expansion, grant.id(), "it expands nothing");
        }
        for from in &expandable.entitlements {
            if *from == grant.entitlement {
                found.add(Rule::Expansion, grant.id(), "it expands what it grants");
                continue;
            }
            match owners.get(from) {
                None => {
                    found.add(Rule::Expansion, grant.id(), format!("it expands {from}, which was not read"));
                }
                Some(owner) if **owner != grant.principal => {
                    let problem = format!("it expands {from}, which is not the principal's");
                    found.add(Rule::Expansion, grant.id(), problem);
                }
                Some(_) => {
                    edges.insert((from, &grant.entitlement));
                }
            }
        }
    }
    if let Some(cycle) = what_goes_round(edges) {
        found.add(Rule::Cycles, cycle.join(", "), "these are inherited from one another");
    }
}

/// The entitlements that are left when those that lead nowhere, and those that nothing leads to, are taken away again and
/// again: the ones in circles, and between circles.
fn what_goes_round(mut edges: BTreeSet<(&EntitlementId, &EntitlementId)>) -> Option<Vec<String>> {
    loop {
        let from: BTreeSet<_> = edges.iter().map(|(from, _)| *from).collect();
        let to: BTreeSet<_> = edges.iter().map(|(_, to)| *to).collect();
        let before = edges.len();
        edges.retain(|(a, b)| to.contains(a) && from.contains(b));
        if edges.is_empty() {
            return None;
        }
        if edges.len() == before {
            return Some(from.into_iter().map(ToString::to_string).collect());
        }
    }
}
