//! Ids: present, joined by the rules, and each of them one thing's; and names, because what has none is told by nobody.

use std::collections::{BTreeMap, BTreeSet};

use governance_model::{Connector, EntitlementId, Grant, GrantId, ResourceId};

use super::reading::Whole;
use super::rule::{Rule, Violations};

/// Checks the ids of all types and facts.
pub(super) fn check<C: Connector>(connector: &C, whole: &Whole, found: &mut Violations) {
    for declared in connector.resource_types() {
        part("resource types", declared.id.as_str(), found);
        name(&declared.id, &declared.display_name, found);
    }
    let mut resources = BTreeSet::new();
    for resource in &whole.facts.resources {
        of_resource(&resource.id, &resource.id, found);
        name(&resource.id, &resource.display_name, found);
        if !resources.insert(&resource.id) {
            found.add(Rule::Duplicates, &resource.id, "the resource comes twice");
        }
    }
    let mut entitlements = BTreeSet::new();
    for entitlement in &whole.facts.entitlements {
        part(&entitlement.id, &entitlement.slug, found);
        of_resource(&entitlement.id, &entitlement.resource, found);
        if entitlement.id != EntitlementId::new(&entitlement.resource, &entitlement.slug) {
            found.add(Rule::Ids, &entitlement.id, "it is not joined from the resource and the slug");
        }
        if !entitlements.insert(&entitlement.id) {
            found.add(Rule::Duplicates, &entitlement.id, "the entitlement comes twice");
        }
    }
    let mut grants: BTreeMap<GrantId, &Grant> = BTreeMap::new();
    for grant in &whole.facts.grants {
        let id = grant.id();
        of_resource(&id, &grant.principal, found);
        if id != GrantId::new(&grant.entitlement, &grant.principal) {
            found.add(Rule::Ids, &id, "it is not joined from the entitlement and the principal");
        }
        if !grant.is_valid() {
            found.add(Rule::Ids, &id, "an id in it is empty or too long");
        }
        // Which of two readings is kept would depend on the order in which their pages arrive.
        if grants.get(&id).is_some_and(|earlier| *earlier != grant) {
            found.add(Rule::Duplicates, &id, "the grant comes twice, and not alike");
        }
        grants.insert(id, grant);
    }
}

fn of_resource(subject: &dyn std::fmt::Display, id: &ResourceId, found: &mut Violations) {
    if !id.is_valid() {
        found.add(Rule::Ids, subject, "an id in it is empty or too long");
    }
    part(subject, id.resource_type.as_str(), found);
    part(subject, &id.resource, found);
}

fn name(subject: impl std::fmt::Display, name: &str, found: &mut Violations) {
    if name.trim().is_empty() {
        found.add(Rule::Names, subject, "it has no name for people");
    }
}

/// Ids are joined with `:` and without escaping, so two facts can only be told apart if no part holds one.
fn part(subject: impl std::fmt::Display, part: &str, found: &mut Violations) {
    if part.contains(':') {
        found.add(Rule::Ids, &subject, format!("{part:?} has a `:` in it"));
    }
    if part.is_empty() {
        found.add(Rule::Ids, &subject, "a part of it is empty");
    }
}
