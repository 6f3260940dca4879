//! The rules of what a connector says about itself. Nested messages are held to theirs, `Any`s are not opened.

use baton_proto::c1::connector::v2::key_generation_profile::Parameters;
use baton_proto::c1::connector::v2::resource_type::Trait;
use baton_proto::c1::connector::v2::{
    AssetRef, ConnectorMetadata, CredentialIssueOptionDescriptor, ResourceType,
};
use url::Url;

use super::{Check, bytes, bytes_or_nothing};

const LONGEST_ID: usize = 1_024;
const LONGEST_DESCRIPTION: usize = 4_096;

pub(super) fn check(metadata: &ConnectorMetadata) -> Check {
    bytes("connector_metadata.display_name", metadata.display_name.len(), 1, LONGEST_ID)?;
    help_url(&metadata.help_url)?;
    asset("connector_metadata.icon", metadata.icon.as_ref())?;
    asset("connector_metadata.logo", metadata.logo.as_ref())?;
    bytes_or_nothing("connector_metadata.description", &metadata.description, LONGEST_DESCRIPTION)?;
    let Some(capabilities) = &metadata.capabilities else { return Ok(()) };
    for capability in &capabilities.resource_type_capabilities {
        if let Some(kind) = &capability.resource_type {
            resource_type(kind)?;
        }
        for option in capability.credential_issue.iter().flat_map(|issue| &issue.options) {
            issue_option(option)?;
        }
    }
    Ok(())
}

fn help_url(url: &str) -> Check {
    const FIELD: &str = "connector_metadata.help_url";
    if url.is_empty() {
        return Ok(());
    }
    bytes(FIELD, url.len(), 1, LONGEST_ID)?;
    if !url.starts_with("https://") || Url::parse(url).is_err() {
        return Err(format!("{FIELD}: an address that begins with https:// is wanted, and it is {url:?}"));
    }
    Ok(())
}

fn asset(field: &str, asset: Option<&AssetRef>) -> Check {
    asset.map_or(Ok(()), |asset| bytes(&format!("{field}.id"), asset.id.len(), 1, LONGEST_ID))
}

fn resource_type(kind: &ResourceType) -> Check {
    let field = |name: &str| format!("connector_metadata.capabilities.resource_type.{name}");
    bytes(&field("id"), kind.id.len(), 1, LONGEST_ID)?;
    bytes_or_nothing(&field("display_name"), &kind.display_name, LONGEST_ID)?;
    bytes_or_nothing(&field("description"), &kind.description, LONGEST_DESCRIPTION)?;
    for (place, number) in kind.traits.iter().enumerate() {
        if Trait::try_from(*number).is_err() {
            return Err(format!("{}: {number} is no known trait", field("traits")));
        }
        if kind.traits[..place].contains(number) {
            return Err(format!("{}: {number} is there twice", field("traits")));
        }
    }
    Ok(())
}

fn issue_option(option: &CredentialIssueOptionDescriptor) -> Check {
    let field = |name: &str| format!("connector_metadata.capabilities.credential_issue.options.{name}");
    for profile in &option.key_profiles {
        bytes(&field("key_profiles.kty"), profile.kty.len(), 1, 32)?;
        if let Some(Parameters::Crv(curve)) = &profile.parameters {
            bytes(&field("key_profiles.crv"), curve.len(), 0, 64)?;
        }
    }
    bytes(&field("secret_resource_type_id"), option.secret_resource_type_id.len(), 1, LONGEST_ID)
}
