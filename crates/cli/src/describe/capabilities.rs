//! What the connector can do with each kind of resource (interop reference 4.4): `capabilities` prints it, and C1 hears it
//! in the hello of service mode.

use anyhow::{Context, Result};
use baton_proto::c1::connector::v2::{
    Capability, CapabilityPermissions, ConnectorCapabilities, CredentialDetails, ResourceTypeCapability,
};
use baton_proto::{pretty_capabilities, resource_type_to_proto};
use governance_model::{ResourceType, ResourceTypeId};

/// As JSON, with everything that can be asked for.
pub(super) fn text() -> Result<String> {
    let all = of(clockify_connector::resource_types(), clockify_connector::is_opt_in);
    pretty_capabilities(&all).context("cannot print the capabilities")
}

/// The capabilities of a connector that syncs these types and changes nothing, sorted by id.
pub(crate) fn of(
    mut types: Vec<ResourceType>,
    is_opt_in: impl Fn(&ResourceTypeId) -> bool,
) -> ConnectorCapabilities {
    types.sort_by(|a, b| a.id.cmp(&b.id));
    let sync = i32::from(Capability::Sync);
    let resource_type_capabilities = types
        .iter()
        .map(|offered| ResourceTypeCapability {
            resource_type: Some(resource_type_to_proto(offered)),
            capabilities: vec![sync],
            permissions: Some(CapabilityPermissions::default()),
            opt_in_required: is_opt_in(&offered.id),
            ..ResourceTypeCapability::default()
        })
        .collect();
    ConnectorCapabilities {
        resource_type_capabilities,
        connector_capabilities: vec![sync],
        credential_details: Some(CredentialDetails::default()),
    }
}
