//! What C1 is told about the connector: its name, and what it can do with each kind of resource.

use baton_proto::c1::connector::v2::ConnectorMetadata;
use governance_model::Connector;

use crate::describe::capabilities;

/// The metadata of a connector that syncs and changes nothing.
pub(super) fn of(connector: &impl Connector) -> ConnectorMetadata {
    let described = connector.descriptor();
    // Whatever a running connector offers has been opted into.
    let capabilities = capabilities::of(connector.resource_types(), |_| false);
    ConnectorMetadata {
        display_name: described.display_name,
        description: described.description,
        capabilities: Some(capabilities),
        ..ConnectorMetadata::default()
    }
}
