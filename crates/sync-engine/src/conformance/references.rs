//! References: every one leads to something that was read, or to a stand-in where one is allowed.

use std::collections::{BTreeMap, BTreeSet};

use governance_model::{Connector, Missing};

use super::reading::Whole;
use super::rule::{Rule, Violations};
use super::{declared, reading};

/// Checks what resources, entitlements and grants refer to.
pub(super) fn check<C: Connector>(connector: &C, whole: &Whole, found: &mut Violations) {
    let resources = whole.resources();
    let reading::Whole { facts, .. } = whole;
    for resource in &facts.resources {
        if let Some(parent) = resource.parent.as_ref().filter(|parent| !resources.contains(parent)) {
            found.add(Rule::References, &resource.id, format!("its parent {parent} was not read"));
        }
    }
    let mut entitlements = BTreeMap::new();
    for entitlement in &facts.entitlements {
        entitlements.insert(&entitlement.id, &entitlement.resource);
        if !resources.contains(&entitlement.resource) {
            let problem = format!("its resource {} was not read", entitlement.resource);
            found.add(Rule::References, &entitlement.id, problem);
        }
    }
    let mut absent = BTreeSet::new();
    for grant in &facts.grants {
        match entitlements.get(&grant.entitlement) {
            None => {
                let problem = format!("its entitlement {} was not read", grant.entitlement);
                found.add(Rule::References, grant.id(), problem);
            }
            Some(of) if **of != *grant.resource => {
                let problem = format!("it names the resource {}, and its entitlement {of}", grant.resource);
                found.add(Rule::References, grant.id(), problem);
            }
            Some(_) => {}
        }
        if !resources.contains(&grant.principal) {
            absent.insert(&grant.principal);
        }
    }
    let types = connector.resource_types();
    for id in absent {
        match connector.stand_in(id, &Missing::GrantPrincipal) {
            None => found.add(Rule::References, id, "a grant names it, and it was not read"),
            Some(made) if made.id != *id => {
                found.add(Rule::StandIns, id, format!("its stand-in is called {}", made.id));
            }
            Some(made) => declared::of_one(&types, &made, found),
        }
    }
}
