//! What the command `capabilities` prints, without the descriptors of all messages: they take more memory than everything
//! else that the command does.
//!
//! The text is that of [`pretty_json_any`] to the byte. What a connector that only reads has no use for, and whatever else
//! is not known here, goes that way.

use prost::Name as _;
use serde::Serialize;

use crate::c1::connector::v2;
use crate::c1::connector::v2::resource_type::Trait;
use crate::{JsonError, pretty_json_any};

/// Prints the capabilities as [`pretty_json_any`] does.
///
/// # Errors
/// As [`pretty_json_any`].
pub fn pretty_capabilities(message: &v2::ConnectorCapabilities) -> Result<String, JsonError> {
    let Some(plain) = Whole::of(message) else { return pretty_json_any(message) };
    serde_json::to_string_pretty(&plain)
        .map_err(|source| JsonError::Encode { name: v2::ConnectorCapabilities::full_name(), source })
}

/// The fields in the order of their numbers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole<'a> {
    #[serde(rename = "@type")]
    kind: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource_type_capabilities: Vec<OfType<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    connector_capabilities: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_details: Option<Empty>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfType<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_type: Option<ResourceType<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    capabilities: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Empty>,
    #[serde(skip_serializing_if = "is_false")]
    opt_in_required: bool,
    #[serde(skip_serializing_if = "is_false")]
    skip_sync_anomaly_detection: bool,
    #[serde(skip_serializing_if = "is_false")]
    deprecated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceType<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    display_name: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    traits: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<Flag>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "is_false")]
    sourced_externally: bool,
}

/// An annotation without contents.
#[derive(Serialize)]
struct Flag {
    #[serde(rename = "@type")]
    kind: String,
}

/// A message that is there and says nothing.
#[derive(Serialize)]
struct Empty {}

// Every field is named in what follows, so that one that is added to a message is not forgotten here.

impl<'a> Whole<'a> {
    /// `None` when there is something in it that is not known here.
    fn of(message: &'a v2::ConnectorCapabilities) -> Option<Self> {
        let v2::ConnectorCapabilities {
            resource_type_capabilities,
            connector_capabilities,
            credential_details,
        } = message;
        Some(Self {
            kind: v2::ConnectorCapabilities::type_url(),
            resource_type_capabilities: resource_type_capabilities
                .iter()
                .map(OfType::of)
                .collect::<Option<_>>()?,
            connector_capabilities: names(connector_capabilities, v2::Capability::as_str_name)?,
            credential_details: known(credential_details.as_ref(), empty)?,
        })
    }
}

impl<'a> OfType<'a> {
    fn of(message: &'a v2::ResourceTypeCapability) -> Option<Self> {
        let v2::ResourceTypeCapability {
            resource_type,
            capabilities,
            permissions,
            opt_in_required,
            skip_sync_anomaly_detection,
            credential_issue: None,
            deprecated,
        } = message
        else {
            return None;
        };
        Some(Self {
            resource_type: known(resource_type.as_ref(), ResourceType::of)?,
            capabilities: names(capabilities, v2::Capability::as_str_name)?,
            permissions: known(permissions.as_ref(), empty)?,
            opt_in_required: *opt_in_required,
            skip_sync_anomaly_detection: *skip_sync_anomaly_detection,
            deprecated: *deprecated,
        })
    }
}

impl<'a> ResourceType<'a> {
    fn of(message: &'a v2::ResourceType) -> Option<Self> {
        let v2::ResourceType { id, display_name, traits, annotations, description, sourced_externally } =
            message;
        let flag = |any: &prost_types::Any| {
            let kind = v2::SkipEntitlementsAndGrants::type_url();
            (any.type_url == kind && any.value.is_empty()).then_some(Flag { kind })
        };
        Some(Self {
            id,
            display_name,
            traits: names(traits, Trait::as_str_name)?,
            annotations: annotations.iter().map(flag).collect::<Option<_>>()?,
            description,
            sourced_externally: *sourced_externally,
        })
    }
}

/// The names of numbers; `None` when one of them has none.
fn names<E: TryFrom<i32>>(numbers: &[i32], name: fn(&E) -> &'static str) -> Option<Vec<&'static str>> {
    numbers.iter().map(|number| E::try_from(*number).ok().map(|known| name(&known))).collect()
}

/// A message that says nothing.
fn empty<M: Default + PartialEq>(message: &M) -> Option<Empty> {
    (*message == M::default()).then_some(Empty {})
}

/// What becomes of a message, if there is one; `None` when something in it is not known here.
#[expect(clippy::option_option, reason = "there may be no message, and there may be no way to print it")]
fn known<'a, M, T>(message: Option<&'a M>, of: fn(&'a M) -> Option<T>) -> Option<Option<T>> {
    message.map_or(Some(None), |message| of(message).map(Some))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives the field")]
fn is_false(truth: &bool) -> bool {
    !truth
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a connector that only reads says of itself does not go the long way.
    #[test]
    fn what_is_usual_is_known() {
        let skip = prost_types::Any {
            type_url: v2::SkipEntitlementsAndGrants::type_url(),
            ..prost_types::Any::default()
        };
        let user = v2::ResourceType {
            id: "user".to_owned(),
            traits: vec![Trait::User.into()],
            annotations: vec![skip],
            ..v2::ResourceType::default()
        };
        let of_user = v2::ResourceTypeCapability {
            resource_type: Some(user),
            capabilities: vec![v2::Capability::Sync.into()],
            permissions: Some(v2::CapabilityPermissions::default()),
            ..v2::ResourceTypeCapability::default()
        };
        let all = v2::ConnectorCapabilities {
            resource_type_capabilities: vec![of_user],
            connector_capabilities: vec![v2::Capability::Sync.into()],
            credential_details: Some(v2::CredentialDetails::default()),
        };
        assert!(Whole::of(&all).is_some());
    }
}
