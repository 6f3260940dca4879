//! What must hold for every fact, whoever made it.

use baton_proto::c1::connector::v2;
use governance_model::{Entitlement, EntitlementId, Facts, Grant, GrantId, Resource};
use prost::Message;

/// The longest display name and the longest description that the protocol takes (interop reference 2.4).
const LONGEST_NAME: usize = 1024;
const LONGEST_DESCRIPTION: usize = 2048;

/// Checks facts that a connector made. Ids that are too long stay out of the store, and are counted there; everything
/// else is within the protocol's limits and survives being written and read.
pub(crate) fn hold(facts: &Facts) -> usize {
    for resource in &facts.resources {
        resource_holds(resource);
    }
    for entitlement in &facts.entitlements {
        entitlement_holds(entitlement);
    }
    for grant in &facts.grants {
        grant_holds(grant);
    }
    facts.resources.len() + facts.entitlements.len() + facts.grants.len()
}

pub(crate) fn resource_holds(resource: &Resource) {
    let id = &resource.id;
    let name = &resource.display_name;
    assert!(!name.trim().is_empty() && name.len() <= LONGEST_NAME, "{id} is called {name:?}");
    assert!(resource.description.len() <= LONGEST_DESCRIPTION, "{id}");
    if let Some(account) = resource.user() {
        assert!(account.emails.iter().filter(|email| email.primary).count() <= 1, "{id}");
        assert!(account.emails.iter().all(|email| !email.address.trim().is_empty()), "{id}");
    }
    if id.is_valid() {
        let bytes = baton_proto::resource_to_proto(resource).encode_to_vec();
        let read = baton_proto::resource_from_proto(v2::Resource::decode(&bytes[..]).unwrap()).unwrap();
        assert_eq!(read, *resource, "a resource changes when it is stored");
    }
}

fn entitlement_holds(entitlement: &Entitlement) {
    assert_eq!(entitlement.id, EntitlementId::new(&entitlement.resource, &entitlement.slug));
    let name = &entitlement.display_name;
    assert!(!name.trim().is_empty() && name.len() <= LONGEST_NAME, "{} is called {name:?}", entitlement.id);
    assert!(entitlement.description.len() <= LONGEST_DESCRIPTION, "{}", entitlement.id);
    if entitlement.id.is_valid() && entitlement.resource.is_valid() {
        let bytes = baton_proto::entitlement_to_proto(entitlement).encode_to_vec();
        let proto = v2::Entitlement::decode(&bytes[..]).unwrap();
        assert_eq!(baton_proto::entitlement_from_proto(proto).unwrap(), *entitlement);
    }
}

fn grant_holds(grant: &Grant) {
    assert_eq!(grant.id(), GrantId::new(&grant.entitlement, &grant.principal));
    if grant.is_valid() {
        let (proto, expandable) = baton_proto::grant_to_proto(grant);
        let proto = v2::Grant::decode(&proto.encode_to_vec()[..]).unwrap();
        assert_eq!(baton_proto::grant_from_proto(proto, expandable).unwrap(), *grant);
    }
}

/// Checks what an error says to people: something, in one line, and not without end.
pub(crate) fn error_holds(error: &dyn std::error::Error, secret: &str) {
    let mut told = Some(error);
    while let Some(error) = told {
        let text = error.to_string();
        assert!(!text.trim().is_empty() && text.len() <= 16 * 1024, "an error says {text:?}");
        assert!(secret.is_empty() || !text.contains(secret), "an error gives the key away: {text:?}");
        told = error.source();
    }
    let text = error.to_string();
    assert!(!text.chars().any(char::is_control), "an error is not one line: {text:?}");
}
