//! What a connector says of itself, against what it brings.

use std::collections::{BTreeMap, BTreeSet};

use governance_model::{Connector, Resource, ResourceTrait, ResourceType, ResourceTypeId, TraitKind};

use super::reading::Whole;
use super::rule::{Rule, Violations};

/// Two instances say the same, and say something.
pub(super) fn descriptor<C: Connector>(one: &C, other: &C, found: &mut Violations) {
    let said = one.descriptor();
    if said.display_name.is_empty() {
        found.add(Rule::Descriptor, "display name", "it is empty");
    }
    if said.fingerprint.is_empty() {
        found.add(Rule::Descriptor, "fingerprint", "it is empty");
    }
    if said != other.descriptor() {
        found.add(Rule::Descriptor, "descriptor", "another instance says something else");
    }
    if one.resource_types() != other.resource_types() {
        found.add(Rule::Descriptor, "resource types", "another instance says something else");
    }
}

/// Every type that is used is declared, once, and every declared one is used.
pub(super) fn types<C: Connector>(
    connector: &C,
    whole: &Whole,
    may_lack: &BTreeSet<ResourceTypeId>,
    found: &mut Violations,
) {
    let list = connector.resource_types();
    let declared: BTreeMap<_, _> = list.iter().map(|declared| (&declared.id, declared)).collect();
    if declared.len() < list.len() {
        found.add(Rule::Types, "resource types", "one of them is declared twice");
    }
    let mut known = |id: &ResourceTypeId, subject: &dyn std::fmt::Display| {
        if !declared.contains_key(id) {
            found.add(Rule::Types, subject, format!("the type {id} is not declared"));
        }
    };
    known(&whole.baseline.inventory_type, &"baseline");
    for resource in &whole.facts.resources {
        known(&resource.id.resource_type, &resource.id);
    }
    for entitlement in &whole.facts.entitlements {
        for of in &entitlement.grantable_to {
            known(&of.id, &entitlement.id);
        }
    }
    for grant in &whole.facts.grants {
        for of in grant.details().expandable.iter().flat_map(|expandable| &expandable.resource_types) {
            known(of, &grant.id());
        }
    }
    let bare = |id: &ResourceTypeId| declared.get(id).is_some_and(|of| of.skip_entitlements_and_grants);
    for entitlement in &whole.facts.entitlements {
        if bare(&entitlement.resource.resource_type) {
            found.add(Rule::Types, &entitlement.id, "the type says that it has no entitlements");
        }
    }
    if !whole.ended {
        return;
    }
    let read: BTreeSet<_> = whole.facts.resources.iter().map(|resource| &resource.id.resource_type).collect();
    for unused in declared.keys().filter(|id| !read.contains(*id) && !may_lack.contains(**id)) {
        found.add(Rule::Types, unused, "it is declared, and nothing of that type was read");
    }
}

/// Each resource has the traits of its type.
pub(super) fn traits<C: Connector>(connector: &C, whole: &Whole, found: &mut Violations) {
    let declared = connector.resource_types();
    for resource in &whole.facts.resources {
        of_one(&declared, resource, found);
    }
}

/// The same for a single one, such as a stand-in.
pub(super) fn of_one(declared: &[ResourceType], resource: &Resource, found: &mut Violations) {
    let Some(of) = declared.iter().find(|of| of.id == resource.id.resource_type) else { return };
    let mut has: Vec<TraitKind> = resource.traits.iter().map(kind).collect();
    has.sort_unstable();
    let mut wants: Vec<TraitKind> = of.traits.iter().copied().filter(|kind| has_facts(*kind)).collect();
    wants.sort_unstable();
    if has != wants {
        let problem = format!("it has the traits {has:?}, and its type declares {wants:?}");
        found.add(Rule::Traits, &resource.id, problem);
    }
    let primary = resource.user().map_or(0, |user| user.emails.iter().filter(|mail| mail.primary).count());
    if primary > 1 {
        found.add(Rule::Traits, &resource.id, format!("it has {primary} primary e-mail addresses"));
    }
}

fn kind(of: &ResourceTrait) -> TraitKind {
    match of {
        ResourceTrait::User(_) => TraitKind::User,
        ResourceTrait::Group => TraitKind::Group,
        ResourceTrait::Role => TraitKind::Role,
    }
}

/// Whether the model has a trait of this kind that a resource can carry.
fn has_facts(kind: TraitKind) -> bool {
    matches!(kind, TraitKind::User | TraitKind::Group | TraitKind::Role)
}
