//! What holds for every workspace, and the snapshot of one.

use governance_model::{EntitlementId, GrantId, Resource, ResourceId};
use serde_json::{Map, Value, json};

use crate::seam::Read;
use crate::world::CAST;

const LONGEST_NAME: usize = 1024;
const LONGEST_DESCRIPTION: usize = 2048;

/// The limits of the protocol (interop reference 2.4), the id rules (interop reference 3), and what the official CSV
/// export reads (interop reference 10.3).
pub(crate) fn hold(read: &Read) {
    for resource in read.resources.values().chain(read.stand_ins.values()) {
        let id = &resource.id;
        assert!(id.is_valid(), "{id}");
        let name = &resource.display_name;
        assert!(!name.trim().is_empty() && name.len() <= LONGEST_NAME, "{id} is called {name:?}");
        assert!(resource.description.len() <= LONGEST_DESCRIPTION);
        if let Some(status) = &resource.status {
            assert!(status.details.len() <= LONGEST_NAME);
        }
        if let Some(account) = resource.user() {
            for key in ["user_id", "first_name", "last_name"] {
                assert!(
                    matches!(resource.profile.get(key), Some(governance_model::Value::String(_))),
                    "{id} lacks {key}"
                );
            }
            assert!(account.emails.iter().filter(|email| email.primary).count() <= 1);
            assert!(account.emails.iter().all(|email| !email.address.trim().is_empty()));
        }
    }
    for entitlement in read.entitlements.values() {
        let slug = &entitlement.slug;
        assert_eq!(entitlement.id, EntitlementId::new(&entitlement.resource, slug));
        assert!(entitlement.id.is_valid());
        let name = &entitlement.display_name;
        assert!(!name.is_empty() && name.len() <= LONGEST_NAME, "{slug} is called {name:?}");
        assert!(entitlement.description.len() <= LONGEST_DESCRIPTION);
        assert!(read.resources.contains_key(&entitlement.resource));
    }
    for grant in read.grants.values() {
        assert!(grant.is_valid(), "{grant:?}");
        assert_eq!(grant.id(), GrantId::new(&grant.entitlement, &grant.principal));
        let known =
            read.resources.contains_key(&grant.principal) || read.stand_ins.contains_key(&grant.principal);
        assert!(known || grant.principal.resource_type == clockify_connector::GROUP, "{}", grant.principal);
    }
}

/// Compares everything but the fixed roles, which have a snapshot of their own, and the owner whom every made-up
/// workspace has, with the snapshot of that name.
pub(crate) fn snapshot(name: &str, read: &Read) {
    let is_role = |id: &ResourceId| id.resource_type == clockify_connector::ROLE;
    let is_cast = |id: &ResourceId| read.resources.get(id).is_some_and(|found| found.display_name == CAST);
    let told = |resource: &&Resource| !is_role(&resource.id) && !is_cast(&resource.id);
    let rendered = json!({
        "resources": list(read.resources.values().filter(told)),
        "entitlements": list(read.entitlements.values().filter(|found| !is_role(&found.resource))),
        "grants": list(read.grants.values().filter(|grant| !is_cast(&grant.principal))),
        "stand_ins": read.stand_ins.values().map(in_short).collect::<Map<_, _>>(),
        "dropped": read.dropped,
        "doubts": read.doubts,
    });
    save(name, &rendered);
}

/// Compares any value with the snapshot of that name.
pub(crate) fn save(name: &str, rendered: &Value) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_sort_maps(true);
    settings.bind(|| insta::assert_json_snapshot!(name, rendered));
}

/// A stand-in has little to say; `stand_ins` has the whole of one.
fn in_short(stand_in: &Resource) -> (String, Value) {
    let status = stand_in.status.as_ref().unwrap();
    (stand_in.id.to_string(), json!(format!("{:?}: {}", status.state, status.details)))
}

/// Facts as JSON, without the fields that say nothing, and with ids in one piece. What stands inside a profile or metadata is kept as it is.
pub(crate) fn list<'a, T: serde::Serialize + 'a>(facts: impl Iterator<Item = &'a T>) -> Vec<Value> {
    facts.map(|fact| brief(serde_json::to_value(fact).unwrap())).collect()
}

fn brief(value: Value) -> Value {
    let says_nothing = |value: &Value| match value {
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    };
    match value {
        Value::Object(fields) if fields.len() == 2 && fields.contains_key("resource_type") => {
            let part = |name: &str| fields[name].as_str().unwrap().to_owned();
            Value::String(format!("{}:{}", part("resource_type"), part("resource")))
        }
        Value::Object(fields) => {
            let mut kept = Map::new();
            for (key, field) in fields {
                let field = match key.as_str() {
                    "profile" | "metadata" => field,
                    // The whole type would be repeated with every entitlement.
                    "grantable_to" => field.as_array().unwrap().iter().map(|of| of["id"].clone()).collect(),
                    _ => brief(field),
                };
                let usual = key == "immutable" && field == false;
                if key == "profile" || !(usual || says_nothing(&field)) {
                    kept.insert(key, field);
                }
            }
            Value::Object(kept)
        }
        Value::Array(items) => items.into_iter().map(brief).collect(),
        other => other,
    }
}
