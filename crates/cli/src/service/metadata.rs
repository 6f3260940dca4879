//! What C1 is told about the connector: its name, and what it can do with each kind of resource.

use baton_proto::c1::connector::v2::{
    Capability, CapabilityPermissions, ConnectorCapabilities, ConnectorMetadata, ResourceTypeCapability,
};
use baton_proto::resource_type_to_proto;
use governance_model::Connector;

/// The metadata of a connector that syncs and changes nothing.
pub(super) fn of(connector: &impl Connector) -> ConnectorMetadata {
    let described = connector.descriptor();
    let mut types = connector.resource_types();
    types.sort_by(|a, b| a.id.cmp(&b.id));
    let sync = Capability::Sync as i32;
    let resource_type_capabilities = types
        .iter()
        .map(|offered| ResourceTypeCapability {
            resource_type: Some(resource_type_to_proto(offered)),
            capabilities: vec![sync],
            permissions: Some(CapabilityPermissions::default()),
            ..ResourceTypeCapability::default()
        })
        .collect();
    let capabilities = ConnectorCapabilities {
        resource_type_capabilities,
        connector_capabilities: vec![sync],
        ..ConnectorCapabilities::default()
    };
    ConnectorMetadata {
        display_name: described.display_name,
        description: described.description,
        capabilities: Some(capabilities),
        ..ConnectorMetadata::default()
    }
}
